//! One back-test, bar by bar. In: a spec and bars. Out: a report with its hashes. Pure and single-threaded.
//!
//! Order within a bar: what an earlier close decided reaches the open; then waiting orders meet the bar by the rule `WorstCase`
//! (`orders`); then the close is seen, the strategy asked, and its decision filled at once (`Close`) or kept for the next open
//! (`NextOpen`), or for one `delayBars` later; then equity is marked at the close. At the last bar's close nothing new is opened, and
//! what is open is closed there as any other exit is, with slippage and fee (`EndOfData`).

mod columns;
mod guard;
mod orders;
mod plan;
mod quick;
mod rolls;
mod simulation;

use assayer_contract::hash::{HashError, canonical_hash};
use chrono::{DateTime, NaiveDate, Utc};

pub use columns::Columns;
pub(crate) use orders::{Slips, Working};
pub use plan::NotEntered;

use crate::{
    BacktestReport, BacktestResult, BacktestSpec, Bar, BarSchema, Bars, Clock, ENGINE_VERSION, Instrument, InvalidField, Money,
    Overflow, Target, Trade,
    calendar::{Calendar, CalendarError},
    report::{Inputs, TradeCounts},
    statistics::CurveFigures,
};
use simulation::{Ended, Simulation};

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
    /// The strategy needs sessions that nobody knows.
    #[error("the strategy looks at sessions: {0}")]
    Calendar(#[from] CalendarError),
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
    /// Day that the bar counts for: its trade date where the market's calendar is known, else the UTC date on which it starts.
    pub day: NaiveDate,
    /// What the strategy wants from this close on; `None` while warming up.
    pub target: Option<Target>,
    /// Contracts held; negative while short.
    pub contracts: i32,
    /// Trades closed so far.
    pub trades: usize,
    /// Cash.
    pub cash: Money,
    /// Value of the position at the close; negative while short.
    pub position_value: Money,
    /// Cash plus position value.
    pub equity: Money,
}

/// Runs the strategy over the bars. `observe` sees the account at every close and cannot change anything.
pub fn run(spec: &BacktestSpec, bars: &Bars, observe: &mut dyn FnMut(Mark)) -> Result<BacktestReport, BacktestError> {
    let result = result(spec, bars, observe)?;
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

/// The result alone, without its hashes.
pub fn result(spec: &BacktestSpec, bars: &Bars, observe: &mut dyn FnMut(Mark)) -> Result<BacktestResult, BacktestError> {
    check(spec, bars)?;
    let clock = Sessions::of(&spec.instrument, bars).clock(spec.strategy.needs_sessions())?.cloned();
    Ok(finish(spec, watched(clock, spec, bars, observe)?, bars)?.result)
}

/// A result that nobody watched, and its days.
#[derive(Clone, Debug, PartialEq)]
pub struct Unwatched {
    /// The same, to the bit, as [`result`] gives.
    pub result: BacktestResult,
    /// Change of equity on each day, in order: what the Sharpe ratio is of.
    pub daily: Vec<Money>,
}

/// The same for whoever runs one strategy after another over the same bars and does not look at each close. A strategy that acts on
/// closes alone (market orders, no exits but its own, no filter) is run from change to change of its mind, many times faster.
pub fn unwatched(columns: &Columns, spec: &BacktestSpec, bars: &Bars) -> Result<Unwatched, BacktestError> {
    check(spec, bars)?;
    let clock = columns.clock(spec.strategy.needs_sessions())?;
    let ended = match quick::run(columns, spec, bars) {
        Some(ended) => ended,
        None => watched(clock.cloned(), spec, bars, &mut |_| {})?,
    };
    finish(spec, ended, bars)
}

fn check(spec: &BacktestSpec, bars: &Bars) -> Result<(), BacktestError> {
    spec.validate()?;
    let (needed, got) = (spec.strategy.warm_up_bars() + 1, bars.as_slice().len());
    if got < needed { Err(BacktestError::TooFewBars { needed, got }) } else { Ok(()) }
}

/// Bar by bar.
fn watched(
    clock: Option<Clock>,
    spec: &BacktestSpec,
    bars: &Bars,
    observe: &mut dyn FnMut(Mark),
) -> Result<Ended, BacktestError> {
    let mut simulation = Simulation::new(spec, bars, clock);
    for (index, bar) in bars.as_slice().iter().enumerate() {
        let mark = simulation.step(index, bar).map_err(|source| BacktestError::Overflow { time: bar.start(), source })?;
        observe(mark);
    }
    Ok(simulation.end())
}

/// The trade dates of bars; bars of a day are their own.
#[derive(Clone, Debug)]
struct Sessions(Result<Option<Clock>, CalendarError>);

impl Sessions {
    /// Of these bars, if their market's calendar is known.
    fn of(instrument: &Instrument, bars: &Bars) -> Self {
        let ends = bars.as_slice().first().zip(bars.as_slice().last()).filter(|_| instrument.schema != BarSchema::Day);
        let Some((first, last)) = ends else { return Self(Ok(None)) };
        let calendar = Calendar::of(&instrument.dataset, &instrument.symbol);
        Self(calendar.and_then(|calendar| Clock::new(calendar, first.start(), last.start())).map(Some))
    }

    /// A strategy that does not look at sessions is run without them where nobody knows them.
    fn clock(&self, needed: bool) -> Result<Option<&Clock>, CalendarError> {
        match &self.0 {
            Ok(clock) => Ok(clock.as_ref()),
            Err(error) if needed => Err(error.clone()),
            Err(_) => Ok(None),
        }
    }
}

fn finish(spec: &BacktestSpec, ended: Ended, bars: &Bars) -> Result<Unwatched, BacktestError> {
    let last = bars.as_slice().last().map(Bar::start).unwrap_or_default();
    figures(spec, ended, bars).map_err(|source| BacktestError::Overflow { time: last, source })
}

fn figures(spec: &BacktestSpec, ended: Ended, bars: &Bars) -> Result<Unwatched, Overflow> {
    let Ended { trades, curve, equity, not_entered, rolls } = ended;
    let total = |amount: fn(&Trade) -> Money| trades.iter().try_fold(Money::ZERO, |sum, trade| sum.plus(amount(trade)));
    let (gross, fees, net) = (total(|t| t.gross)?, total(|t| t.fees)?, total(|t| t.net)?);
    let CurveFigures { max_drawdown, sharpe, exposure, daily } = curve.finish()?;
    let ends = |bar: Option<&Bar>| bar.map(Bar::start).unwrap_or_default();
    let result = BacktestResult {
        bars: bars.as_slice().len(),
        first_bar: ends(bars.as_slice().first()),
        last_bar: ends(bars.as_slice().last()),
        currency: spec.capital.currency.clone(),
        capital: spec.capital.amount,
        final_equity: equity,
        gross,
        fees,
        net,
        trade_counts: TradeCounts::of(&trades),
        not_entered,
        max_drawdown,
        sharpe,
        exposure,
        rolls,
        trades,
    };
    Ok(Unwatched { result, daily })
}
