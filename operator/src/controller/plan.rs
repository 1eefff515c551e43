//! What is to be done for a Bot. In: what was observed and the time. Out: decisions. Pure, cannot fail.

use std::time::Duration;

use assayer_contract::{
    JobStatus, ReasonCode,
    policy::{Policy, StopPolicy},
};
use assayer_crds::Bot;
use assayer_judge::cadence::{self, Ended, Next};
use assayer_store::{jobs::BotJob, planner::EndedJob};
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
    /// For this.
    Launch(Start),
    /// Not now, and why.
    Wait(ReasonCode),
}

/// What a job is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// A slot of the cadence.
    Slot(DateTime<Utc>),
    /// Somebody's wish, under this trace. It fills no slot.
    Asked(Uuid),
}

impl Start {
    /// The slot, where it is for one.
    pub(super) fn slot(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Slot(slot) => Some(slot),
            Self::Asked(_) => None,
        }
    }
}

/// A Bot's last jobs that filled a slot, seen from its present spec and policy.
pub(super) fn recent(jobs: &[EndedJob], bot: &Bot, policy: Option<&Policy>) -> Vec<Ended> {
    let rules = (bot.metadata.generation.unwrap_or_default(), policy.map(|policy| policy.hash.to_string()));
    let ended = jobs.iter().filter(|job| !job.requested).map(|job| Ended {
        due_slot: job.due_slot,
        reason: job.reason,
        succeeded: job.succeeded,
        same_rules: (job.bot_generation, Some(&job.policy_hash)) == (rules.0, rules.1.as_ref()),
    });
    ended.collect()
}

/// What a Bot is due, given its open job, why none may start if so, those that ended last, and the run that was asked for and is not
/// started yet: it waits for neither a slot nor what failures make a slot wait for.
pub(super) fn due(
    bot_id: Uuid,
    policy: Result<&Policy, ReasonCode>,
    open: Option<&BotJob>,
    blocked: Option<ReasonCode>,
    recent: &[Ended],
    asked: Option<Uuid>,
    now: DateTime<Utc>,
) -> Due {
    match (policy, open, blocked) {
        (_, Some(job), _) if job.status == JobStatus::Queued => Due::Wait(ReasonCode::JobQueued),
        (_, Some(_), _) => Due::Wait(ReasonCode::JobRunning),
        (Ok(policy), None, _) if policy.stop != StopPolicy::None => Due::Wait(ReasonCode::Stopped),
        (Err(reason), None, _) | (Ok(_), None, Some(reason)) => Due::Wait(reason),
        (Ok(policy), None, None) => match (asked, cadence::next(bot_id, policy.backtest_every, recent, now)) {
            (Some(trace), _) => Due::Launch(Start::Asked(trace)),
            (None, Next::Due(slot)) => Due::Launch(Start::Slot(slot)),
            (None, Next::At(_)) => Due::Wait(ReasonCode::CadenceWait),
            (None, Next::BackOff(..)) => Due::Wait(ReasonCode::Backoff),
        },
    }
}

/// Who of those that are due goes first: the one whose last job is the longest ago, a new one before all. What was asked for counts, so
/// that nobody gets more by asking than is left over.
pub(super) fn turn(bot_id: Uuid, recent: &[EndedJob]) -> (Option<DateTime<Utc>>, Uuid) {
    (recent.iter().map(|job| job.due_slot).max(), bot_id)
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
/// the planner's to create again, unless its cycle has begun.
pub(super) fn lost(job: &BotJob, fate: Fate) -> Option<&'static str> {
    match (fate, job.status) {
        (Fate::Failed, _) => Some("the runner's pod failed without a report; see its log and events"),
        (Fate::Complete, _) => Some("the runner's pod ended without a report; see its log"),
        (Fate::Gone, JobStatus::Running) => Some("the runner's Job was deleted before it reported"),
        (Fate::Gone, JobStatus::Queued) if job.place > 0 => {
            Some("the runner's Job was deleted before it took this job of its cycle")
        }
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
            place: 0,
            job_name: "spx-cross-backtest-0123456789ab".into(),
            created_at: now(),
            started_at: None,
            completed_at: None,
            deadline: now() + TimeDelta::minutes(10),
        }
    }

    const ASKED: Uuid = Uuid::from_u128(9);

    fn job_at(due_slot: DateTime<Utc>) -> EndedJob {
        EndedJob { due_slot, requested: false, succeeded: true, reason: None, bot_generation: 1, policy_hash: String::new() }
    }

    fn due_now(open: Option<&BotJob>, recent: &[Ended]) -> Due {
        due(Uuid::from_u128(7), Ok(&policy().spec.policy().unwrap()), open, None, recent, None, now())
    }

    fn ended_at(due_slot: DateTime<Utc>) -> Ended {
        Ended { due_slot, reason: None, succeeded: true, same_rules: true }
    }

    #[test]
    fn a_new_bot_is_due_at_once_and_a_filled_slot_waits_for_the_next() {
        let Due::Launch(Start::Slot(slot)) = due_now(None, &[]) else { panic!() };
        assert!(slot <= now());
        assert_eq!(due_now(None, &[ended_at(slot)]), Due::Wait(ReasonCode::CadenceWait));
    }

    #[test]
    fn one_open_job_keeps_a_bot_from_a_second() {
        assert_eq!(due_now(Some(&open_job(JobStatus::Queued)), &[]), Due::Wait(ReasonCode::JobQueued));
        assert_eq!(due_now(Some(&open_job(JobStatus::Running)), &[]), Due::Wait(ReasonCode::JobRunning));
    }

    #[test]
    fn a_bot_without_a_policy_is_never_due() {
        let missing = ReasonCode::PolicyMissing;
        assert_eq!(due(Uuid::from_u128(7), Err(missing), None, None, &[], None, now()), Due::Wait(missing));
    }

    #[test]
    fn a_stopped_bot_is_never_due() {
        for stop in [StopPolicy::Hold, StopPolicy::HoldAndDrain] {
            let policy = Policy { stop, ..policy().spec.policy().unwrap() };
            assert_eq!(due(Uuid::from_u128(7), Ok(&policy), None, None, &[], Some(ASKED), now()), Due::Wait(ReasonCode::Stopped));
        }
    }

    #[test]
    fn a_blocked_bot_waits_for_what_blocks_it_and_a_job_under_way_goes_on() {
        let (policy, reason) = (policy().spec.policy().unwrap(), ReasonCode::IntegrationKeyMissing);
        let due = |open: Option<&BotJob>| due(Uuid::from_u128(7), Ok(&policy), open, Some(reason), &[], Some(ASKED), now());
        assert_eq!(due(None), Due::Wait(reason));
        assert_eq!(due(Some(&open_job(JobStatus::Running))), Due::Wait(ReasonCode::JobRunning));
    }

    #[test]
    fn who_waits_longest_goes_first() {
        let ago = |minutes| job_at(now() - TimeDelta::minutes(minutes));
        let waited = |minutes| vec![ago(minutes), ago(90)];
        let asked = vec![ago(70), EndedJob { requested: true, ..ago(5) }];
        let mut bots = [(1, waited(10)), (2, waited(60)), (3, vec![]), (4, asked)];
        bots.sort_by_key(|(bot, recent)| turn(Uuid::from_u128(*bot), recent));
        assert_eq!(bots.map(|(bot, _)| bot), [3, 2, 1, 4]);
    }

    #[test]
    fn a_run_that_was_asked_for_waits_for_no_slot_and_for_the_open_job() {
        let policy = policy().spec.policy().unwrap();
        let due = |open: Option<&BotJob>, recent: &[Ended]| {
            due(Uuid::from_u128(7), Ok(&policy), open, None, recent, Some(ASKED), now())
        };
        let Due::Launch(Start::Slot(slot)) = due_now(None, &[]) else { panic!() };
        assert_eq!(due(None, &[ended_at(slot)]), Due::Launch(Start::Asked(ASKED)));
        assert_eq!(due(None, &[]), Due::Launch(Start::Asked(ASKED)), "its slot is filled by the next run");
        assert_eq!(due(Some(&open_job(JobStatus::Running)), &[]), Due::Wait(ReasonCode::JobRunning));
    }

    #[test]
    fn a_run_that_was_asked_for_fills_no_slot_and_lengthens_no_wait() {
        let (bot, policy) = (super::super::validate::tests::bot(), policy().spec.policy().unwrap());
        let failed = EndedJob {
            requested: true,
            succeeded: false,
            reason: Some(ReasonCode::ProviderAuth),
            policy_hash: policy.hash.to_string(),
            ..job_at(now())
        };
        assert_eq!(recent(&[failed.clone(), failed], &bot, Some(&policy)), []);
    }

    #[test]
    fn failures_of_another_generation_or_policy_do_not_count() {
        let (bot, policy) = (super::super::validate::tests::bot(), policy().spec.policy().unwrap());
        let job = |bot_generation, hash: &str| EndedJob {
            due_slot: now(),
            requested: false,
            succeeded: false,
            reason: Some(ReasonCode::ProviderAuth),
            bot_generation,
            policy_hash: hash.to_owned(),
        };
        let jobs = [job(1, &policy.hash.to_string()), job(2, &policy.hash.to_string()), job(1, "other")];
        let same: Vec<_> = recent(&jobs, &bot, Some(&policy)).iter().map(|job| job.same_rules).collect();
        assert_eq!(same, [true, false, false]);
    }

    #[test]
    fn a_job_is_lost_when_its_pod_ended_or_vanished_without_a_report() {
        let running = open_job(JobStatus::Running);
        assert!(lost(&running, Fate::Failed).is_some() && lost(&running, Fate::Complete).is_some());
        assert!(lost(&running, Fate::Gone).is_some());
        assert_eq!(lost(&running, Fate::Alive), None);
        assert_eq!(lost(&open_job(JobStatus::Queued), Fate::Gone), None);
        let second = BotJob { place: 1, ..open_job(JobStatus::Queued) };
        assert!(lost(&second, Fate::Gone).is_some(), "the bars of its cycle went with the pod");
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
