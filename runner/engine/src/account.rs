//! The simulated account: cash, at most one position of one contract, and the trades so far. Pure.

use chrono::{DateTime, Utc};

use crate::{
    BacktestSpec, ExitReason, Money, Overflow, Price, Side, Target, Trade,
    spec::{Capital, Execution},
};

/// Cash, position and closed trades. A bought contract is paid in full, a sold one brings its full price, so that cash plus
/// position value is equity without a second set of books.
pub(crate) struct Account {
    tick: Price,
    multiplier: i32,
    slippage_ticks: i32,
    fee: Money,
    cash: Money,
    open: Option<OpenTrade>,
    trades: Vec<Trade>,
}

struct OpenTrade {
    side: Side,
    time: DateTime<Utc>,
    price: Price,
}

/// A price at a time, before slippage.
#[derive(Clone, Copy)]
pub(crate) struct Quote {
    pub(crate) time: DateTime<Utc>,
    pub(crate) price: Price,
}

impl Account {
    pub(crate) fn new(spec: &BacktestSpec) -> Self {
        let Execution { slippage_ticks, fee_per_contract, .. } = spec.execution;
        let Capital { amount, .. } = spec.capital;
        Self {
            tick: spec.instrument.tick_size,
            multiplier: spec.instrument.multiplier,
            slippage_ticks,
            fee: fee_per_contract,
            cash: amount,
            open: None,
            trades: Vec::new(),
        }
    }

    pub(crate) fn cash(&self) -> Money {
        self.cash
    }

    pub(crate) fn has_position(&self) -> bool {
        self.open.is_some()
    }

    /// What selling the position (or buying it back) at this price would bring, before costs; negative while short.
    pub(crate) fn position_value(&self, price: Price) -> Result<Money, Overflow> {
        match self.open.as_ref().map(|open| open.side) {
            None => Ok(Money::ZERO),
            Some(Side::Long) => Ok(price.value(self.multiplier)),
            Some(Side::Short) => Money::ZERO.minus(price.value(self.multiplier)),
        }
    }

    /// Trades until the position is the target: nothing, one fill, or for a reversal two.
    pub(crate) fn move_to(&mut self, target: Target, quote: Quote) -> Result<(), Overflow> {
        let wanted = match target {
            Target::Flat => None,
            Target::Long => Some(Side::Long),
            Target::Short => Some(Side::Short),
        };
        if self.open.as_ref().map(|open| open.side) == wanted {
            return Ok(());
        }
        self.close(quote, if wanted.is_some() { ExitReason::Reversal } else { ExitReason::Signal })?;
        match wanted {
            Some(side) => self.enter(side, quote),
            None => Ok(()),
        }
    }

    fn enter(&mut self, side: Side, quote: Quote) -> Result<(), Overflow> {
        let price = self.fill(side, quote.price)?;
        self.cash = self.exchange(side, price)?;
        self.open = Some(OpenTrade { side, time: quote.time, price });
        Ok(())
    }

    /// Closes the position, if there is one.
    pub(crate) fn close(&mut self, quote: Quote, exit_reason: ExitReason) -> Result<(), Overflow> {
        let Some(OpenTrade { side, time, price }) = self.open.take() else { return Ok(()) };
        let exit_price = self.fill(side.opposite(), quote.price)?;
        self.cash = self.exchange(side.opposite(), exit_price)?;
        let (entry_value, exit_value) = (price.value(self.multiplier), exit_price.value(self.multiplier));
        let gross = match side {
            Side::Long => exit_value.minus(entry_value)?,
            Side::Short => entry_value.minus(exit_value)?,
        };
        let fees = self.fee.plus(self.fee)?;
        self.trades.push(Trade {
            side,
            entry_time: time,
            entry_price: price,
            exit_time: quote.time,
            exit_price,
            gross,
            fees,
            net: gross.minus(fees)?,
            exit_reason,
        });
        Ok(())
    }

    /// The price of a fill: worse than the quote by the slippage.
    fn fill(&self, order: Side, price: Price) -> Result<Price, Overflow> {
        price.plus_ticks(if order == Side::Long { self.slippage_ticks } else { -self.slippage_ticks }, self.tick)
    }

    /// Cash after buying (long) or selling (short) one contract at this price.
    fn exchange(&self, order: Side, price: Price) -> Result<Money, Overflow> {
        let value = price.value(self.multiplier);
        let cash = if order == Side::Long { self.cash.minus(value) } else { self.cash.plus(value) };
        cash?.minus(self.fee)
    }

    pub(crate) fn into_trades(self) -> Vec<Trade> {
        self.trades
    }
}
