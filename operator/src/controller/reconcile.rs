//! One look at one Bot: observe → validate → plan → apply → publish. In: the Bot. Out: a status, and when to look again. Not pure.

use std::{sync::Arc, time::Instant};

use assayer_contract::{
    ReasonCode, Sha256Hash,
    policy::{Policy, StopPolicy},
};
use assayer_crds::Bot;
use assayer_judge::{Acceptance, Evidence, Subject, judge};
use chrono::{DateTime, Utc};
use kube::{
    ResourceExt,
    runtime::{controller::Action, reflector::ObjectRef},
};
use uuid::Uuid;

use super::{
    apply,
    context::{Context, Error},
    metrics::{ByOutcome, Outcome},
    observe,
    plan::{RETRY, look_again},
    publish, tell,
    validate::{acceptance, stop, validate},
};

/// The span, the figure and the outcome around every look.
pub(super) async fn reconcile(bot: Arc<Bot>, ctx: Arc<Context>) -> Result<Action, Error> {
    let _turn = ctx.looks.acquire().await.map_err(|_| Error::Incomplete("turn"))?;
    // As it is now, and not when it began to wait.
    let bot = ctx.bots.get(&ObjectRef::from_obj(&*bot)).unwrap_or(bot);
    let begun = Instant::now();
    let done = look(&bot, &ctx).await;
    ctx.metrics.reconcile_seconds.observe(begun.elapsed().as_secs_f64());
    let (outcome, result) = match done {
        Ok((outcome, action)) => (outcome, Ok(action)),
        Err(error) => (Outcome::Error, Err(error)),
    };
    ctx.metrics.reconciles.get_or_create(&ByOutcome { outcome }).inc();
    result
}

/// What is worth a retry after an error: everything, since no user's mistake is an error.
#[allow(clippy::needless_pass_by_value, reason = "the signature is kube's")]
pub(super) fn on_error(bot: Arc<Bot>, error: &Error, _: Arc<Context>) -> Action {
    tracing::warn!(%error, bot = bot.name_any(), namespace = bot.namespace(), "reconciling failed; trying again");
    Action::requeue(RETRY)
}

async fn look(bot: &Bot, ctx: &Context) -> Result<(Outcome, Action), Error> {
    if bot.metadata.deletion_timestamp.is_some() {
        return Ok((Outcome::Ok, Action::await_change()));
    }
    let (now, bot_id) = (Utc::now(), bot_id(bot)?);
    if let (None, Some(namespace)) = (&bot.status, bot.namespace()) {
        apply::forget(ctx, &namespace);
    }
    // What the watch has not seen yet is not missing.
    ctx.listed.clone().wait_for(|all| *all).await.map_err(|_| Error::Incomplete("first lists"))?;
    let policy = observe::policy(ctx);
    let verdict = validate(bot, policy.as_deref(), ctx.settings.installed)?;
    // A Bot that is refused has no strategy to count sessions of.
    let strategy = verdict.as_ref().map_or_else(|_| Sha256Hash::of(&[]), |accepted| accepted.strategy_hash);
    let acceptance = acceptance(verdict);
    let drain = stop(bot, policy.as_deref()) == StopPolicy::HoldAndDrain;
    let look = observe::Look { bot, acceptance: &acceptance, bot_id, strategy, drain, now };
    let denied = observe::denied(ctx, &bot.namespace().unwrap_or_default());
    let evidence = observe::facts(observe::evidence(ctx, &look).await?, bot, bound_by(&acceptance), denied);
    let judgement = judge(&subject(bot, bot_id), &acceptance, &evidence, now);
    if let Evidence::Read(_) = evidence {
        tell::of_bot(ctx, bot, bot_id, &judgement.conditions).await?;
    }
    let asked = judgement.activity.reason == ReasonCode::RunRequested;
    publish::publish(ctx, bot, publish::status(bot, judgement, &evidence, now)).await?;
    // After the status: a namespace that takes no objects must not keep its Bots from saying what is so.
    if let Acceptance::Accepted(_) = acceptance {
        apply::prepare(ctx, &bot.namespace().ok_or(Error::Incomplete("namespace"))?).await?;
    }
    Ok(next(ctx, bot_id, &acceptance, &evidence, asked, now))
}

/// How the look went, and when to look again. A Bot that has never had a job, or was asked to run, is planned without waiting for the
/// interval.
fn next(
    ctx: &Context,
    bot_id: Uuid,
    acceptance: &Acceptance,
    evidence: &Evidence,
    asked: bool,
    now: DateTime<Utc>,
) -> (Outcome, Action) {
    let Evidence::Read(facts) = evidence else {
        return (Outcome::EvidenceUnavailable, Action::requeue(RETRY));
    };
    let policy = bound_by(acceptance);
    let first = policy.is_some() && facts.open_job.is_none() && facts.last_cycle.is_none() && facts.blocked().is_none();
    if asked || first {
        ctx.due.notify_one();
    }
    let deadline = facts.open_job.as_ref().map(|job| job.deadline);
    (Outcome::Ok, Action::requeue(look_again(bot_id, policy, deadline, now)))
}

fn bound_by(acceptance: &Acceptance) -> Option<&Policy> {
    match acceptance {
        Acceptance::Accepted(policy) => Some(policy),
        Acceptance::Refused(..) => None,
    }
}

/// The Bot's UID.
pub(super) fn bot_id(bot: &Bot) -> Result<Uuid, Error> {
    bot.metadata.uid.as_deref().and_then(|uid| uid.parse().ok()).ok_or(Error::Incomplete("uid"))
}

pub(super) fn subject(bot: &Bot, bot_id: Uuid) -> Subject {
    let instrument = &bot.spec.instrument;
    Subject {
        bot_id,
        dataset: instrument.dataset.clone(),
        symbol: instrument.symbol.clone(),
        schema: instrument.schema.name().to_owned(),
    }
}
