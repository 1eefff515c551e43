//! What watches over an open position: its bracket, its trailing stop, its time. Pure.

use super::{
    orders::{At, Bracket, Fill},
    plan::Plan,
};
use crate::{Bar, ExitReason, Overflow, Price, Side};

/// The orders of one position, and how long it has been held.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    side: Side,
    bracket: Bracket,
    trail: Option<Trail>,
    /// Bars through which the position was held.
    pub(super) bars: i32,
}

#[derive(Clone, Debug)]
struct Trail {
    distance: i64,
    best: Price,
    /// Whether the bracket's stop is where the trail has put it.
    leads: bool,
}

impl Guard {
    /// For a position entered at this price, before slippage: costs do not move its orders.
    pub(super) fn new(plan: &Plan, entry: Price) -> Result<Self, Overflow> {
        let towards = |distance: i64| entry.moved(if plan.side == Side::Long { distance } else { -distance });
        let stop = plan.stop.map(|distance| towards(-distance)).transpose()?;
        let target = plan.target.map(towards).transpose()?;
        let trail = plan.trail.map(|distance| Trail { distance, best: entry, leads: false });
        let mut guard = Self { side: plan.side, bracket: Bracket { stop, target }, trail, bars: 0 };
        guard.follow(entry)?;
        Ok(guard)
    }

    /// How the bar closes the position, if it does; `entered` is the fill that opened it, if this very bar did.
    pub(super) fn meet(&self, bar: &Bar, entered: Option<Fill>) -> Option<(Fill, ExitReason)> {
        let met = match entered {
            Some(Fill { price, at: At::Within, .. }) => self.bracket.meet_rest(self.side, bar, price),
            _ => self.bracket.meet(self.side, bar),
        };
        let trailed = self.trail.as_ref().is_some_and(|trail| trail.leads);
        met.map(|(fill, reason)| (fill, if reason == ExitReason::Stop && trailed { ExitReason::TrailingStop } else { reason }))
    }

    /// Takes the orders along into a contract whose prices lie so much higher.
    pub(super) fn roll(&mut self, nanos: i64) -> Result<(), Overflow> {
        let moved = |price: Option<Price>| price.map(|price| price.moved(nanos)).transpose();
        let Bracket { stop, target } = self.bracket;
        self.bracket = Bracket { stop: moved(stop)?, target: moved(target)? };
        if let Some(trail) = &mut self.trail {
            trail.best = trail.best.moved(nanos)?;
        }
        Ok(())
    }

    /// Draws the trailing stop after a close. It never goes back.
    pub(super) fn follow(&mut self, close: Price) -> Result<(), Overflow> {
        let Some(trail) = &mut self.trail else { return Ok(()) };
        let (better, distance) = match self.side {
            Side::Long => (close > trail.best, -trail.distance),
            Side::Short => (close < trail.best, trail.distance),
        };
        if better {
            trail.best = close;
        }
        let level = trail.best.moved(distance)?;
        let nearer = |stop: Price| if self.side == Side::Long { level > stop } else { level < stop };
        if self.bracket.stop.is_none_or(nearer) {
            trail.leads = true;
            self.bracket.stop = Some(level);
        }
        Ok(())
    }
}
