//! The vendor's time. In: how fast it goes, or by how much it is moved. Out: what time it is there, and where that lies in the data.
//!
//! It follows this machine's clock, or stands still until it is moved, so that a test decides how fast minutes pass.

use std::sync::Arc;
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
    redate: u64,
}

impl Clock {
    /// Stands at this moment of the data until it is moved.
    pub fn standing(now: u64) -> Self {
        Self { now: Arc::new(watch::Sender::new(now)), redate: 0 }
    }

    /// The same, with bars that are so many nanoseconds younger than in the data.
    pub fn redated(now: u64, redate: u64) -> Self {
        Self { redate, ..Self::standing(now) }
    }

    /// Goes with this machine's clock; the bars are those of as many whole weeks ago as the data is old.
    pub fn following<'a>(contracts: impl Iterator<Item = &'a Contract>) -> Self {
        let newest = contracts.filter_map(|contract| contract.bars.last()).map(|bar| bar.ts_event).max().unwrap_or_default();
        let now = wall();
        let redate = now.saturating_sub(newest).div_ceil(WEEK) * WEEK;
        let clock = Self { now: Arc::new(watch::Sender::new(now)), redate };
        tokio::spawn(follow(Arc::clone(&clock.now)));
        clock
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
        moment.saturating_sub(self.redate)
    }

    /// The moment of a bar in the data.
    pub(super) fn of_data(&self, moment: u64) -> u64 {
        moment + self.redate
    }
}

async fn follow(now: Arc<watch::Sender<u64>>) {
    let mut next = Instant::now();
    loop {
        next += TICK;
        tokio::time::sleep_until(next).await;
        now.send_replace(wall());
    }
}

fn wall() -> u64 {
    u64::try_from(Utc::now().timestamp_nanos_opt().unwrap_or_default()).unwrap_or_default()
}
