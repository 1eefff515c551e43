//! When a market trades. In: a series and a range of time. Out: its sessions, or why nobody knows. Pure.
//!
//! CME's hours, holidays and unplanned halts come from the crate `exchange-hours`, which knows 2010 to 2027 and answers with an
//! error outside of that; the New York Stock Exchange's days from its published rules.

mod nyse;
mod slots;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::America::New_York;
use exchange_hours::{ExchangeCalendar, MarketHoursKey, SessionKind, calendar_for_market_hours_key};

use crate::contracts;
pub use slots::{Slot, Slots};

/// One stretch of trading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// First moment, in nanoseconds since 1970 UTC.
    pub open: i64,
    /// First moment after it.
    pub close: i64,
    /// Whether it lies in the market's regular hours.
    pub regular: bool,
    /// The trade date that it belongs to.
    pub trade_date: NaiveDate,
}

/// The calendar of one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calendar {
    /// CME equity index futures on Globex: 17:00 to 16:00 in Chicago, regular from 08:30 to 15:15.
    GlobexEquityIndex,
    /// COMEX metals and NYMEX energy on Globex: 17:00 to 16:00 in Chicago. It has no regular hours of its own.
    GlobexMetalsEnergy,
    /// Foreign exchange: Sunday 17:00 to Friday 17:00 in New York, but for Christmas Day. It has no regular hours.
    ForeignExchange,
    /// The New York Stock Exchange: 09:30 to 16:00 in New York on its trading days, all of them regular.
    Nyse,
}

/// Whether a dataset is of shares on exchanges of the United States, whose symbols are the tickers that all vendors know. They trade on
/// the days of the New York Stock Exchange; what trades before and after its hours is outside of every session.
pub fn is_us_equities(dataset: &str) -> bool {
    const VENUES: [&str; 15] =
        ["ARCX", "BATS", "BATY", "DBEQ", "EDGA", "EDGX", "EPRL", "EQUS", "IEXG", "MEMX", "XASE", "XBOS", "XCHI", "XNAS", "XNYS"];
    dataset.split_once('.').is_some_and(|(venue, _)| VENUES.contains(&venue))
}

/// Why there is no calendar, or none for this range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The series is of a market whose hours are not known.
    #[error("no session calendar is known for {symbol} of {dataset}")]
    UnknownMarket {
        /// The dataset.
        dataset: String,
        /// The symbol.
        symbol: String,
    },
    /// The calendar does not reach so far.
    #[error("the session calendar {calendar} does not cover {day}")]
    NotCovered {
        /// Its name.
        calendar: &'static str,
        /// A day that it says nothing of.
        day: NaiveDate,
    },
}

impl Calendar {
    /// The calendar of a symbol of a dataset.
    pub fn of(dataset: &str, symbol: &str) -> Result<Self, CalendarError> {
        let unknown = || CalendarError::UnknownMarket { dataset: dataset.to_owned(), symbol: symbol.to_owned() };
        match dataset {
            "SAMPLE.FX" => Ok(Self::ForeignExchange),
            "SAMPLE.INDEX" => Ok(Self::Nyse),
            _ if is_us_equities(dataset) => Ok(Self::Nyse),
            _ => contracts::of(dataset, symbol).map(|contract| contract.calendar).ok_or_else(unknown),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::GlobexEquityIndex => "globex-equity-index",
            Self::GlobexMetalsEnergy => "globex-metals-energy",
            Self::ForeignExchange => "foreign-exchange",
            Self::Nyse => "nyse",
        }
    }

    /// Whether some of its sessions are regular hours.
    pub fn has_regular_hours(self) -> bool {
        matches!(self, Self::GlobexEquityIndex | Self::Nyse)
    }

    /// The sessions that meet a range, in order of time and none overlapping. They are not cut at its ends.
    pub fn sessions(self, start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Vec<Session>, CalendarError> {
        let mut all = match self {
            Self::GlobexEquityIndex => {
                let calendar = calendar_for_market_hours_key(MarketHoursKey::GlobexEquityIndex);
                let mut all = self.globex(calendar, SessionKind::Extended, start, end)?;
                all.extend(self.globex(calendar, SessionKind::Regular, start, end)?);
                all
            }
            Self::GlobexMetalsEnergy => {
                self.globex(calendar_for_market_hours_key(MarketHoursKey::GlobexEnergy), SessionKind::Extended, start, end)?
            }
            Self::ForeignExchange => by_day(start, end, fx_session),
            Self::Nyse => {
                if let Some(day) = [start, end].map(|time| time.date_naive()).into_iter().find(|day| !nyse::covers(*day)) {
                    return Err(CalendarError::NotCovered { calendar: self.name(), day });
                }
                by_day(start, end, nyse_session)
            }
        };
        all.sort_by_key(|session| session.open);
        let (start, end) = (nanos(start), nanos(end));
        all.retain(|session| session.close > start && session.open < end);
        Ok(all)
    }

    fn globex(
        self,
        calendar: ExchangeCalendar,
        kind: SessionKind,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> Result<Vec<Session>, CalendarError> {
        let not_covered = |at: DateTime<Utc>| CalendarError::NotCovered { calendar: self.name(), day: at.date_naive() };
        let (mut all, mut at) = (Vec::new(), start);
        while at < end {
            let found = calendar.session_bounds_with(at, kind).map_err(|_| not_covered(at))?;
            let (open, close) = found.ok_or_else(|| not_covered(at))?;
            let trade_date = calendar.trade_date(open).ok().flatten().ok_or_else(|| not_covered(open))?;
            all.push(Session { open: nanos(open), close: nanos(close), regular: kind == SessionKind::Regular, trade_date });
            at = close;
        }
        Ok(all)
    }
}

/// The sessions of each day that may meet the range.
fn by_day(start: DateTime<Utc>, end: DateTime<Utc>, session: fn(NaiveDate) -> Option<Session>) -> Vec<Session> {
    let first = start.date_naive() - Days::new(1);
    let last = end.date_naive() + Days::new(1);
    first.iter_days().take_while(|day| *day <= last).filter_map(session).collect()
}

/// From 17:00 of the day before to 17:00 of a weekday.
fn fx_session(day: NaiveDate) -> Option<Session> {
    let closed = matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || (day.month(), day.day()) == (12, 25);
    let (open, close) = (new_york(day.pred_opt()?, 17, 0)?, new_york(day, 17, 0)?);
    (!closed).then_some(Session { open, close, regular: false, trade_date: day })
}

fn nyse_session(day: NaiveDate) -> Option<Session> {
    let (open, close) = (new_york(day, 9, 30)?, new_york(day, nyse::closing_hour(day)?, 0)?);
    Some(Session { open, close, regular: true, trade_date: day })
}

fn new_york(day: NaiveDate, hour: u32, minute: u32) -> Option<i64> {
    let local = day.and_time(NaiveTime::from_hms_opt(hour, minute, 0)?);
    New_York.from_local_datetime(&local).earliest().map(|time| nanos(time.to_utc()))
}

/// Times outside of what nanoseconds can say are cut to it.
fn nanos(time: DateTime<Utc>) -> i64 {
    time.timestamp_nanos_opt().unwrap_or(if time.timestamp() < 0 { i64::MIN } else { i64::MAX })
}
