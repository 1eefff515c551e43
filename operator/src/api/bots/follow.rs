//! Keeps what is known of the Bots up to date. In: watches of the API server. Out: calls of [`Bots`]. A watch that breaks is begun anew
//! with a list, so that its end is known as surely as its beginning. Not pure.

use std::{collections::BTreeMap, pin::pin, sync::Arc, time::Duration};

use assayer_crds::{Bot, StagePolicy};
use chrono::Utc;
use futures::{Stream, TryStreamExt};
use kube::{
    Api, Client, ResourceExt,
    runtime::watcher::{self, Event, watcher},
};
use tokio::time::{Instant, sleep};

use super::watch::{Bots, Kind};

/// Between the end of a watch and the next: at first, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(15));

/// Follows the cluster for as long as the process lives.
pub(crate) async fn follow(client: Client, bots: Arc<Bots>) {
    let of_bots = again(&bots, Kind::Bots, || bots_of(&client, &bots));
    let of_policies = again(&bots, Kind::Policies, || policies_of(&client, &bots));
    tokio::join!(of_bots, of_policies);
}

async fn again<F: Future<Output = watcher::Error>>(bots: &Bots, kind: Kind, watch: impl Fn() -> F) {
    let mut pauses = paused();
    loop {
        let error = watch().await;
        tracing::warn!(%error, ?kind, "a watch broke");
        bots.broken(kind, "the Kubernetes API server does not answer", Utc::now());
        pauses.wait().await;
    }
}

/// Pauses between watches that break: longer each time, and short again after one that held.
pub(crate) struct Pauses {
    next: Duration,
    began: Instant,
}

/// None yet; the first watch begins now.
pub(crate) fn paused() -> Pauses {
    Pauses { next: PAUSES.0, began: Instant::now() }
}

impl Pauses {
    /// Waits until the next watch may begin.
    pub(crate) async fn wait(&mut self) {
        let pause = if self.began.elapsed() > PAUSES.1 * 2 { PAUSES.0 } else { self.next };
        self.next = PAUSES.1.min(pause * 2);
        sleep(pause).await;
        self.began = Instant::now();
    }
}

async fn bots_of(client: &Client, bots: &Bots) -> watcher::Error {
    let mut listing = Vec::new();
    let events = watcher(Api::<Bot>::all(client.clone()), watcher::Config::default());
    each(events, |event| match event {
        Event::Init => listing.clear(),
        Event::InitApply(bot) => listing.push(small(bot)),
        Event::InitDone => bots.listed(std::mem::take(&mut listing)),
        Event::Apply(bot) => bots.applied(small(bot)),
        Event::Delete(bot) => bots.deleted(&bot),
    })
    .await
}

/// Who wrote which field is of no interest here, and is the larger part of a Bot.
fn small(mut bot: Bot) -> Bot {
    bot.metadata.managed_fields = None;
    bot.metadata.annotations = None;
    bot
}

async fn policies_of(client: &Client, bots: &Bots) -> watcher::Error {
    let mut known = BTreeMap::new();
    let mut complete = false;
    let events = watcher(Api::<StagePolicy>::all(client.clone()), watcher::Config::default());
    each(events, |event| {
        match event {
            Event::Init => {
                known.clear();
                complete = false;
            }
            Event::InitDone => complete = true,
            Event::InitApply(policy) | Event::Apply(policy) => {
                known.insert(policy.name_any(), policy);
            }
            Event::Delete(policy) => {
                known.remove(&policy.name_any());
            }
        }
        if complete {
            bots.ruled(&known);
        }
    })
    .await
}

/// The error with which the events end.
pub(crate) async fn each<K>(
    events: impl Stream<Item = Result<Event<K>, watcher::Error>>,
    mut take: impl FnMut(Event<K>),
) -> watcher::Error {
    let mut events = pin!(events);
    loop {
        match events.try_next().await {
            Ok(Some(event)) => take(event),
            Ok(None) => return watcher::Error::NoResourceVersion,
            Err(error) => return error,
        }
    }
}
