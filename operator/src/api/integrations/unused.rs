//! What is connected and not used, and whether that is right. In: an Integration, the policies, the Bots of its namespace, the time.
//! Out: a verdict with its reason; nothing where it is used, or not connected. Pure.

use assayer_contract::{
    ReasonCode, Stage,
    policy::{Requirement, StageRules, StopPolicy},
};
use assayer_crds::Bot;
use assayer_judge::IntegrationState;
use assayer_providers::Facts;
use chrono::{DateTime, TimeDelta, Utc};
use kube::ResourceExt;

use super::{
    Looked, Policies,
    proof_answer::Word,
    requirement::{not_required, rule_of},
};

/// Why a connected Integration is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Why {
    /// Whether that is right.
    pub(crate) verdict: Word,
    /// Why.
    pub(crate) reason: ReasonCode,
    /// The same in a sentence.
    pub(crate) message: String,
}

impl Why {
    fn new(verdict: Word, reason: ReasonCode, message: impl Into<String>) -> Self {
        Self { verdict, reason, message: message.into() }
    }
}

/// Why an Integration that is connected is not used; `None` where it is used, or not connected. `serving` is the one that the Bots of
/// its namespace use for the same provider.
pub(crate) fn why(one: &Looked, serving: &str, policies: &Policies, bots: &[Bot], now: DateTime<Utc>) -> Option<Why> {
    let connected = matches!(one.judgement.state, IntegrationState::Connected | IntegrationState::Degraded);
    if !connected || used_within(one, one.integration.spec.used_for.duration(), now) {
        return None;
    }
    let facts: &Facts = assayer_providers::find(one.integration.spec.provider.name())?.facts();
    if serving != one.integration.name_any() {
        let message = format!("Integration {serving} serves {} in its namespace: of several, the first by name does", facts.name);
        return Some(Why::new(Word::Pass, ReasonCode::NotRequired, message));
    }
    let namespace = one.integration.namespace();
    let here: Vec<&Bot> = bots.iter().filter(|bot| bot.namespace() == namespace).collect();
    let place = namespace.unwrap_or_default();
    if here.is_empty() {
        return Some(Why::new(Word::Pass, ReasonCode::NotRequired, format!("namespace {place} has no Bot")));
    }
    let requiring: Vec<(&Bot, &StageRules)> = here
        .iter()
        .filter_map(|bot| Some((*bot, policies.get(&stage(bot))?.as_ref().ok()?)))
        .filter(|(_, policy)| not_required(facts, policy).is_none())
        .collect();
    if requiring.is_empty() {
        return Some(of_nobody(facts, policies, &here));
    }
    let working: Vec<_> = requiring.into_iter().filter(|(bot, policy)| stopped(bot, policy).is_none()).collect();
    if working.is_empty() {
        let stop = here.iter().find_map(|bot| stopped(bot, policies.get(&stage(bot))?.as_ref().ok()?));
        let message =
            format!("every Bot of namespace {place} that needs it is stopped: stopPolicy is {:?}", stop.unwrap_or_default());
        return Some(Why::new(Word::Pass, ReasonCode::Stopped, message));
    }
    Some(of_working(one, &working, now))
}

/// Bots that need it work: it must have been used within a cycle, or there must not have been time for one yet.
fn of_working(one: &Looked, working: &[(&Bot, &StageRules)], now: DateTime<Utc>) -> Why {
    let cycle = |(bot, rules): &(&Bot, &StageRules)| {
        let length = rules.cycle.unwrap_or_default();
        let born = bot.creation_timestamp().and_then(|at| assayer_crds::conditions::from_k8s(&at));
        (length.max(one.integration.spec.used_for.duration()), born)
    };
    let cycles: Vec<_> = working.iter().map(cycle).collect();
    if let Some((length, _)) = cycles.iter().find(|(length, _)| used_within(one, *length, now)) {
        let message = format!("its Bots use it in each cycle, of {} s at most, and last did so within one", length.as_secs());
        return Why::new(Word::Pass, ReasonCode::CadenceWait, message);
    }
    let (name, policy) =
        working.first().map_or_else(Default::default, |(bot, policy)| (bot.name_any(), policy.stage.to_string()));
    let young =
        |at: Option<DateTime<Utc>>, length| at.is_none_or(|at| now - at < TimeDelta::from_std(length).unwrap_or(TimeDelta::MAX));
    if cycles.iter().all(|(length, born)| young(*born, *length)) {
        let message = format!("Bot {name} has not had the time of one cycle yet");
        return Why::new(Word::Unknown, ReasonCode::AwaitingFirstCycle, message);
    }
    Why::new(Word::Fail, ReasonCode::IntegrationUnused, format!("{policy} requires it, Bot {name} works, and no job has used it"))
}

fn of_nobody(facts: &Facts, policies: &Policies, here: &[&Bot]) -> Why {
    let unknown = |message| Why::new(Word::Unknown, ReasonCode::PolicyMissing, message);
    let reasons = here.iter().map(|bot| match policies.get(&stage(bot)) {
        None => unknown(format!("there is no StagePolicy of {}", stage(bot))),
        Some(Err(error)) => unknown(format!("the StagePolicy of {} cannot be read: {error}", stage(bot))),
        Some(Ok(rules)) => {
            let disabled = rule_of(facts, rules).is_some_and(|(_, rule)| rule.requirement == Requirement::Disabled);
            let reason = if disabled { ReasonCode::SourceDisabled } else { ReasonCode::NotRequired };
            Why::new(Word::Pass, reason, not_required(facts, rules).unwrap_or_default())
        }
    });
    reasons.max_by_key(|why| why.verdict).unwrap_or_else(|| unknown(String::new()))
}

/// The stage at which a Bot stands.
pub(crate) fn stage(bot: &Bot) -> Stage {
    bot.status.as_ref().map_or(Stage::Lab, |status| status.stage)
}

fn stopped(bot: &Bot, rules: &StageRules) -> Option<StopPolicy> {
    Some(rules.stop.max(bot.spec.stop_policy)).filter(|stop| *stop != StopPolicy::None)
}

fn used_within(one: &Looked, length: std::time::Duration, now: DateTime<Utc>) -> bool {
    let length = TimeDelta::from_std(length).unwrap_or(TimeDelta::MAX);
    one.used.last.as_ref().is_some_and(|last| now - last.at <= length)
}

#[cfg(test)]
#[path = "unused_tests.rs"]
pub(in crate::api::integrations) mod tests;
