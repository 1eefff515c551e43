//! The vendor's time. In: how fast it goes, or by how much it is moved. Out: what time it is there, and where that lies in the data.
//!
//! It follows this machine's clock, or stands still until it is moved, so that a test decides how fast minutes pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use chrono::Utc;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::synthetic::Contract;

/// Nanoseconds of a minute.
pub(super) const MINUTE: u64 = 60_000_000_000;
const WEEK: u64 = 7 * 24 * 60 * MINUTE;
/// Between two looks at this machine's clock.
const TICK: Duration = Duration::from_millis(20);

/// The time, in nanoseconds since 1970. Clones share it.
#[derive(Clone)]
pub struct Clock {
    now: Arc<watch::Sender<u64>>,
    /// What is added to the time of a bar in the data.
    redate: Arc<AtomicU64>,
    /// The same while it follows this machine's clock; none where it never does.
    weeks: Option<u64>,
    stands: Arc<AtomicBool>,
}

impl Clock {
    /// Stands at this moment of the data until it is moved.
    pub fn standing(now: u64) -> Self {
        let (now, stands) = (Arc::new(watch::Sender::new(now)), Arc::new(AtomicBool::new(true)));
        Self { now, redate: Arc::default(), weeks: None, stands }
    }

    /// Makes the bars so many nanoseconds younger than they are in the data.
    pub fn redate(&self, by: u64) {
        self.redate.store(by, Ordering::Relaxed);
    }

    /// Goes with this machine's clock; the bars are those of as many whole weeks ago as the data is old.
    pub fn following<'a>(contracts: impl Iterator<Item = &'a Contract>) -> Self {
        let newest = contracts.filter_map(|contract| contract.bars.last()).map(|bar| bar.ts_event).max().unwrap_or_default();
        let now = wall();
        let weeks = now.saturating_sub(newest).div_ceil(WEEK) * WEEK;
        let clock = Self { weeks: Some(weeks), ..Self::standing(now) };
        clock.follow();
        tokio::spawn(follow(Arc::clone(&clock.now), Arc::clone(&clock.stands)));
        clock
    }

    /// Stands from now on: at `now`, when the bar begins that begins at `bar` in the data.
    pub fn stand(&self, now: u64, bar: u64) {
        self.stands.store(true, Ordering::Relaxed);
        self.redate(now.saturating_sub(bar));
        self.set(now);
    }

    /// Goes with this machine's clock again, if it ever did.
    pub fn follow(&self) {
        if let Some(weeks) = self.weeks {
            self.redate(weeks);
            self.stands.store(false, Ordering::Relaxed);
        }
    }

    /// What time it is.
    pub fn now(&self) -> u64 {
        *self.now.borrow()
    }

    /// Moves it on by so many minutes.
    pub fn advance(&self, minutes: u64) {
        self.now.send_modify(|now| *now += minutes * MINUTE);
    }

    /// Moves it to this moment.
    pub fn set(&self, now: u64) {
        self.now.send_replace(now);
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.now.subscribe()
    }

    /// Where a moment lies in the data.
    pub(super) fn in_data(&self, moment: u64) -> u64 {
        moment.saturating_sub(self.redate.load(Ordering::Relaxed))
    }

    /// The moment of a bar in the data.
    pub(super) fn of_data(&self, moment: u64) -> u64 {
        moment + self.redate.load(Ordering::Relaxed)
    }
}

async fn follow(now: Arc<watch::Sender<u64>>, stands: Arc<AtomicBool>) {
    let mut next = Instant::now();
    loop {
        next += TICK;
        tokio::time::sleep_until(next).await;
        // Whoever has it stand meanwhile sets it afterwards.
        now.send_if_modified(|now| {
            let goes = !stands.load(Ordering::Relaxed);
            if goes {
                *now = wall();
            }
            goes
        });
    }
}

fn wall() -> u64 {
    u64::try_from(Utc::now().timestamp_nanos_opt().unwrap_or_default()).unwrap_or_default()
}
