//! Made-up headlines, the same in every run: each day each symbol has one, from the moment on at which it is written.
//!
//! In: symbols, words, a range. Out: the headlines that meet them, the newest first. Pure but for the clock, which ends the last day.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::ledger::Parameters;

/// Symbols that are written about.
pub(crate) const SYMBOLS: [&str; 6] = ["AAPL", "GLD", "MSFT", "QQQ", "SPY", "TSLA"];
/// What is written, in turn.
const TOPICS: [&str; 5] = [
    "rises after a quiet session",
    "falls as inflation surprises",
    "little changed before earnings",
    "gains on heavy volume",
    "slips while rates climb",
];
/// Days that are looked back at most.
const FURTHEST: u64 = 400;

/// One headline.
#[derive(Debug, Clone)]
pub(crate) struct Headline {
    /// Rises with time; unique.
    pub(crate) id: i64,
    /// When it was written, in whole minutes.
    pub(crate) at: DateTime<Utc>,
    /// What it is about.
    pub(crate) symbol: &'static str,
    /// Its text.
    pub(crate) title: String,
}

/// Which headlines.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// About these; about any where there are none.
    pub(crate) symbols: Vec<String>,
    /// With this in the title, in any case.
    pub(crate) words: Option<String>,
    /// Not written before.
    pub(crate) from: Option<DateTime<Utc>>,
    /// Not written after; nor is any after now.
    pub(crate) to: Option<DateTime<Utc>>,
    /// At most so many.
    pub(crate) limit: usize,
}

impl Headline {
    /// Where it would be read.
    pub(crate) fn url(&self) -> String {
        format!("https://news.example/{}", self.id)
    }
}

/// The newest first.
pub(crate) fn newest(wanted: &Wanted) -> Vec<Headline> {
    let now = Utc::now();
    let to = wanted.to.map_or(now, |to| to.min(now));
    let days = (0..FURTHEST).map_while(|back| to.date_naive().checked_sub_days(Days::new(back)));
    let days = days.take_while(|day| wanted.from.is_none_or(|from| *day >= from.date_naive()));
    let words = wanted.words.as_deref().map(str::to_lowercase);
    days.flat_map(of_day)
        .filter(|headline| headline.at <= to && wanted.from.is_none_or(|from| headline.at >= from))
        .filter(|headline| wanted.symbols.is_empty() || wanted.symbols.iter().any(|symbol| symbol == headline.symbol))
        .filter(|headline| words.as_deref().is_none_or(|words| headline.title.to_lowercase().contains(words)))
        .take(wanted.limit)
        .collect()
}

/// The last of the day first: symbol by symbol, two hours apart.
fn of_day(day: NaiveDate) -> impl Iterator<Item = Headline> {
    let number = i64::from(chrono::Datelike::num_days_from_ce(&day));
    let all = SYMBOLS.into_iter().zip(1_i64..).zip(TOPICS.into_iter().cycle().skip(usize::try_from(number % 5).unwrap_or(0)));
    let all = all.map(move |((symbol, nth), topic)| Headline {
        id: number * 10 + nth,
        at: day.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::hours(2 * nth),
        symbol,
        title: format!("{symbol} {topic}"),
    });
    all.collect::<Vec<_>>().into_iter().rev()
}

/// A list of symbols, separated by commas.
pub(crate) fn symbols(params: &Parameters, name: &str) -> Vec<String> {
    let list = params.get(name).map(String::as_str).unwrap_or_default();
    list.split(',').map(str::trim).filter(|symbol| !symbol.is_empty()).map(str::to_owned).collect()
}

/// A number within bounds.
pub(crate) fn number(params: &Parameters, name: &str, otherwise: usize, most: usize) -> usize {
    params.get(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise).min(most)
}

/// A time as RFC 3339, without an offset, or a day, which begins or ends with it.
pub(crate) fn time(params: &Parameters, name: &str, end: bool) -> Option<DateTime<Utc>> {
    let text = params.get(name)?;
    let day = || {
        let day = text.parse::<NaiveDate>().ok()?.and_time(chrono::NaiveTime::MIN).and_utc();
        Some(if end { day + TimeDelta::days(1) - TimeDelta::seconds(1) } else { day })
    };
    let whole = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    whole.ok().or_else(|| text.parse::<chrono::NaiveDateTime>().map(|time| time.and_utc()).ok()).or_else(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_past_day_has_one_headline_of_each_symbol_and_the_future_none() {
        let day = |name: &str| Parameters::from([("day".to_owned(), name.to_owned())]);
        let of = |from: &str, to: &str, symbols: &[&str]| {
            let symbols = symbols.iter().map(|symbol| (*symbol).to_owned()).collect();
            let (from, to) = (time(&day(from), "day", false), time(&day(to), "day", true));
            newest(&Wanted { symbols, from, to, limit: 100, words: None })
        };
        let all = of("2025-02-03", "2025-02-04", &[]);
        assert_eq!(all.len(), 2 * SYMBOLS.len());
        assert!(all.is_sorted_by(|a, b| a.at > b.at && a.id > b.id));
        assert_eq!(of("2025-02-03", "2025-02-04", &["SPY", "ZZZZ"]).len(), 2);
        assert!(of("2999-01-01", "2999-12-31", &[]).is_empty());
    }
}
