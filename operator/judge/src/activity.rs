//! What a Bot does now. In: its jobs. Out: a state, never without its reason. Pure.

use assayer_contract::{
    JobStatus, JobType, ReasonCode,
    policy::{Policy, StopPolicy},
};
use chrono::{DateTime, SecondsFormat, Utc};

use crate::{
    Acceptance, Evidence, Facts, JobFact, Subject,
    cadence::{self, Next},
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
        (Evidence::Read(Facts { open_job: Some(job), pod_waits, .. }), _) => at_work(job, pod_waits.as_deref()),
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
    let full = facts.open_backtests >= i64::from(policy.max_concurrent_backtests);
    let (state, reason, message) = match (cadence::next(subject.bot_id, policy.backtest_every, &facts.recent, now), last) {
        (Next::Due(_), _) if full => {
            let (open, most) = (facts.open_backtests, policy.max_concurrent_backtests);
            let message = format!("{open} backtests of stage {} are open, and its policy allows {most}", policy.stage);
            (State::Queued, ReasonCode::ConcurrencyLimit, message)
        }
        (_, None) => (State::Idle, ReasonCode::AwaitingFirstCycle, ReasonCode::AwaitingFirstCycle.title().to_owned()),
        (Next::BackOff(until, failures), Some(last)) => {
            let message = format!("{last}, failure number {failures} in a row; the next is due at {}", clock(until));
            (State::Idle, ReasonCode::Backoff, message)
        }
        (Next::Due(at) | Next::At(at), Some(last)) => {
            (State::Idle, ReasonCode::CadenceWait, format!("{last}; the next is due at {}", clock(at)))
        }
    };
    Activity { state, reason, message, job: None }
}

fn at_work(job: &JobFact, waits: Option<&str>) -> Activity {
    let (state, reason) = match (job.status, job.job_type) {
        (JobStatus::Queued, _) => (State::Queued, ReasonCode::JobQueued),
        (_, JobType::Backtest) => (State::Backtesting, ReasonCode::JobRunning),
        (_, JobType::Improve) => (State::Improving, ReasonCode::JobRunning),
        (_, JobType::Evolve) => (State::Evolving, ReasonCode::JobRunning),
    };
    let message = match waits {
        Some(why) => format!("job {}, trace {}; its pod waits: {why}", job.job_name, job.trace_id),
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
mod tests {
    use super::*;
    use crate::cadence::Ended;
    use assayer_contract::{
        Freshness, Sha256Hash, Stage,
        policy::{Fallback, Requirement, SourceRule},
    };
    use std::{collections::BTreeMap, time::Duration};
    use uuid::Uuid;

    fn said(stop: StopPolicy, facts: Facts) -> Activity {
        let subject = Subject { bot_id: Uuid::nil(), dataset: String::new(), symbol: String::new(), schema: String::new() };
        let policy = Policy {
            stage: Stage::Lab,
            hash: Sha256Hash::of(b"policy"),
            market_data: SourceRule {
                requirement: Requirement::Required,
                providers: Vec::new(),
                max_latency: Duration::from_secs(30),
                retries: 3,
                cooldown: Duration::from_mins(1),
                fallback: Fallback::None,
                reason: None,
                freshness: Freshness::default(),
            },
            sources: BTreeMap::new(),
            market_data_quality: None,
            backtest_every: Duration::from_mins(20),
            job_timeout: Duration::from_mins(10),
            stop,
            max_concurrent_backtests: 2,
            max_cpu_seconds_per_hour: None,
            research: None,
            max_data_usd_per_day: "5".into(),
            ai: assayer_contract::policy::AiRules::default(),
            promotion_sessions: 3,
        };
        of(&subject, &Acceptance::Accepted(Box::new(policy)), &Evidence::Read(facts), now())
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
    fn a_bot_whose_slot_is_filled_waits_for_the_next_and_not_for_room() {
        let due_slot = cadence::current_slot(Uuid::nil(), Duration::from_mins(20), now());
        let recent = vec![Ended { due_slot, reason: None, succeeded: true, same_rules: true }];
        let activity = said(StopPolicy::None, Facts { open_backtests: 2, recent, ..Facts::default() });
        assert_eq!(activity.state, State::Idle);
    }
}
