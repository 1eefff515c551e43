//! Work that is due by the clock, one piece at a time for each Integration. In: what is to be looked at, and the look. Out: looks, as long
//! as this gateway holds its set.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use assayer_store::StoreError;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What is looked at again and again.
pub(crate) trait ByClock: Send + Sync + 'static {
    /// What one look is at.
    type Subject: Send + 'static;

    /// Between two looks.
    const TICK: Duration;
    /// What a look that failed says before its error.
    const FAILED: &'static str;

    /// All that is to be looked at, each with the UID of its Integration.
    fn subjects(&self) -> Vec<(Uuid, Self::Subject)>;

    /// Looks at one, and does what is due.
    fn look(&self, id: Uuid, subject: Self::Subject) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Looks while `active`, until `stop`. A call that is on its way then goes on by itself.
pub(crate) async fn run<W: ByClock>(work: Arc<W>, active: watch::Receiver<bool>, stop: CancellationToken) {
    let (mut busy, mut tasks) = (BTreeSet::new(), JoinSet::new());
    let mut tick = interval(W::TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(done) = tasks.join_next() => match done {
                Ok(id) => drop(busy.remove(&id)),
                // Whose it was is not known: all are looked at again.
                Err(_) => busy.clear(),
            },
            _ = tick.tick() => {
                let subjects = if *active.borrow() { work.subjects() } else { Vec::new() };
                for (id, subject) in subjects {
                    if busy.insert(id) {
                        let work = Arc::clone(&work);
                        tasks.spawn(async move {
                            let looked = work.look(id, subject).await;
                            let _ = looked.inspect_err(|error| tracing::warn!(%error, "{}", W::FAILED));
                            id
                        });
                    }
                }
            }
        }
    }
}
