//! A strategy over bars. In: a spec and bars. Out: what it did day by day, and its trades. Pure.

use std::collections::BTreeSet;
use std::ops::Range;

use assayer_engine::{
    BacktestError, BacktestSpec, Bars, Mark, Money, Side, Target, Trade,
    backtest::{self, Columns, Unwatched},
};

use crate::figures::amount;

/// What a strategy did.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Evaluation {
    /// Change of equity over the capital, day by day.
    pub(crate) daily: Vec<f64>,
    pub(crate) trades: Vec<Trade>,
    /// Deepest fall of equity over the capital: the exact fraction is of these two.
    pub(crate) deepest: Money,
    pub(crate) capital: Money,
}

/// The account at a bar's close, as far as another run could tell it otherwise: cash and position value follow from these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) target: Option<Target>,
    pub(crate) contracts: i32,
    pub(crate) trades: usize,
    pub(crate) equity: Money,
}

/// What was seen at each close, and the trades.
pub(crate) type Trace = (Vec<Seen>, Vec<Trade>);

/// Runs the strategy of the spec over bars of these columns.
pub(crate) fn evaluate(spec: &BacktestSpec, bars: &Bars, columns: &Columns) -> Result<Evaluation, BacktestError> {
    let Unwatched { result, daily } = backtest::unwatched(columns, spec, bars)?;
    let capital = amount(spec.capital.amount);
    Ok(Evaluation {
        daily: daily.into_iter().map(|change| amount(change) / capital).collect(),
        trades: result.trades,
        deepest: result.max_drawdown.amount,
        capital: spec.capital.amount,
    })
}

/// Runs it over all bars, and tells the days from this bar on.
pub(crate) fn evaluate_from(first: usize, spec: &BacktestSpec, bars: &Bars) -> Result<Evaluation, BacktestError> {
    let mut daily = Daily::new(spec.capital.amount);
    let watch = &mut |mark: Mark| {
        if mark.bar < first {
            daily.last = mark.equity;
        } else {
            daily.push(&mark);
        }
    };
    let result = backtest::result(spec, bars, watch)?;
    Ok(Evaluation {
        daily: daily.finish(),
        trades: result.trades,
        deepest: result.max_drawdown.amount,
        capital: spec.capital.amount,
    })
}

/// Runs it and keeps what was seen at each close.
pub(crate) fn traced(spec: &BacktestSpec, bars: &Bars) -> Result<Trace, BacktestError> {
    let mut seen = Vec::with_capacity(bars.as_slice().len());
    let see = &mut |Mark { target, contracts, trades, equity, .. }| seen.push(Seen { target, contracts, trades, equity });
    let trades = backtest::result(spec, bars, see)?.trades;
    Ok((seen, trades))
}

struct Daily {
    capital: f64,
    day: Option<chrono::NaiveDate>,
    /// Equity when the day before ended.
    last: Money,
    latest: Money,
    changes: Vec<f64>,
}

impl Daily {
    fn new(capital: Money) -> Self {
        Self { capital: amount(capital), day: None, last: capital, latest: capital, changes: Vec::new() }
    }

    fn push(&mut self, mark: &Mark) {
        if self.day.is_some_and(|day| day != mark.day) {
            self.end_day();
        }
        (self.day, self.latest) = (Some(mark.day), mark.equity);
    }

    fn end_day(&mut self) {
        // Both fit 127 bits with room to spare, or the engine had refused the bar before.
        let change = self.latest.minus(self.last).unwrap_or(Money::ZERO);
        self.changes.push(amount(change) / self.capital);
        self.last = self.latest;
    }

    fn finish(mut self) -> Vec<f64> {
        if self.day.is_some() {
            self.end_day();
        }
        self.changes
    }
}

impl Evaluation {
    /// Changes on these days; none where the strategy has no such days.
    pub(crate) fn on(&self, days: &Range<usize>) -> &[f64] {
        self.daily.get(days.clone()).unwrap_or_default()
    }

    /// Trades that were entered in this time.
    pub(crate) fn entered(&self, times: &Range<i64>) -> Vec<&Trade> {
        self.trades.iter().filter(|trade| times.contains(&entered_at(trade))).collect()
    }

    /// What tells its trades from those of another strategy: when they were entered, and on which side.
    pub(crate) fn entries(&self) -> BTreeSet<(i64, bool)> {
        self.trades.iter().map(|trade| (entered_at(trade), trade.side == Side::Long)).collect()
    }
}

/// When a trade was entered, in nanoseconds since 1970 UTC.
pub(crate) fn entered_at(trade: &Trade) -> i64 {
    trade.entry_time.timestamp_nanos_opt().unwrap_or(i64::MAX)
}
