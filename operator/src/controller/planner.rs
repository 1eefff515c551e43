//! Gives each Bot the job of its due slot. In: Bots, policy, open jobs, the time. Out: rows first, then Kubernetes Jobs, and a record
//! of the run. Not pure. A row without its Job (a crash in between) gets it at the next run, until its deadline.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use assayer_contract::{Feed, JobStatus, JobType, ReasonCode, Stage, job_name};
use assayer_crds::Bot;
use assayer_judge::{
    Acceptance,
    cadence::Ended,
    readiness::{Impediment, Readiness},
};
use assayer_store::{
    jobs::{self, BotJob, NewJob},
    planner::{self, PlannerRun},
};
use chrono::{DateTime, TimeDelta, Utc};
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
    plan::{Due, due, recent, turn},
    reconcile::bot_id,
    starts::Starts,
    validate::{Accepted, Refusal, STAGE, validate},
};
use crate::serving;

/// New Bots wake the planner; a crowd of them wakes it once.
const SETTLE: Duration = Duration::from_millis(500);
/// Kubernetes Jobs created at once.
const LAUNCHES: usize = 8;

/// Runs at each interval, and when a new Bot asks for it, until the term ends.
pub(super) async fn run(ctx: &Context, term: &CancellationToken) {
    loop {
        let outcome = match tick(ctx, Utc::now()).await {
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

async fn tick(ctx: &Context, now: DateTime<Utc>) -> Result<(), Error> {
    let candidates = candidates(ctx)?;
    let open: BTreeMap<Uuid, BotJob> = jobs::open(&ctx.pool).await?.into_iter().map(|job| (job.bot_id, job)).collect();
    ends::of_deleted_bots(ctx, open.values(), &candidates.iter().map(|candidate| candidate.id).collect(), now).await?;
    let recent = recent_of(ctx, &candidates, &open).await?;
    let starts = Starts::everywhere(ctx, now).await?;
    let mut counts = Counts::default();
    let mut launches: Vec<(Arc<Bot>, BotJob)> = Vec::new();
    let mut due_now = Vec::new();
    for candidate in &candidates {
        let (row, last) = (open.get(&candidate.id), recent.get(&candidate.id).map_or(&[][..], Vec::as_slice));
        let policy = candidate.verdict.as_ref().map(|accepted| &accepted.policy).map_err(|refusal| refusal.reason);
        let in_the_way = impediments(&starts, candidate, now);
        let blocked = in_the_way.iter().find(|one| one.readiness == Readiness::Blocked).map(|one| one.reason);
        let blocked = blocked.filter(|_| row.is_none());
        let denied = policy.as_ref().err().copied().or(blocked).filter(|_| row.is_none());
        let trial = in_the_way.iter().any(Impediment::is_on_trial).then(|| serving::feed(&candidate.bot));
        match (due(candidate.id, policy, row, blocked, last, now), &candidate.verdict) {
            (Due::Launch(slot), Ok(accepted)) => {
                due_now.push(DueNow { turn: turn(candidate.id, last), candidate, accepted, slot, trial });
            }
            (Due::Launch(_), Err(Refusal { reason, .. })) => counts.skip(*reason),
            (Due::Wait(reason), _) => {
                counts.skip(reason);
                if denied == Some(reason) {
                    counts.deny(&candidate.bot, reason);
                }
                let orphan = row.filter(|row| row.status == JobStatus::Queued && row.deadline > now && !has_job(ctx, row));
                launches.extend(orphan.map(|row| (Arc::clone(&candidate.bot), row.clone())));
            }
        }
    }
    let backtests = open.values().filter(|job| job.job_type == JobType::Backtest).count();
    launches.extend(admit(ctx, due_now, backtests, &mut counts, now).await?);
    counts.created = launch_all(ctx, launches, now).await;
    record(ctx, candidates.len(), counts, now).await
}

/// What is in the way of a Bot that may otherwise be run.
fn impediments(starts: &Starts, Candidate { bot, verdict, .. }: &Candidate, now: DateTime<Utc>) -> Vec<Impediment> {
    let Ok(accepted) = verdict else { return Vec::new() };
    starts.impediments(bot, &Acceptance::Accepted(Box::new(accepted.policy.clone())), now)
}

/// A Bot that is due.
struct DueNow<'a> {
    turn: (Option<DateTime<Utc>>, Uuid),
    candidate: &'a Candidate,
    accepted: &'a Accepted,
    slot: DateTime<Utc>,
    /// The feed of which its job is to find out whether it delivers again: one Bot at a time does.
    trial: Option<Feed>,
}

/// Enqueues those that are due, in their turn, as far as the policy leaves room beside the `backtests` that are open.
async fn admit(
    ctx: &Context,
    mut due: Vec<DueNow<'_>>,
    mut backtests: usize,
    counts: &mut Counts,
    now: DateTime<Utc>,
) -> Result<Vec<(Arc<Bot>, BotJob)>, Error> {
    let (mut launches, mut tried) = (Vec::new(), BTreeSet::new());
    due.sort_by_key(|one| one.turn);
    for DueNow { candidate, accepted, slot, trial, .. } in due {
        if trial.as_ref().is_some_and(|feed| tried.contains(feed)) {
            counts.skip(ReasonCode::DataUnavailable);
            counts.deny(&candidate.bot, ReasonCode::DataUnavailable);
        } else if backtests >= usize::try_from(accepted.policy.max_concurrent_backtests).unwrap_or(usize::MAX) {
            counts.skip(ReasonCode::ConcurrencyLimit);
            // It says so itself.
            let _ = ctx.touch.unbounded_send(ObjectRef::from_obj(&*candidate.bot));
        } else if let Some(row) = enqueue(ctx, candidate, accepted, slot, now).await? {
            backtests += 1;
            tried.extend(trial);
            *counts.enqueued.entry(STAGE).or_default() += 1;
            launches.push((Arc::clone(&candidate.bot), row));
        } else {
            counts.skip(ReasonCode::JobQueued);
        }
    }
    Ok(launches)
}

fn candidates(ctx: &Context) -> Result<Vec<Candidate>, Error> {
    let policy = observe::policy(ctx);
    let alive = ctx.bots.state().into_iter().filter(|bot| bot.metadata.deletion_timestamp.is_none());
    alive
        .map(|bot| Ok(Candidate { id: bot_id(&bot)?, verdict: validate(&bot, policy.as_deref(), ctx.settings.installed)?, bot }))
        .collect()
}

/// The last jobs of the Bots that have no open one: one query for all.
async fn recent_of(
    ctx: &Context,
    candidates: &[Candidate],
    open: &BTreeMap<Uuid, BotJob>,
) -> Result<BTreeMap<Uuid, Vec<Ended>>, Error> {
    let free: Vec<_> = candidates.iter().filter(|candidate| !open.contains_key(&candidate.id)).collect();
    let ids: Vec<_> = free.iter().map(|candidate| candidate.id).collect();
    let jobs = planner::recent(&ctx.pool, JobType::Backtest, &ids).await?;
    let seen = free.into_iter().filter_map(|candidate| {
        let policy = candidate.verdict.as_ref().ok().map(|accepted| &accepted.policy);
        Some((candidate.id, recent(jobs.get(&candidate.id)?, &candidate.bot, policy)))
    });
    Ok(seen.collect())
}

fn has_job(ctx: &Context, row: &BotJob) -> bool {
    ctx.jobs.get(&ObjectRef::new(&row.job_name).within(&row.bot_namespace)).is_some()
}

/// Writes the row; `None` where another leader was faster.
async fn enqueue(
    ctx: &Context,
    candidate: &Candidate,
    accepted: &Accepted,
    due_slot: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<BotJob>, Error> {
    let job_type = JobType::Backtest;
    let timeout = TimeDelta::from_std(accepted.policy.job_timeout).unwrap_or(TimeDelta::days(1));
    let bot_name = candidate.bot.name_any();
    let job = NewJob {
        id: Uuid::now_v7(),
        bot_id: candidate.id,
        bot_namespace: candidate.bot.namespace().ok_or(Error::Incomplete("namespace"))?,
        stage: STAGE,
        job_type,
        trace_id: Uuid::now_v7(),
        due_slot,
        job_name: job_name(&bot_name, candidate.id, job_type, due_slot),
        bot_name,
        instrument: accepted.backtest.instrument.symbol.clone(),
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
    };
    Ok(jobs::enqueue(&ctx.pool, &job).await?.then(|| queued(job)))
}

/// What the runner is told: the spec of the backtest, what the bars must satisfy, and who stands in for their vendor.
fn body(accepted: &Accepted) -> serde_json::Result<serde_json::Value> {
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

fn queued(job: NewJob) -> BotJob {
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
        job_name: job.job_name,
        created_at: job.created_at,
        started_at: None,
        completed_at: None,
        deadline: job.deadline,
    }
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
