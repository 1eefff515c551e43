//! What the last completed cycle proves of each kind of source, as a mark. In: a Bot's conditions and its stage's policy. Out: one mark
//! for each kind. Pure. Whether a vendor is connected has no say here.

use assayer_contract::{
    ReasonCode, Source,
    condition::ConditionType,
    policy::{Requirement, SourceRule, StageRules},
};
use assayer_crds::{BotStatus, conditions::from_k8s};
use chrono::{DateTime, Utc};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::Serialize;
use strum::IntoEnumIterator;

/// One kind of source of a Bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceMark {
    /// The kind.
    pub(crate) source: Source,
    /// What rows of the last completed cycle say of it.
    pub(crate) mark: Mark,
    /// What the stage's policy says of it; null where the policy does not name it, or is not known.
    requirement: Option<Needed>,
    /// Providers whose rows count, by their registry names; of market data the first one, and behind it what may stand in.
    providers: Vec<String>,
    /// Why the mark is what it is.
    pub(crate) reason_code: String,
    /// The same in a sentence.
    message: String,
    /// Since when the mark is what it is; null where nobody says.
    since: Option<DateTime<Utc>>,
}

/// A mark. A connection that stands and was not used is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Mark {
    /// A row of the last completed cycle proves it.
    Proven,
    /// The last completed cycle's rows speak against it.
    Refuted,
    /// Nobody knows, and the reason says why.
    Unknown,
    /// The Bot's stage does not use it, or nobody asked and nobody had to.
    NotApplicable,
}

/// Whether a stage needs a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) enum Needed {
    /// Without proof of it, the stage's gates stay closed.
    Required,
    /// May be used; its absence closes nothing.
    Optional,
    /// May not be used.
    Disabled,
}

impl From<Requirement> for Needed {
    fn from(requirement: Requirement) -> Self {
        match requirement {
            Requirement::Required => Self::Required,
            Requirement::Optional => Self::Optional,
            Requirement::Disabled => Self::Disabled,
        }
    }
}

/// Every kind, always in the same order.
pub(crate) fn of(status: Option<&BotStatus>, rules: Option<&StageRules>) -> Vec<SourceMark> {
    Source::iter().map(|source| one(source, status, rules)).collect()
}

fn one(source: Source, status: Option<&BotStatus>, rules: Option<&StageRules>) -> SourceMark {
    let rule = rules.and_then(|rules| rules.sources.get(&source));
    let word = |mark, reason: ReasonCode, message: String| (mark, reason.to_string(), message, None);
    let (mark, reason_code, message, since) = match (status, status.and_then(|status| condition(source, status))) {
        (None, _) => {
            let message = "the controller has not said anything of this Bot yet".to_owned();
            word(Mark::Unknown, ReasonCode::AwaitingFirstCycle, message)
        }
        (Some(_), Some(condition)) => said(condition),
        (Some(status), None) => {
            let stage = rules.map_or(status.stage, |rules| rules.stage);
            word(Mark::NotApplicable, ReasonCode::SourceDisabled, unnamed(source, rule, rules, stage))
        }
    };
    SourceMark {
        source,
        mark,
        requirement: rule.map(|rule| rule.requirement.into()),
        providers: rule.map(|rule| rule.providers.clone()).unwrap_or_default(),
        reason_code,
        message,
        since,
    }
}

fn condition(source: Source, status: &BotStatus) -> Option<&Condition> {
    let kind = match source {
        Source::MarketData => ConditionType::MarketDataProven,
        Source::Macro => ConditionType::MacroProven,
        Source::OptionsFlow => ConditionType::OptionsFlowProven,
        Source::News => ConditionType::NewsProven,
        Source::Ai => ConditionType::AiProven,
        Source::Broker => return None,
    };
    let kind: &str = kind.into();
    status.conditions.iter().find(|condition| condition.type_ == kind)
}

fn said(condition: &Condition) -> (Mark, String, String, Option<DateTime<Utc>>) {
    let reason = ReasonCode::of_condition(&condition.reason);
    let unused = [ReasonCode::SourceDisabled, ReasonCode::NotRequired].iter().any(|code| code.to_string() == reason);
    let mark = match condition.status.as_str() {
        "True" => Mark::Proven,
        _ if unused => Mark::NotApplicable,
        "False" => Mark::Refuted,
        _ => Mark::Unknown,
    };
    (mark, reason, condition.message.clone(), from_k8s(&condition.last_transition_time))
}

fn unnamed(source: Source, rule: Option<&SourceRule>, rules: Option<&StageRules>, stage: assayer_contract::Stage) -> String {
    match (rule, rules) {
        (Some(rule), _) if rule.requirement == Requirement::Disabled => {
            let why = rule.reason.as_deref().unwrap_or("no reason is given");
            format!("the policy of {stage} disables {source}: {why}")
        }
        (Some(_), _) => format!("no condition speaks about {source}"),
        (None, Some(_)) => format!("the policy of {stage} does not name {source}"),
        (None, None) => format!("the policy of {stage} cannot be read, and no condition speaks about {source}"),
    }
}
