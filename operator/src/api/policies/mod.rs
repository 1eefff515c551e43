//! `GET /api/policies`. In: the StagePolicies, from the watch. Out: what each says, its hash, and what of it binds. Not pure.

use assayer_contract::{
    Source, Stage, canonical_hash,
    policy::{Fallback, StopPolicy},
};
use assayer_crds::{StagePolicy, StagePolicySpec, conditions::from_k8s};
use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use kube::ResourceExt;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value};
use strum::IntoEnumIterator;

use super::{
    App, Refusal,
    access::{Caller, Right, demand},
    bots::{sources::Needed, watch::Stale},
    openapi::get,
};
use crate::controller::validate::STAGE;

/// Path of this handler.
pub(crate) const PATH: &str = "/api/policies";

/// The policies of all stages.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PoliciesAnswer {
    /// The moment of which this speaks.
    as_of: DateTime<Utc>,
    /// Why it may have changed since; null where the cluster is being listened to.
    stale: Option<Stale>,
    /// In the order of the ladder.
    policies: Vec<PolicyAnswer>,
    /// Stages without a policy: no Bot starts there.
    missing: Vec<Stage>,
}

/// A policy.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PolicyAnswer {
    /// Its name.
    name: String,
    /// The stage that it rules.
    stage: Stage,
    /// The generation of its spec.
    generation: Option<i64>,
    /// When it was created.
    created_at: Option<DateTime<Utc>>,
    /// Hash of its spec, which each job names; null where it has none.
    hash: Option<String>,
    /// Whether this version runs Bots at the stage. Of others the policy tells which sources will have to be proven.
    runs_bots: bool,
    /// Why it cannot be obeyed, so that no Bot of its stage starts; null where it can.
    problem: Option<String>,
    /// How far it stops every Bot of the stage; a Bot's own can only be stricter.
    stop: StopPolicy,
    /// What it says of each kind of source that it names; null where it cannot be obeyed.
    sources: Option<Vec<SourceAnswer>>,
    /// The whole spec.
    spec: StagePolicySpec,
}

/// What a policy says of a kind of source.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SourceAnswer {
    /// The kind.
    source: Source,
    /// Whether it must be proven.
    requirement: Needed,
    /// Why it is disabled; null where it is not.
    reason: Option<String>,
    /// Providers whose rows count, by their registry names.
    providers: Vec<String>,
    /// How long one answer may take, in milliseconds.
    max_latency_ms: u128,
    /// How often a call that failed is repeated.
    retries: u8,
    /// How long a vendor that fails again and again is left alone, in milliseconds.
    cooldown_ms: u128,
    /// What may stand in for its first provider.
    fallback: Fallback,
}

/// The policies.
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Json<PoliciesAnswer>, Refusal> {
    demand(&app, &caller, &Right::Policies).await?;
    let (all, stale) = app.bots.policies()?;
    let mut policies: Vec<_> = all.iter().map(PolicyAnswer::new).collect();
    policies.sort_by_key(|policy| policy.stage);
    let missing = Stage::iter().filter(|stage| policies.iter().all(|policy| policy.stage != *stage)).collect();
    let as_of = stale.as_ref().map_or_else(Utc::now, |stale| stale.since);
    Ok(Json(PoliciesAnswer { as_of, stale, policies, missing }))
}

/// What the API's description says of this path.
pub(crate) fn described(schemas: &mut SchemaGenerator) -> Map<String, Value> {
    let text = "What each StagePolicy says, its hash, and whether it can be obeyed. Needs `list` on StagePolicies.";
    Map::from_iter([(PATH.to_owned(), get::<PoliciesAnswer>(schemas, "policies", text, &[401, 403, 405, 503], &[]))])
}

impl PolicyAnswer {
    fn new(policy: &StagePolicy) -> Self {
        let spec = policy.spec.clone();
        let rules = spec.rules();
        Self {
            name: policy.name_any(),
            stage: spec.stage,
            generation: policy.metadata.generation,
            created_at: policy.metadata.creation_timestamp.as_ref().and_then(from_k8s),
            hash: canonical_hash(&spec).ok().map(|hash| hash.to_string()),
            runs_bots: spec.stage == STAGE,
            problem: rules.as_ref().err().map(ToString::to_string),
            stop: spec.stop_policy,
            sources: rules.ok().map(|rules| {
                let of = |(source, rule): (Source, assayer_contract::policy::SourceRule)| SourceAnswer {
                    source,
                    requirement: rule.requirement.into(),
                    reason: rule.reason,
                    providers: rule.providers,
                    max_latency_ms: rule.max_latency.as_millis(),
                    retries: rule.retries,
                    cooldown_ms: rule.cooldown.as_millis(),
                    fallback: rule.fallback,
                };
                rules.sources.into_iter().map(of).collect()
            }),
            spec,
        }
    }
}
