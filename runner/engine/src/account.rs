//! The simulated account: cash, at most one position, and the trades so far. Pure.

use chrono::DateTime;

use crate::{
    BacktestSpec, ExitReason, Instrument, Money, Overflow, Price, Side, Trade,
    backtest::Slips,
    spec::{Capital, Execution},
};

/// Cash, position and closed trades. A bought contract is paid in full, a sold one brings its full price, so that cash plus
/// position value is equity without a second set of books.
pub(crate) struct Account {
    instrument: Instrument,
    slippage_ticks: i32,
    fee: Money,
    cash: Money,
    open: Option<OpenTrade>,
    trades: Vec<Trade>,
}

struct OpenTrade {
    side: Side,
    contracts: i32,
    time: i64,
    price: Price,
}

/// A price at a time, before slippage.
#[derive(Clone, Copy)]
pub(crate) struct Quote {
    /// In nanoseconds since 1970 UTC: one is made of every bar, a date only of what is filled.
    pub(crate) time: i64,
    pub(crate) price: Price,
}

impl Account {
    pub(crate) fn new(spec: &BacktestSpec) -> Self {
        let Execution { slippage_ticks, fee_per_contract, .. } = spec.execution;
        let Capital { amount, .. } = spec.capital;
        Self {
            instrument: spec.instrument.clone(),
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

    pub(crate) fn side(&self) -> Option<Side> {
        self.open.as_ref().map(|open| open.side)
    }

    /// Contracts held; negative while short.
    pub(crate) fn contracts(&self) -> i32 {
        self.open.as_ref().map_or(0, |open| if open.side == Side::Long { open.contracts } else { -open.contracts })
    }

    /// Trades closed so far.
    pub(crate) fn trades(&self) -> usize {
        self.trades.len()
    }

    /// What selling the position (or buying it back) at this price would bring, before costs; negative while short.
    pub(crate) fn position_value(&self, price: Price) -> Result<Money, Overflow> {
        self.instrument.value(price).times(self.contracts())
    }

    /// Buys or sells short. There is no position before.
    pub(crate) fn enter(&mut self, side: Side, contracts: i32, quote: Quote, slips: Slips) -> Result<(), Overflow> {
        let price = self.fill(side, quote.price, slips)?;
        self.cash = self.exchange(side, contracts, price)?;
        self.open = Some(OpenTrade { side, contracts, time: quote.time, price });
        Ok(())
    }

    /// Closes the position, if there is one.
    pub(crate) fn close(&mut self, quote: Quote, slips: Slips, exit_reason: ExitReason) -> Result<(), Overflow> {
        let Some(OpenTrade { side, contracts, time, price }) = self.open.take() else { return Ok(()) };
        let exit_price = self.fill(side.opposite(), quote.price, slips)?;
        self.cash = self.exchange(side.opposite(), contracts, exit_price)?;
        let (entry_value, exit_value) = (self.instrument.value(price), self.instrument.value(exit_price));
        let gross = match side {
            Side::Long => exit_value.minus(entry_value)?,
            Side::Short => entry_value.minus(exit_value)?,
        };
        let (gross, fees) = (gross.times(contracts)?, self.fee.plus(self.fee)?.times(contracts)?);
        self.trades.push(Trade {
            side,
            contracts,
            entry_time: DateTime::from_timestamp_nanos(time),
            entry_price: price,
            exit_time: DateTime::from_timestamp_nanos(quote.time),
            exit_price,
            gross,
            fees,
            net: gross.minus(fees)?,
            exit_reason,
        });
        Ok(())
    }

    /// The price of a fill: worse than the quote by the slippage, as far as that goes.
    fn fill(&self, order: Side, price: Price, slips: Slips) -> Result<Price, Overflow> {
        let slipped = || {
            price.plus_ticks(
                if order == Side::Long { self.slippage_ticks } else { -self.slippage_ticks },
                self.instrument.tick_size,
            )
        };
        Ok(match (slips, order) {
            (Slips::Never, _) => price,
            (Slips::Fully, _) => slipped()?,
            (Slips::UpTo(limit), Side::Long) => slipped()?.min(limit),
            (Slips::UpTo(limit), Side::Short) => slipped()?.max(limit),
        })
    }

    /// Cash after buying (long) or selling (short) at this price.
    fn exchange(&self, order: Side, contracts: i32, price: Price) -> Result<Money, Overflow> {
        let value = self.instrument.value(price).times(contracts)?;
        let cash = if order == Side::Long { self.cash.minus(value) } else { self.cash.plus(value) };
        cash?.minus(self.fee.times(contracts)?)
    }

    pub(crate) fn into_trades(self) -> Vec<Trade> {
        self.trades
    }
}
