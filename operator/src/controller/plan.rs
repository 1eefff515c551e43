//! What is to be done for a Bot. In: what was observed and the time. Out: decisions. Pure, cannot fail.

use std::time::Duration;

use assayer_contract::{JobStatus, ReasonCode, policy::Policy};
use assayer_judge::cadence;
use assayer_store::jobs::BotJob;
use chrono::{DateTime, TimeDelta, Utc};
use k8s_openapi::api::batch::v1::Job;
use uuid::Uuid;

/// No Bot goes without a look for longer.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// After a failure of I/O.
pub(super) const RETRY: Duration = Duration::from_secs(5);

/// Whether a Bot gets a job now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// For this slot.
    Launch(DateTime<Utc>),
    /// Not now, and why.
    Wait(ReasonCode),
}

/// What a Bot is due, given its open job and whether the current slot has a job already.
pub(super) fn due(
    bot_id: Uuid,
    policy: Result<&Policy, ReasonCode>,
    open: Option<&BotJob>,
    filled: bool,
    now: DateTime<Utc>,
) -> Due {
    match (policy, open) {
        (_, Some(job)) if job.status == JobStatus::Queued => Due::Wait(ReasonCode::JobQueued),
        (_, Some(_)) => Due::Wait(ReasonCode::JobRunning),
        (Err(reason), None) => Due::Wait(reason),
        (Ok(_), None) if filled => Due::Wait(ReasonCode::CadenceWait),
        (Ok(policy), None) => Due::Launch(cadence::current_slot(bot_id, policy.backtest_every, now)),
    }
}

/// What the cluster says of an open job's Kubernetes Job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It runs, or has not begun.
    Alive,
    /// It ended well by Kubernetes' account.
    Complete,
    /// It ended badly by Kubernetes' account.
    Failed,
    /// It is not there.
    Gone,
}

/// Reads the fate from the Job.
pub(super) fn fate(job: Option<&Job>) -> Fate {
    let Some(job) = job else { return Fate::Gone };
    let conditions = job.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    let holds = |kind: &str| conditions.iter().any(|c| c.type_ == kind && c.status == "True");
    if holds("Failed") {
        Fate::Failed
    } else if holds("Complete") {
        Fate::Complete
    } else {
        Fate::Alive
    }
}

/// Why an open job without a report is to be closed; `None` while it may yet report. A queued job whose Kubernetes Job is gone is
/// the planner's to create again.
pub(super) fn lost(job: &BotJob, fate: Fate) -> Option<&'static str> {
    match (fate, job.status) {
        (Fate::Failed, _) => Some("the runner's pod failed without a report; see its log and events"),
        (Fate::Complete, _) => Some("the runner's pod ended without a report; see its log"),
        (Fate::Gone, JobStatus::Running) => Some("the runner's Job was deleted before it reported"),
        _ => None,
    }
}

/// When to look again.
pub(super) fn look_again(bot_id: Uuid, policy: Option<&Policy>, deadline: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Duration {
    let slot = policy.map(|policy| cadence::next_slot(bot_id, policy.backtest_every, now));
    let next = [slot, deadline].into_iter().flatten().filter_map(|at| (at - now).to_std().ok()).min();
    next.map_or(LOOK_EVERY, |next| (next + Duration::from_secs(1)).min(LOOK_EVERY))
}

/// Seconds that a Kubernetes Job may run, so that it does not outlive its row; at least one.
pub(super) fn seconds_left(deadline: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    (deadline - now + TimeDelta::milliseconds(999)).num_seconds().max(1)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::validate::tests::policy;
    use super::*;
    use assayer_contract::JobType;

    pub(in crate::controller) fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    pub(in crate::controller) fn open_job(status: JobStatus) -> BotJob {
        BotJob {
            id: Uuid::from_u128(1),
            bot_id: Uuid::from_u128(7),
            bot_namespace: "default".into(),
            bot_name: "spx-cross".into(),
            job_type: JobType::Backtest,
            status,
            reason: None,
            message: None,
            trace_id: Uuid::from_u128(2),
            job_name: "spx-cross-backtest-0123456789ab".into(),
            created_at: now(),
            started_at: None,
            completed_at: None,
            deadline: now() + TimeDelta::minutes(10),
        }
    }

    fn due_now(open: Option<&BotJob>, filled: bool) -> Due {
        due(Uuid::from_u128(7), Ok(&policy().spec.policy().unwrap()), open, filled, now())
    }

    #[test]
    fn a_new_bot_is_due_at_once_and_a_filled_slot_waits_for_the_next() {
        let Due::Launch(slot) = due_now(None, false) else { panic!() };
        assert!(slot <= now());
        assert_eq!(due_now(None, true), Due::Wait(ReasonCode::CadenceWait));
    }

    #[test]
    fn one_open_job_keeps_a_bot_from_a_second() {
        assert_eq!(due_now(Some(&open_job(JobStatus::Queued)), false), Due::Wait(ReasonCode::JobQueued));
        assert_eq!(due_now(Some(&open_job(JobStatus::Running)), false), Due::Wait(ReasonCode::JobRunning));
    }

    #[test]
    fn a_bot_without_a_policy_is_never_due() {
        let missing = ReasonCode::PolicyMissing;
        assert_eq!(due(Uuid::from_u128(7), Err(missing), None, false, now()), Due::Wait(missing));
    }

    #[test]
    fn a_job_is_lost_when_its_pod_ended_or_vanished_without_a_report() {
        let running = open_job(JobStatus::Running);
        assert!(lost(&running, Fate::Failed).is_some() && lost(&running, Fate::Complete).is_some());
        assert!(lost(&running, Fate::Gone).is_some());
        assert_eq!(lost(&running, Fate::Alive), None);
        assert_eq!(lost(&open_job(JobStatus::Queued), Fate::Gone), None);
    }

    #[test]
    fn the_next_look_is_never_later_than_the_deadline_or_half_a_minute() {
        let policy = policy().spec.policy().unwrap();
        let mut job = open_job(JobStatus::Running);
        assert!(look_again(job.bot_id, Some(&policy), Some(job.deadline), now()) <= LOOK_EVERY);
        job.deadline = now() + TimeDelta::seconds(4);
        assert!(look_again(job.bot_id, Some(&policy), Some(job.deadline), now()) <= Duration::from_secs(5));
        assert_eq!(seconds_left(job.deadline, now()), 4);
        assert_eq!(seconds_left(now() - TimeDelta::seconds(4), now()), 1);
    }
}
