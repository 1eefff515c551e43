//! What a Bot does now. In: its jobs. Out: a state, never without its reason. Pure.

use assayer_contract::{JobStatus, JobType, ReasonCode};
use chrono::{DateTime, SecondsFormat, Utc};

use crate::{Acceptance, Evidence, JobFact, Subject, cadence};

/// The states of a Bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A backtest runs.
    Backtesting,
    /// A job waits for its pod.
    Queued,
    /// Nothing runs.
    Idle,
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
        (Evidence::Read(facts), _) if facts.open_job.is_some() => {
            facts.open_job.as_ref().map_or_else(|| idle(ReasonCode::CadenceWait, String::new()), at_work)
        }
        (_, Acceptance::Refused(reason, message)) => idle(*reason, message.clone()),
        (Evidence::Read(facts), Acceptance::Accepted(policy)) => {
            let next = cadence::next_slot(subject.bot_id, policy.backtest_every, now).to_rfc3339_opts(SecondsFormat::Secs, true);
            match &facts.last_cycle {
                None => idle(ReasonCode::AwaitingFirstCycle, ReasonCode::AwaitingFirstCycle.title().to_owned()),
                Some(cycle) => idle(
                    ReasonCode::CadenceWait,
                    format!("the last {} {}; the next is due at {next}", cycle.job.job_type.label(), ending(&cycle.job)),
                ),
            }
        }
    }
}

fn at_work(job: &JobFact) -> Activity {
    let (state, reason) = match (job.status, job.job_type) {
        (JobStatus::Queued, _) => (State::Queued, ReasonCode::JobQueued),
        (_, JobType::Backtest) => (State::Backtesting, ReasonCode::JobRunning),
    };
    let message = format!("job {}, trace {}", job.job_name, job.trace_id);
    Activity { state, reason, message, job: Some(job.clone()) }
}

fn ending(job: &JobFact) -> String {
    match job.reason {
        Some(reason) => format!("ended {} with {reason}", job.status),
        None => format!("ended {}", job.status),
    }
}
