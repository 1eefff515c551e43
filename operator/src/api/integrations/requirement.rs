//! Which stages fail closed without a provider. In: its facts, the policies. Out: by stage, whether, and why not. Pure.

use std::collections::BTreeMap;

use assayer_contract::{
    Source, Stage,
    policy::{Requirement, SourceRule, StageRules},
};
use assayer_providers::{Category, Facts};
use schemars::JsonSchema;
use serde::Serialize;
use strum::IntoEnumIterator;

use super::Policies;

/// By stage, whether its gates stay closed without this provider's kind of source.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FailClosed {
    /// Whether the stage requires the provider's kind of source, of which the provider counts; null is unknown.
    fail_closed: BTreeMap<Stage, Option<bool>>,
    /// Why a stage is not true.
    fail_closed_reasons: BTreeMap<Stage, String>,
}

impl FailClosed {
    /// Of each stage, by its policy.
    pub(crate) fn of(facts: &Facts, policies: &Policies) -> Self {
        let (mut closed, mut reasons) = (BTreeMap::new(), BTreeMap::new());
        for stage in Stage::iter() {
            let (answer, reason) = match policies.get(&stage) {
                None => (None, Some(format!("there is no StagePolicy of {stage}"))),
                Some(Err(error)) => (None, Some(format!("the StagePolicy of {stage} cannot be read: {error}"))),
                Some(Ok(rules)) => {
                    let reason = not_required(facts, rules);
                    (Some(reason.is_none()), reason)
                }
            };
            closed.insert(stage, answer);
            reasons.extend(reason.map(|reason| (stage, reason)));
        }
        Self { fail_closed: closed, fail_closed_reasons: reasons }
    }
}

/// The rule of the kind of source that the provider is; none where it is no source, or the policy does not name its kind.
pub(crate) fn rule_of<'a>(facts: &Facts, rules: &'a StageRules) -> Option<(Source, &'a SourceRule)> {
    let Category::Source(source) = facts.category else { return None };
    Some((source, rules.sources.get(&source)?))
}

/// Why a policy does not require this provider; `None` where it does.
pub(crate) fn not_required(facts: &Facts, rules: &StageRules) -> Option<String> {
    let stage = rules.stage;
    let Category::Source(source) = facts.category else {
        return Some(format!("{} is no source of a Bot's", facts.title));
    };
    let Some((_, rule)) = rule_of(facts, rules) else {
        return Some(format!("the StagePolicy of {stage} has no sources.{source}"));
    };
    if let Some(disabled) = rule.disabled(source, stage) {
        return Some(disabled);
    }
    if rule.requirement != Requirement::Required {
        return Some(format!("sources.{source} is {:?} in the StagePolicy of {stage}", rule.requirement));
    }
    let counts = rule.providers.iter().any(|provider| provider == facts.name);
    (!counts).then(|| format!("sources.{source} is required in {stage}, of {}", rule.providers.join(", ")))
}
