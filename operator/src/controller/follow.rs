//! Follows what the gateway notes of jobs, and keeps the log's partitions ahead. In: rows, and being told
//! of them. Out: folded jobs, events, signs of life. Not pure.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use assayer_contract::JobStatus;
use assayer_store::{
    StoreError, job_ends,
    notify::{self, Heard},
    planner,
    system::{self, Worker},
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
/// A little less than the look at all open jobs takes to come round.
const BEAT_EVERY: Duration = Duration::from_secs(14);
const LISTEN_RETRY: Duration = Duration::from_secs(1);
const TABLES_EVERY: Duration = Duration::from_hours(24);
const TABLES_RETRY: Duration = Duration::from_secs(30);
const DAYS_AHEAD: i32 = 7;
/// Of runs of the planner and heartbeats of workers.
const DAYS_KEPT: i32 = 7;

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

/// Folds new events into jobs and closes what is past its deadline, until the term ends; says that it lives, also while idle.
async fn fold(ctx: &Context, term: &CancellationToken, told: &AtomicBool, wake: &Notify) {
    let (mut readable, mut life) = (true, Life::default());
    loop {
        let folded = job_ends::fold(&ctx.pool, None, Utc::now()).await;
        // Every Bot and every Integration says at once that its evidence is gone, or there again.
        if folded.is_ok() != readable {
            readable = folded.is_ok();
            look_at_all(ctx);
        }
        match folded {
            Ok(changed) => {
                life.beat(ctx, changed.iter().filter(|job| job.status == JobStatus::TimedOut).count()).await;
                events::announce(ctx, &changed).await;
            }
            Err(error) => tracing::warn!(%error, "jobs could not be followed; trying again"),
        }
        let every = if readable && told.load(Ordering::Relaxed) { FOLD_EVERY } else { FOLD_UNTOLD_EVERY };
        select! {
            () = time::sleep(every) => {}
            () = wake.notified() => {}
            () = term.cancelled() => return,
        }
    }
}

/// The worker's signs of life: about one each time that all open jobs are looked at in quiet times, and no more while they are looked
/// at more often.
#[derive(Default)]
struct Life {
    beat_at: Option<Instant>,
    closed: usize,
}

impl Life {
    async fn beat(&mut self, ctx: &Context, closed: usize) {
        self.closed += closed;
        if self.beat_at.is_some_and(|at| at.elapsed() < BEAT_EVERY) {
            return;
        }
        match system::beat(&ctx.pool, Worker::Jobs, &ctx.settings.instance, self.closed, Utc::now()).await {
            Ok(()) => *self = Self { beat_at: Some(Instant::now()), closed: 0 },
            Err(error) => tracing::warn!(%error, "the worker that closes jobs could not say that it lives"),
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

/// Makes the log's partitions of the days ahead and forgets old runs once a day, until the term ends.
pub(super) async fn tables(ctx: &Context, term: &CancellationToken) {
    loop {
        let done = async {
            let made = planner::make_partitions(&ctx.pool, DAYS_AHEAD).await?;
            Ok::<_, StoreError>((made, system::forget(&ctx.pool, DAYS_KEPT).await?))
        };
        let wait = match done.await {
            Ok((made, forgotten)) => {
                tracing::info!(made, forgotten, "partitions of the log are there for the days ahead; old runs are forgotten");
                TABLES_EVERY
            }
            Err(error) => {
                tracing::warn!(%error, "partitions could not be made, or old runs not forgotten; trying again");
                TABLES_RETRY
            }
        };
        if !pause(wait, term).await {
            return;
        }
    }
}

/// False if the term ended meanwhile.
/// Waits so long; false where the term ended meanwhile.
pub(super) async fn pause(duration: Duration, term: &CancellationToken) -> bool {
    select! {
        () = time::sleep(duration) => true,
        () = term.cancelled() => false,
    }
}
