//! `GET /api/bots/{namespace}/{name}/reports/{jobId}/bars`. In: a backtest of a Bot. Out: its bars, as coarse as they were kept, and its
//! trades on them. Not pure.

use assayer_contract::BarBucket;
use assayer_engine::{Trade, bar_buckets};
use assayer_store::bot_history::WholeSession;
use axum::{Json, extract::State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::report::{Named, Posted, posted};
use crate::api::{App, Refusal, access::Caller};

/// Path of [`show`].
pub(crate) const PATH: &str = "/api/bots/{namespace}/{name}/reports/{jobId}/bars";
/// Trades that a chart shows; a session with more says how many are left out.
pub(super) const TRADES: usize = 1_000;
/// Why there are no buckets.
const NOT_POSTED: &str = "the runner that posted the session kept no bars of it: they are known by their hash alone";
const NOT_AS_HASHED: &str = "the stored buckets are not what their hash is of";
/// Why there are no trades.
const NO_TRADES: &str = "the stored result has no list of trades in a form that this version knows";

/// Trades on bars.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionBars {
    /// The job.
    job_id: Uuid,
    /// The cycle.
    trace_id: Uuid,
    /// Hash of the bars themselves.
    data_hash: String,
    #[serde(flatten)]
    drawn: Drawn,
}

/// What a chart of trades on bars is drawn of.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Drawn {
    /// Bars of the session.
    pub(super) bars: i64,
    /// The bars as consecutive buckets of them, at most 600, none left out; null where nobody knows them.
    pub(super) bar_buckets: Option<Vec<BarBucket>>,
    /// Hash of the buckets in canonical JSON.
    pub(super) bar_buckets_hash: Option<String>,
    /// Why `barBuckets` is null.
    pub(super) bar_buckets_reason: Option<&'static str>,
    /// The newest trades, at most 1,000, in order of their exit; null where the result has none in a form that is known.
    pub(super) trades: Option<Vec<Trade>>,
    /// Older trades that are left out of `trades`; null where that is.
    pub(super) trades_left_out: Option<usize>,
    /// Why `trades` is null.
    pub(super) trades_reason: Option<&'static str>,
}

/// Bars and trades.
pub(crate) async fn show(State(app): State<App>, caller: Caller, path: Named) -> Result<Json<SessionBars>, Refusal> {
    let Posted { job_id, session, .. } = posted(&app, &caller, path).await?;
    let drawn = Drawn::of(&session);
    Ok(Json(SessionBars { job_id, trace_id: session.trace_id, data_hash: session.data_hash, drawn }))
}

impl Drawn {
    pub(super) fn of(session: &WholeSession) -> Self {
        let (bar_buckets, bar_buckets_reason) = match (&session.bar_buckets, &session.bar_buckets_hash) {
            (Some(buckets), Some(hash)) => match bar_buckets::stored(buckets.clone(), hash) {
                Some(buckets) => (Some(buckets), None),
                None => (None, Some(NOT_AS_HASHED)),
            },
            _ => (None, Some(NOT_POSTED)),
        };
        let mut trades = session.result.get("trades").and_then(|trades| Vec::<Trade>::deserialize(trades).ok());
        let trades_left_out = trades.as_mut().map(|trades| {
            let left_out = trades.len().saturating_sub(TRADES);
            trades.drain(..left_out);
            left_out
        });
        Self {
            bars: session.bars,
            bar_buckets,
            bar_buckets_hash: session.bar_buckets_hash.clone(),
            bar_buckets_reason,
            trades_reason: trades.is_none().then_some(NO_TRADES),
            trades,
            trades_left_out,
        }
    }
}

#[cfg(test)]
#[path = "bars_tests.rs"]
pub(super) mod tests;
