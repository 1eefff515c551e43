//! Integrations as they are answered. In: what was looked at, the policies, the time. Out: what becomes JSON. Pure.
//!
//! What is not known is null, and a field beside it says why; never 0 and never false.

use assayer_contract::{Outcome, ReasonCode};
use assayer_crds::IntegrationState;
use assayer_judge::{Finding, Verdict};
use assayer_providers::{ALL, Facts, Provider};
use chrono::{DateTime, TimeDelta, Utc};
use kube::ResourceExt;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{
    Looked, Policies,
    requirement::FailClosed,
    vendor::{Vendor, names},
};
use crate::integration_state::state;

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
struct Entry {
    /// Namespace of the Integration; null where there is none, unless one was asked for.
    namespace: Option<String>,
    /// Name of the Integration; null where there is none.
    name: Option<String>,
    /// Address that stands in for the vendor's own; null is the vendor's own.
    endpoint_override: Option<String>,
    #[serde(flatten)]
    vendor: Vendor,
    #[serde(flatten)]
    connection: Connection,
    #[serde(flatten)]
    verified: Verified,
    #[serde(flatten)]
    used: ByBots,
    #[serde(flatten)]
    closed: FailClosed,
}

/// Whether it is configured and connected.
#[derive(Debug, Serialize, JsonSchema)]
struct Connection {
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
}

/// The newest handshake.
#[derive(Debug, Serialize, JsonSchema)]
#[allow(clippy::struct_field_names, reason = "they stand beside others in one object")]
struct Verified {
    /// When it was made.
    last_verified_at: Option<DateTime<Utc>>,
    /// How it ended.
    last_verify_status: Option<Outcome>,
    /// The trace of its row.
    last_verify_trace_id: Option<Uuid>,
    /// Why the three above are null.
    last_verify_reason: Option<String>,
}

/// Use by Bots' jobs.
#[derive(Debug, Serialize, JsonSchema)]
struct ByBots {
    /// Whether a Bot's job used it within `usedFor`; null is unknown.
    used: Option<bool>,
    /// Calls of Bots' jobs that succeeded or were served within the last 24 hours; null is unknown.
    proof_of_use_count_24h: Option<i64>,
    /// Why `used` and `proof_of_use_count_24h` are null.
    proof_of_use_reason: Option<String>,
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
}

impl IntegrationsStatus {
    /// Puts together what was found.
    pub(crate) fn new(namespace: Option<&str>, looked: &[Looked], policies: &Policies, now: DateTime<Utc>) -> Self {
        let found = looked.iter().filter_map(|one| {
            let provider = assayer_providers::find(one.integration.spec.provider.name())?;
            Some(Entry::of(one, provider.facts(), policies, now))
        });
        let has = |provider: &dyn Provider| looked.iter().any(|one| one.integration.spec.provider.name() == provider.name());
        let without = ALL.iter().filter(|provider| !has(**provider));
        let without = without.map(|provider| Entry::without(provider.facts(), namespace, policies));
        Self { generated_at: now, namespace: namespace.map(str::to_owned), integrations: found.chain(without).collect() }
    }
}

impl Entry {
    fn of(one: &Looked, facts: &Facts, policies: &Policies, now: DateTime<Utc>) -> Self {
        Self {
            namespace: one.integration.namespace(),
            name: Some(one.integration.name_any()),
            endpoint_override: one.integration.spec.endpoint.clone(),
            vendor: Vendor::of(facts),
            connection: Connection::of(one),
            verified: Verified::of(one),
            used: ByBots::of(one, now),
            closed: FailClosed::of(facts, policies),
        }
    }

    /// A provider that no Integration names.
    fn without(facts: &Facts, namespace: Option<&str>, policies: &Policies) -> Self {
        let none = match namespace {
            Some(namespace) => format!("namespace {namespace} has no Integration with spec.provider \"{}\"", facts.name),
            None => format!("no namespace has an Integration with spec.provider \"{}\"", facts.name),
        };
        Self {
            namespace: namespace.map(str::to_owned),
            name: None,
            endpoint_override: None,
            vendor: Vendor::of(facts),
            verified: Verified {
                last_verified_at: None,
                last_verify_status: None,
                last_verify_trace_id: None,
                last_verify_reason: Some(none.clone()),
            },
            used: ByBots::unknown(&none),
            connection: Connection::none(facts, none),
            closed: FailClosed::of(facts, policies),
        }
    }
}

impl Connection {
    fn of(one: &Looked) -> Self {
        let judgement = &one.judgement;
        let (missing, doubts) = judgement.check.as_ref().map(|check| (check.missing.clone(), check.doubts.clone())).unzip();
        let unread = missing.is_none().then(|| "no attempt under the present spec has read the Secret".to_owned());
        Self {
            state: state(judgement.state),
            reason_code: judgement.reason,
            message: judgement.message.clone(),
            suggested_fix: judgement.reason.suggested_fix().to_owned(),
            configured: known(&judgement.configured),
            configured_reason: why(&judgement.configured),
            connected: known(&judgement.connected),
            connected_reason: why(&judgement.connected),
            missing_env_vars: missing,
            missing_env_vars_reason: unread,
            doubts: doubts.unwrap_or_default(),
        }
    }

    fn none(facts: &Facts, none: String) -> Self {
        let reason = ReasonCode::IntegrationMissing;
        Self {
            state: IntegrationState::NotConfigured,
            reason_code: reason,
            suggested_fix: reason.suggested_fix().to_owned(),
            configured: Some(false),
            configured_reason: Some(none.clone()),
            connected: Some(false),
            connected_reason: Some(none.clone()),
            message: none,
            missing_env_vars: Some(names(facts.required_keys)),
            missing_env_vars_reason: None,
            doubts: Vec::new(),
        }
    }
}

impl Verified {
    fn of(one: &Looked) -> Self {
        let verified = one.judgement.last_verified.as_ref();
        Self {
            last_verified_at: verified.map(|attempt| attempt.at),
            last_verify_status: verified.map(|attempt| attempt.outcome),
            last_verify_trace_id: verified.map(|attempt| attempt.trace_id),
            last_verify_reason: verified.is_none().then(|| "no handshake was made under the present spec".to_owned()),
        }
    }
}

impl ByBots {
    fn of(one: &Looked, now: DateTime<Utc>) -> Self {
        let last = one.used.last.as_ref();
        let used_for = TimeDelta::from_std(one.integration.spec.used_for.duration()).unwrap_or(TimeDelta::MAX);
        Self {
            used: Some(last.is_some_and(|last| now - last.at <= used_for)),
            proof_of_use_count_24h: Some(one.used.last_day),
            proof_of_use_reason: None,
            last_used_at: last.map(|last| last.at),
            last_used_by_bot_id: last.map(|last| last.bot_id),
            last_used_by_bot: last.and_then(|last| Some(format!("{}/{}", last.bot_namespace.as_ref()?, last.bot_name.as_ref()?))),
            last_used_trace_id: last.map(|last| last.trace_id),
            last_used_reason: last.is_none().then(|| "no Bot's job has used it within the last 30 days".to_owned()),
        }
    }

    fn unknown(why: &str) -> Self {
        Self {
            used: None,
            proof_of_use_count_24h: None,
            proof_of_use_reason: Some(why.to_owned()),
            last_used_at: None,
            last_used_by_bot_id: None,
            last_used_by_bot: None,
            last_used_trace_id: None,
            last_used_reason: Some(why.to_owned()),
        }
    }
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
#[path = "entry_tests.rs"]
mod tests;
