//! Simulated bars where the policy lets them stand in. In: the instrument, the row of the call that failed. Out: bars, and the rows that they
//! rest on. The gateway makes them and decides whether it may be.

use assayer_contract::{Outcome, QualityLimits, ReasonCode, RequestSummary, simulated};
use assayer_engine::{Bar, BarSchema, Instrument, Price};
use chrono::{Days, Utc};
use uuid::Uuid;

use super::{Failure, Gateway, PAGE_DAYS, StoodIn, judge, measured, pages_of};

/// Asks for whole days up to yesterday.
pub(super) async fn bars(
    gateway: &Gateway,
    instrument: &Instrument,
    limits: Option<&QualityLimits>,
    failed: Uuid,
) -> Result<StoodIn, Failure> {
    // A day of seconds is as much as one page may have.
    let length = if instrument.schema == BarSchema::Second { 1 } else { PAGE_DAYS };
    let mut bars = Vec::new();
    for (first, last) in pages_of(length, Utc::now().date_naive(), instrument.lookback_days) {
        let page = gateway.simulated(first, last + Days::new(1), failed).await?;
        let asked = (&instrument.dataset, &instrument.symbol, instrument.schema.name());
        if (&page.dataset, &page.symbol, page.schema.as_str()) != asked {
            let message = format!("simulated bars of {} {} {} came instead", page.dataset, page.symbol, page.schema);
            return Err(Failure::new(ReasonCode::SymbolMismatch, message));
        }
        bars.extend(page.bars.into_iter().map(bar));
    }
    let rows = gateway.requests().await?;
    let rows: Vec<_> = rows.iter().filter(|row| stands_in(row, failed)).collect();
    let counted: i64 = rows.iter().filter_map(|row| row.bar_count).sum();
    if i64::try_from(bars.len()) != Ok(counted) {
        let message = format!("{} simulated bars arrived, the gateway counted {counted}", bars.len());
        return Err(Failure::new(ReasonCode::DataTruncated, message));
    }
    judge(&measured(&rows, counted), limits, failed)?;
    Ok(StoodIn { bars, request_ids: rows.iter().map(|row| row.id).collect() })
}

fn stands_in(row: &RequestSummary, failed: Uuid) -> bool {
    row.provider == simulated::PROVIDER && row.outcome == Outcome::Served && row.fallback_of == Some(failed)
}

fn bar((ts_event, open, high, low, close, volume): (i64, i64, i64, i64, i64, u64)) -> Bar {
    let [open, high, low, close] = [open, high, low, close].map(Price::from_nanos);
    Bar { ts_event, open, high, low, close, volume }
}
