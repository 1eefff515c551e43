//! Databento's Live gateway. In: what a runner asks of a stream, what the vendor sends. Out: the call, series without duplicates, names
//! of errors. Pure.

mod errors;
mod series;
#[cfg(test)]
mod series_tests;
mod subscribe;

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::{CredentialError, Credentials};

pub use errors::{LiveError, of_record, of_refusal};
pub use series::{Behind, Gap, Item, LiveBar, Placed, Series, Step};
pub use subscribe::{Subscription, classify};

/// The key that a login proves to have, and never sends.
pub fn key(credentials: &Credentials) -> Result<&SecretString, CredentialError> {
    credentials.of(&super::KEY)
}

/// Where the vendor serves a dataset: host and port.
pub fn address(dataset: &str) -> String {
    format!("{}.lsg.databento.com:13000", dataset.replace('.', "-").to_ascii_lowercase())
}

/// A moment from nanoseconds since 1970, in whole microseconds.
pub fn moment(nanos: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(nanos.div_euclid(1_000)).unwrap_or_default()
}
