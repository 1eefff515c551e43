//! One back-test, bar by bar. In: a spec and bars. Out: a report with its hashes. Pure and single-threaded.
//!
//! Order within a bar: what the last close asked for is filled at the open; then the close is seen, the strategy asked, its wish
//! filled at once (`Close`) or kept for the next open (`NextOpen`); then equity is marked at the close. At the last bar's close
//! nothing new is opened, and what is open is closed there as any other exit is, with slippage and fee (`EndOfData`).

use assayer_contract::hash::{HashError, canonical_hash};
use chrono::{DateTime, Utc};

use crate::{
    BacktestReport, BacktestResult, BacktestSpec, Bar, Bars, ENGINE_VERSION, ExitReason, FillAt, InvalidField, Money, Overflow,
    Target, Trade,
    account::{Account, Quote},
    report::{Inputs, TradeCounts},
    statistics::Curve,
    strategy::Signals,
};

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// A setting is wrong.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// The strategy would never give a signal that can be filled.
    #[error("the strategy needs at least {needed} bars, there are {got}: use more bars or shorter windows")]
    TooFewBars {
        /// Warm-up and one bar more.
        needed: usize,
        /// Bars given.
        got: usize,
    },
    /// A figure does not fit its integer.
    #[error("at the bar of {time}: {source}")]
    Overflow {
        /// Start of the bar.
        time: DateTime<Utc>,
        /// Which figure.
        source: Overflow,
    },
    /// The result has no canonical form.
    #[error(transparent)]
    Hash(#[from] HashError),
}

/// The account at a bar's close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Position of the bar in the series, from 0.
    pub bar: usize,
    /// What the strategy wants from this close on; `None` while warming up.
    pub target: Option<Target>,
    /// Cash.
    pub cash: Money,
    /// Value of the position at the close; negative while short.
    pub position_value: Money,
    /// Cash plus position value.
    pub equity: Money,
}

/// Runs the strategy over the bars. `observe` sees the account at every close and cannot change anything.
pub fn run(spec: &BacktestSpec, bars: &Bars, observe: &mut dyn FnMut(Mark)) -> Result<BacktestReport, BacktestError> {
    spec.validate()?;
    let (needed, got) = (spec.strategy.warm_up_bars() + 1, bars.as_slice().len());
    if got < needed {
        return Err(BacktestError::TooFewBars { needed, got });
    }
    let mut simulation = Simulation::new(spec, got);
    for (index, bar) in bars.as_slice().iter().enumerate() {
        let mark = simulation.step(index, bar).map_err(|source| BacktestError::Overflow { time: bar.start(), source })?;
        observe(mark);
    }
    let last = bars.as_slice().last().map(Bar::start).unwrap_or_default();
    let result = simulation.finish(bars).map_err(|source| BacktestError::Overflow { time: last, source })?;
    let data_hash = bars.hash(&spec.instrument);
    Ok(BacktestReport {
        engine_version: ENGINE_VERSION,
        strategy_hash: canonical_hash(&spec.strategy)?,
        data_hash,
        inputs_hash: Inputs { engine_version: ENGINE_VERSION, data_hash, spec }.hash()?,
        result_hash: canonical_hash(&result)?,
        result,
    })
}

struct Simulation<'a> {
    spec: &'a BacktestSpec,
    bars: usize,
    signals: Signals,
    pending: Option<Target>,
    account: Account,
    curve: Curve,
    equity: Money,
}

impl<'a> Simulation<'a> {
    fn new(spec: &'a BacktestSpec, bars: usize) -> Self {
        let capital = spec.capital.amount;
        let (signals, account, curve) = (spec.strategy.start(), Account::new(spec), Curve::new(capital));
        Self { spec, bars, signals, pending: None, account, curve, equity: capital }
    }

    fn step(&mut self, index: usize, bar: &Bar) -> Result<Mark, Overflow> {
        if let Some(target) = self.pending.take() {
            self.account.move_to(target, Quote { time: bar.start(), price: bar.open })?;
        }
        let held = self.account.has_position();
        let target = self.signals.on_close(bar);
        let end = DateTime::from_timestamp_nanos(bar.ts_event.saturating_add(self.spec.instrument.schema.nanos()));
        let close = Quote { time: end, price: bar.close };
        if index + 1 == self.bars {
            self.finish_trading(target, close)?;
        } else if self.spec.execution.fill_at == FillAt::NextOpen {
            self.pending = target;
        } else if let Some(target) = target {
            self.account.move_to(target, close)?;
        }
        let (cash, position_value) = (self.account.cash(), self.account.position_value(bar.close)?);
        self.equity = cash.plus(position_value)?;
        self.curve.push(bar.ts_event, self.equity, held)?;
        Ok(Mark { bar: index, target, cash, position_value, equity: self.equity })
    }

    /// The last close: an exit that is due there keeps its reason; anything else that is open ends with the data.
    fn finish_trading(&mut self, target: Option<Target>, close: Quote) -> Result<(), Overflow> {
        if self.spec.execution.fill_at == FillAt::Close && target == Some(Target::Flat) {
            self.account.move_to(Target::Flat, close)?;
        }
        self.account.close(close, ExitReason::EndOfData)
    }

    fn finish(self, bars: &Bars) -> Result<BacktestResult, Overflow> {
        let trades = self.account.into_trades();
        let total = |amount: fn(&Trade) -> Money| trades.iter().try_fold(Money::ZERO, |sum, trade| sum.plus(amount(trade)));
        let (gross, fees, net) = (total(|t| t.gross)?, total(|t| t.fees)?, total(|t| t.net)?);
        let (max_drawdown, sharpe, exposure) = self.curve.finish()?;
        let ends = |bar: Option<&Bar>| bar.map(Bar::start).unwrap_or_default();
        Ok(BacktestResult {
            bars: self.bars,
            first_bar: ends(bars.as_slice().first()),
            last_bar: ends(bars.as_slice().last()),
            currency: self.spec.capital.currency.clone(),
            capital: self.spec.capital.amount,
            final_equity: self.equity,
            gross,
            fees,
            net,
            trade_counts: TradeCounts::of(&trades),
            max_drawdown,
            sharpe,
            exposure,
            trades,
        })
    }
}
