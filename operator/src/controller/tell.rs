//! What people are told: conditions that became false, and true again. In: a judgement. Out: notices, each written once. Not pure.
//!
//! They are written before the status: what is not written yet when this process dies, the next look finds again.

use assayer_contract::ReasonCode;
use assayer_crds::{Bot, Integration, IntegrationState, Topic};
use assayer_judge::{Condition, IntegrationJudgement, readiness::Readiness};
use assayer_store::{
    StoreError,
    notices::{self, Change},
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition as K8sCondition;
use kube::ResourceExt;
use uuid::Uuid;

use super::{context::Context, publish::cut};
use crate::integration_state::state;

/// Notes what changed of a Bot that was judged by what the log says.
pub(super) async fn of_bot(ctx: &Context, bot: &Bot, id: Uuid, conditions: &[Condition]) -> Result<(), StoreError> {
    let old = bot.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    for topic in [Topic::Ready, Topic::ProofComplete, Topic::Promotable] {
        let topic = topic.to_string();
        let Some(new) = conditions.iter().find(|condition| condition.kind.to_string() == topic) else { continue };
        let same =
            |old: &K8sCondition| old.type_ == topic && old.status == new.status && old.reason == new.reason.condition_reason();
        let holds = match new.status {
            _ if old.iter().any(same) || new.reason == ReasonCode::AwaitingHandshake => continue,
            "True" => true,
            "False" => false,
            // Nobody knows: neither so nor not so.
            _ => continue,
        };
        note(ctx, &Told { kind: "Bot", id, topic: &topic, holds, reason: new.reason, message: &new.message }, bot).await?;
    }
    Ok(())
}

/// The same of an Integration, whose topic is its state.
pub(super) async fn of_integration(
    ctx: &Context,
    integration: &Integration,
    id: Uuid,
    judgement: &IntegrationJudgement,
) -> Result<(), StoreError> {
    let new = state(judgement.state);
    // Before the first handshake, and where the log cannot be read, nobody knows.
    let unseen = matches!(judgement.reason, ReasonCode::AwaitingHandshake | ReasonCode::EvidenceUnavailable);
    if unseen
        || integration.status.as_ref().is_some_and(|old| old.state == new && old.reason_code == judgement.reason.to_string())
    {
        return Ok(());
    }
    let (topic, message) = (Topic::Connected.to_string(), format!("{new:?}: {}", judgement.message));
    let holds = new == IntegrationState::Connected;
    let told = Told { kind: "Integration", id, topic: &topic, holds, reason: judgement.reason, message: &message };
    note(ctx, &told, integration).await
}

/// The same of the installation as a whole, which is told in the namespace of the control plane: others are not told of each other.
pub(super) async fn of_system(ctx: &Context, status: Readiness, message: &str, reason: ReasonCode) -> Result<(), StoreError> {
    let state = match status {
        Readiness::Ok => "OK",
        Readiness::Degraded => "DEGRADED",
        Readiness::Blocked => "BLOCKED",
    };
    let change = Change {
        object_kind: "System",
        // There is one for a database.
        object_uid: Uuid::nil(),
        object_namespace: &ctx.settings.namespace,
        object_name: "assayer",
        topic: &Topic::System.to_string(),
        holds: status == Readiness::Ok,
        state: Some(state),
        reason_code: &reason.to_string(),
        message,
    };
    notices::note(&ctx.pool, &change).await.map(drop)
}

struct Told<'a> {
    kind: &'a str,
    id: Uuid,
    topic: &'a str,
    holds: bool,
    reason: ReasonCode,
    message: &'a str,
}

async fn note(ctx: &Context, told: &Told<'_>, object: &impl ResourceExt) -> Result<(), StoreError> {
    let (namespace, name) = (object.namespace().unwrap_or_default(), object.name_any());
    let change = Change {
        object_kind: told.kind,
        object_uid: told.id,
        object_namespace: &namespace,
        object_name: &name,
        topic: told.topic,
        holds: told.holds,
        state: None,
        reason_code: &told.reason.to_string(),
        message: &cut(told.message),
    };
    notices::note(&ctx.pool, &change).await.map(drop)
}
