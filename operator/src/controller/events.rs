//! Events on Bots and Integrations, for `kubectl describe`. In: jobs, conditions and states that changed. A lost event is logged and hides nothing. Not pure.

use assayer_contract::{JobStatus, ReasonCode};
use assayer_crds::{Bot, Integration, IntegrationState, IntegrationStatus};
use assayer_store::jobs::BotJob;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{
    Resource,
    runtime::{
        events::{Event, EventType},
        reflector::ObjectRef,
    },
};

use super::context::Context;

/// Conditions whose change is worth an event.
const WATCHED: [&str; 3] = ["Accepted", "MarketDataProven", "Promotable"];
/// The API server refuses longer notes.
const NOTE: usize = 1_000;

/// Tells of jobs that started or ended, and has their Bots looked at.
pub(super) async fn announce(ctx: &Context, changed: &[BotJob]) {
    for job in changed {
        let key = ObjectRef::<Bot>::new(&job.bot_name).within(&job.bot_namespace);
        // A Bot made anew under the same name is another Bot.
        let same = |bot: &Bot| bot.metadata.uid.as_deref() == Some(&job.bot_id.to_string());
        if let Some(bot) = ctx.bots.get(&key).filter(|bot| same(bot)) {
            publish(ctx, &*bot, job_event(job)).await;
            // Closed only when the term ends, and then nobody is left to look.
            let _ = ctx.touch.unbounded_send(key);
        }
    }
}

fn job_event(job: &BotJob) -> Event {
    let (type_, reason) = match job.status {
        JobStatus::Queued => (EventType::Normal, "JobQueued".to_owned()),
        JobStatus::Running => (EventType::Normal, "JobStarted".to_owned()),
        JobStatus::Succeeded => (EventType::Normal, "JobSucceeded".to_owned()),
        JobStatus::Failed | JobStatus::TimedOut => {
            (EventType::Warning, job.reason.map_or_else(|| "JobFailed".to_owned(), ReasonCode::condition_reason))
        }
    };
    let detail = job.message.as_deref().map(|message| format!(": {message}")).unwrap_or_default();
    let note = format!("{} job {}, trace {}{detail}", job.job_type.label(), job.job_name, job.trace_id);
    event(type_, reason, &note, "Backtest")
}

/// Tells of conditions that changed their status, and of a Bot that is refused from the first. Losing sight of the log is told by
/// the condition alone, not once a Bot.
pub(super) async fn conditions(ctx: &Context, bot: &Bot, old: &[Condition], new: &[Condition]) {
    let flipped = |new: &&Condition| {
        let was = old.iter().find(|old| old.type_ == new.type_).map(|old| old.status.as_str());
        let news = was.map_or(new.type_ == "Accepted" && new.status == "False", |was| was != new.status);
        WATCHED.contains(&new.type_.as_str()) && new.status != "Unknown" && news
    };
    for condition in new.iter().filter(flipped) {
        let type_ = if condition.status == "True" { EventType::Normal } else { EventType::Warning };
        let note = format!("{} is {}: {}", condition.type_, condition.status, condition.message);
        publish(ctx, bot, event(type_, condition.reason.clone(), &note, "Judge")).await;
    }
}

/// Tells that a Kubernetes Job could not be created.
pub(super) async fn launch_failed(ctx: &Context, bot: &Bot, job_name: &str, error: &impl std::fmt::Display) {
    let note = format!("Job {job_name} could not be created; trying again: {error}");
    publish(ctx, bot, event(EventType::Warning, "JobNotCreated".to_owned(), &note, "Backtest")).await;
}

/// Tells that an Integration is in another state. Losing sight of the log is told by the conditions alone, not once an Integration.
pub(super) async fn state(ctx: &Context, integration: &Integration, new: &IntegrationStatus, reason: ReasonCode) {
    let old = integration.status.as_ref();
    let unseen = ReasonCode::EvidenceUnavailable.to_string();
    let first = reason == ReasonCode::AwaitingHandshake;
    if first || new.reason_code == unseen || old.is_some_and(|old| old.state == new.state || old.reason_code == unseen) {
        return;
    }
    publish(ctx, integration, state_event(integration.spec.provider.name(), new, reason)).await;
}

fn state_event(provider: &str, new: &IntegrationStatus, reason: ReasonCode) -> Event {
    let title = assayer_providers::find(provider).map_or(provider, |provider| provider.facts().title);
    let missing = match new.missing_keys.as_slice() {
        [] => String::new(),
        keys => format!(" (it needs {})", keys.join(", ")),
    };
    let said = format!("{title} is {:?}: {}{missing}", new.state, new.message);
    if new.state == IntegrationState::Connected {
        event(EventType::Normal, "Connected".to_owned(), &said, "Verify")
    } else {
        event(EventType::Warning, reason.condition_reason(), &format!("{said}. {}", reason.suggested_fix()), "Verify")
    }
}

fn event(type_: EventType, reason: String, note: &str, action: &str) -> Event {
    Event { type_, reason, note: Some(note.chars().take(NOTE).collect()), action: action.to_owned(), secondary: None }
}

async fn publish<K: Resource<DynamicType = ()>>(ctx: &Context, object: &K, event: Event) {
    if let Err(error) = ctx.recorder.publish(&event, &object.object_ref(&())).await {
        tracing::warn!(%error, reason = event.reason, "an event could not be published");
    }
}
