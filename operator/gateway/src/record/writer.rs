//! The one task that writes the log. In: entries. Out: groups; an end where another gateway has taken over.
//!
//! While one group commits, the entries that arrive wait and become the next one.

use std::time::Duration;

use assayer_store::{
    PgPool, StoreError,
    log::{
        Epoch, Group, Head, epoch,
        group::{head, seal, write},
        open::{closed_as_unknown, open},
        rows,
    },
    system::{self, Worker},
};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{Entry, Item, RecordError, Recorder};
use crate::metrics::Metrics;

/// Most entries in one group.
const GROUP: usize = 512;
/// Entries that may wait for the writer; more wait before it.
const QUEUE: usize = 4_096;
/// Sign of life, and try to take over.
const BEAT: Duration = Duration::from_secs(1);
/// A writer without a sign of life for this long is replaced.
const SILENCE: Duration = Duration::from_secs(5);
/// A statement that takes longer counts as failed.
const PATIENCE: Duration = Duration::from_secs(5);
/// After a failure, entries are refused at once for this long.
const PAUSE: Duration = Duration::from_secs(1);
/// Between two looks for intents past their deadline.
const SWEEP: TimeDelta = TimeDelta::seconds(10);
/// Intents live a minute: those that a sweep may find were made at most this long before the last sweep.
const SWEEP_MARGIN: TimeDelta = TimeDelta::minutes(2);
/// The same for intents of a predecessor, whose clock may differ.
const TAKEOVER_MARGIN: TimeDelta = TimeDelta::hours(1);

/// Another gateway has taken over: this process can do nothing more and must end.
#[derive(Debug, thiserror::Error)]
#[error("another gateway has taken over the request log")]
pub struct Fenced;

/// Whose log is written, and by whom.
#[derive(Clone, Debug)]
pub struct WriterSettings {
    /// The gateway set.
    pub gateway_set: String,
    /// Name of this instance; a restart under the same name takes over at once.
    pub writer: String,
}

/// The task, before it runs.
pub struct Writer {
    pool: PgPool,
    settings: WriterSettings,
    metrics: Metrics,
    entries: mpsc::Receiver<Entry>,
    active: watch::Sender<bool>,
    holding: Option<Holding>,
    down_until: Option<Instant>,
}

/// The set, while this gateway holds it.
struct Holding {
    epoch: Epoch,
    /// `None` where the last group may or may not have been stored: it is read again before the next.
    head: Option<Head>,
    /// Intents made since then may be open.
    open_since: DateTime<Utc>,
    swept_at: Option<DateTime<Utc>>,
}

impl Writer {
    /// A writer and the handle that feeds it.
    pub fn new(pool: PgPool, settings: WriterSettings, metrics: Metrics) -> (Self, Recorder) {
        let (sender, entries) = mpsc::channel(QUEUE);
        let (active, is_active) = watch::channel(false);
        let writer = Self { pool, settings, metrics, entries, active, holding: None, down_until: None };
        (writer, Recorder { entries: sender, active: is_active })
    }

    /// Writes until `stop`, then gives the set back. Ends early only where another gateway has taken over.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), Fenced> {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut entries = Vec::with_capacity(GROUP);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = beat.tick() => self.beat().await?,
                count = self.entries.recv_many(&mut entries, GROUP) => {
                    if count == 0 {
                        break;
                    }
                    self.commit(std::mem::take(&mut entries)).await?;
                }
            }
        }
        if let Some(holding) = &self.holding
            && let Err(error) = in_time(epoch::release(&self.pool, &holding.epoch)).await
        {
            tracing::warn!(%error, "the gateway set was not given back; its successor waits for silence");
        }
        Ok(())
    }

    async fn beat(&mut self) -> Result<(), Fenced> {
        let result = match &self.holding {
            Some(holding) => in_time(epoch::heartbeat(&self.pool, &holding.epoch)).await,
            None => self.take_over().await,
        };
        let now = Utc::now();
        let result = match (result, &self.holding) {
            (Ok(()), Some(holding)) if holding.swept_at.is_none_or(|at| now - at >= SWEEP) => self.sweep(now).await,
            (result, _) => result,
        };
        self.set_active(result.is_ok() && self.holding.is_some());
        match result {
            Err(StoreError::Fenced { .. }) => Err(Fenced),
            Err(error) => {
                tracing::warn!(%error, "no sign of life could be given");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    async fn take_over(&mut self) -> Result<(), StoreError> {
        let WriterSettings { gateway_set, writer } = &self.settings;
        let Some(epoch) = in_time(epoch::acquire(&self.pool, gateway_set, writer, SILENCE)).await? else { return Ok(()) };
        tracing::info!(gateway_set, writer, epoch = epoch.number, "took over the request log");
        let open_since = epoch.predecessor_seen_at.map_or(DateTime::UNIX_EPOCH, |seen| seen - TAKEOVER_MARGIN);
        self.holding = Some(Holding { epoch, head: None, open_since, swept_at: None });
        Ok(())
    }

    fn set_active(&self, active: bool) {
        self.metrics.active.set(active.into());
        self.active.send_if_modified(|was| std::mem::replace(was, active) != active);
    }

    /// Closes as unknown what nobody will close any more, and says that it has looked.
    async fn sweep(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut closed = 0;
        loop {
            let Some(holding) = &mut self.holding else { return Ok(()) };
            let drafts = in_time(open(&self.pool, &holding.epoch, holding.open_since, now)).await?;
            if drafts.is_empty() {
                holding.open_since = now - SWEEP_MARGIN;
                holding.swept_at = Some(now);
                return in_time(system::beat(&self.pool, Worker::Intents, &self.settings.writer, closed, now)).await;
            }
            closed += drafts.len();
            tracing::warn!(count = drafts.len(), "closing open intents as unknown");
            let rows = drafts.into_iter().map(|draft| closed_as_unknown(draft, now)).collect();
            self.store(&Group { intents: Vec::new(), rows }).await?;
        }
    }

    async fn commit(&mut self, entries: Vec<Entry>) -> Result<(), Fenced> {
        if let Some(why) = self.cannot_write() {
            answer(entries, &Err(RecordError::Unavailable(why.to_owned())));
            return Ok(());
        }
        match self.store(&group(&entries)).await {
            // One bad entry must not take the others with it.
            Err(StoreError::Refused(_)) => {
                for entry in entries {
                    self.commit_alone(entry).await?;
                }
                Ok(())
            }
            result => self.finish(entries, result),
        }
    }

    fn cannot_write(&self) -> Option<&'static str> {
        if self.holding.is_none() {
            return Some("another gateway holds it, or nobody yet");
        }
        let pausing = self.down_until.is_some_and(|until| Instant::now() < until);
        pausing.then_some("the database did not answer just now")
    }

    async fn commit_alone(&mut self, entry: Entry) -> Result<(), Fenced> {
        let entries = vec![entry];
        let result = match self.store(&group(&entries)).await {
            Err(StoreError::Refused(error)) => self.stands(&entries).await.and_then(|stands| {
                // An earlier try was stored after all, and only its answer was lost.
                if stands { Ok(()) } else { Err(StoreError::Refused(error)) }
            }),
            result => result,
        };
        self.finish(entries, result)
    }

    /// Whether the rows of these entries are in the log as they are.
    async fn stands(&self, entries: &[Entry]) -> Result<bool, StoreError> {
        for entry in entries {
            let Item::Row(row) = &entry.item else { return Ok(false) };
            let stored = in_time(rows::by_id(&self.pool, row.id)).await?;
            if stored.is_none_or(|stored| (stored.outcome, stored.sent) != (row.outcome, row.sent)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn finish(&mut self, entries: Vec<Entry>, result: Result<(), StoreError>) -> Result<(), Fenced> {
        let Err(error) = result else {
            answer(entries, &Ok(()));
            return Ok(());
        };
        tracing::error!(%error, count = entries.len(), "entries of the request log were not stored");
        let fenced = matches!(error, StoreError::Fenced { .. });
        let refusal = match error {
            StoreError::Fenced { .. } => RecordError::Fenced,
            StoreError::Refused(error) => RecordError::Refused(error.to_string()),
            error => {
                self.down_until = Some(Instant::now() + PAUSE);
                self.set_active(false);
                RecordError::Unavailable(error.to_string())
            }
        };
        answer(entries, &Err(refusal));
        if fenced { Err(Fenced) } else { Ok(()) }
    }

    /// One group, one transaction.
    async fn store(&mut self, group: &Group) -> Result<(), StoreError> {
        let Some(holding) = &mut self.holding else { return Ok(()) };
        let before = match holding.head.take() {
            Some(head) => head,
            None => in_time(head(&self.pool, &holding.epoch.gateway_set)).await?,
        };
        let sealed = seal(&holding.epoch, before, group)?;
        in_time(write(&self.pool, &holding.epoch, &sealed)).await?;
        holding.head = Some(sealed.head());
        self.metrics.groups.inc();
        self.metrics.rows.inc_by(group.rows.len() as u64);
        Ok(())
    }
}

fn group(entries: &[Entry]) -> Group {
    let mut group = Group::default();
    for entry in entries {
        match &entry.item {
            Item::Intent(intent) => group.intents.push((**intent).clone()),
            Item::Row(row) => group.rows.push((**row).clone()),
        }
    }
    group
}

/// Tells everyone who waits; one who has left is no error.
fn answer(entries: Vec<Entry>, result: &Result<(), RecordError>) {
    for entry in entries {
        let _ = entry.done.send(result.clone());
    }
}

async fn in_time<T>(statement: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    timeout(PATIENCE, statement).await.unwrap_or(Err(StoreError::TimedOut(PATIENCE)))
}
