//! The result of a backtest as its runner posts it: the body of `POST /v1/sessions`. Pure.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Sha256Hash;

/// Most buckets of a session.
pub const MAX_BAR_BUCKETS: usize = 600;

/// One backtest session. The gateway accepts it only if every request id is a successful row of the same job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionReport {
    /// The rows in `requests` whose answers the session was computed from, in the order of their use. Never empty.
    pub request_ids: Vec<Uuid>,
    /// Hash of the bars and of what they are bars of.
    pub data_hash: Sha256Hash,
    /// Hash of the strategy and its parameters.
    pub strategy_hash: Sha256Hash,
    /// Hash of everything that went in: data, strategy, contract facts, execution, capital, engine version.
    pub inputs_hash: Sha256Hash,
    /// Version of the engine that computed the result.
    pub engine_version: String,
    /// Number of bars.
    pub bars: i64,
    /// Start of the first bar.
    pub first_bar: DateTime<Utc>,
    /// Start of the last bar.
    pub last_bar: DateTime<Utc>,
    /// The result: trades, fees, net, drawdown, Sharpe ratio. Money is in decimal strings; what is unknown is null with its reason.
    pub result: serde_json::Value,
    /// Hash of `result` in canonical JSON.
    pub result_hash: Sha256Hash,
    /// The bars as a chart shows them; absent where a runner of the version before posts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bar_buckets: Option<BarBuckets>,
}

/// The bars of a session, coarse enough to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BarBuckets {
    /// In order of time, at most [`MAX_BAR_BUCKETS`]. Each bar is in one of them.
    pub buckets: Vec<BarBucket>,
    /// Hash of `buckets` in canonical JSON.
    pub hash: Sha256Hash,
}

/// Consecutive bars as one. Prices and volume are in decimal strings, so nothing is rounded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BarBucket {
    /// Start of its first bar.
    pub from: DateTime<Utc>,
    /// Start of its last bar.
    pub to: DateTime<Utc>,
    /// How many bars; one at least.
    pub bars: u32,
    /// Open of its first bar.
    pub open: String,
    /// Highest price of its bars.
    pub high: String,
    /// Lowest price of its bars.
    pub low: String,
    /// Close of its last bar.
    pub close: String,
    /// Contracts or units that were traded in all of its bars.
    pub volume: String,
}
