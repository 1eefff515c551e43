//! The Bot's bars from Databento, through the gateway, with the vendor's own client. In: the instrument. Out: its bars.
//!
//! No call is repeated here: each one that reaches the vendor may be billed, and each is a row of the log.

mod kept;

use assayer_contract::ReasonCode;
use assayer_engine::{Bar, Instrument};
use databento::dbn::decode::DbnMetadata as _;
use databento::{
    HistoricalClient,
    dbn::{SType, Schema, TsSymbolMap},
    historical::{
        DateRange, DateTimeRange,
        metadata::{GetCostParams, GetQueryParams},
        symbology::{Resolution, ResolveParams},
        timeseries::{AsyncDbnDecoder, GetRangeParams},
    },
};
use tokio::io::AsyncReadExt;
use tracing::info;

use super::{Failure, Gateway};
use crate::bars::{self, DbnError};

/// Registry name of the provider.
pub(super) const PROVIDER: &str = "databento";
/// Fills the place of a key, which the client insists on; the gateway replaces it by the real one.
const PLACEHOLDER: &str = "db-unused-the-gateway-holds-key0";

/// The calls, by the vendor's own names, in the order in which they are made and used.
pub(super) const ENDPOINTS: [&str; 4] = ["metadata.get_dataset_range", "symbology.resolve", COUNT, BARS];
/// The vendor's own count of the records in a range; it costs nothing.
pub(super) const COUNT: &str = "metadata.get_record_count";
/// The bars.
pub(super) const BARS: &str = "timeseries.get_range";

/// What to do with bars that lack a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gaps {
    /// One is a failure.
    Refused,
    /// They are left out and counted, since the policy says how many there may be.
    Counted,
}

/// The bars that a vendor gave.
pub(super) struct Fetched {
    /// Those that are whole.
    pub(super) bars: Vec<Bar>,
    /// Of each the id of its contract.
    pub(super) contracts: Vec<u32>,
    /// How many lack a field, and so are left out.
    pub(super) incomplete: usize,
}

/// Every bar of the range with the id of its contract: range → resolve → count → what is kept, or price → get. The range comes first because a symbol stands for an
/// instrument only on given days, and these are not known before.
pub(super) async fn bars(gateway: &Gateway, instrument: &Instrument, gaps: Gaps) -> Result<Fetched, Failure> {
    let range = range(gateway, instrument).await?;
    info!(dataset = instrument.dataset, start = %range.start, end = %range.end, "the range is known");
    let resolution = resolve(gateway, instrument, range.clone()).await?;
    let instruments = resolution.symbol_map().map_err(|error| Failure::of_databento("reading the symbology", &error))?;
    info!(symbol = instrument.symbol, intervals = instruments.len(), "the symbol is resolved");
    let count = count(gateway, instrument, range.clone()).await?;
    info!(records = count, "the vendor has counted");
    let wanted = Wanted { gateway, instrument, instruments: &instruments, gaps };
    match kept::bars(&wanted, &range, count).await? {
        Some(fetched) => Ok(fetched),
        None => wanted.buy(range).await,
    }
}

/// Whose bars, what its symbol stands for, and what to do with those that lack a field.
struct Wanted<'a> {
    gateway: &'a Gateway,
    instrument: &'a Instrument,
    instruments: &'a TsSymbolMap,
    gaps: Gaps,
}

impl Wanted<'_> {
    /// The vendor's bars of this range, after its price.
    async fn buy(&self, range: DateTimeRange) -> Result<Fetched, Failure> {
        let price = price(self.gateway, self.instrument, range.clone()).await?;
        info!(usd = price, start = %range.start, "the vendor's price of the bars is known");
        get(client(self.gateway)?, self, range).await
    }

    /// The same of what the gateway keeps.
    async fn kept(&self, range: DateTimeRange) -> Result<Fetched, Failure> {
        get(client_at(self.gateway, &self.gateway.kept_base(PROVIDER))?, self, range).await
    }
}

/// The vendor's price of the bars in USD. The gateway lets no call through that costs money and was not quoted before.
async fn price(gateway: &Gateway, instrument: &Instrument, range: DateTimeRange) -> Result<f64, Failure> {
    let params = GetCostParams::builder()
        .dataset(&instrument.dataset)
        .symbols(instrument.symbol.as_str())
        .schema(schema(instrument)?)
        .stype_in(symbol_type(&instrument.symbol))
        .date_time_range(range)
        .build();
    let answer = client(gateway)?.metadata().get_cost(&params).await;
    answer.map_err(|error| Failure::of_databento("asking for the price of the bars", &error))
}

fn client(gateway: &Gateway) -> Result<HistoricalClient, Failure> {
    client_at(gateway, &gateway.provider_base(PROVIDER))
}

/// A client with the token of this moment: default headers do not change, and the token is renewed while the job runs.
fn client_at(gateway: &Gateway, base: &str) -> Result<HistoricalClient, Failure> {
    let base =
        base.parse().map_err(|error| Failure::new(ReasonCode::RunnerFailed, format!("the gateway's URL {base}: {error}")))?;
    let http = gateway.http()?;
    let build = || HistoricalClient::builder().key(PLACEHOLDER)?.base_url(base).http_client_builder(http).build();
    build().map_err(|error| Failure::of_databento("building the client", &error))
}

async fn range(gateway: &Gateway, instrument: &Instrument) -> Result<DateTimeRange, Failure> {
    let answer = client(gateway)?.metadata().get_dataset_range(&instrument.dataset).await;
    let mut answer = answer.map_err(|error| Failure::of_databento("asking for the dataset's range", &error))?;
    let missing = || format!("{} has no {}", instrument.dataset, instrument.schema.name());
    let whole = answer.range_by_schema.remove(&schema(instrument)?);
    let whole = whole.ok_or_else(|| Failure::new(ReasonCode::DataUnavailable, missing()))?;
    Ok(looked_back(whole, instrument.lookback_days))
}

/// The last days of the range, from midnight on: a symbol stands for an instrument by whole days.
fn looked_back(range: DateTimeRange, days: Option<i32>) -> DateTimeRange {
    let start = days.and_then(|days| range.end.checked_sub(time::Duration::days(days.into())));
    match start.map(|start| start.replace_time(time::Time::MIDNIGHT)) {
        Some(start) if start > range.start => DateTimeRange { start, ..range },
        _ => range,
    }
}

async fn resolve(gateway: &Gateway, instrument: &Instrument, range: DateTimeRange) -> Result<Resolution, Failure> {
    let params = ResolveParams::builder()
        .dataset(&instrument.dataset)
        .symbols(instrument.symbol.as_str())
        .stype_in(symbol_type(&instrument.symbol))
        .date_range(DateRange::from(range))
        .build();
    let answer = client(gateway)?.symbology().resolve(&params).await;
    let answer = answer.map_err(|error| Failure::of_databento("resolving the symbol", &error))?;
    if answer.mappings.get(&instrument.symbol).is_none_or(Vec::is_empty) {
        let message = format!("{} is no symbol of {} on any day of its range", instrument.symbol, instrument.dataset);
        return Err(Failure::new(ReasonCode::DataUnavailable, message));
    }
    Ok(answer)
}

/// An answer that ends early is told from a whole one by this alone, where it ends between two frames.
async fn count(gateway: &Gateway, instrument: &Instrument, range: DateTimeRange) -> Result<u64, Failure> {
    let params = GetQueryParams::builder()
        .dataset(&instrument.dataset)
        .symbols(instrument.symbol.as_str())
        .schema(schema(instrument)?)
        .stype_in(symbol_type(&instrument.symbol))
        .date_time_range(range)
        .build();
    let answer = client(gateway)?.metadata().get_record_count(&params).await;
    answer.map_err(|error| Failure::of_databento("asking for the number of records", &error))
}

async fn get(mut client: HistoricalClient, wanted: &Wanted<'_>, range: DateTimeRange) -> Result<Fetched, Failure> {
    let Wanted { instrument, instruments, gaps, .. } = wanted;
    let params = GetRangeParams::builder()
        .dataset(&instrument.dataset)
        .symbols(instrument.symbol.as_str())
        .schema(schema(instrument)?)
        .stype_in(symbol_type(&instrument.symbol))
        .date_time_range(range)
        .build();
    let decoder = client.timeseries().get_range(&params).await;
    let decoder = decoder.map_err(|error| Failure::of_databento("asking for the bars", &error))?;
    bars::check_series(decoder.metadata(), instrument)?;
    decode(decoder, instrument, instruments, *gaps).await
}

/// Takes the records one by one. Each must be a bar of the instrument that the symbol stood for on its day.
async fn decode<R: AsyncReadExt + Unpin>(
    mut decoder: AsyncDbnDecoder<R>,
    instrument: &Instrument,
    instruments: &TsSymbolMap,
    gaps: Gaps,
) -> Result<Fetched, Failure> {
    let mut fetched = Fetched { bars: Vec::new(), contracts: Vec::new(), incomplete: 0 };
    loop {
        let record = decoder.decode_record_ref().await;
        let record = record.map_err(|error| Failure::of_databento("reading the bars", &error.into()))?;
        let Some(record) = record else { return Ok(fetched) };
        let bar = match bars::bar(record, fetched.bars.len() + fetched.incomplete + 1, instrument) {
            Err(DbnError::Undefined(_)) if gaps == Gaps::Counted => {
                fetched.incomplete += 1;
                continue;
            }
            other => other?,
        };
        let (at, instrument_id) = (bar.ts_event.cast_unsigned(), record.header().instrument_id);
        if instruments.get_for_ts(at, instrument_id) != Some(&instrument.symbol) {
            let message =
                format!("the bar of {} is of instrument {instrument_id}, which is not {} then", bar.start(), instrument.symbol);
            return Err(Failure::new(ReasonCode::SymbolMismatch, message));
        }
        fetched.bars.push(bar);
        fetched.contracts.push(instrument_id);
    }
}

fn schema(instrument: &Instrument) -> Result<Schema, Failure> {
    let unknown = |error| Failure::new(ReasonCode::SpecInvalid, format!("instrument.schema: {error}"));
    instrument.schema.name().parse().map_err(unknown)
}

/// `ROOT.c.0`, `ROOT.n.0` and `ROOT.v.0` roll from contract to contract; anything else is a symbol as the exchange writes it.
fn symbol_type(symbol: &str) -> SType {
    match symbol.split('.').collect::<Vec<_>>().as_slice() {
        [root, "c" | "n" | "v", rank] if !root.is_empty() && rank.parse::<u8>().is_ok() => SType::Continuous,
        _ => SType::RawSymbol,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_is_cut_at_a_midnight_and_never_begins_before_the_vendors_own() {
        use time::macros::datetime;
        let range = DateTimeRange { start: datetime!(2025-01-01 0:00 UTC), end: datetime!(2026-03-14 12:30 UTC) };
        let start = |days| looked_back(range.clone(), days).start;
        assert_eq!(start(Some(10)), datetime!(2026-03-04 0:00 UTC));
        assert_eq!(start(Some(36_600)), range.start);
        assert_eq!(start(None), range.start);
    }

    #[test]
    fn continuous_symbols_are_told_from_raw_ones() {
        for symbol in ["MES.c.0", "ES.n.1", "CL.v.12"] {
            assert_eq!(symbol_type(symbol), SType::Continuous, "{symbol}");
        }
        for symbol in ["MESZ6", "EURUSD", "BRK.B", "MES.c", ".c.0", "MES.x.0", "MES.c.0.1", "MES.c.front"] {
            assert_eq!(symbol_type(symbol), SType::RawSymbol, "{symbol}");
        }
    }
}
