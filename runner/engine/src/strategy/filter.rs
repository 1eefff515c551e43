//! When a position may be entered: the regime of the market, from the Bot's own bars. Pure.

use std::collections::VecDeque;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Hours, WINDOW, bars, hours::MINUTE, strip::without_nulls};
use crate::{
    Bar, Instrument, InvalidField, Moment, Side,
    indicator::{Atr, RollingSum},
};

/// When a position may be entered. All that is set must hold at the close that decides; what is held is held on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = without_nulls)]
pub struct Filter {
    /// By how volatile the market is, measured against its own recent past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatility: Option<VolatilityFilter>,
    /// By the side of a moving average on which the market closes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<TrendFilter>,
    /// By the time within the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionFilter>,
}

/// Enters only in some hours of the trade date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionFilter {
    /// `Regular` hours where the market has them, or `All` hours of the trade date.
    #[serde(default)]
    pub hours: Hours,
    /// Minutes at their beginning that are left out.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_380))]
    pub skip_first: i32,
    /// Minutes at their end that are left out.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_380))]
    pub skip_last: i32,
}

/// Enters only while the average true range lies in some thirds of its last values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VolatilityFilter {
    /// Bars of the average true range (Wilder's).
    #[schemars(range(min = 2, max = 1_000))]
    pub atr: i32,
    /// Last values of it, the newest included, that it is ranked among.
    #[schemars(range(min = 3, max = 1_000))]
    pub over: i32,
    /// Thirds in which positions may be entered.
    #[schemars(length(min = 1, max = 2))]
    pub allow: Vec<Tercile>,
}

/// A third of the last values, by how many of them are below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Tercile {
    /// Less than a third are below.
    Low,
    /// A third or more are below, but less than two thirds.
    Middle,
    /// Two thirds or more are below.
    High,
}

/// Enters only on one side of the average of the last closes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrendFilter {
    /// Bars in the average.
    #[schemars(range(min = 2, max = 1_000))]
    pub length: i32,
    /// `With` the trend: long above the average, short below; `Against` it: the other way round.
    pub only: TrendSide,
}

/// Which way positions are entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TrendSide {
    /// Long above the average, short below.
    With,
    /// Long below the average, short above.
    Against,
}

impl Filter {
    pub(super) fn validate(&self, instrument: &Instrument) -> Result<(), InvalidField> {
        if let Some(SessionFilter { hours, skip_first, skip_last }) = &self.session {
            hours.validate("strategy.filter.session.hours", instrument)?;
            InvalidField::unless_within(&(0..=1_380), "strategy.filter.session.skipFirst", *skip_first)?;
            InvalidField::unless_within(&(0..=1_380), "strategy.filter.session.skipLast", *skip_last)?;
        }
        if let Some(VolatilityFilter { atr, over, allow }) = &self.volatility {
            InvalidField::unless_within(&WINDOW, "strategy.filter.volatility.atr", *atr)?;
            InvalidField::unless_within(&(3..=1_000), "strategy.filter.volatility.over", *over)?;
            let fits = matches!(allow.len(), 1..=2);
            let remedy = "name one or two of Low, Middle and High";
            InvalidField::unless(fits, "strategy.filter.volatility.allow", format!("{allow:?}"), remedy)?;
        }
        let length = self.trend.as_ref().map_or(2, |trend| trend.length);
        InvalidField::unless_within(&WINDOW, "strategy.filter.trend.length", length)
    }

    pub(super) fn warm_up_bars(&self) -> usize {
        let volatility = self.volatility.as_ref().map_or(0, |filter| Atr::warm_up(bars(filter.atr)) + bars(filter.over) - 1);
        volatility.max(self.trend.as_ref().map_or(0, |trend| bars(trend.length)))
    }
}

/// A filter at work.
#[derive(Clone, Debug)]
pub(crate) struct Regime {
    volatility: Option<(VolatilityFilter, Atr, VecDeque<i128>)>,
    trend: Option<(TrendFilter, RollingSum)>,
    session: Option<SessionFilter>,
    calm: bool,
    in_session: bool,
    /// Whether the close is above the average, below, or neither.
    above: Option<std::cmp::Ordering>,
}

impl Regime {
    pub(super) fn new(filter: &Filter) -> Self {
        let volatility = filter.volatility.clone().map(|filter| {
            let atr = Atr::new(bars(filter.atr));
            (filter, atr, VecDeque::new())
        });
        let trend = filter.trend.clone().map(|trend| {
            let sum = RollingSum::new(bars(trend.length));
            (trend, sum)
        });
        Self { volatility, trend, session: filter.session.clone(), calm: true, in_session: true, above: None }
    }

    /// Takes the bar that has just closed.
    pub(crate) fn on_close(&mut self, bar: &Bar, moment: Option<&Moment>) {
        if let Some(SessionFilter { hours, skip_first, skip_last }) = &self.session {
            let beyond = |nanos: i64, minutes: i32| nanos > i64::from(minutes) * MINUTE;
            self.in_session = hours.of(moment).is_some_and(|at| beyond(at.elapsed, *skip_first) && beyond(at.left, *skip_last));
        }
        if let Some((filter, atr, values)) = &mut self.volatility {
            self.calm = false;
            if let Some(value) = atr.push(bar) {
                values.push_back(value);
                if values.len() > bars(filter.over) {
                    values.pop_front();
                }
                self.calm = values.len() == bars(filter.over) && filter.allow.contains(&tercile(values, value));
            }
        }
        if let Some((trend, sum)) = &mut self.trend {
            let close = i128::from(bar.close.nanos()) * i128::from(trend.length);
            self.above = sum.push(bar.close).map(|sum| close.cmp(&sum));
        }
    }

    /// Whether this side may be entered after the last close.
    pub(crate) fn allows(&self, side: Side) -> bool {
        let with = if side == Side::Long { std::cmp::Ordering::Greater } else { std::cmp::Ordering::Less };
        let trend = self.trend.as_ref().is_none_or(|(trend, _)| match trend.only {
            TrendSide::With => self.above == Some(with),
            TrendSide::Against => self.above == Some(with.reverse()),
        });
        self.calm && self.in_session && trend
    }
}

fn tercile(values: &VecDeque<i128>, value: i128) -> Tercile {
    let below = values.iter().filter(|other| **other < value).count();
    match 3 * below / values.len().max(1) {
        0 => Tercile::Low,
        1 => Tercile::Middle,
        _ => Tercile::High,
    }
}
