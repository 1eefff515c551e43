//! One look at one Integration: observe → judge → publish. In: the Integration. Out: a status, and when to look again. Not pure.

mod status;

use std::{sync::Arc, time::Duration};

use assayer_crds::Integration;
use assayer_judge::{IntegrationEvidence, IntegrationFacts, IntegrationState, judge_integration};
use assayer_store::integrations;
use chrono::{DateTime, TimeDelta, Utc};
use kube::{
    Api, Resource, ResourceExt,
    api::{Patch, PatchParams},
    runtime::{controller::Action, reflector::ObjectRef},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    context::{Context, Error, FIELD_MANAGER},
    events,
    metrics::{ByOutcome, Outcome},
    observe::unreadable,
    plan::RETRY,
    tell,
};

/// Calls that succeed are not told. They bring an Integration back that is degraded, so it is looked at this often.
const LOOK_AGAIN: Duration = Duration::from_secs(10);
/// One that is not connected is brought back by a handshake, which is told, or by a call, which is seen so late at most.
const LOOK_LATER: Duration = Duration::from_mins(1);
/// One that is connected is looked at when its last success has become too old, and this often in any case.
const LOOK_ANYHOW: Duration = Duration::from_mins(5);

/// The figure around every look.
pub(super) async fn reconcile(integration: Arc<Integration>, ctx: Arc<Context>) -> Result<Action, Error> {
    let _turn = ctx.integration_looks.acquire().await.map_err(|_| Error::Incomplete("turn"))?;
    let integration = ctx.integrations.get(&ObjectRef::from_obj(&*integration)).unwrap_or(integration);
    let (outcome, result) = match look(&integration, &ctx).await {
        Ok((outcome, action)) => (outcome, Ok(action)),
        Err(error) => (Outcome::Error, Err(error)),
    };
    ctx.metrics.integration_looks.get_or_create(&ByOutcome { outcome }).inc();
    result
}

/// Everything is worth a retry.
#[allow(clippy::needless_pass_by_value, reason = "the signature is kube's")]
pub(super) fn on_error(integration: Arc<Integration>, error: &Error, _: Arc<Context>) -> Action {
    tracing::warn!(%error, integration = integration.name_any(), "looking at an Integration failed; trying again");
    Action::requeue(RETRY)
}

async fn look(integration: &Integration, ctx: &Context) -> Result<(Outcome, Action), Error> {
    if integration.metadata.deletion_timestamp.is_some() {
        return Ok((Outcome::Ok, Action::await_change()));
    }
    let now = Utc::now();
    let evidence = observe(integration, ctx, now).await?;
    let connected_for = integration.spec.connected_for.duration();
    let judgement = judge_integration(&evidence, connected_for, now);
    let (state, reason) = (judgement.state, judgement.reason);
    if let IntegrationEvidence::Read(_) = evidence {
        tell::of_integration(ctx, integration, uid(integration)?, &judgement).await?;
    }
    let status = status::status(integration, judgement, now);
    if integration.status.as_ref() != Some(&status) {
        let patch = json!({"apiVersion": Integration::api_version(&()), "kind": Integration::kind(&()), "status": status});
        Api::<Integration>::namespaced(ctx.client.clone(), &integration.namespace().ok_or(Error::Incomplete("namespace"))?)
            .patch_status(&integration.name_any(), &PatchParams::apply(FIELD_MANAGER).force(), &Patch::Apply(&patch))
            .await?;
        events::state(ctx, integration, &status, reason).await;
        tell_bots(ctx, integration);
    }
    Ok(match evidence {
        IntegrationEvidence::Unreadable(_) => (Outcome::EvidenceUnavailable, Action::requeue(RETRY)),
        IntegrationEvidence::Read(facts) => (Outcome::Ok, Action::requeue(again(state, &facts, connected_for, now))),
    })
}

fn uid(integration: &Integration) -> Result<Uuid, Error> {
    integration.uid().and_then(|uid| uid.parse().ok()).ok_or(Error::Incomplete("uid"))
}

/// What may start depends on it: the Bots beside it say so, and the planner looks at once.
fn tell_bots(ctx: &Context, integration: &Integration) {
    for bot in ctx.bots.state().into_iter().filter(|bot| bot.namespace() == integration.namespace()) {
        // Closed only when the term ends.
        let _ = ctx.touch.unbounded_send(ObjectRef::from_obj(&*bot));
    }
    ctx.due.notify_one();
}

async fn observe(integration: &Integration, ctx: &Context, now: DateTime<Utc>) -> Result<IntegrationEvidence, Error> {
    let id = uid(integration)?;
    let generation = integration.metadata.generation.ok_or(Error::Incomplete("generation"))?;
    Ok(match integrations::newest(&ctx.pool, &[(id, generation)], now).await {
        Ok(mut rows) => IntegrationEvidence::Read(rows.remove(&id).unwrap_or_default().into()),
        Err(error) => IntegrationEvidence::Unreadable(unreadable(&error)),
    })
}

fn again(state: IntegrationState, facts: &IntegrationFacts, connected_for: Duration, now: DateTime<Utc>) -> Duration {
    let too_old = facts.success.as_ref().map(|success| success.at + connected_for + TimeDelta::seconds(1) - now);
    let wait = too_old.and_then(|wait| wait.to_std().ok()).unwrap_or(LOOK_AGAIN);
    match state {
        IntegrationState::Connected => wait.min(LOOK_ANYHOW),
        IntegrationState::Degraded => LOOK_AGAIN,
        IntegrationState::NotConnected | IntegrationState::NotConfigured => LOOK_LATER,
    }
}
