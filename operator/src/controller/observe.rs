//! What is so now. In: a Bot. Out: its policy and what the log says of it, or that the log cannot be read. Not pure.

use std::sync::Arc;

use assayer_contract::{Bearing, JobStatus, ReasonCode, Sha256Hash, policy::Policy};
use assayer_crds::{Bot, Integration, IntegrationState, StagePolicy};
use assayer_judge::{
    Acceptance, Cycle, Denied, Evidence, Facts, JobFact, PodWaits, RowFact, SessionFact, information::Tested,
    readiness::Impediment,
};
use assayer_store::{
    StoreError,
    evidence::{self, BotEvidence, Searching, SessionEvidence},
    idle_slots::NewestSession,
    job_ends,
    jobs::{self, BotJob},
    requested,
};
use chrono::{DateTime, Utc};
use k8s_openapi::api::batch::v1::Job;
use kube::{Api, ResourceExt, runtime::reflector::ObjectRef};
use uuid::Uuid;

use super::{
    context::{Context, Error},
    ends, events,
    last_words::{self, Cause},
    plan::{Fate, fate, lost, recent},
    pods,
    starts::Starts,
    validate::{STAGE, policy_name},
};

/// The policy that binds Bots, if there is one.
pub(super) fn policy(ctx: &Context) -> Option<Arc<StagePolicy>> {
    ctx.policies.get(&ObjectRef::new(&policy_name()))
}

/// What is looked at.
pub(super) struct Look<'a> {
    pub(super) bot: &'a Bot,
    pub(super) acceptance: &'a Acceptance,
    pub(super) bot_id: Uuid,
    /// Hash of its present strategy.
    pub(super) strategy: Sha256Hash,
    /// Whether a job that is under way is to be ended.
    pub(super) drain: bool,
    pub(super) now: DateTime<Utc>,
}

/// What was read of a Bot.
pub(super) struct Read {
    evidence: BotEvidence,
    pod_waits: Option<PodWaits>,
    impediments: Vec<Impediment>,
    run_requested: bool,
}

/// The Bot's evidence after everything that is known of its jobs has been folded in.
pub(super) async fn evidence(ctx: &Context, look: &Look<'_>) -> Result<Result<Read, StoreError>, Error> {
    match read(ctx, look).await {
        Ok(read) => Ok(Ok(read)),
        Err(Error::Store(unreadable)) => Ok(Err(unreadable)),
        Err(error) => Err(error),
    }
}

async fn read(ctx: &Context, look: &Look<'_>) -> Result<Read, Error> {
    let Look { bot, acceptance, bot_id, strategy, drain, now } = *look;
    if let Some(open) = jobs::open_of(&ctx.pool, bot_id).await? {
        if drain {
            ends::end(ctx, &open, ReasonCode::Stopped, "ended because stopPolicy is HoldAndDrain", now).await?;
        }
        if open.status == JobStatus::Queued && open.place == 0 && pods::is_suspended(ctx, &open) {
            jobs::suspended(&ctx.pool, open.trace_id, now).await?;
        }
        // The Kubernetes Job is looked at before the fold: a pod reports before it ends, so a report that is there is seen.
        let closing = lost(&open, fate_of(ctx, &open).await?);
        events::announce(ctx, &job_ends::fold(&ctx.pool, Some(bot_id), now).await?).await;
        if let Some(known) = closing {
            let Cause { reason, message } = last_words::of(ctx, &open, known).await?;
            let closed = job_ends::close_unreported(&ctx.pool, open.id, reason, &message, now).await?;
            events::announce(ctx, closed.as_slice()).await;
        }
    }
    let searching = Searching { stage: STAGE, root: bot.spec.instrument.root(), now };
    let searching = Some(searching).filter(|_| is_limited(acceptance));
    let audited = is_audited(acceptance);
    let what = evidence::Look { bot_id, strategy, reset_at: bot.spec.reset_at, searching, audited };
    let evidence = evidence::read(&ctx.pool, what).await?;
    let pod_waits = match evidence.open_job.as_ref().filter(|job| job.status == JobStatus::Queued) {
        Some(queued) => pods::waits(ctx, queued, now).await?,
        None => None,
    };
    let impediments = Starts::beside(ctx, bot, now).await?.impediments(bot, acceptance, now);
    let wish = bot.run_requested();
    let run_requested = wish.is_some() && requested::answered(&ctx.pool, wish.as_slice()).await?.is_empty();
    Ok(Read { evidence, pod_waits, impediments, run_requested })
}

/// Whether what its research uses bears on when the Bot works next.
fn is_limited(acceptance: &Acceptance) -> bool {
    match acceptance {
        Acceptance::Accepted(policy) => policy.research.is_some() || policy.max_cpu_seconds_per_hour.is_some(),
        Acceptance::Refused(..) => false,
    }
}

/// Whether a slot without anything new stays empty.
fn is_audited(acceptance: &Acceptance) -> bool {
    matches!(acceptance, Acceptance::Accepted(policy) if policy.audit_every.is_some())
}

async fn fate_of(ctx: &Context, open: &BotJob) -> Result<Fate, Error> {
    if let Some(job) = ctx.jobs.get(&ObjectRef::new(&open.job_name).within(&open.bot_namespace)) {
        return Ok(fate(Some(&job)));
    }
    // The watch may lag behind; that something is gone is believed only when the API server says so itself.
    let jobs = Api::<Job>::namespaced(ctx.client.clone(), &open.bot_namespace);
    Ok(fate(jobs.get_opt(&open.job_name).await?.as_ref()))
}

/// The evidence as the judge reads it.
pub(super) fn facts(read: Result<Read, StoreError>, bot: &Bot, policy: Option<&Policy>, denied: Vec<Denied>) -> Evidence {
    match read {
        Ok(Read { evidence, pod_waits, impediments, run_requested }) => Evidence::Read(Facts {
            run_requested,
            open_job: evidence.open_job.map(job_fact),
            pod_waits,
            denied,
            recent: recent(&evidence.recent, bot, policy),
            open_backtests: evidence.open_backtests,
            usage: evidence.usage,
            rounds: evidence.rounds,
            tested: evidence.newest_session.map(tested),
            impediments,
            last_cycle: evidence
                .last_job
                .map(|job| Cycle { job: job_fact(job), rows: evidence.last_rows.into_iter().map(RowFact::from).collect() }),
            sessions: evidence.sessions.into_iter().map(session_fact).collect(),
        }),
        Err(error) => Evidence::Unreadable(unreadable(&error)),
    }
}

/// What plans do not cover of the vendors in a namespace, as the status of their Integrations says.
pub(super) fn denied(ctx: &Context, namespace: &str) -> Vec<Denied> {
    let in_namespace = |one: &Arc<Integration>| one.namespace().as_deref() == Some(namespace);
    let of = |one: Arc<Integration>| {
        let status = one.status.as_ref().filter(|status| status.state == IntegrationState::Degraded)?;
        let reason: ReasonCode = status.reason_code.parse().ok()?;
        let provider = one.spec.provider.name().to_owned();
        (reason.bearing() == Bearing::Plan).then(|| Denied { provider, reason, message: status.message.clone() })
    };
    let mut all: Vec<_> = ctx.integrations.state().into_iter().filter(in_namespace).filter_map(of).collect();
    all.sort_by(|a, b| a.provider.cmp(&b.provider));
    all
}

/// Why the log cannot be read: the same words each time, or every retry would write every status.
pub(super) fn unreadable(error: &StoreError) -> String {
    tracing::warn!(%error, "the log cannot be read");
    if error.is_transient() { "the database is not available".to_owned() } else { error.to_string() }
}

/// The newest session as the judge reads it.
pub(super) fn tested(NewestSession { at, last_bar }: NewestSession) -> Tested {
    Tested { at, last_bar }
}

fn session_fact(session: SessionEvidence) -> SessionFact {
    let SessionEvidence { count, bars, record_count, quality, fallback } = session;
    SessionFact { count, bars, record_count, quality, fallback }
}

fn job_fact(job: BotJob) -> JobFact {
    JobFact {
        id: job.id,
        trace_id: job.trace_id,
        job_name: job.job_name,
        job_type: job.job_type,
        status: job.status,
        reason: job.reason,
        message: job.message,
        created_at: job.created_at,
        started_at: job.started_at,
        completed_at: job.completed_at,
        deadline: job.deadline,
    }
}
