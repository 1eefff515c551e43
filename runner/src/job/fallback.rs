//! Bars of the provider that the policy lets stand in where the first one failed. In: the instrument, why it failed. Out: bars, and the
//! rows that they rest on. The gateway decides whether it may be; a session on these bars proves nothing, whatever comes of it.

mod simulation;

use assayer_contract::{Outcome, QualityLimits, ReasonCode, RequestSummary, simulated};
use assayer_engine::{Bar, BarSchema, Instrument, Price};
use chrono::{Days, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::Number;
use tracing::warn;
use uuid::Uuid;

use super::{
    Failure, Gateway,
    fetch::PROVIDER,
    provenance::{Found, judge},
};

/// The one that is known to this runner.
const MASSIVE: &str = "massive";
/// Days that one page has room for: it is made of at most 50,000 minutes.
const PAGE_DAYS: u64 = 30;
/// Days of history where the instrument names none: less than the two years that every plan has.
const LONGEST: u64 = 700;

/// The bars, and the rows that brought them.
pub(super) struct StoodIn {
    pub(super) bars: Vec<Bar>,
    pub(super) request_ids: Vec<Uuid>,
}

/// Asks the provider for whole days up to yesterday. Where the log says nothing that another vendor may answer for, the first failure
/// stands.
pub(super) async fn bars(
    gateway: &Gateway,
    instrument: &Instrument,
    provider: &str,
    limits: Option<&QualityLimits>,
    failure: Failure,
) -> Result<StoodIn, Failure> {
    let Some(failed) = newest_failure(&gateway.requests().await?) else { return Err(failure) };
    if provider == simulated::PROVIDER {
        warn!(reasonCode = %failure.reason_code, fallbackOf = %failed, "the vendor failed; SIMULATED bars stand in for it");
        return simulation::bars(gateway, instrument, limits, failed).await;
    }
    if provider != MASSIVE {
        let message = format!("{failure}; this runner does not know how to ask {provider} instead");
        return Err(Failure::new(ReasonCode::FallbackNoSymbol, message));
    }
    warn!(reasonCode = %failure.reason_code, provider, fallbackOf = %failed, "the vendor failed; another stands in for it");
    let (mut bars, mut answered) = (Vec::new(), 0_usize);
    for (first, last) in pages(Utc::now().date_naive(), instrument.lookback_days) {
        let body = gateway.stand_in(provider, &path(instrument, first, last), failed).await?;
        let page = read(&body).map_err(|message| Failure::new(ReasonCode::ProviderError, format!("{provider}: {message}")))?;
        answered += page.len();
        bars.extend(page.into_iter().flatten());
    }
    let rows = gateway.requests().await?;
    let rows: Vec<_> = rows.iter().filter(|row| row.fallback_of == Some(failed) && row.outcome == Outcome::Success).collect();
    let counted: i64 = rows.iter().filter_map(|row| row.bar_count).sum();
    if i64::try_from(answered) != Ok(counted) {
        return Err(Failure::new(ReasonCode::DataTruncated, format!("{answered} bars arrived, the gateway counted {counted}")));
    }
    judge(&measured(&rows, counted), limits, failed)?;
    if bars.len() < answered && !limits.is_some_and(QualityLimits::tolerates_missing_fields) {
        let message = format!("{} of {answered} bars of {provider} lack a field", answered - bars.len());
        return Err(Failure::new(ReasonCode::DataQuality, message));
    }
    Ok(StoodIn { bars, request_ids: rows.iter().map(|row| row.id).collect() })
}

/// The newest call of the first provider, where it failed for a reason that another vendor may answer.
fn newest_failure(rows: &[RequestSummary]) -> Option<Uuid> {
    let newest = rows.iter().rfind(|row| row.provider == PROVIDER)?;
    newest.reason_code.is_some_and(ReasonCode::may_fall_back).then_some(newest.id)
}

/// All pages as one series.
fn measured(rows: &[&RequestSummary], bars: i64) -> Found {
    let quality = rows.iter().map(|row| row.quality.clone()).collect::<Option<Vec<_>>>();
    Found {
        bars,
        record_count: rows.iter().map(|row| row.record_count).sum(),
        quality: quality.and_then(|all| all.into_iter().reduce(|all, next| all.followed_by(&next))),
    }
}

/// First and last days of the pages, the oldest first; the last is the day before `today`.
fn pages(today: NaiveDate, lookback_days: Option<i32>) -> Vec<(NaiveDate, NaiveDate)> {
    pages_of(PAGE_DAYS, today, lookback_days)
}

fn pages_of(length: u64, today: NaiveDate, lookback_days: Option<i32>) -> Vec<(NaiveDate, NaiveDate)> {
    let days = lookback_days.and_then(|days| u64::try_from(days).ok()).unwrap_or(LONGEST);
    let back = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN);
    let begins = (0..days.div_ceil(length)).map(|page| days - page * length);
    begins.map(|begin| (back(begin), back(begin.saturating_sub(length - 1).max(1)))).collect()
}

fn path(instrument: &Instrument, first: NaiveDate, last: NaiveDate) -> String {
    let length = match instrument.schema {
        BarSchema::Second => "second",
        BarSchema::Minute => "minute",
        BarSchema::Hour => "hour",
        BarSchema::Day => "day",
    };
    format!("v2/aggs/ticker/{}/range/1/{length}/{first}/{last}?adjusted=false&sort=asc&limit=50000", instrument.symbol)
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    results: Vec<Row>,
    next_url: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    t: i64,
    o: Option<Number>,
    h: Option<Number>,
    l: Option<Number>,
    c: Option<Number>,
    v: Option<Number>,
}

/// The bars of a page, `None` for each that lacks a field.
fn read(body: &[u8]) -> Result<Vec<Option<Bar>>, String> {
    let page: Page = serde_json::from_slice(body).map_err(|error| format!("the page cannot be read: {error}"))?;
    match page.next_url {
        Some(_) => Err(format!("{PAGE_DAYS} days are more than one page of bars")),
        None => page.results.iter().enumerate().map(|(no, row)| row.bar(no + 1)).collect(),
    }
}

impl Row {
    fn bar(&self, number: usize) -> Result<Option<Bar>, String> {
        let Self { t, o: Some(open), h: Some(high), l: Some(low), c: Some(close), v: Some(volume) } = self else {
            return Ok(None);
        };
        let unfit = |what: &str| format!("{what} of bar {number} is beyond any market's");
        // A number's shortest decimal spelling is the vendor's own.
        let price = |price: &Number| price.to_string().parse::<Price>().map_err(|_| unfit("a price"));
        let ts_event = t.checked_mul(1_000_000).ok_or_else(|| unfit("the time"))?;
        let (open, high, low, close) = (price(open)?, price(high)?, price(low)?, price(close)?);
        let volume = whole(volume).ok_or_else(|| unfit("the volume"))?;
        Ok(Some(Bar { ts_event, open, high, low, close, volume }))
    }
}

/// Volumes come as whole numbers or, of parts of shares, with decimals, which are cut.
fn whole(volume: &Number) -> Option<u64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be within both")]
    let cut = |volume: f64| (0.0..9e15).contains(&volume).then_some(volume as u64);
    volume.as_u64().or_else(|| volume.as_f64().and_then(cut))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_to_yesterday_and_none_is_longer_than_the_vendor_allows() {
        let today: NaiveDate = "2026-03-10".parse().unwrap();
        for days in [1, 29, 30, 31, 60, 61, 365] {
            let pages = pages(today, Some(days));
            assert_eq!(pages.first().unwrap().0, today - Days::new(days.unsigned_abs().into()));
            assert_eq!(pages.last().unwrap().1, today.pred_opt().unwrap());
            for (first, last) in &pages {
                let length = (*last - *first).num_days() + 1;
                assert!((1..=30).contains(&length), "{first} to {last}");
            }
            assert!(pages.iter().zip(pages.iter().skip(1)).all(|(one, next)| one.1.succ_opt() == Some(next.0)), "{pages:?}");
        }
        assert_eq!(super::pages(today, None).len(), 24);
    }

    #[test]
    fn a_page_is_read_as_it_is_spelt_and_a_bar_that_lacks_a_field_is_none() {
        let body = br#"{"status":"OK","results":[{"t":1767623400000,"o":74.06,"h":75.15,"l":73.7975,"c":75,"v":1.35e3},{"t":1,"o":1,"h":1,"l":1,"c":1}]}"#;
        let bars = read(body).unwrap();
        let first = bars.first().unwrap().unwrap();
        assert_eq!((first.ts_event, first.volume), (1_767_623_400_000_000_000, 1_350));
        assert_eq!([first.low, first.close].map(|price| price.to_string()), ["73.7975", "75"]);
        assert_eq!(bars.get(1), Some(&None));
        assert!(read(br#"{"results":[],"next_url":"x"}"#).unwrap_err().contains("more than one page"));
        assert_eq!(read(br#"{"status":"OK"}"#).unwrap(), []);
    }
}
