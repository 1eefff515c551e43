//! The result of a backtest as its runner posts it: the body of `POST /v1/sessions`. Pure.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Sha256Hash;

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
}
