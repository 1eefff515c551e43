//! Ends jobs before their time. In: open jobs that must not go on. Out: rows closed first, so that the gateway refuses the pod at
//! once; then no Kubernetes Job and no pod. Not pure.

use std::collections::BTreeSet;

use assayer_contract::ReasonCode;
use assayer_crds::Bot;
use assayer_store::{job_ends, jobs::BotJob};
use chrono::{DateTime, Utc};
use k8s_openapi::api::batch::v1::Job;
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, Preconditions, PropagationPolicy},
};
use uuid::Uuid;

use super::{
    context::{Context, Error},
    events,
};

/// Ends an open job. Its report, if there is one, wins: it is folded, not overwritten.
pub(super) async fn end(
    ctx: &Context,
    open: &BotJob,
    reason: ReasonCode,
    message: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let closed = job_ends::end(&ctx.pool, open.id, reason, message, now).await?;
    remove(ctx, open).await?;
    events::announce(ctx, closed.as_slice()).await;
    Ok(())
}

/// Ends the open jobs of Bots that are gone. `alive` are the UIDs that the watch knows; it may lag behind, so the API server is
/// asked before a job is ended.
pub(super) async fn of_deleted_bots<'a>(
    ctx: &Context,
    open: impl Iterator<Item = &'a BotJob>,
    alive: &BTreeSet<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    for job in open.filter(|job| !alive.contains(&job.bot_id)) {
        let bot = Api::<Bot>::namespaced(ctx.client.clone(), &job.bot_namespace).get_opt(&job.bot_name).await?;
        let same = bot.is_some_and(|bot| bot.uid().as_deref() == Some(&job.bot_id.to_string()) && !deleting(&bot));
        if !same {
            end(ctx, job, ReasonCode::BotDeleted, ReasonCode::BotDeleted.title(), now).await?;
        }
    }
    Ok(())
}

fn deleting(bot: &Bot) -> bool {
    bot.metadata.deletion_timestamp.is_some()
}

/// Deletes the Kubernetes Job with its pods, if it is there.
async fn remove(ctx: &Context, job: &BotJob) -> Result<(), Error> {
    let jobs = Api::<Job>::namespaced(ctx.client.clone(), &job.bot_namespace);
    let Some(found) = jobs.get_opt(&job.job_name).await? else { return Ok(()) };
    let params = DeleteParams {
        propagation_policy: Some(PropagationPolicy::Background),
        preconditions: Some(Preconditions { uid: found.uid(), ..Preconditions::default() }),
        ..DeleteParams::default()
    };
    match jobs.delete(&job.job_name, &params).await {
        // Somebody was faster.
        Err(kube::Error::Api(status)) if status.is_not_found() || status.is_conflict() => Ok(()),
        done => Ok(done.map(drop)?),
    }
}
