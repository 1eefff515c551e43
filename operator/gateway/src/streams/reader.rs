//! One reader of a stream. In: its place in a hub. Out: bytes, each bar after its row is committed; and a last word, where there is one.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use assayer_contract::{Outcome, ReasonCode, RequestRow, Sent, Sha256Hash, StreamGap};
use assayer_providers::live::{Gap, Item, Placed, Subscription, moment};
use assayer_store::{
    PgPool,
    gateway_jobs::{self, GatewayJob},
};
use bytes::Bytes;
use chrono::{TimeDelta, Utc};
use tokio::{
    sync::mpsc::{Permit, Sender},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    encode,
    hub::{Came, Place},
    noted::Noted,
    rules::Limits,
    session::stopping,
};
use crate::{
    forward::draft,
    metrics::{Metrics, OfDataset},
    record::{RecordError, Recorder},
};

/// Most items that a row stands for.
const MOST: usize = 512;
/// Pause between two tries to write a row while the database is away.
const RETRY_PAUSE: Duration = Duration::from_millis(500);
/// Between two signs of life for a reader that is told nothing else.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Between two looks at the clock.
const TICK: Duration = Duration::from_secs(1);
/// Between two looks for whether the job may still read.
const LOOK: Duration = Duration::from_secs(5);

/// Why a reader is let go, in the end of its stream.
pub(super) type LastWord = Arc<Mutex<Option<Bytes>>>;

/// What one reader is served with.
pub(super) struct Reader {
    pub(super) place: Place,
    /// Where it stands in each series from the moment on at which it was answered: whatever comes after that is for it.
    pub(super) cursors: Vec<Cursor>,
    pub(super) one: Subscription,
    /// The row of each answer, but for what it holds.
    pub(super) draft: RequestRow,
    pub(super) recorder: Recorder,
    pub(super) metrics: Metrics,
    /// How long it may take nothing before it is cut.
    pub(super) patience: Duration,
    /// What its stage's policy says.
    pub(super) limits: Limits,
    pub(super) out: Sender<Bytes>,
    pub(super) last_word: LastWord,
    /// The job that reads, which may end meanwhile.
    pub(super) job: GatewayJob,
    pub(super) pool: PgPool,
    pub(super) stop: CancellationToken,
}

/// Where a reader stands in one series.
pub(super) struct Cursor {
    next: u64,
    /// What it cannot get, until it is told.
    lacks: Option<Gap>,
    instrument: Option<u32>,
}

impl Cursor {
    /// One for each series of a place, after the bar that starts at `since`, or from now on.
    pub(super) fn join(place: &Place, since: Option<i64>) -> Vec<Self> {
        place.join(since).into_iter().map(|(next, lacks)| Self { next, lacks, instrument: None }).collect()
    }
}

/// Why reading ends.
enum End {
    /// The reader has left.
    Left,
    Word(ReasonCode, String),
}

/// What is given out with one row.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    bars: Vec<u8>,
    count: i64,
    first: Option<i64>,
    last: Option<i64>,
    gaps: Vec<StreamGap>,
    delay: Option<TimeDelta>,
    row: Option<Uuid>,
}

impl Reader {
    /// Serves until either side has had enough.
    pub(super) async fn run(mut self) {
        let of = OfDataset { dataset: self.one.dataset.clone() };
        self.metrics.stream_readers.get_or_create(&of).inc();
        let cursors = std::mem::take(&mut self.cursors);
        if let Err(End::Word(reason, message)) = self.serve(cursors).await {
            if reason == ReasonCode::DataStale {
                self.metrics.stream_cut.get_or_create(&of).inc();
            }
            if let Ok(bytes) = encode::word(reason, &message, now()) {
                *self.last_word.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes.into());
            }
        }
        self.metrics.stream_readers.get_or_create(&of).dec();
    }

    async fn serve(&self, mut cursors: Vec<Cursor>) -> Result<(), End> {
        let mut changes = self.place.hub().changes();
        self.give(self.room().await?, encode::head(&self.one, now()));
        let mut noted = Noted::begin(&self.place);
        loop {
            changes.borrow_and_update();
            while self.has_more(&cursors)? {
                let room = self.room().await?;
                let batch = self.collect(&mut cursors)?;
                self.commit(&batch).await?;
                room.send(batch.bytes.into());
                noted.told = Instant::now();
            }
            if let Some(over) = self.place.over() {
                return Err(End::Word(over.reason_code, over.message));
            }
            if self.is_over(&mut noted.looked).await {
                return Err(End::Word(ReasonCode::JobFinished, "the job is finished or past its deadline".to_owned()));
            }
            self.tell(&mut noted).await?;
            tokio::select! {
                _ = changes.changed() => {}
                () = sleep(TICK) => {}
                () = self.stop.cancelled() => return Err(End::Word(stopping().reason_code, stopping().message)),
                () = self.out.closed() => return Err(End::Left),
            }
        }
    }

    /// What it should know beside bars: each trouble, and its end; else, now and then, that the stream lives.
    async fn tell(&self, noted: &mut Noted) -> Result<(), End> {
        for (reason, message) in noted.news(&self.place, &self.limits) {
            noted.told = Instant::now();
            self.give(self.room().await?, encode::notice(reason, &message, now()));
        }
        if noted.told.elapsed() >= HEARTBEAT {
            noted.told = Instant::now();
            self.give(self.room().await?, encode::heartbeat(now()));
        }
        Ok(())
    }

    /// Whether the job may read no more, by the controller's book; that is looked up now and then.
    async fn is_over(&self, looked: &mut Instant) -> bool {
        if looked.elapsed() < LOOK {
            return self.job.is_over(Utc::now());
        }
        *looked = Instant::now();
        match gateway_jobs::of_cycle(&self.pool, self.job.trace_id, self.job.id).await {
            Ok(Some(job)) => job.is_over(Utc::now()),
            // Rows of jobs are not removed; while the database is away, nothing is given out in any case.
            Ok(None) | Err(_) => self.job.is_over(Utc::now()),
        }
    }

    /// Room for one answer, before its row is written: a row must not stand for what is never given out.
    async fn room(&self) -> Result<Permit<'_, Bytes>, End> {
        match timeout(self.patience, self.out.reserve()).await {
            Ok(permit) => permit.map_err(|_| End::Left),
            Err(_) => Err(behind()),
        }
    }

    fn give(&self, room: Permit<'_, Bytes>, bytes: dbn::Result<Vec<u8>>) {
        match bytes {
            Ok(bytes) => room.send(bytes.into()),
            Err(error) => tracing::error!(%error, dataset = self.one.dataset, "a record could not be written"),
        }
    }

    fn has_more(&self, cursors: &[Cursor]) -> Result<bool, End> {
        for (index, cursor) in cursors.iter().enumerate() {
            if cursor.lacks.is_some() || !self.place.read(index, cursor.next, 1).map_err(|_| behind())?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// All that has come, of one session: series by series.
    fn collect(&self, cursors: &mut [Cursor]) -> Result<Batch, End> {
        let mut batch = Batch::default();
        for (index, (cursor, symbol)) in cursors.iter_mut().zip(&self.one.symbols).enumerate() {
            if let Some(gap) = cursor.lacks.take() {
                batch.row = batch.row.or(self.place.session());
                self.gap(&mut batch, symbol, gap)?;
            }
            for placed in self.place.read(index, cursor.next, MOST).map_err(|_| behind())? {
                if batch.row.is_some_and(|row| row != placed.came.row) {
                    break;
                }
                batch.row = Some(placed.came.row);
                cursor.next += 1;
                self.add(&mut batch, symbol, cursor, placed)?;
            }
        }
        Ok(batch)
    }

    fn add(&self, batch: &mut Batch, symbol: &str, cursor: &mut Cursor, Placed { item, came }: Placed<Came>) -> Result<(), End> {
        let bar = match item {
            Item::Gap(gap) => return self.gap(batch, symbol, gap),
            Item::Bar(bar) => bar,
        };
        if cursor.instrument.replace(bar.instrument_id) != Some(bar.instrument_id) {
            batch.bytes.extend(encode::mapping(&self.one, symbol, &bar).map_err(unwritable)?);
        }
        let bytes = encode::bar(&self.one, &bar).map_err(unwritable)?;
        batch.bytes.extend(&bytes);
        batch.bars.extend(bytes);
        batch.count += 1;
        batch.first = Some(batch.first.map_or(bar.ts_event, |first| first.min(bar.ts_event)));
        batch.last = batch.last.max(Some(bar.ts_event));
        let end = moment(bar.ts_event + self.one.length);
        if end > came.begun {
            batch.delay = batch.delay.max(Some(came.at - end));
        }
        Ok(())
    }

    fn gap(&self, batch: &mut Batch, symbol: &str, gap: Gap) -> Result<(), End> {
        batch.bytes.extend(encode::gap(symbol, &gap, now()).map_err(unwritable)?);
        batch.gaps.push(gap.into());
        self.metrics.stream_gaps.get_or_create(&OfDataset { dataset: self.one.dataset.clone() }).inc();
        Ok(())
    }

    /// Commit before use: while the row cannot be written, nothing is given out.
    async fn commit(&self, batch: &Batch) -> Result<(), End> {
        let since = Instant::now();
        let row = self.row(batch);
        loop {
            match self.recorder.row(row.clone()).await {
                Ok(()) => return Ok(()),
                Err(RecordError::Unavailable(_)) if since.elapsed() < self.patience => sleep(RETRY_PAUSE).await,
                Err(error) => return Err(End::Word(error.reason_code(), error.to_string())),
            }
        }
    }

    fn row(&self, batch: &Batch) -> RequestRow {
        let now = Utc::now();
        let limit = self.limits.max_delay.map(|limit| TimeDelta::from_std(limit).unwrap_or(TimeDelta::MAX));
        let late = batch.delay.filter(|delay| limit.is_some_and(|limit| *delay > limit));
        let row = draft::ended(draft::stamped(self.draft.clone(), now), Outcome::Served, Sent::No, now);
        let last_end = batch.last.map(|last| moment(last + self.one.length));
        RequestRow {
            served_from: batch.row,
            bar_count: Some(batch.count),
            first_bar_ts: batch.first.map(moment),
            last_bar_ts: batch.last.map(moment),
            staleness_ms: last_end.map(|end| (now - end).num_milliseconds()),
            response_bytes: i64::try_from(batch.bars.len()).ok(),
            response_digest: Some(Sha256Hash::of(&batch.bars)),
            gaps: Some(batch.gaps.clone()).filter(|gaps| !gaps.is_empty()),
            delayed: late.is_some().then_some(true),
            reason_code: late.map(|_| ReasonCode::DataDelayed),
            error_message: late.map(|delay| format!("received {} s after its end", delay.as_seconds_f64())),
            ..row
        }
    }
}

fn behind() -> End {
    let message = "the reader did not keep up: ask again with since, the start of the newest bar that it has".to_owned();
    End::Word(ReasonCode::DataStale, message)
}

#[allow(clippy::needless_pass_by_value, reason = "maps an error")]
fn unwritable(error: dbn::Error) -> End {
    End::Word(ReasonCode::ProviderError, format!("a record cannot be written: {error}"))
}

fn now() -> u64 {
    Utc::now().timestamp_nanos_opt().unwrap_or_default().cast_unsigned()
}
