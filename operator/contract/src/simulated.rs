//! Bars that Assayer made up, as they cross the wire. They have a form of their own, so that no client of a vendor can take them for that
//! vendor's. Pure.

use serde::{Deserialize, Serialize};

/// What stands for a provider in their rows. No provider has this name.
pub const PROVIDER: &str = "sim";
/// What stands for an endpoint in their rows.
pub const ENDPOINT: &str = "bars";
/// Their media type.
pub const MEDIA_TYPE: &str = "application/vnd.assayer.simulated-bars+json";

/// Simulated bars of one series: an answer of `GET /v1/simulated/bars`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SimulatedBars {
    /// Always true, so that a stored body tells itself apart as well.
    pub simulated: bool,
    /// Dataset of the series that they stand for.
    pub dataset: String,
    /// Its symbol.
    pub symbol: String,
    /// Its schema.
    pub schema: String,
    /// Start in nanoseconds since 1970 UTC; open, high, low and close in units of 1e-9; volume.
    pub bars: Vec<(i64, i64, i64, i64, i64, u64)>,
}
