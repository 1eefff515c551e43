//! Integrations as they are answered. In: what was looked at, the policies, the time. Out: what becomes JSON. Pure.
//!
//! What is not known is null, and a field beside it says why; never 0 and never false.

use std::collections::BTreeMap;

use assayer_contract::{CredentialCheck, Outcome, ReasonCode, Stage, policy::Requirement};
use assayer_crds::IntegrationState;
use assayer_judge::{Finding, Verdict};
use assayer_providers::{ALL, Category, Facts, Provider};
use chrono::{DateTime, TimeDelta, Utc};
use kube::ResourceExt;
use schemars::JsonSchema;
use serde::Serialize;
use strum::IntoEnumIterator;
use uuid::Uuid;

use super::{Looked, Policies};
use crate::integration_facts::state;

/// Every Integration that was asked for, and every provider of the registry without one.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct IntegrationsStatus {
    /// When this was read.
    generated_at: DateTime<Utc>,
    /// The namespace that was asked for; null where all were.
    namespace: Option<String>,
    /// By namespace and name; providers without an Integration last.
    integrations: Vec<Entry>,
}

/// One Integration, or a provider without one.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Entry {
    /// Registry name of the provider.
    provider: String,
    /// The vendor's name as it writes it.
    title: String,
    /// Kind of source; `notification` or `storage` where it is none.
    category: String,
    /// Namespace of the Integration; null where there is none, unless one was asked for.
    namespace: Option<String>,
    /// Name of the Integration; null where there is none.
    name: Option<String>,
    /// What its rows prove, in a word.
    state: IntegrationState,
    /// Why it is in this state.
    reason_code: ReasonCode,
    /// The same in a sentence.
    message: String,
    /// What to do about it.
    suggested_fix: String,
    /// Whether every key is there and has its form; null is unknown.
    configured: Option<bool>,
    /// Why `configured` is not true.
    configured_reason: Option<String>,
    /// Whether the last handshake or call succeeded, within `connectedFor`; null is unknown.
    connected: Option<bool>,
    /// Why `connected` is not true.
    connected_reason: Option<String>,
    /// Required keys that are not there; null where nobody knows.
    missing_env_vars: Option<Vec<String>>,
    /// Why `missing_env_vars` is null.
    missing_env_vars_reason: Option<String>,
    /// Keys that look unlike the vendor's others and are used all the same.
    doubts: Vec<String>,
    /// Names of the keys that its Secret must have.
    required_env_vars: Vec<String>,
    /// Names of keys that it may have.
    optional_env_vars: Vec<String>,
    /// Whether the vendor has a harmless call that proves a key.
    supports_verify: bool,
    /// When the newest handshake was made.
    last_verified_at: Option<DateTime<Utc>>,
    /// How it ended.
    last_verify_status: Option<Outcome>,
    /// The trace of its row.
    last_verify_trace_id: Option<Uuid>,
    /// Why the three above are null.
    last_verify_reason: Option<String>,
    /// Whether a Bot's job used it within `usedFor`; null is unknown.
    used: Option<bool>,
    /// When a Bot's job last used it, within the last 30 days.
    last_used_at: Option<DateTime<Utc>>,
    /// UID of that Bot.
    last_used_by_bot_id: Option<Uuid>,
    /// Its namespace and name.
    last_used_by_bot: Option<String>,
    /// The trace of that use.
    last_used_trace_id: Option<Uuid>,
    /// Why the four above are null.
    last_used_reason: Option<String>,
    /// Calls of Bots' jobs that succeeded or were served within the last 24 hours; null is unknown.
    proof_of_use_count_24h: Option<i64>,
    /// Why `used` and `proof_of_use_count_24h` are null.
    proof_of_use_reason: Option<String>,
    /// By stage, whether its gates stay closed without this provider's kind of source, of which this provider counts; null is unknown.
    fail_closed: BTreeMap<Stage, Option<bool>>,
    /// Why a stage is not true.
    fail_closed_reasons: BTreeMap<Stage, String>,
    /// Address that stands in for the vendor's own; null is the vendor's own.
    endpoint_override: Option<String>,
    /// Where each key is found, and what its values look like.
    hints: Vec<KeyHint>,
    /// Which plan or licence is needed, and what its lack looks like.
    plan: String,
}

/// One key.
#[derive(Debug, Serialize, JsonSchema)]
struct KeyHint {
    /// Its name in the Secret.
    name: String,
    /// Other names under which it is found, too.
    also: Vec<String>,
    /// Whether it must be there.
    required: bool,
    /// What a value looks like.
    expected: String,
    /// Where in the vendor's portal it is found.
    hint: String,
}

impl IntegrationsStatus {
    /// Puts together what was found.
    pub(crate) fn new(namespace: Option<&str>, looked: &[Looked], policies: &Policies, now: DateTime<Utc>) -> Self {
        let found = looked.iter().filter_map(|one| {
            let provider = assayer_providers::find(one.integration.spec.provider.name())?;
            Some(Entry::of(one, provider, policies, now))
        });
        let has = |provider: &dyn Provider| looked.iter().any(|one| one.integration.spec.provider.name() == provider.name());
        let without =
            ALL.iter().filter(|provider| !has(**provider)).map(|provider| Entry::without(*provider, namespace, policies));
        Self { generated_at: now, namespace: namespace.map(str::to_owned), integrations: found.chain(without).collect() }
    }
}

impl Entry {
    fn of(one: &Looked, provider: &dyn Provider, policies: &Policies, now: DateTime<Utc>) -> Self {
        let Looked { integration, judgement, used } = one;
        let verified = judgement.last_verified.as_ref();
        let last = used.last.as_ref();
        let used_for = TimeDelta::from_std(integration.spec.used_for.duration()).unwrap_or(TimeDelta::MAX);
        let bot = last.and_then(|last| Some(format!("{}/{}", last.bot_namespace.as_ref()?, last.bot_name.as_ref()?)));
        let no_keys = "no handshake has read the Secret under the present spec";
        Self {
            namespace: integration.namespace(),
            name: Some(integration.name_any()),
            state: state(judgement.state),
            reason_code: judgement.reason,
            message: judgement.message.clone(),
            suggested_fix: judgement.reason.suggested_fix().to_owned(),
            configured: known(&judgement.configured),
            configured_reason: why(&judgement.configured),
            connected: known(&judgement.connected),
            connected_reason: why(&judgement.connected),
            missing_env_vars: judgement.check.as_ref().map(|check| check.missing.clone()),
            missing_env_vars_reason: judgement.check.is_none().then(|| no_keys.to_owned()),
            doubts: judgement.check.as_ref().map(|CredentialCheck { doubts, .. }| doubts.clone()).unwrap_or_default(),
            last_verified_at: verified.map(|attempt| attempt.at),
            last_verify_status: verified.map(|attempt| attempt.outcome),
            last_verify_trace_id: verified.map(|attempt| attempt.trace_id),
            last_verify_reason: verified.is_none().then(|| "no handshake was made under the present spec".to_owned()),
            used: Some(last.is_some_and(|last| now - last.at <= used_for)),
            last_used_at: last.map(|last| last.at),
            last_used_by_bot_id: last.map(|last| last.bot_id),
            last_used_by_bot: bot,
            last_used_trace_id: last.map(|last| last.trace_id),
            last_used_reason: last.is_none().then(|| "no Bot's job has used it within the last 30 days".to_owned()),
            proof_of_use_count_24h: Some(used.last_day),
            proof_of_use_reason: None,
            endpoint_override: integration.spec.endpoint.clone(),
            ..Self::without(provider, None, policies)
        }
    }

    /// A provider that no Integration names.
    fn without(provider: &dyn Provider, namespace: Option<&str>, policies: &Policies) -> Self {
        let facts = provider.facts();
        let place = namespace.map_or_else(|| "no namespace".to_owned(), |namespace| format!("namespace {namespace}"));
        let none = match namespace {
            Some(_) => format!("{place} has no Integration with spec.provider \"{}\"", facts.name),
            None => format!("{place} has an Integration with spec.provider \"{}\"", facts.name),
        };
        let names = |keys: &[assayer_providers::Key]| keys.iter().map(|key| key.name.to_owned()).collect::<Vec<_>>();
        let (fail_closed, fail_closed_reasons) = fail_closed(facts, policies);
        Self {
            provider: facts.name.to_owned(),
            title: facts.title.to_owned(),
            category: category(facts.category),
            namespace: namespace.map(str::to_owned),
            name: None,
            state: IntegrationState::NotConfigured,
            reason_code: ReasonCode::IntegrationMissing,
            message: none.clone(),
            suggested_fix: ReasonCode::IntegrationMissing.suggested_fix().to_owned(),
            configured: Some(false),
            configured_reason: Some(none.clone()),
            connected: Some(false),
            connected_reason: Some(none.clone()),
            missing_env_vars: Some(names(facts.required_keys)),
            missing_env_vars_reason: None,
            doubts: Vec::new(),
            required_env_vars: names(facts.required_keys),
            optional_env_vars: names(facts.optional_keys),
            supports_verify: facts.verify.is_some(),
            last_verified_at: None,
            last_verify_status: None,
            last_verify_trace_id: None,
            last_verify_reason: Some(none.clone()),
            used: None,
            last_used_at: None,
            last_used_by_bot_id: None,
            last_used_by_bot: None,
            last_used_trace_id: None,
            last_used_reason: Some(none.clone()),
            proof_of_use_count_24h: None,
            proof_of_use_reason: Some(none),
            fail_closed,
            fail_closed_reasons,
            endpoint_override: None,
            hints: hints(facts),
            plan: facts.plan.to_owned(),
        }
    }
}

/// Of each stage, whether its gates stay closed without this provider's kind of source; why not, where not.
fn fail_closed(facts: &Facts, policies: &Policies) -> (BTreeMap<Stage, Option<bool>>, BTreeMap<Stage, String>) {
    let (mut closed, mut reasons) = (BTreeMap::new(), BTreeMap::new());
    for stage in Stage::iter() {
        let (answer, reason) = match policies.get(&stage) {
            None => (None, Some(format!("there is no StagePolicy of {stage}"))),
            Some(Err(error)) => (None, Some(format!("the StagePolicy of {stage} cannot be read: {error}"))),
            Some(Ok(policy)) => {
                let reason = not_required(facts, policy);
                (Some(reason.is_none()), reason)
            }
        };
        closed.insert(stage, answer);
        reasons.extend(reason.map(|reason| (stage, reason)));
    }
    (closed, reasons)
}

/// Why a policy does not require this provider; `None` where it does.
pub(crate) fn not_required(facts: &Facts, policy: &assayer_contract::policy::Policy) -> Option<String> {
    let stage = policy.stage;
    let Category::Source(source) = facts.category else {
        return Some(format!("{} is no source of a Bot's", facts.title));
    };
    let Some((_, rule)) = policy.rules().find(|(named, _)| *named == source) else {
        return Some(format!("the StagePolicy of {stage} has no sources.{source}"));
    };
    if rule.requirement != Requirement::Required {
        return Some(format!("sources.{source} is {:?} in the StagePolicy of {stage}", rule.requirement));
    }
    let counts = rule.providers.iter().any(|provider| provider == facts.name);
    (!counts).then(|| format!("sources.{source} is required in {stage}, of {}", rule.providers.join(", ")))
}

/// The name of a kind of provider.
pub(crate) fn category(category: Category) -> String {
    match category {
        Category::Source(source) => source.to_string(),
        Category::Notification => "notification".to_owned(),
        Category::Storage => "storage".to_owned(),
    }
}

fn hints(facts: &Facts) -> Vec<KeyHint> {
    let required = facts.required_keys.iter().map(|key| (key, true));
    let keys = required.chain(facts.optional_keys.iter().map(|key| (key, false)));
    keys.map(|(key, required)| KeyHint {
        name: key.name.to_owned(),
        also: key.also.iter().map(|name| (*name).to_owned()).collect(),
        required,
        expected: key.form.expected.to_owned(),
        hint: key.hint.to_owned(),
    })
    .collect()
}

fn known(finding: &Finding) -> Option<bool> {
    match finding.verdict {
        Verdict::Proven => Some(true),
        Verdict::Refuted => Some(false),
        Verdict::Unknown => None,
    }
}

fn why(finding: &Finding) -> Option<String> {
    (finding.verdict != Verdict::Proven).then(|| format!("{}: {}", finding.reason, finding.message))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{
        super::unused::tests::{looked, now, policies},
        *,
    };

    fn answered(namespace: Option<&str>, all: &[Looked]) -> Vec<Value> {
        let answer = serde_json::to_value(IntegrationsStatus::new(namespace, all, &policies(|_| ()), now())).unwrap();
        answer["integrations"].as_array().unwrap().clone()
    }

    fn of(all: &[Value], provider: &str) -> Value {
        all.iter().find(|entry| entry["provider"] == provider).unwrap().clone()
    }

    #[test]
    fn every_provider_is_there_once_with_the_names_that_were_asked_for() {
        let all = answered(None, &[looked("databento", true, Some(5))]);
        assert_eq!(all.len(), ALL.len());
        for entry in &all {
            for name in [
                "configured",
                "connected",
                "missing_env_vars",
                "required_env_vars",
                "optional_env_vars",
                "supports_verify",
                "last_verified_at",
                "last_verify_status",
                "last_verify_trace_id",
                "last_used_at",
                "last_used_by_bot_id",
                "proof_of_use_count_24h",
            ] {
                assert!(entry.get(name).is_some(), "{name}: {entry}");
            }
        }
    }

    #[test]
    fn a_used_integration_says_by_whom_and_how_often() {
        let entry = of(&answered(None, &[looked("databento", true, Some(5))]), "databento");
        assert_eq!(
            (&entry["state"], &entry["configured"], &entry["connected"]),
            (&json!("Connected"), &json!(true), &json!(true))
        );
        assert_eq!((&entry["used"], &entry["proof_of_use_count_24h"]), (&json!(true), &json!(3)));
        assert_eq!(entry["last_used_by_bot"], "desk/spx-cross");
        assert_eq!(entry["hints"][0]["name"], "DATABENTO_API_KEY");
        let old = of(&answered(None, &[looked("databento", true, Some(31))]), "databento");
        assert_eq!(old["used"], false, "usedFor is half an hour");
    }

    #[test]
    fn what_nobody_knows_is_null_with_its_reason() {
        let entry = of(&answered(None, &[looked("databento", false, None)]), "databento");
        for (unknown, reason) in [
            ("configured", "configured_reason"),
            ("connected", "connected_reason"),
            ("missing_env_vars", "missing_env_vars_reason"),
            ("last_verified_at", "last_verify_reason"),
            ("last_used_at", "last_used_reason"),
        ] {
            assert!(entry[unknown].is_null() && entry[reason].is_string(), "{unknown}: {entry}");
        }
        let none = of(&answered(Some("desk"), &[]), "fred");
        assert_eq!((&none["configured"], &none["missing_env_vars"]), (&json!(false), &json!(["FRED_API_KEY"])));
        assert!(none["proof_of_use_count_24h"].is_null() && none["proof_of_use_reason"].is_string(), "{none}");
        assert_eq!((none["namespace"].as_str(), none["reason_code"].as_str()), (Some("desk"), Some("INTEGRATION_MISSING")));
    }

    #[test]
    fn each_stage_says_whether_it_fails_closed_and_why_not() {
        let all = answered(None, &[]);
        let (databento, fred) = (of(&all, "databento"), of(&all, "fred"));
        assert_eq!((&databento["fail_closed"]["LAB"], &fred["fail_closed"]["LAB"]), (&json!(true), &json!(false)));
        assert!(fred["fail_closed_reasons"]["LAB"].as_str().unwrap().contains("no sources.macro"), "{fred}");
        assert!(databento["fail_closed"]["LIVE"].is_null() && databento["fail_closed_reasons"]["LIVE"].is_string());
    }
}
