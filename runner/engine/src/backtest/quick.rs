//! The same back-test from change to change of the strategy's mind. In: columns, a spec, bars. Out: what `Simulation` gives, to the bit.
//! Pure.
//!
//! Where a strategy acts on closes alone, with market orders and nothing that rests beside its position, nothing happens between two
//! changes: equity is cash and so much for each tick of the close, and of a stretch of closes only its extremes and the ends of its
//! days are asked for.

use std::ops::Range;

use super::{Columns, Slips, plan::NotEntered, simulation::Ended};
use crate::{
    BacktestSpec, Bar, Bars, ExitReason, FillAt, Money, Side, Strategy, Target,
    account::{Account, Quote},
    statistics::Curve,
};

/// Runs the strategy; none where it does more than this can tell, or a figure does not fit.
pub(super) fn run(columns: &Columns, spec: &BacktestSpec, bars: &Bars) -> Option<Ended> {
    let contracts = contracts(&spec.strategy, spec)?;
    let closes = bars.closes(spec.instrument.tick_size)?;
    let wishes = wishes(columns, closes, spec, bars)?;
    let (bars, account) = (bars.as_slice(), Account::new(spec));
    let equity = spec.capital.amount;
    let (changes, day) = (Vec::with_capacity(columns.days().len()), 0);
    let course = Course {
        closes,
        days: columns.days(),
        day,
        first: 0,
        held: 0,
        peak: equity,
        deepest: Money::ZERO,
        day_start: equity,
        changes,
    };
    let mut quick = Quick { spec, bars, contracts, account, course };
    let next_open = spec.execution.fill_at == FillAt::NextOpen;
    let late = usize::try_from(spec.execution.delay_bars).ok()? + usize::from(next_open);
    for (place, target) in wishes {
        let Some(bar) = bars.get(place + late) else { break };
        quick.wish(place + late, bar, target)?;
    }
    quick.end()
}

/// Contracts of each position of a strategy that only acts on closes.
fn contracts(strategy: &Strategy, spec: &BacktestSpec) -> Option<i32> {
    let alone = strategy.entry.is_none() && strategy.exits.is_none() && strategy.filter.is_none();
    let contracts = strategy.sizing.as_ref().map_or(1, |sizing| sizing.contracts(None, spec));
    (alone && contracts > 0).then_some(contracts)
}

/// The closes at which the strategy wants something else than before, and what.
fn wishes(columns: &Columns, closes: &[i64], spec: &BacktestSpec, bars: &Bars) -> Option<Vec<(usize, Target)>> {
    if let Some(wishes) = spec.strategy.family.wishes(closes) {
        return Some(wishes);
    }
    let (strategy, warm_up) = (&spec.strategy, spec.strategy.warm_up_bars());
    let mut clock = if strategy.needs_sessions() { columns.clock(true).ok()?.cloned() } else { None };
    let (mut signals, mut wanted, mut wishes) = (strategy.start(&spec.instrument), Target::Flat, Vec::new());
    for (place, bar) in bars.as_slice().iter().enumerate() {
        let end = bar.ts_event.saturating_add(spec.instrument.schema.nanos());
        let moment = clock.as_mut().and_then(|clock| clock.at(bar.ts_event, end));
        let target = signals.on_close(bar, moment.as_ref()).ok()?;
        if let Some(target) = target.filter(|target| place + 1 >= warm_up && *target != wanted) {
            wanted = target;
            wishes.push((place, target));
        }
    }
    Some(wishes)
}

struct Quick<'a> {
    spec: &'a BacktestSpec,
    bars: &'a [Bar],
    contracts: i32,
    account: Account,
    course: Course<'a>,
}

impl Quick<'_> {
    /// What was wanted reaches the market with this bar.
    fn wish(&mut self, place: usize, bar: &Bar, target: Target) -> Option<()> {
        let next_open = self.spec.execution.fill_at == FillAt::NextOpen;
        let quote = if next_open { Quote { time: bar.ts_event, price: bar.open } } else { self.at_close(bar) };
        let side = match target {
            Target::Flat => return self.leave(place, quote, ExitReason::Signal),
            Target::Long => Side::Long,
            Target::Short => Side::Short,
        };
        let nothing_new = !next_open && place + 1 == self.bars.len();
        if nothing_new || self.account.side() == Some(side) {
            return Some(());
        }
        self.leave(place, quote, ExitReason::Reversal)?;
        self.settle(place)?;
        self.account.enter(side, self.contracts, quote, Slips::Fully).ok()
    }

    fn leave(&mut self, place: usize, quote: Quote, reason: ExitReason) -> Option<()> {
        if !self.account.has_position() {
            return Some(());
        }
        self.course.held += place - self.course.first;
        self.settle(place)?;
        self.account.close(quote, Slips::Fully, reason).ok()
    }

    /// What is open at the last close ends there; a position entered at an open was held through the last bar.
    fn end(mut self) -> Option<Ended> {
        let (last, count) = (self.bars.last()?, self.bars.len());
        let through = self.account.has_position() && self.spec.execution.fill_at == FillAt::NextOpen;
        self.course.held += usize::from(through);
        self.leave(count - 1, self.at_close(last), ExitReason::EndOfData)?;
        self.settle(count)?;
        let Course { held, deepest, changes, .. } = self.course;
        let (equity, curve) = (self.account.cash(), Curve::of(self.spec.capital.amount, deepest, held, count, changes));
        let (trades, rolls) = (self.account.into_trades(), Vec::new());
        Some(Ended { trades, curve, equity, not_entered: NotEntered::default(), rolls })
    }

    fn at_close(&self, bar: &Bar) -> Quote {
        Quote { time: bar.ts_event.saturating_add(self.spec.instrument.schema.nanos()), price: bar.close }
    }

    /// The account stays as it is up to the close before this bar's.
    fn settle(&mut self, place: usize) -> Option<()> {
        let instrument = &self.spec.instrument;
        let a_tick = instrument.value(instrument.tick_size).times(self.account.contracts()).ok()?;
        self.course.take(place, self.account.cash(), a_tick)
    }
}

/// Equity so far, from stretch to stretch.
struct Course<'a> {
    /// In ticks.
    closes: &'a [i64],
    days: &'a [usize],
    /// Days that have ended.
    day: usize,
    /// The first bar that is not told yet.
    first: usize,
    held: usize,
    peak: Money,
    deepest: Money,
    day_start: Money,
    changes: Vec<Money>,
}

/// The lowest and the highest of some closes, and the deepest fall from one to a later one.
struct Extremes {
    low: i64,
    high: i64,
    fall: i64,
}

impl Extremes {
    /// Of at least one close.
    fn of(mut closes: impl Iterator<Item = i64>) -> Option<Self> {
        let first = closes.next()?;
        let start = Self { low: first, high: first, fall: 0 };
        Some(closes.fold(start, |Self { low, high, fall }, close| {
            let high = high.max(close);
            Self { low: low.min(close), high, fall: fall.max(high - close) }
        }))
    }
}

impl Course<'_> {
    /// Up to before this bar equity was so much cash, and so much for each tick of the close.
    fn take(&mut self, end: usize, cash: Money, a_tick: Money) -> Option<()> {
        let bars = self.first..end;
        if bars.is_empty() {
            return Some(());
        }
        let equity = |closes: i64| times(a_tick, closes)?.plus(cash).ok();
        let (lowest, highest, fall) =
            if a_tick == Money::ZERO { (cash, cash, Money::ZERO) } else { self.reach(bars, a_tick, equity)? };
        self.deepest = self.deepest.max(self.peak.minus(lowest).ok()?).max(fall);
        self.peak = self.peak.max(highest);
        while let Some(last) = self.days.get(self.day).filter(|last| **last <= end).and_then(|end| end.checked_sub(1)) {
            let now = equity(*self.closes.get(last)?)?;
            self.changes.push(now.minus(self.day_start).ok()?);
            (self.day_start, self.day) = (now, self.day + 1);
        }
        self.first = end;
        Some(())
    }

    /// Lowest and highest equity, and the deepest fall between two closes. A short position sees closes upside down.
    fn reach(&self, bars: Range<usize>, a_tick: Money, equity: impl Fn(i64) -> Option<Money>) -> Option<(Money, Money, Money)> {
        let closes = self.closes.get(bars)?.iter().copied();
        if a_tick > Money::ZERO {
            let Extremes { low, high, fall } = Extremes::of(closes)?;
            Some((equity(low)?, equity(high)?, times(a_tick, fall)?))
        } else {
            let Extremes { low, high, fall } = Extremes::of(closes.map(|close| -close))?;
            Some((equity(-low)?, equity(-high)?, times(a_tick, -fall)?))
        }
    }
}

fn times(a_tick: Money, ticks: i64) -> Option<Money> {
    a_tick.nanos().checked_mul(ticks.into()).map(Money::from_nanos)
}
