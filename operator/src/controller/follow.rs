//! Follows what the gateway notes of jobs, and keeps the log's partitions ahead. In: rows, and being told
//! of them. Out: folded jobs, events. Not pure.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use assayer_store::{
    job_ends,
    notify::{self, Heard},
    planner,
};
use chrono::Utc;
use futures::channel::mpsc::UnboundedSender;
use kube::{
    Resource,
    runtime::reflector::{ObjectRef, Store},
};
use tokio::{select, sync::Notify, time};
use tokio_util::sync::CancellationToken;

use super::{context::Context, events};

/// While the database tells of changes, a look at all open jobs finds only what has passed its deadline unseen.
const FOLD_EVERY: Duration = Duration::from_secs(15);
/// While it does not, such a look is all there is. One statement over the open jobs of all Bots, not one a Bot.
const FOLD_UNTOLD_EVERY: Duration = Duration::from_secs(2);
const LISTEN_RETRY: Duration = Duration::from_secs(1);
const PARTITIONS_EVERY: Duration = Duration::from_hours(24);
const PARTITIONS_RETRY: Duration = Duration::from_secs(30);
const DAYS_AHEAD: i32 = 7;

/// Has Bots looked at as soon as something about them is written, and all open jobs now and then, until the term ends.
pub(super) async fn jobs(ctx: &Context, term: &CancellationToken) {
    let (told, wake) = (AtomicBool::new(false), Notify::new());
    tokio::join!(listen(ctx, term, &told, &wake), fold(ctx, term, &told, &wake));
}

/// Hears which Bots to look at. Each new and each lost connection wakes the look at all open jobs.
async fn listen(ctx: &Context, term: &CancellationToken, told: &AtomicBool, wake: &Notify) {
    let heard = |heard| match heard {
        Heard::Connected => {
            told.store(true, Ordering::Relaxed);
            look_at_all(ctx);
            wake.notify_one();
        }
        Heard::Bot(id) => {
            let id = id.to_string();
            look_at(&ctx.bots, &ctx.touch, |bot| bot.metadata.uid.as_deref() == Some(&id));
        }
        Heard::Integration(id) => {
            let id = id.to_string();
            look_at(&ctx.integrations, &ctx.touch_integration, |one| one.metadata.uid.as_deref() == Some(&id));
        }
    };
    loop {
        select! {
            Err(error) = notify::listen(&ctx.pool, heard) => {
                if told.swap(false, Ordering::Relaxed) {
                    tracing::warn!(%error, "the database no longer tells of changes; looking at intervals");
                    wake.notify_one();
                }
            }
            () = term.cancelled() => return,
        }
        if !pause(LISTEN_RETRY, term).await {
            return;
        }
    }
}

/// Folds new events into jobs and closes what is past its deadline, until the term ends.
async fn fold(ctx: &Context, term: &CancellationToken, told: &AtomicBool, wake: &Notify) {
    let mut readable = true;
    loop {
        let every = if readable && told.load(Ordering::Relaxed) { FOLD_EVERY } else { FOLD_UNTOLD_EVERY };
        select! {
            () = time::sleep(every) => {}
            () = wake.notified() => {}
            () = term.cancelled() => return,
        }
        let folded = job_ends::fold(&ctx.pool, None, Utc::now()).await;
        // Every Bot and every Integration says at once that its evidence is gone, or there again.
        if folded.is_ok() != readable {
            readable = folded.is_ok();
            look_at_all(ctx);
        }
        match folded {
            Ok(changed) => events::announce(ctx, &changed).await,
            Err(error) => tracing::warn!(%error, "jobs could not be followed; trying again"),
        }
    }
}

fn look_at_all(ctx: &Context) {
    look_at(&ctx.bots, &ctx.touch, |_| true);
    look_at(&ctx.integrations, &ctx.touch_integration, |_| true);
}

fn look_at<K>(all: &Store<K>, touch: &UnboundedSender<ObjectRef<K>>, which: impl Fn(&K) -> bool)
where
    K: Resource<DynamicType = ()> + Clone + 'static,
{
    for object in all.state().into_iter().filter(|object| which(object)) {
        // Closed only when the term ends, and then nobody is left to look.
        let _ = touch.unbounded_send(ObjectRef::from_obj(&*object));
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
