//! Databento: what it has in common with the others. Its bars have tests of their own.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

pub(crate) const CONTRACT: Contract = Contract {
    name: "databento",
    good: &[("DATABENTO_API_KEY", "db-0123456789abcdef0123456789abc")],
    key: "db-0123456789abcdef0123456789abc",
    unknown: &[("DATABENTO_API_KEY", "db-ffffffffffffffffffffffffffff0")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::InsufficientFunds, ReasonCode::ProviderQuota),
        (Kind::License, ReasonCode::DataLicenseRequired),
        (Kind::Locked, ReasonCode::ProviderAccountLocked),
        (Kind::OutOfRange, ReasonCode::ProviderRange),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        Sample { method: "GET", path: "v0/metadata.list_datasets", query: "", body: "", items: None },
        Sample { method: "GET", path: "v0/metadata.get_dataset_range", query: "dataset=SAMPLE.FX", body: "", items: None },
        post("v0/symbology.resolve", RESOLVE),
        post("v0/metadata.get_record_count", BARS),
        post("v0/metadata.get_cost", BARS),
        post("v0/timeseries.get_range", DBN),
    ],
};

const fn post(path: &'static str, body: &'static str) -> Sample {
    Sample { method: "POST", path, query: "", body, items: None }
}

const RESOLVE: &str = "dataset=SAMPLE.FX&symbols=EURUSD&stype_in=raw_symbol&stype_out=instrument_id\
    &start_date=2017-01-02&end_date=2017-01-05";
const BARS: &str = "dataset=SAMPLE.FX&symbols=EURUSD&schema=ohlcv-1h&stype_in=raw_symbol&start=2017-01-02&end=2017-01-05";
const DBN: &str = "dataset=SAMPLE.FX&symbols=EURUSD&schema=ohlcv-1h&stype_in=raw_symbol&stype_out=instrument_id\
    &start=2017-01-02&end=2017-01-05&encoding=dbn&compression=zstd";
