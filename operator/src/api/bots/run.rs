//! The run that somebody asked for. In: the Bot with what its controller says, the job that was started for it. Out: what came of it, or why
//! nothing has yet. Pure but for one look into the log.

use std::time::Duration;

use assayer_contract::{JobStatus, ReasonCode};
use assayer_crds::{Activity, Bot};
use assayer_store::{StoreError, jobs::BotJob, requested};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::timeout;
use uuid::Uuid;

use crate::api::App;

/// The Bot is shown without its run where the database takes longer to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What came of the run that was last asked for.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunAnswer {
    /// The trace that its rows carry, or will carry.
    trace_id: Uuid,
    /// When it was asked for; null where the request does not say.
    asked_at: Option<DateTime<Utc>>,
    /// The job that was started for it; null where none was, or where that is not known.
    job: Option<RunJob>,
    /// Why there is no job yet, or why the job did not succeed; null where neither is so.
    reason_code: Option<String>,
    /// What came of it, in a sentence.
    message: String,
    /// What to do about it; null where nothing is to be done, or this version does not know the reason.
    suggested_fix: Option<&'static str>,
}

/// The job of a run.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RunJob {
    /// Id of its row in `bot_jobs`.
    id: Uuid,
    /// The Kubernetes Job.
    name: String,
    /// Where it stands.
    status: JobStatus,
    /// When the planner wrote it.
    created_at: DateTime<Utc>,
    /// When a pod took it.
    started_at: Option<DateTime<Utc>>,
    /// When it ended.
    completed_at: Option<DateTime<Utc>>,
}

/// The run that was last asked for, if any was.
pub(super) async fn of(app: &App, bot: &Bot) -> Option<RunAnswer> {
    let trace = bot.run_requested()?;
    let id = bot.metadata.uid.as_deref().and_then(|uid| uid.parse().ok())?;
    let look = timeout(PATIENCE, requested::job(&app.pool, id, trace)).await;
    let job = look.unwrap_or(Err(StoreError::TimedOut(PATIENCE)));
    Some(answer(trace, job, bot.status.as_ref().map(|status| &status.activity)))
}

fn answer(trace_id: Uuid, job: Result<Option<BotJob>, StoreError>, now: Option<&Activity>) -> RunAnswer {
    let (reason_code, message) = match &job {
        Ok(Some(job)) => (job.reason.map(|reason| reason.to_string()), of_job(job)),
        Ok(None) => waiting(now),
        Err(error) => {
            tracing::warn!(%error, "whether a run was started cannot be read");
            let reason = ReasonCode::EvidenceUnavailable;
            (Some(reason.to_string()), "whether a job was started for it is not known: the database does not answer".to_owned())
        }
    };
    let fix = reason_code.as_deref().and_then(|code| code.parse::<ReasonCode>().ok()).map(ReasonCode::suggested_fix);
    RunAnswer {
        trace_id,
        asked_at: asked_at(trace_id),
        job: job.ok().flatten().map(|job| RunJob {
            id: job.id,
            name: job.job_name,
            status: job.status,
            created_at: job.created_at,
            started_at: job.started_at,
            completed_at: job.completed_at,
        }),
        reason_code,
        message,
        suggested_fix: fix,
    }
}

fn of_job(job: &BotJob) -> String {
    match (&job.message, job.reason) {
        (Some(said), Some(_)) => format!("job {} {}: {said}", job.job_name, job.status),
        _ => format!("job {} {}", job.job_name, job.status),
    }
}

/// Why no job was started yet: what the Bot says, unless that is about its next slot, for which a run does not wait.
fn waiting(now: Option<&Activity>) -> (Option<String>, String) {
    let asked = || (Some(ReasonCode::RunRequested.to_string()), ReasonCode::RunRequested.title().to_owned());
    let Some(now) = now else { return asked() };
    if let Some(job) = &now.active_job {
        let message = format!("queued behind the {} job {}, trace {}", job.job_type, job.id, job.trace_id);
        return (Some(now.reason_code.clone()), message);
    }
    match now.reason_code.parse() {
        Ok(reason) if is_about_the_next_slot(reason) => asked(),
        _ => (Some(now.reason_code.clone()), format!("not started: {}", now.message)),
    }
}

fn is_about_the_next_slot(reason: ReasonCode) -> bool {
    matches!(
        reason,
        ReasonCode::AwaitingFirstCycle
            | ReasonCode::Backoff
            | ReasonCode::CadenceWait
            | ReasonCode::EvolveBudget
            | ReasonCode::ImproveBudget
            | ReasonCode::JobQueued
            | ReasonCode::JobRunning
            | ReasonCode::JobSuspended
            | ReasonCode::LineageRetired
            | ReasonCode::NoNewInformation
            | ReasonCode::RunRequested
            | ReasonCode::TrialBudget
    )
}

/// A UUIDv7 says when it was made.
fn asked_at(trace: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, nanos) = trace.get_timestamp().filter(|_| trace.get_version_num() == 7)?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}

#[cfg(test)]
mod tests {
    use assayer_crds::{ActiveJob, ActivityState};

    use super::*;

    fn activity(reason: ReasonCode) -> Activity {
        let (reason_code, message) = (reason.to_string(), reason.title().to_owned());
        Activity { state: ActivityState::Idle, reason_code, message, since: None, active_job: None }
    }

    fn said(now: Option<&Activity>) -> (String, String) {
        let answer = answer(Uuid::now_v7(), Ok(None), now);
        assert_eq!(answer.job, None);
        (answer.reason_code.unwrap(), answer.message)
    }

    #[test]
    fn a_run_that_is_not_started_says_what_is_in_its_way_and_never_that_it_waits_for_a_slot() {
        let blocked = activity(ReasonCode::IntegrationKeyMissing);
        assert_eq!(said(Some(&blocked)).0, "INTEGRATION_KEY_MISSING");
        assert_eq!(said(Some(&activity(ReasonCode::Stopped))).0, "STOPPED");
        for reason in [ReasonCode::CadenceWait, ReasonCode::Backoff, ReasonCode::NoNewInformation] {
            assert_eq!(said(Some(&activity(reason))).0, "RUN_REQUESTED", "{reason}");
        }
        assert_eq!(said(None).0, "RUN_REQUESTED");
        let job = ActiveJob { id: Uuid::from_u128(5), job_type: "BACKTEST".into(), trace_id: Uuid::nil(), started_at: None };
        let (reason, message) = said(Some(&Activity { active_job: Some(job), ..activity(ReasonCode::JobRunning) }));
        assert_eq!(reason, "JOB_RUNNING");
        assert!(message.starts_with("queued behind the BACKTEST job 00000000-0000-0000-0000-000000000005"), "{message}");
    }

    #[test]
    fn when_it_was_asked_for_is_read_from_the_request_or_not_known() {
        let now = Utc::now();
        let asked = asked_at(Uuid::now_v7()).unwrap();
        assert!((asked - now).num_seconds().abs() < 60, "{asked}");
        assert_eq!(asked_at(Uuid::from_u128(7)), None);
    }

    #[test]
    fn whether_a_job_was_started_is_unknown_while_the_log_is_away() {
        let answer = answer(Uuid::now_v7(), Err(StoreError::TimedOut(PATIENCE)), None);
        assert_eq!((answer.job, answer.reason_code.as_deref()), (None, Some("EVIDENCE_UNAVAILABLE")));
    }
}
