//! The market and the account, bar by bar. In: decisions and bars. Out: fills, trades and equity. Pure.

use std::{collections::VecDeque, ops::Range};

use chrono::NaiveDate;

use super::{
    Mark,
    guard::Guard,
    orders::{At, Fill, Slips, Working},
    plan::{Decision, NotEntered, Plan, Standing, Trader},
    rolls::{Rolled, Rolls},
};
use crate::{
    BacktestSpec, Bar, BarSchema, Bars, Clock, ExitReason, FillAt, Money, Overflow, Trade,
    account::{Account, Quote},
    report::RolledOver,
    statistics::Curve,
};

pub(super) struct Simulation<'a> {
    spec: &'a BacktestSpec,
    /// Number of bars.
    bars: usize,
    trader: Trader<'a>,
    /// Trade dates, where they are known.
    clock: Option<Clock>,
    /// What a bar's equity counts for where they are not.
    utc_day: UtcDay,
    /// Decisions that have not reached the market, oldest first.
    late: VecDeque<Decision>,
    working: Option<(Working, Plan)>,
    guard: Option<Guard>,
    answered: Option<usize>,
    rolls: Rolls<'a>,
    account: Account,
    curve: Curve,
    equity: Money,
}

/// What is left when the bars have ended.
pub(super) struct Ended {
    pub(super) trades: Vec<Trade>,
    pub(super) curve: Curve,
    pub(super) equity: Money,
    pub(super) not_entered: NotEntered,
    pub(super) rolls: Vec<RolledOver>,
}

impl<'a> Simulation<'a> {
    pub(super) fn new(spec: &'a BacktestSpec, bars: &'a Bars, clock: Option<Clock>) -> Self {
        let equity = spec.capital.amount;
        let (trader, account, curve) = (Trader::new(spec), Account::new(spec), Curve::new(equity));
        let (bars, rolls) = (bars.as_slice().len(), Rolls::new(bars.rolls()));
        let (late, working, guard, answered) = (VecDeque::new(), None, None, None);
        Self { spec, bars, trader, clock, utc_day: UtcDay::new(), late, working, guard, answered, rolls, account, curve, equity }
    }

    pub(super) fn end(self) -> Ended {
        let Self { account, curve, equity, trader, rolls, .. } = self;
        Ended { trades: account.into_trades(), curve, equity, not_entered: trader.not_entered, rolls: rolls.over }
    }

    /// One bar: what was decided before reaches its open, waiting orders meet it, its close is seen and decided on.
    pub(super) fn step(&mut self, index: usize, bar: &Bar) -> Result<Mark, Overflow> {
        let end = self.end_of(bar);
        let close = Quote { time: end, price: bar.close };
        let moment = self.clock.as_mut().and_then(|clock| clock.at(bar.ts_event, end));
        self.roll(index, bar)?;
        if self.spec.execution.fill_at == FillAt::NextOpen {
            let decision = self.due();
            self.execute(decision, Quote { time: bar.ts_event, price: bar.open })?;
        }
        let was_held = self.account.has_position();
        let held = self.meet_orders(bar, close)? || was_held;
        if let Some(guard) = &mut self.guard {
            guard.bars += 1;
        }
        let standing = Standing {
            held: self.account.side(),
            bars: self.guard.as_ref().map_or(0, |guard| guard.bars),
            answered: self.answered,
        };
        let (target, decision) = self.trader.on_close(bar, &self.rolls.smooth(bar)?, moment.as_ref(), standing)?;
        self.late.push_back(decision);
        if let Some(guard) = &mut self.guard {
            guard.follow(bar.close)?;
        }
        self.at_close(index, close)?;
        self.rolls.seen(bar);
        let (cash, position_value) = (self.account.cash(), self.account.position_value(bar.close)?);
        self.equity = cash.plus(position_value)?;
        let day = moment.map_or_else(|| self.utc_day.of(bar), |moment| moment.trade_date);
        self.curve.push(day, self.equity, held)?;
        let (contracts, trades) = (self.account.contracts(), self.account.trades());
        Ok(Mark { bar: index, day, target, contracts, trades, cash, position_value, equity: self.equity })
    }

    /// With the first bar of another contract, a position is closed at the old one's last close and opened anew at the new one's
    /// first open, each with slippage and fee; what rests beside it, and what waits, goes along.
    fn roll(&mut self, index: usize, bar: &Bar) -> Result<(), Overflow> {
        let Some(Rolled { gap, before }) = self.rolls.at(index, bar)? else { return Ok(()) };
        if let Some((order, _)) = &mut self.working {
            *order = order.moved(gap)?;
        }
        if let Some(guard) = &mut self.guard {
            guard.roll(gap)?;
        }
        let (side, contracts) = (self.account.side(), self.account.contracts().abs());
        self.account.close(Quote { time: self.end_of(&before), price: before.close }, Slips::Fully, ExitReason::Roll)?;
        side.map_or(Ok(()), |side| {
            let quote = Quote { time: bar.ts_event, price: bar.open };
            self.account.enter(side, contracts, quote, Slips::Fully)
        })
    }

    /// When a bar has ended, in nanoseconds since 1970 UTC.
    fn end_of(&self, bar: &Bar) -> i64 {
        bar.ts_event.saturating_add(self.spec.instrument.schema.nanos())
    }

    /// The decision that reaches the market now.
    fn due(&mut self) -> Decision {
        let delay = usize::try_from(self.spec.execution.delay_bars).unwrap_or(0);
        if self.late.len() > delay { self.late.pop_front().unwrap_or(Decision::Stand) } else { Decision::Stand }
    }

    /// Orders against the bar; whether a position was entered within it.
    fn meet_orders(&mut self, bar: &Bar, close: Quote) -> Result<bool, Overflow> {
        let quote = |fill: Fill| Quote { time: if fill.at == At::Open { bar.ts_event } else { close.time }, price: fill.price };
        let mut entered = None;
        if let Some((mut order, plan)) = self.working.take() {
            entered = order.meet(bar);
            order.bars -= 1;
            if let Some(fill) = entered {
                self.enter(&plan, quote(fill), fill.slips)?;
            } else if order.bars > 0 {
                self.working = Some((order, plan));
            } else {
                self.trader.not_entered.unfilled += 1;
            }
        }
        if let Some((fill, reason)) = self.guard.as_ref().and_then(|guard| guard.meet(bar, entered)) {
            self.leave(quote(fill), fill.slips, reason)?;
        }
        Ok(entered.is_some())
    }

    /// At the last close nothing is opened any more: an exit that is due keeps its reason, anything else open ends with the data.
    fn at_close(&mut self, index: usize, close: Quote) -> Result<(), Overflow> {
        let last = index + 1 == self.bars;
        if self.spec.execution.fill_at == FillAt::Close {
            match self.due() {
                Decision::Enter(_) if last => {}
                decision => self.execute(decision, close)?,
            }
        }
        if last { self.leave(close, Slips::Fully, ExitReason::EndOfData) } else { Ok(()) }
    }

    fn execute(&mut self, decision: Decision, quote: Quote) -> Result<(), Overflow> {
        match decision {
            Decision::Stand => Ok(()),
            Decision::Leave(reason) => {
                self.cancel();
                if reason == ExitReason::SessionEnd {
                    // The next session begins anew.
                    self.answered = None;
                }
                self.leave(quote, Slips::Fully, reason)
            }
            Decision::Enter(plan) if self.answered == Some(plan.episode) => Ok(()),
            Decision::Enter(plan) => {
                self.cancel();
                self.answered = Some(plan.episode);
                if self.account.side() == Some(plan.side) {
                    return Ok(());
                }
                self.leave(quote, Slips::Fully, ExitReason::Reversal)?;
                match plan.order.clone() {
                    Some(order) => self.working = Some((order, plan)),
                    None => self.enter(&plan, quote, Slips::Fully)?,
                }
                Ok(())
            }
        }
    }

    fn cancel(&mut self) {
        self.trader.not_entered.unfilled += usize::from(self.working.take().is_some());
    }

    fn enter(&mut self, plan: &Plan, quote: Quote, slips: Slips) -> Result<(), Overflow> {
        self.guard = Some(Guard::new(plan, quote.price)?);
        self.account.enter(plan.side, plan.contracts, quote, slips)
    }

    fn leave(&mut self, quote: Quote, slips: Slips, reason: ExitReason) -> Result<(), Overflow> {
        self.guard = None;
        self.account.close(quote, slips, reason)
    }
}

/// The UTC date of the bar that was asked for last: making a date of a time takes longer than all else that a bar needs.
struct UtcDay {
    /// From when to before when it lasts, in nanoseconds since 1970 UTC.
    times: Range<i64>,
    date: NaiveDate,
}

impl UtcDay {
    fn new() -> Self {
        Self { times: 0..0, date: NaiveDate::default() }
    }

    /// The date on which the bar starts.
    fn of(&mut self, bar: &Bar) -> NaiveDate {
        if !self.times.contains(&bar.ts_event) {
            let begin = bar.ts_event.saturating_sub(bar.ts_event.rem_euclid(BarSchema::Day.nanos()));
            *self = Self { times: begin..begin.saturating_add(BarSchema::Day.nanos()), date: bar.start().date_naive() };
        }
        self.date
    }
}
