//! One look at one Bot: observe → validate → plan → apply → publish. In: the Bot. Out: a status, and when to look again. Not pure.

use std::{sync::Arc, time::Instant};

use assayer_contract::Sha256Hash;
use assayer_crds::Bot;
use assayer_judge::{Acceptance, Evidence, Subject, judge};
use chrono::Utc;
use kube::{ResourceExt, runtime::controller::Action};
use uuid::Uuid;

use super::{
    apply,
    context::{Context, Error},
    metrics::{ByOutcome, Outcome},
    observe,
    plan::{RETRY, look_again},
    publish,
    validate::{Accepted, validate},
};

/// The span, the figure and the outcome around every look.
pub(super) async fn reconcile(bot: Arc<Bot>, ctx: Arc<Context>) -> Result<Action, Error> {
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
pub(super) fn on_error(bot: Arc<Bot>, error: &Error, _: Arc<Context>) -> Action {
    tracing::warn!(%error, bot = bot.name_any(), namespace = bot.namespace(), "reconciling failed; trying again");
    Action::requeue(RETRY)
}

async fn look(bot: &Bot, ctx: &Context) -> Result<(Outcome, Action), Error> {
    if bot.metadata.deletion_timestamp.is_some() {
        return Ok((Outcome::Ok, Action::await_change()));
    }
    let now = Utc::now();
    let bot_id = bot_id(bot)?;
    let verdict = validate(bot, observe::policy(ctx).as_deref())?;
    let strategy = verdict.as_ref().ok().map_or_else(|| Sha256Hash::of(&[]), |accepted: &Accepted| accepted.strategy_hash);
    let evidence = observe::evidence(ctx, bot_id, strategy, now).await?;
    let unreadable = evidence.as_ref().err().map(ToString::to_string);
    let open = evidence.as_ref().ok().and_then(|evidence| evidence.open_job.clone());
    let evidence = match evidence {
        Ok(evidence) => observe::facts(Ok(evidence)),
        Err(error) => observe::facts(Err(&error)),
    };
    let policy = verdict.as_ref().ok().map(|accepted| accepted.policy.clone());
    let acceptance = match verdict {
        Ok(accepted) => Acceptance::Accepted(accepted.policy),
        Err(refusal) => Acceptance::Refused(refusal.reason, refusal.message),
    };

    let judgement = judge(&subject(bot, bot_id), &acceptance, &evidence, now);
    let last = match &evidence {
        Evidence::Read(facts) => facts.last_cycle.as_ref().map(|cycle| &cycle.job),
        Evidence::Unreadable(_) => None,
    };
    let status = publish::status(bot, judgement, last, now);
    if policy.is_some() {
        apply::prepare(ctx, &bot.namespace().ok_or(Error::Incomplete("namespace"))?).await?;
    }
    publish::publish(ctx, bot, status).await?;
    if let Some(error) = unreadable {
        tracing::warn!(error, bot = bot.name_any(), "the log cannot be read");
        return Ok((Outcome::EvidenceUnavailable, Action::requeue(RETRY)));
    }
    let new = last.is_none() && open.is_none();
    if new && policy.is_some() {
        ctx.due.notify_one();
    }
    Ok((Outcome::Ok, Action::requeue(look_again(bot_id, policy.as_ref(), open.as_ref(), now))))
}

/// The Bot's UID.
pub(super) fn bot_id(bot: &Bot) -> Result<Uuid, Error> {
    bot.metadata.uid.as_deref().and_then(|uid| uid.parse().ok()).ok_or(Error::Incomplete("uid"))
}

fn subject(bot: &Bot, bot_id: Uuid) -> Subject {
    let instrument = &bot.spec.instrument;
    Subject {
        bot_id,
        dataset: instrument.dataset.clone(),
        symbol: instrument.symbol.clone(),
        schema: instrument.schema.name().to_owned(),
    }
}
