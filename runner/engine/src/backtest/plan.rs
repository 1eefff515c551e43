//! What is decided at a close. In: the side that the strategy wants, and what is held. Out: a decision for the market. Pure.

use serde::Serialize;

use super::orders::Working;
use crate::{
    BacktestSpec, Bar, ExitReason, Moment, Overflow, Side, Target,
    indicator::Atr,
    strategy::{Distance, Exits, Regime, Signals},
};

/// A position to be entered.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) side: Side,
    /// Which change of the strategy's mind this answers: each is answered once.
    pub(super) episode: usize,
    pub(super) contracts: i32,
    /// The order that waits; `None`: a market order.
    pub(super) order: Option<Working>,
    /// Distances from the entry in nano units of price.
    pub(super) stop: Option<i64>,
    pub(super) target: Option<i64>,
    pub(super) trail: Option<i64>,
}

/// What to do when the market can next be reached.
#[derive(Clone, Debug)]
pub(super) enum Decision {
    /// Nothing.
    Stand,
    /// Cancel what waits, close what is open.
    Leave(ExitReason),
    /// Be on this side.
    Enter(Plan),
}

/// Closes at which a position was wanted and not entered, by what stood against it; and orders that ran out of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotEntered {
    /// Closes at which `strategy.filter` did not let it.
    pub filter: usize,
    /// Closes at which `strategy.sizing` gave no contract.
    pub size: usize,
    /// Orders of `strategy.entry` that were cancelled unfilled.
    pub unfilled: usize,
}

/// The strategy at work, with all that it looks at.
pub(super) struct Trader<'a> {
    spec: &'a BacktestSpec,
    signals: Signals,
    atr: Option<Atr>,
    regime: Option<Regime>,
    warm_up: usize,
    seen: usize,
    wanted: Target,
    episode: usize,
    pub(super) not_entered: NotEntered,
}

/// What the trader knows of the account when it decides.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    pub(super) held: Option<Side>,
    /// Bars through which it was held.
    pub(super) bars: i32,
    /// The episode that was last answered.
    pub(super) answered: Option<usize>,
}

impl<'a> Trader<'a> {
    pub(super) fn new(spec: &'a BacktestSpec) -> Self {
        let strategy = &spec.strategy;
        Self {
            spec,
            signals: strategy.start(&spec.instrument),
            atr: strategy.atr(),
            regime: strategy.regime(),
            warm_up: strategy.warm_up_bars(),
            seen: 0,
            wanted: Target::Flat,
            episode: 0,
            not_entered: NotEntered::default(),
        }
    }

    /// Takes the bar that has just closed, at its own prices and at those of the series without the gaps of rolls; what the strategy wants now, and what follows from it.
    pub(super) fn on_close(
        &mut self,
        bar: &Bar,
        smooth: &Bar,
        moment: Option<&Moment>,
        standing: Standing,
    ) -> Result<(Option<Target>, Decision), Overflow> {
        self.seen += 1;
        let target = self.signals.on_close(smooth, moment)?;
        let atr = self.atr.as_mut().and_then(|atr| atr.push(smooth));
        if let Some(regime) = &mut self.regime {
            regime.on_close(smooth, moment);
        }
        let Some(target) = target.filter(|_| self.seen >= self.warm_up) else { return Ok((None, Decision::Stand)) };
        self.episode += usize::from(target != self.wanted);
        self.wanted = target;
        let session_end = self.exits().and_then(|exits| exits.session_end.as_ref());
        if session_end.is_some_and(|end| !end.lets_hold(moment)) {
            return Ok((Some(target), Decision::Leave(ExitReason::SessionEnd)));
        }
        Ok((Some(target), self.decide(bar, atr, standing)?))
    }

    fn decide(&mut self, bar: &Bar, atr: Option<i128>, standing: Standing) -> Result<Decision, Overflow> {
        let max_bars = self.exits().and_then(|exits| exits.max_bars);
        let side = match self.wanted {
            Target::Flat => return Ok(Decision::Leave(ExitReason::Signal)),
            Target::Long => Side::Long,
            Target::Short => Side::Short,
        };
        if standing.answered == Some(self.episode) {
            let late = standing.held.is_some() && max_bars.is_some_and(|max| standing.bars >= max);
            return Ok(if late { Decision::Leave(ExitReason::TimeStop) } else { Decision::Stand });
        }
        Ok(match self.plan(side, bar, atr)? {
            Some(plan) => Decision::Enter(plan),
            None if standing.held == Some(side) => Decision::Stand,
            None => Decision::Leave(ExitReason::Reversal),
        })
    }

    fn exits(&self) -> Option<&Exits> {
        self.spec.strategy.exits.as_ref()
    }

    /// The position of this side, unless something stands against it.
    fn plan(&mut self, side: Side, bar: &Bar, atr: Option<i128>) -> Result<Option<Plan>, Overflow> {
        if self.regime.as_ref().is_some_and(|regime| !regime.allows(side)) {
            self.not_entered.filter += 1;
            return Ok(None);
        }
        let (spec, tick) = (self.spec, self.spec.instrument.tick_size);
        let distance = |of: fn(&Exits) -> Option<Distance>| {
            spec.strategy.exits.as_ref().and_then(of).map(|distance| distance.nanos(tick, atr)).transpose()
        };
        let (stop, target, trail) = (distance(|e| e.stop)?, distance(|e| e.target)?, distance(|e| e.trail)?);
        let contracts = spec.strategy.sizing.as_ref().map_or(1, |sizing| sizing.contracts(stop, spec));
        if contracts < 1 {
            self.not_entered.size += 1;
            return Ok(None);
        }
        let order = spec.strategy.entry.as_ref().map(|entry| entry.order(side, bar.close, &spec.instrument)).transpose()?;
        Ok(Some(Plan { side, episode: self.episode, contracts, order, stop, target, trail }))
    }
}
