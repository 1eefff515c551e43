//! Gives each Bot the cycle of its due slot, or the run that somebody asked for. In: Bots, policy, open jobs, the time. Out: rows first, then Kubernetes Jobs, and a record
//! of the run. Not pure. A row without its Job (a crash in between) gets it at the next run, until its deadline.

mod admit;
mod cycle;
mod idle;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use assayer_contract::{JobStatus, JobType, ReasonCode, Stage};
use assayer_crds::Bot;
use assayer_judge::{
    Acceptance,
    readiness::{Impediment, Readiness},
};
use assayer_store::{
    jobs::{self, BotJob},
    planner::{self, EndedJob, PlannerRun},
    requested,
};
use chrono::{DateTime, Utc};
use kube::{ResourceExt, runtime::reflector::ObjectRef};
use tokio::{select, time};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    apply,
    context::{Context, Error},
    ends, events,
    metrics::{ByOutcome, Outcome},
    observe,
    plan::{self, Due, due, turn},
    reconcile::bot_id,
    starts::Starts,
    validate::{Accepted, Refusal, Rules},
};
use crate::serving;
use admit::DueNow;
use idle::Noted;

/// New Bots wake the planner; a crowd of them wakes it once.
const SETTLE: Duration = Duration::from_millis(500);
/// Kubernetes Jobs created at once.
const LAUNCHES: usize = 8;

/// Runs at each interval, and when a new Bot asks for it, until the term ends.
pub(super) async fn run(ctx: &Context, term: &CancellationToken) {
    let mut noted = Noted::new();
    loop {
        let outcome = match tick(ctx, &mut noted, Utc::now()).await {
            Ok(()) => Outcome::Ok,
            Err(error) => {
                tracing::warn!(%error, "the planner's run failed; nothing was launched that is not recorded");
                if matches!(error, Error::Store(_)) { Outcome::EvidenceUnavailable } else { Outcome::Error }
            }
        };
        ctx.metrics.planner_runs.get_or_create(&ByOutcome { outcome }).inc();
        select! {
            () = time::sleep(ctx.settings.planner_interval) => {}
            () = ctx.due.notified() => time::sleep(SETTLE).await,
            () = term.cancelled() => return,
        }
    }
}

/// A Bot with what was made of its spec.
struct Candidate {
    bot: Arc<Bot>,
    id: Uuid,
    verdict: Result<Accepted, Refusal>,
}

/// What a run counts.
#[derive(Default)]
struct Counts {
    enqueued: BTreeMap<Stage, i32>,
    skipped: BTreeMap<ReasonCode, i32>,
    why_not: BTreeMap<ReasonCode, Vec<String>>,
    created: i32,
}

impl Counts {
    fn skip(&mut self, reason: ReasonCode) {
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// Notes that this Bot may not start.
    fn deny(&mut self, bot: &Bot, reason: ReasonCode) {
        let named = self.why_not.entry(reason).or_default();
        if named.len() < planner::MAX_NAMED {
            named.push(format!("{}/{}", bot.namespace().unwrap_or_default(), bot.name_any()));
        }
    }
}

async fn tick(ctx: &Context, noted: &mut Noted, now: DateTime<Utc>) -> Result<(), Error> {
    let candidates = candidates(ctx)?;
    let (open, ends) = open_cycles(jobs::open(&ctx.pool).await?);
    ends::of_deleted_bots(ctx, open.values(), &candidates.iter().map(|candidate| candidate.id).collect(), now).await?;
    let recent = recent_of(ctx, &candidates, &open).await?;
    let asked = asked_of(ctx, &candidates, &open).await?;
    let starts = Starts::everywhere(ctx, now).await?;
    let mut counts = Counts::default();
    let mut launches: Vec<(Arc<Bot>, BotJob)> = Vec::new();
    let mut due_now = Vec::new();
    for candidate in &candidates {
        let (row, jobs) = (open.get(&candidate.id), recent.get(&candidate.id).map_or(&[][..], Vec::as_slice));
        let policy = candidate.verdict.as_ref().map(|accepted| &accepted.policy).map_err(|refusal| refusal.reason);
        let last = plan::recent(jobs, &candidate.bot, policy.ok());
        let in_the_way = impediments(&starts, candidate, now);
        let blocked = in_the_way.iter().find(|one| one.readiness == Readiness::Blocked).map(|one| one.reason);
        let blocked = blocked.filter(|_| row.is_none());
        let denied = policy.as_ref().err().copied().or(blocked).filter(|_| row.is_none());
        let trial = in_the_way.iter().any(Impediment::is_on_trial).then(|| serving::feed(&candidate.bot));
        let wish = asked.get(&candidate.id).copied();
        match (due(candidate.id, policy, row, blocked, &last, wish, now), &candidate.verdict) {
            (Due::Launch(start), Ok(accepted)) => {
                due_now.push(DueNow { turn: turn(candidate.id, jobs), candidate, accepted, start, recent: last, trial });
            }
            (Due::Launch(_), Err(Refusal { reason, .. })) => counts.skip(*reason),
            (Due::Wait(reason), _) => {
                counts.skip(reason);
                if denied == Some(reason) {
                    counts.deny(&candidate.bot, reason);
                }
                // A Job that is gone after its first job was done is not made again: the bars went with it.
                let first = row.filter(|row| row.place == 0 && row.status == JobStatus::Queued);
                let orphan = first.filter(|row| row.deadline > now && !has_job(ctx, row));
                let whole =
                    |row: &BotJob| BotJob { deadline: ends.get(&row.trace_id).copied().unwrap_or(row.deadline), ..row.clone() };
                launches.extend(orphan.map(|row| (Arc::clone(&candidate.bot), whole(row))));
            }
        }
    }
    launches.extend(admit::all(ctx, due_now, &mut counts, noted, now).await?);
    counts.created = launch_all(ctx, launches, now).await;
    record(ctx, candidates.len(), counts, now).await
}

/// Of each Bot with an open cycle the job at work, and by trace when the whole cycle must have ended.
fn open_cycles(jobs: Vec<BotJob>) -> (BTreeMap<Uuid, BotJob>, BTreeMap<Uuid, DateTime<Utc>>) {
    let (mut first, mut ends) = (BTreeMap::new(), BTreeMap::new());
    for job in jobs {
        let end = ends.entry(job.trace_id).or_insert(job.deadline);
        *end = job.deadline.max(*end);
        first.entry(job.bot_id).or_insert(job);
    }
    (first, ends)
}

/// What is in the way of a Bot that may otherwise be run.
fn impediments(starts: &Starts, Candidate { bot, verdict, .. }: &Candidate, now: DateTime<Utc>) -> Vec<Impediment> {
    let Ok(accepted) = verdict else { return Vec::new() };
    starts.impediments(bot, &Acceptance::Accepted(Box::new(accepted.policy.clone())), now)
}

fn candidates(ctx: &Context) -> Result<Vec<Candidate>, Error> {
    let policy = observe::policy(ctx);
    let rules = Rules::of(policy.as_deref(), ctx.settings.installed)?;
    let alive = ctx.bots.state().into_iter().filter(|bot| bot.metadata.deletion_timestamp.is_none());
    alive.map(|bot| Ok(Candidate { id: bot_id(&bot)?, verdict: rules.validate(&bot)?, bot })).collect()
}

/// The last jobs of the Bots that have no open one: one query for all.
async fn recent_of(
    ctx: &Context,
    candidates: &[Candidate],
    open: &BTreeMap<Uuid, BotJob>,
) -> Result<BTreeMap<Uuid, Vec<EndedJob>>, Error> {
    let ids: Vec<_> = candidates.iter().map(|candidate| candidate.id).filter(|id| !open.contains_key(id)).collect();
    Ok(planner::recent(&ctx.pool, JobType::Backtest, &ids).await?)
}

/// The runs that were asked for and have no row yet, of the Bots that have no open job.
async fn asked_of(ctx: &Context, candidates: &[Candidate], open: &BTreeMap<Uuid, BotJob>) -> Result<BTreeMap<Uuid, Uuid>, Error> {
    let free = candidates.iter().filter(|candidate| !open.contains_key(&candidate.id));
    let mut asked: BTreeMap<_, _> = free.filter_map(|one| Some((one.id, one.bot.run_requested()?))).collect();
    let answered = requested::answered(&ctx.pool, &asked.values().copied().collect::<Vec<_>>()).await?;
    asked.retain(|_, trace| !answered.contains(trace));
    Ok(asked)
}

fn has_job(ctx: &Context, row: &BotJob) -> bool {
    ctx.jobs.get(&ObjectRef::new(&row.job_name).within(&row.bot_namespace)).is_some()
}

/// Creates the Kubernetes Jobs and answers how many were new. One that fails does not hold up the others.
async fn launch_all(ctx: &Context, launches: Vec<(Arc<Bot>, BotJob)>, now: DateTime<Utc>) -> i32 {
    use futures::StreamExt;
    let one = |(bot, row): (Arc<Bot>, BotJob)| async move {
        let created = apply::launch(ctx, &row, &bot, now).await;
        if let Err(error) = &created {
            tracing::warn!(%error, job = row.job_name, "a Job could not be created; the next run tries again");
            events::launch_failed(ctx, &bot, &row.job_name, error).await;
        }
        let _ = ctx.touch.unbounded_send(ObjectRef::from_obj(&*bot));
        i32::from(matches!(created, Ok(true)))
    };
    futures::stream::iter(launches).map(one).buffer_unordered(LAUNCHES).fold(0, |sum, new| async move { sum + new }).await
}

async fn record(ctx: &Context, bots_seen: usize, counts: Counts, started_at: DateTime<Utc>) -> Result<(), Error> {
    let run = PlannerRun {
        id: Uuid::now_v7(),
        started_at,
        completed_at: Utc::now(),
        leader: ctx.settings.instance.clone(),
        bots_seen: i32::try_from(bots_seen).unwrap_or(i32::MAX),
        jobs_enqueued: counts.enqueued.values().sum(),
        jobs_created: counts.created,
        stage_breakdown: counts.enqueued,
        skipped: counts.skipped,
        why_not: counts.why_not,
        every: ctx.settings.planner_interval,
    };
    Ok(planner::record(&ctx.pool, &run).await?)
}
