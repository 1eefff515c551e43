//! The economic calendar of Financial Modeling Prep. In: the answer's body. Out: its events. Pure.
//!
//! Nobody documents in which time zone its times are; they are taken for UTC, as its users found them.

use std::collections::BTreeMap;

use assayer_contract::EconomicEvent;
use chrono::{Days, NaiveDate, NaiveDateTime};
use serde::Deserialize;
use serde_json::Value;

use crate::{MeasureError, rest, text};

/// What a day is asked for with the days around it: figures of yesterday are still filled in.
const BEFORE: Days = Days::new(1);
const AFTER: Days = Days::new(14);

/// Path and query that ask for what is around a day.
pub fn economic_calendar(today: NaiveDate) -> (&'static str, String) {
    ("economic-calendar", format!("from={}&to={}", today - BEFORE, today + AFTER))
}

/// The events of an answer, each once, and how many of its entries are no event: without a name or a time.
pub fn economic_events(body: &[u8]) -> Result<(Vec<EconomicEvent>, usize), MeasureError> {
    let entries: Vec<Entry> = rest::parse(body)?;
    let all = entries.len();
    let events: Vec<_> = entries.into_iter().filter_map(Entry::event).collect();
    let unfit = all - events.len();
    // Of two entries of one event, the vendor's last word counts.
    let once: BTreeMap<_, _> =
        events.into_iter().map(|event| ((event.at, event.country.clone(), event.name.clone()), event)).collect();
    Ok((once.into_values().collect(), unfit))
}

#[derive(Deserialize)]
struct Entry {
    date: Option<String>,
    country: Option<String>,
    event: Option<String>,
    impact: Option<Value>,
    actual: Option<Value>,
    estimate: Option<Value>,
    previous: Option<Value>,
}

impl Entry {
    fn event(self) -> Option<EconomicEvent> {
        let name = text::clean(&self.event?, 300);
        let at = NaiveDateTime::parse_from_str(self.date?.trim(), "%Y-%m-%d %H:%M:%S").ok()?.and_utc();
        let country = text::clean(&self.country.unwrap_or_default(), 100);
        let [impact, actual, estimate, previous] = [self.impact, self.actual, self.estimate, self.previous].map(figure);
        (!name.is_empty()).then_some(EconomicEvent { at, country, name, impact, actual, estimate, previous })
    }
}

/// A figure comes as a number or a text.
fn figure(value: Option<Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text::clean(&text, 100),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_with_its_figures_as_they_are_written_and_once() {
        let body = br#"[
            {"date": "2026-01-13 13:30:00", "country": "US", "event": "CPI MoM", "impact": "High", "actual": null, "estimate": 0.30, "previous": "0.2%"},
            {"date": "2026-01-13 13:30:00", "country": "US", "event": "CPI MoM", "impact": "High", "actual": 0.4, "estimate": 0.30, "previous": "0.2%"},
            {"date": "sometime", "country": "US", "event": "Speech"}, {"date": "2026-01-13 13:30:00", "event": ""}]"#;
        let (events, unfit) = economic_events(body).unwrap();
        let [event] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(event.at.to_rfc3339(), "2026-01-13T13:30:00+00:00");
        assert_eq!((event.actual.as_deref(), event.previous.as_deref()), (Some("0.4"), Some("0.2%")));
        assert_eq!(unfit, 2);
        assert!(economic_events(b"[{\"date\": \"2026-01-13").is_err());
    }

    #[test]
    fn what_is_asked_for_is_let_through() {
        let (path, query) = economic_calendar(NaiveDate::from_ymd_opt(2026, 1, 13).unwrap());
        let request = crate::Request { method: "GET", path, query: &query, content_type: None, body: &[] };
        let call = crate::find("fmp").unwrap().classify(&request).unwrap();
        assert_eq!(call.endpoint, "economic-calendar");
        assert_eq!(query, "from=2026-01-12&to=2026-01-27");
    }
}
