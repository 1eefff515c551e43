//! What a Bot does now. In: its jobs. Out: a state, never without its reason. Pure.

use assayer_contract::{
    JobStatus, JobType, ReasonCode,
    policy::{Policy, StopPolicy},
};
use chrono::{DateTime, SecondsFormat, Utc};

use crate::{
    Acceptance, Evidence, Facts, JobFact, PodWaits, Subject,
    cadence::{self, Next},
    information::{NothingNew, nothing_new},
    research,
};

/// The states of a Bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A backtest runs.
    Backtesting,
    /// Better parameters of its strategy are searched for.
    Improving,
    /// Another strategy of its lineage is searched for.
    Evolving,
    /// A job waits for its pod.
    Queued,
    /// Nothing runs.
    Idle,
    /// Somebody has stopped it.
    Stopped,
}

/// What a Bot does now, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The state.
    pub state: State,
    /// Why.
    pub reason: ReasonCode,
    /// The same in a sentence.
    pub message: String,
    /// The job at work.
    pub job: Option<JobFact>,
}

pub(crate) fn of(subject: &Subject, acceptance: &Acceptance, evidence: &Evidence, now: DateTime<Utc>) -> Activity {
    let idle = |reason, message: String| Activity { state: State::Idle, reason, message, job: None };
    match (evidence, acceptance) {
        (Evidence::Unreadable(why), _) => idle(ReasonCode::EvidenceUnavailable, why.clone()),
        (Evidence::Read(Facts { open_job: Some(job), pod_waits, .. }), _) => at_work(job, pod_waits.as_ref()),
        (_, Acceptance::Refused(reason, message)) => idle(*reason, message.clone()),
        (_, Acceptance::Accepted(policy)) if policy.stop != StopPolicy::None => {
            let message = format!("stopPolicy is {:?}: no cycle starts", policy.stop);
            Activity { state: State::Stopped, reason: ReasonCode::Stopped, message, job: None }
        }
        (Evidence::Read(facts), Acceptance::Accepted(policy)) => match facts.blocked() {
            Some(one) => idle(one.reason, format!("no job starts: {}", one.message)),
            None => waiting(subject, policy, facts, now),
        },
    }
}

/// A Bot that may work and has no open job.
fn waiting(subject: &Subject, policy: &Policy, facts: &Facts, now: DateTime<Utc>) -> Activity {
    let clock = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let last = facts.last_cycle.as_ref().map(|cycle| format!("the last {} {}", cycle.job.job_type.label(), ending(&cycle.job)));
    let cpu = beyond_cpu_budget(policy, facts);
    let full = facts.open_backtests >= i64::from(policy.max_concurrent_backtests);
    let next = cadence::next(subject.bot_id, policy.backtest_every, &facts.recent, now);
    let wants = facts.run_requested || matches!(next, Next::Due(_));
    let (state, reason, message) = match (next, last) {
        _ if wants && full => {
            let (open, most) = (facts.open_backtests, policy.max_concurrent_backtests);
            let message = format!("{open} backtests of stage {} are open, and its policy allows {most}", policy.stage);
            (State::Queued, ReasonCode::ConcurrencyLimit, message)
        }
        _ if wants && cpu.is_some() => (State::Queued, ReasonCode::CpuBudget, cpu.unwrap_or_default()),
        _ if facts.run_requested => (State::Queued, ReasonCode::RunRequested, ReasonCode::RunRequested.title().to_owned()),
        (_, None) => (State::Idle, ReasonCode::AwaitingFirstCycle, ReasonCode::AwaitingFirstCycle.title().to_owned()),
        (Next::BackOff(until, failures), Some(last)) => {
            let message = format!("{last}, failure number {failures} in a row; the next is due at {}", clock(until));
            (State::Idle, ReasonCode::Backoff, message)
        }
        (Next::Due(slot), Some(last)) if let Some(nothing) = nothing_new(subject, policy, facts.done(), slot) => {
            let NothingNew { last_bar, next_bar_at, audit_at } = nothing;
            let message = format!(
                "{last}, its last bar began at {}; the next will be complete at {}, and an audit is due at {}",
                clock(last_bar),
                clock(next_bar_at),
                clock(audit_at)
            );
            (State::Idle, ReasonCode::NoNewInformation, message)
        }
        (Next::Due(at) | Next::At(at), Some(last)) => {
            let message = format!("{last}; the next is due at {}", clock(at));
            match without_round(subject, policy, facts, at) {
                None => (State::Idle, ReasonCode::CadenceWait, message),
                Some(reason) => (State::Idle, reason, format!("{message}, and nothing is searched for then: {}", reason.title())),
            }
        }
    };
    Activity { state, reason, message, job: None }
}

/// Why the hour has no room for another cycle, if so.
fn beyond_cpu_budget(policy: &Policy, facts: &Facts) -> Option<String> {
    let usage = facts.usage?;
    let seconds = i64::try_from(policy.job_timeout.as_secs()).unwrap_or(i64::MAX);
    let (used, most) = (usage.cpu_seconds, policy.max_cpu_seconds_per_hour?);
    (policy.limits().admit(&usage, seconds) == Err(ReasonCode::CpuBudget)).then(|| {
        let stage = policy.stage;
        format!("the cycles of the last hour use {used} seconds of a processor, one more may use {seconds}, and the policy of {stage} allows {most}")
    })
}

/// Why the cycle of this slot will have no search, where one would be due.
fn without_round(subject: &Subject, policy: &Policy, facts: &Facts, slot: DateTime<Utc>) -> Option<ReasonCode> {
    match research::due(subject.bot_id, policy.research.as_ref()?, &facts.rounds, slot) {
        Ok(job_type) => policy.limits().grant(&facts.usage?, job_type, 0).err(),
        Err(reason) => Some(reason).filter(|reason| *reason != ReasonCode::CadenceWait),
    }
}

fn at_work(job: &JobFact, waits: Option<&PodWaits>) -> Activity {
    let (state, reason) = match (job.status, job.job_type) {
        (JobStatus::Queued, _) => (State::Queued, waits.map_or(ReasonCode::JobQueued, |waits| waits.reason)),
        (_, JobType::Backtest) => (State::Backtesting, ReasonCode::JobRunning),
        (_, JobType::Improve) => (State::Improving, ReasonCode::JobRunning),
        (_, JobType::Evolve) => (State::Evolving, ReasonCode::JobRunning),
    };
    let message = match waits {
        Some(PodWaits { message, .. }) => format!("job {}, trace {}; its pod waits: {message}", job.job_name, job.trace_id),
        None => format!("job {}, trace {}", job.job_name, job.trace_id),
    };
    Activity { state, reason, message, job: Some(job.clone()) }
}

fn ending(job: &JobFact) -> String {
    match job.reason {
        Some(reason) => format!("ended {} with {reason}", job.status),
        None => format!("ended {}", job.status),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::cadence::Ended;
    use assayer_contract::{
        Freshness, Sha256Hash, Stage,
        budget::Usage,
        policy::{Fallback, Requirement, SourceRule},
        research::Round,
    };
    use std::{collections::BTreeMap, time::Duration};
    use uuid::Uuid;

    fn said(stop: StopPolicy, facts: Facts) -> Activity {
        under(&Policy { stop, ..policy() }, facts)
    }

    fn under(policy: &Policy, facts: Facts) -> Activity {
        let subject = Subject { bot_id: Uuid::nil(), dataset: String::new(), symbol: String::new(), schema: String::new() };
        of(&subject, &Acceptance::Accepted(Box::new(policy.clone())), &Evidence::Read(facts), now())
    }

    pub(crate) fn policy() -> Policy {
        Policy {
            stage: Stage::Lab,
            hash: Sha256Hash::of(b"policy"),
            market_data: SourceRule {
                requirement: Requirement::Required,
                providers: Vec::new(),
                max_latency: Duration::from_secs(30),
                retries: 3,
                cooldown: Duration::from_mins(1),
                fallback: Fallback::None,
                keep_for: None,
                reason: None,
                freshness: Freshness::default(),
            },
            sources: BTreeMap::new(),
            market_data_quality: None,
            backtest_every: Duration::from_mins(20),
            audit_every: None,
            job_timeout: Duration::from_mins(10),
            stop: StopPolicy::None,
            max_concurrent_backtests: 2,
            max_cpu_seconds_per_hour: None,
            research: None,
            max_data_usd_per_day: "5".into(),
            ai: assayer_contract::policy::AiRules::default(),
            promotion_sessions: 3,
        }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    #[test]
    fn a_stopped_bot_says_which_policy_stopped_it() {
        let activity = said(StopPolicy::Hold, Facts::default());
        assert_eq!((activity.state, activity.reason), (State::Stopped, ReasonCode::Stopped));
        assert!(activity.message.contains("Hold"), "{}", activity.message);
    }

    #[test]
    fn a_bot_that_is_due_and_has_no_room_is_queued_with_the_numbers() {
        let activity = said(StopPolicy::None, Facts { open_backtests: 2, ..Facts::default() });
        assert_eq!((activity.state, activity.reason), (State::Queued, ReasonCode::ConcurrencyLimit));
        assert!(activity.message.contains("2 backtests of stage LAB are open, and its policy allows 2"), "{}", activity.message);
    }

    #[test]
    fn a_bot_that_was_asked_to_run_says_what_it_waits_for() {
        let due_slot = cadence::current_slot(Uuid::nil(), Duration::from_mins(20), now());
        let recent = vec![Ended { due_slot, reason: None, succeeded: true, same_rules: true }];
        let facts = Facts { run_requested: true, recent, last_cycle: Some(cycle()), ..Facts::default() };
        let said = |stop, facts: &Facts| {
            let activity = said(stop, facts.clone());
            (activity.state, activity.reason)
        };
        assert_eq!(said(StopPolicy::None, &facts), (State::Queued, ReasonCode::RunRequested));
        assert_eq!(said(StopPolicy::Hold, &facts), (State::Stopped, ReasonCode::Stopped));
        let full = Facts { open_backtests: 2, ..facts.clone() };
        assert_eq!(said(StopPolicy::None, &full), (State::Queued, ReasonCode::ConcurrencyLimit));
        assert_eq!(said(StopPolicy::None, &Facts { run_requested: false, ..full }), (State::Idle, ReasonCode::CadenceWait));
    }

    #[test]
    fn a_bot_for_which_the_hour_has_no_time_left_says_how_much_is_used() {
        let usage = Usage { cpu_seconds: 3_100, ..Usage::default() };
        let policy = Policy { max_cpu_seconds_per_hour: Some(3_600), ..policy() };
        let activity = under(&policy, Facts { usage: Some(usage), ..Facts::default() });
        assert_eq!((activity.state, activity.reason), (State::Queued, ReasonCode::CpuBudget));
        assert!(activity.message.contains("use 3100 seconds of a processor, one more may use 600"), "{}", activity.message);
    }

    #[test]
    fn a_bot_whose_search_is_beyond_a_budget_or_over_says_so_while_it_waits_for_its_backtest() {
        let policy = Policy { research: Some(research::tests::policy()), ..policy() };
        let due_slot = cadence::current_slot(Uuid::nil(), Duration::from_mins(20), now());
        let said = |usage: Usage, rounds: Vec<Round>| {
            let recent = vec![Ended { due_slot, reason: None, succeeded: true, same_rules: true }];
            let facts = Facts { usage: Some(usage), rounds, recent, last_cycle: Some(cycle()), ..Facts::default() };
            under(&policy, facts).reason
        };
        assert_eq!(said(Usage::default(), vec![]), ReasonCode::CadenceWait);
        assert_eq!(said(Usage { improvements: 3, ..Usage::default() }, vec![]), ReasonCode::ImproveBudget);
        assert_eq!(said(Usage { trials: 499, ..Usage::default() }, vec![]), ReasonCode::TrialBudget);
        let failed = Round { job_type: JobType::Evolve, due_slot, succeeded: true, improved: false, challenger: false };
        assert_eq!(said(Usage::default(), vec![failed; 5]), ReasonCode::LineageRetired);
    }

    fn cycle() -> crate::Cycle {
        let job = JobFact {
            id: Uuid::nil(),
            trace_id: Uuid::nil(),
            job_name: "job".into(),
            job_type: JobType::Backtest,
            status: JobStatus::Succeeded,
            reason: None,
            message: None,
            created_at: now(),
            started_at: Some(now()),
            completed_at: Some(now()),
            deadline: now(),
        };
        crate::Cycle { job, rows: Vec::new() }
    }

    #[test]
    fn a_bot_whose_slot_is_filled_waits_for_the_next_and_not_for_room() {
        let due_slot = cadence::current_slot(Uuid::nil(), Duration::from_mins(20), now());
        let recent = vec![Ended { due_slot, reason: None, succeeded: true, same_rules: true }];
        let activity = said(StopPolicy::None, Facts { open_backtests: 2, recent, ..Facts::default() });
        assert_eq!(activity.state, State::Idle);
    }
}
