//! Prices and volumes, minute by minute: one walk a root, which all its contracts follow. Pure, in whole numbers.

use super::contracts::Listed;
use super::random::Random;
use super::sessions::{self, Market};
use super::{Contract, Order, RootName, days};
use crate::bars::Bar;

/// Volume of the next contract, in per cent of both, by days from its turn; before the table the first, after it the last.
const SHARE: [u64; 12] = [1, 3, 3, 3, 8, 8, 20, 38, 60, 78, 88, 100];
/// Place in the table of the day of the turn.
const TURN: i64 = 8;
/// Steps of the walk in one minute.
const STEPS: u32 = 8;

/// A root's market.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) name: &'static str,
    pub(super) market: Market,
    /// Delivery months with trade.
    pub(super) months: &'static [u32],
    /// Number of the root's contracts: this, and twelve times the year and the month.
    pub(super) first_id: u32,
    /// One tick, in 1e-9.
    tick: i64,
    /// First price, in ticks.
    start: i64,
    /// Price of a contract over the one before, in ticks.
    carry: i64,
    /// Longest step of the walk, in ticks: by day and by night.
    step: (u64, u64),
    /// Volume of a minute: by day and by night.
    volume: (u64, u64),
    /// Minutes of the day in Chicago between which most of the trade is.
    busy: std::ops::Range<i64>,
    /// Minutes with a trade by night, in a thousand, while the contract leads.
    night: u64,
}

const QUARTERS: &[u32] = &[3, 6, 9, 12];
const INDEX_DAY: std::ops::Range<i64> = 8 * 60 + 30..15 * 60 + 15;

impl Root {
    pub(super) fn of(name: RootName) -> Self {
        let (market, busy) = (Market::EquityIndex, INDEX_DAY);
        let quarter = 250_000_000;
        match name {
            RootName::Mes => Self {
                name: "MES",
                market,
                months: QUARTERS,
                first_id: 1_000_000,
                tick: quarter,
                start: 26_800,
                carry: 240,
                step: (6, 3),
                volume: (1_200, 200),
                busy,
                night: 985,
            },
            RootName::Mnq => Self {
                name: "MNQ",
                market,
                months: QUARTERS,
                first_id: 2_000_000,
                tick: quarter,
                start: 98_800,
                carry: 900,
                step: (28, 14),
                volume: (1_500, 250),
                busy,
                night: 985,
            },
            RootName::Mgc => Self {
                name: "MGC",
                market: Market::Metals,
                months: &[2, 4, 6, 8, 10, 12],
                first_id: 3_000_000,
                tick: 100_000_000,
                start: 41_000,
                carry: 280,
                step: (10, 6),
                volume: (260, 60),
                busy: 7 * 60 + 20..12 * 60 + 30,
                night: 965,
            },
        }
    }

    /// The last minute of a contract that trades on its last day, in Chicago's time of day.
    fn last_trade(&self) -> i64 {
        match self.market {
            Market::EquityIndex => 8 * 60 + 30,
            Market::Metals => 12 * 60 + 30,
        }
    }
}

/// The bars of all listed contracts.
pub(super) fn trade(root: &Root, listed: &[Listed], order: &Order) -> Vec<Contract> {
    let mut walk = Walk { random: Random::of(order.seed, root.name), price: root.start };
    let mut books: Vec<_> = (0..).zip(listed).map(|(place, listed)| Book::new(root, listed, place, order)).collect();
    // A session that ends on the day after the last has its evening in the range.
    for day in days(order.first, order.end + chrono::Days::new(1)) {
        let mut open: Vec<_> = books.iter_mut().filter_map(|book| book.open(root, day)).collect();
        for minute in sessions::of(root.market, day).into_iter().flatten() {
            let busy = root.busy.contains(&sessions::local_minute(minute, day));
            let prices = walk.minute(if busy { root.step.0 } else { root.step.1 });
            for session in &mut open {
                session.minute(root, minute, busy, prices);
            }
        }
    }
    books.into_iter().map(|book| book.contract).collect()
}

struct Walk {
    random: Random,
    price: i64,
}

impl Walk {
    /// Open, high, low and close of the next minute, in ticks.
    fn minute(&mut self, step: u64) -> [i64; 4] {
        let open = self.price + self.random.around(1);
        let (mut high, mut low, mut last) = (open, open, open);
        for _ in 0..STEPS {
            last += self.random.around(step);
            high = high.max(last);
            low = low.min(last);
        }
        self.price = last;
        [open, high, low, last]
    }
}

/// One contract as it fills.
struct Book<'a> {
    listed: &'a Listed,
    random: Random,
    carry: i64,
    contract: Contract,
}

/// One session of it.
struct Session<'b> {
    random: &'b mut Random,
    bars: &'b mut Vec<Bar>,
    carry: i64,
    minutes: std::ops::Range<i64>,
    share: u64,
}

impl<'a> Book<'a> {
    fn new(root: &Root, listed: &'a Listed, place: i64, order: &Order) -> Self {
        let contract = Contract {
            symbol: listed.symbol.clone(),
            instrument_id: listed.instrument_id,
            first: listed.first.max(order.first),
            end: (listed.expiry + chrono::Days::new(1)).min(order.end),
            bars: Vec::new(),
        };
        Self { listed, random: Random::of(order.seed, &listed.symbol), carry: root.carry * place, contract }
    }

    /// The session that ends on a day, if the contract trades in it.
    fn open(&mut self, root: &Root, day: chrono::NaiveDate) -> Option<Session<'_>> {
        let (first, end) = (sessions::utc_midnight(self.contract.first), sessions::utc_midnight(self.contract.end));
        let end = if day == self.listed.expiry { end.min(sessions::at(day, root.last_trade())) } else { end };
        let share = share(day, self.listed.takes_over) * (100 - share(day, self.listed.gives_way)) / 100;
        if day > self.listed.expiry {
            return None;
        }
        let Self { random, carry, contract, .. } = self;
        Some(Session { random, bars: &mut contract.bars, carry: *carry, minutes: first..end, share })
    }
}

impl Session<'_> {
    fn minute(&mut self, root: &Root, minute: i64, busy: bool, prices: [i64; 4]) {
        if !self.minutes.contains(&minute) {
            return;
        }
        let traded = match (self.share, busy) {
            (50.., true) => 1_000,
            (50.., false) => root.night,
            (5.., true) => 999,
            (5.., false) => 940,
            (_, true) => 985,
            (_, false) => 850,
        };
        if self.random.below(1_000) >= traded {
            return;
        }
        let most = if busy { root.volume.0 } else { root.volume.1 };
        let volume = (most * self.share.max(1) * (50 + self.random.below(100)) / 10_000).max(1);
        let [open, high, low, close] = prices.map(|ticks| (ticks + self.carry) * root.tick);
        let ts_event = u64::try_from(minute).unwrap_or_default() * 60_000_000_000;
        self.bars.push(Bar { ts_event, open, high, low, close, volume });
    }
}

/// Per cent of the volume that has moved to the contract whose turn begins on a day.
fn share(day: chrono::NaiveDate, turn: chrono::NaiveDate) -> u64 {
    let place = usize::try_from((day - turn).num_days() + TURN).unwrap_or_default();
    SHARE.get(place).copied().unwrap_or(100)
}
