//! The rows of a cycle. In: a Bot that is due or was asked to run, the round that goes with its backtest. Out: what is to be written. Pure but for new ids.

use assayer_contract::{
    JobStatus, JobType, Sha256Hash, Source, job_name,
    policy::{AllowedSource, AllowedSources, Requirement, ResearchPolicy},
    research::SuggestionsWanted,
};
use assayer_store::{
    cycles::NewCycle,
    jobs::{BotJob, NewJob},
};
use chrono::{DateTime, TimeDelta, Utc};
use kube::ResourceExt;
use serde_json::{Value, json};
use uuid::Uuid;

use super::admit::DueNow;
use crate::controller::{
    context::Error,
    plan::Start,
    validate::{Accepted, STAGE},
};

/// A backtest, and the round after it, each with the policy's time for one job.
pub(super) fn of(due: &DueNow<'_>, round: Option<JobType>, now: DateTime<Utc>) -> Result<NewCycle, Error> {
    let backtest = backtest(due, now)?;
    let round = match (round, &due.accepted.policy.research) {
        (Some(job_type), Some(research)) => {
            let wanted = suggestions(due, job_type, research);
            Some(NewJob {
                id: Uuid::now_v7(),
                job_type,
                place: 1,
                sources: models(&backtest, wanted.is_some()),
                holdout_reads: i32::try_from(research.limits.holdout_reads_per_quarter_per_root).ok(),
                body: round_body(research, seed(&backtest), wanted.as_ref()),
                deadline: backtest.deadline + (backtest.deadline - now),
                ..backtest.clone()
            })
        }
        _ => None,
    };
    Ok(NewCycle { backtest, round, limits: due.accepted.policy.limits() })
}

/// What the round may ask a language model for: only an evolution, where the policy has it so and the Bot names a model.
fn suggestions(due: &DueNow<'_>, job_type: JobType, research: &ResearchPolicy) -> Option<SuggestionsWanted> {
    let (limits, adviser) = research.ai_suggestions.zip(due.candidate.bot.spec.suggestions.as_ref())?;
    let rule = due.accepted.policy.sources.get(&Source::Ai);
    (job_type == JobType::Evolve).then(|| SuggestionsWanted {
        provider: adviser.provider.name().to_owned(),
        model: adviser.model.clone(),
        at_most: limits.max_per_round,
        max_tokens: limits.max_tokens,
        required: rule.is_some_and(|rule| rule.requirement == Requirement::Required),
    })
}

/// A round works on the bars that the backtest fetched. It may ask nobody but, where it is to have suggestions, models, of which the gateway
/// lets it ask the one that its body names, once.
fn models(backtest: &NewJob, wanted: bool) -> AllowedSources {
    let models = backtest.sources.get_key_value(&Source::Ai).filter(|_| wanted);
    let without_symbols = |allowed: &AllowedSource| AllowedSource { symbols: Vec::new(), ..allowed.clone() };
    models.map(|(source, allowed)| (*source, without_symbols(allowed))).into_iter().collect()
}

fn round_body(research: &ResearchPolicy, seed: u64, wanted: Option<&SuggestionsWanted>) -> Value {
    let mut body = json!({"rules": research.rules, "seed": seed.to_string()});
    if let (Some(wanted), Some(fields)) = (wanted, body.as_object_mut()) {
        fields.insert("suggestions".to_owned(), json!(wanted));
    }
    body
}

/// The same for whoever plans this slot, and another for each.
fn seed(backtest: &NewJob) -> u64 {
    let hash = Sha256Hash::of(format!("{}/{}", backtest.bot_id, backtest.due_slot.timestamp_millis()).as_bytes());
    hash.as_bytes().iter().take(8).fold(0, |seed, byte| (seed << 8) | u64::from(*byte))
}

fn backtest(due: &DueNow<'_>, now: DateTime<Utc>) -> Result<NewJob, Error> {
    let DueNow { candidate, accepted, start, .. } = due;
    let (trace_id, due_slot, requested) = match *start {
        Start::Slot(slot) => (Uuid::now_v7(), slot, false),
        Start::Asked(trace) => (trace, now, true),
    };
    let (job_type, bot_name) = (JobType::Backtest, candidate.bot.name_any());
    let timeout = TimeDelta::from_std(accepted.policy.job_timeout).unwrap_or(TimeDelta::days(1));
    Ok(NewJob {
        id: Uuid::now_v7(),
        bot_id: candidate.id,
        bot_namespace: candidate.bot.namespace().ok_or(Error::Incomplete("namespace"))?,
        stage: STAGE,
        job_type,
        trace_id,
        place: 0,
        due_slot,
        requested,
        job_name: job_name(&bot_name, candidate.id, job_type, due_slot),
        bot_name,
        instrument: accepted.backtest.instrument.symbol.clone(),
        root: accepted.backtest.instrument.root().to_owned(),
        trials_granted: None,
        holdout_reads: None,
        strategy_hash: accepted.strategy_hash,
        family: accepted.backtest.strategy.family.name(),
        strategy: serde_json::to_value(&accepted.backtest.strategy)?,
        policy_hash: accepted.policy.hash,
        bot_generation: candidate.bot.metadata.generation.unwrap_or_default(),
        body: body(accepted)?,
        max_data_usd_per_day: accepted.policy.max_data_usd_per_day.clone(),
        ai: accepted.policy.ai.clone(),
        sources: accepted.policy.allowed(&accepted.backtest.instrument.symbol, &candidate.bot.spec.proxies.by_source()),
        created_at: now,
        deadline: now + timeout,
    })
}

/// What the runner is told: the spec of the backtest, what the bars must satisfy, and who stands in for their vendor.
fn body(accepted: &Accepted) -> serde_json::Result<Value> {
    let mut body = serde_json::to_value(&accepted.backtest)?;
    let Some(fields) = body.as_object_mut() else { return Ok(body) };
    if let Some(quality) = &accepted.policy.market_data_quality {
        fields.insert("quality".to_owned(), serde_json::to_value(quality)?);
    }
    let rule = &accepted.policy.market_data;
    if let Some(provider) = rule.fallback.provider(&rule.providers) {
        fields.insert("fallback".to_owned(), provider.into());
    }
    Ok(body)
}

/// The first job as it is launched, given how many jobs of the cycle were written: its pod may live until the last of them must have ended.
pub(super) fn first(NewCycle { backtest: job, round, .. }: NewCycle, jobs: usize) -> BotJob {
    let deadline = round.filter(|_| jobs > 1).map_or(job.deadline, |round| round.deadline);
    BotJob {
        id: job.id,
        bot_id: job.bot_id,
        bot_namespace: job.bot_namespace,
        bot_name: job.bot_name,
        job_type: job.job_type,
        status: JobStatus::Queued,
        reason: None,
        message: None,
        trace_id: job.trace_id,
        place: job.place,
        job_name: job.job_name,
        created_at: job.created_at,
        started_at: None,
        completed_at: None,
        deadline,
    }
}
