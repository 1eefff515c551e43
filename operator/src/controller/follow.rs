//! Follows what the gateway notes of jobs, and keeps the log's partitions ahead. In: rows. Out: folded jobs, events. Not pure.

use std::time::Duration;

use assayer_store::{job_ends, planner};
use chrono::Utc;
use kube::runtime::reflector::ObjectRef;
use tokio::{select, time};
use tokio_util::sync::CancellationToken;

use super::{context::Context, events};

/// One statement over the open jobs of all Bots, not one a Bot.
const FOLD_EVERY: Duration = Duration::from_secs(2);
const PARTITIONS_EVERY: Duration = Duration::from_hours(24);
const PARTITIONS_RETRY: Duration = Duration::from_secs(30);
const DAYS_AHEAD: i32 = 7;

/// Folds new events into jobs and closes what is past its deadline, until the term ends.
pub(super) async fn jobs(ctx: &Context, term: &CancellationToken) {
    let mut readable = true;
    while pause(FOLD_EVERY, term).await {
        let folded = job_ends::fold(&ctx.pool, None, Utc::now()).await;
        // Every Bot says at once that its evidence is gone, or there again.
        if folded.is_ok() != readable {
            readable = folded.is_ok();
            for bot in ctx.bots.state() {
                let _ = ctx.touch.unbounded_send(ObjectRef::from_obj(&*bot));
            }
        }
        match folded {
            Ok(changed) => events::announce(ctx, &changed).await,
            Err(error) => tracing::warn!(%error, "jobs could not be followed; trying again"),
        }
    }
}

/// Makes the partitions of the days ahead once a day, until the term ends.
pub(super) async fn partitions(ctx: &Context, term: &CancellationToken) {
    loop {
        let wait = match planner::make_partitions(&ctx.pool, DAYS_AHEAD).await {
            Ok(made) => {
                tracing::info!(made, "partitions of the log are there for the days ahead");
                PARTITIONS_EVERY
            }
            Err(error) => {
                tracing::warn!(%error, "partitions could not be made; trying again");
                PARTITIONS_RETRY
            }
        };
        if !pause(wait, term).await {
            return;
        }
    }
}

/// False if the term ended meanwhile.
async fn pause(duration: Duration, term: &CancellationToken) -> bool {
    select! {
        () = time::sleep(duration) => true,
        () = term.cancelled() => false,
    }
}
