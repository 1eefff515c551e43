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
    calls: &[Sample { method: "GET", path: "v0/metadata.list_datasets", query: "", body: "", items: None }],
};
