//! What a bar does to waiting orders: the rule `WorstCase`. In: orders and a bar. Out: at which price they are filled, and when. Pure.
//!
//! Prices here are those of the bar, before slippage: none lies outside of low and high, and costs never change which orders are
//! filled. Everything is written for the long side; for the short side prices are turned upside down.

use crate::{Bar, ExitReason, Overflow, Price, Side};

/// An order that enters a position and waits for its price: a limit, a stop, or a stop that becomes a limit.
#[derive(Clone, Debug)]
pub(crate) struct Working {
    pub(crate) side: Side,
    /// The price that makes it an order at all; taken away once it was met.
    pub(crate) stop: Option<Price>,
    /// The worst price at which it may be filled.
    pub(crate) limit: Option<Price>,
    /// Bars for which it still stands.
    pub(crate) bars: i32,
}

/// The orders that rest beside a position; one cancels the other.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bracket {
    pub(crate) stop: Option<Price>,
    pub(crate) target: Option<Price>,
}

/// An order that was filled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fill {
    /// Price before slippage.
    pub(crate) price: Price,
    /// When.
    pub(crate) at: At,
    /// Whether slippage makes it worse, and up to which price.
    pub(crate) slips: Slips,
}

/// When a fill happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// With the bar's first price, so that the whole bar lies after it.
    Open,
    /// At a moment within the bar that nobody knows; it is known when the bar has ended.
    Within,
}

/// How far slippage goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slips {
    /// Not at all: a limit.
    Never,
    /// All the way: a market order.
    Fully,
    /// All the way, but never beyond this price.
    UpTo(Price),
}

/// A bar, or the same upside down. In 128 bits, where every price has its negative.
struct Seen {
    open: i128,
    high: i128,
    low: i128,
    close: i128,
    sign: i128,
}

impl Seen {
    fn new(side: Side, bar: &Bar) -> Self {
        let of = |price: Price| i128::from(price.nanos());
        match side {
            Side::Long => Self { open: of(bar.open), high: of(bar.high), low: of(bar.low), close: of(bar.close), sign: 1 },
            Side::Short => Self { open: -of(bar.open), high: -of(bar.low), low: -of(bar.high), close: -of(bar.close), sign: -1 },
        }
    }

    fn level(&self, price: Price) -> i128 {
        i128::from(price.nanos()) * self.sign
    }

    /// Every level comes from a price, so it is one again.
    fn fill(&self, level: i128, at: At, slips: Slips) -> Fill {
        let price = Price::from_nanos(i64::try_from(level * self.sign).unwrap_or_default());
        Fill { price, at, slips }
    }

    /// A limit to buy: only where the bar trades below it.
    fn limit(&self, limit: Price) -> Option<Fill> {
        let level = self.level(limit);
        let at = if self.open < level { At::Open } else { At::Within };
        (self.low < level).then(|| self.fill(level.min(self.open), at, Slips::Never))
    }
}

impl Working {
    /// The same order in a contract whose prices lie so much higher.
    pub(crate) fn moved(&self, nanos: i64) -> Result<Self, Overflow> {
        let moved = |price: Option<Price>| price.map(|price| price.moved(nanos)).transpose();
        Ok(Self { stop: moved(self.stop)?, limit: moved(self.limit)?, ..self.clone() })
    }

    /// What this bar does to the order. A stop that was met without a fill stands as a limit afterwards.
    pub(crate) fn meet(&mut self, bar: &Bar) -> Option<Fill> {
        let seen = Seen::new(self.side, bar);
        let Some(stop) = self.stop.map(|stop| seen.level(stop)) else { return seen.limit(self.limit?) };
        if seen.high < stop {
            return None;
        }
        self.stop = None;
        let (price, at) = if seen.open >= stop { (seen.open, At::Open) } else { (stop, At::Within) };
        match self.limit {
            None => Some(seen.fill(price, at, Slips::Fully)),
            Some(limit) if price <= seen.level(limit) => Some(seen.fill(price, at, Slips::UpTo(limit))),
            Some(limit) => seen.limit(limit),
        }
    }
}

impl Bracket {
    /// How a position that was open before the bar, or was entered at its open, is closed by it.
    pub(crate) fn meet(&self, side: Side, bar: &Bar) -> Option<(Fill, ExitReason)> {
        let seen = Seen::new(side, bar);
        let (stop, target) = (self.stop.map(|stop| seen.level(stop)), self.target.map(|target| seen.level(target)));
        if stop.is_some_and(|stop| seen.open <= stop) {
            return Some((seen.fill(seen.open, At::Open, Slips::Fully), ExitReason::Stop));
        }
        if target.is_some_and(|target| seen.open > target) {
            return Some((seen.fill(seen.open, At::Open, Slips::Never), ExitReason::Target));
        }
        if let Some(stop) = stop.filter(|stop| seen.low <= *stop) {
            return Some((seen.fill(stop, At::Within, Slips::Fully), ExitReason::Stop));
        }
        let target = target.filter(|target| seen.high > *target)?;
        Some((seen.fill(target, At::Within, Slips::Never), ExitReason::Target))
    }

    /// The same for a position that was entered within this bar, at this price: where the rest of the bar went is not known, so its
    /// whole range counts against the position, and only its close for it.
    pub(crate) fn meet_rest(&self, side: Side, bar: &Bar, entry: Price) -> Option<(Fill, ExitReason)> {
        let seen = Seen::new(side, bar);
        if let Some(stop) = self.stop.map(|stop| seen.level(stop)).filter(|stop| seen.low <= *stop) {
            return Some((seen.fill(stop.min(seen.level(entry)), At::Within, Slips::Fully), ExitReason::Stop));
        }
        let target = self.target.map(|target| seen.level(target)).filter(|target| seen.close > *target)?;
        Some((seen.fill(target, At::Within, Slips::Never), ExitReason::Target))
    }
}
