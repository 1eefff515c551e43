//! A watch on the API server. In: a stream of events. Out: a store that follows it, and whether it has caught up.

use std::{fmt::Debug, hash::Hash};

use futures::{Stream, StreamExt, TryStreamExt};
use kube::{
    Resource,
    runtime::{reflector::Store, watcher},
};
use tokio::{sync::watch, task::JoinHandle};

/// The task behind a watch; it ends when this is dropped.
pub struct Watch {
    following: JoinHandle<()>,
    waiting: JoinHandle<()>,
    caught_up: watch::Receiver<bool>,
}

impl Watch {
    /// Follows the stream, which fills `store`.
    pub fn spawn<K, S>(name: &'static str, stream: S, store: Store<K>) -> Self
    where
        K: Resource + Clone + Send + Sync + 'static,
        K::DynamicType: Clone + Debug + Eq + Hash + Send + Sync,
        S: Stream<Item = watcher::Result<watcher::Event<K>>> + Send + 'static,
    {
        let report = move |error: watcher::Error| tracing::warn!(%error, watch = name, "the watch was interrupted");
        let following = tokio::spawn(stream.map_err(report).for_each(|_| std::future::ready(())));
        let (sender, caught_up) = watch::channel(false);
        let waiting = tokio::spawn(async move {
            if store.wait_until_ready().await.is_ok() {
                sender.send_replace(true);
            }
        });
        Self { following, waiting, caught_up }
    }

    /// Whether the store has everything that was there when the watch began.
    pub fn has_caught_up(&self) -> bool {
        *self.caught_up.borrow()
    }

    /// The same, to wait for. A store itself tells only the last of those that wait for it.
    pub(crate) fn catching_up(&self) -> watch::Receiver<bool> {
        self.caught_up.clone()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.following.abort();
        self.waiting.abort();
    }
}
