//! `GET /api/bots/{namespace}/{name}/reports/{jobId}`. In: a backtest of a Bot. Out: its figures, its trades, and the equity that follows
//! from them. Not pure.

use assayer_contract::{Problem, ReasonCode};
use assayer_engine::Money;
use assayer_store::bot_history::{self, WholeSession};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::api::{
    App, Refusal,
    access::Caller,
    asked,
    find::{BotRef, Found, find},
};

/// Path of [`show`].
pub(crate) const PATH: &str = "/api/bots/{namespace}/{name}/reports/{jobId}";

/// What a backtest computed.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// Its job.
    job_id: Uuid,
    /// The cycle.
    trace_id: Uuid,
    /// When it was stored.
    created_at: DateTime<Utc>,
    /// The rows that fed it, in the order of their use.
    request_ids: Vec<Uuid>,
    /// Hash of the bars.
    data_hash: String,
    /// Hash of the strategy and its parameters.
    strategy_hash: String,
    /// Hash of everything that went in.
    inputs_hash: String,
    /// Hash of the whole result in canonical JSON.
    result_hash: String,
    /// Version of the engine.
    engine_version: String,
    /// Number of bars.
    bars: i64,
    /// Start of the first bar.
    first_bar: DateTime<Utc>,
    /// Start of the last bar.
    last_bar: DateTime<Utc>,
    /// Figures as the engine named them. Money is in decimal strings.
    figures: Value,
    /// Every trade, in order of its exit; null where the result has none written down.
    trades: Option<Vec<Value>>,
    /// Equity before the first trade and after each; null where it cannot be computed.
    equity: Option<Vec<EquityPoint>>,
    /// Why `trades` or `equity` is null.
    unknown_reason: Option<&'static str>,
    /// Why there is no equity bar by bar.
    bars_reason: &'static str,
}

/// Equity at one moment, by trades that were closed.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct EquityPoint {
    /// When the trade ended; of the first point the start of the first bar.
    pub(super) time: DateTime<Utc>,
    /// Capital plus net of all trades until then, in decimals.
    pub(super) equity: String,
    /// What it is below its highest until then, in decimals.
    pub(super) drawdown: String,
}

/// The report.
pub(crate) async fn show(State(app): State<App>, caller: Caller, path: Named) -> Result<Json<Report>, Refusal> {
    let Posted { job_id, session, .. } = posted(&app, &caller, path).await?;
    Ok(Json(Report::new(job_id, session)))
}

pub(super) type Named = Result<Path<(String, String, String)>, PathRejection>;

/// The session that a backtest of a Bot posted, which the caller may read.
pub(super) struct Posted {
    pub(super) bot: Found,
    pub(super) job_id: Uuid,
    pub(super) session: WholeSession,
}

pub(super) async fn posted(app: &App, caller: &Caller, path: Named) -> Result<Posted, Refusal> {
    let Path((namespace, name, job)) = path?;
    let bot = find(app, caller, BotRef::full(&namespace, &name)?).await?;
    let missing = || {
        let detail = format!("no backtest of {namespace}/{name} with that jobId has posted a session");
        Refusal::from(Problem::new(404, ReasonCode::NotFound, detail))
    };
    let job_id = asked::id("jobId", Some(&job))?.ok_or_else(missing)?;
    let session = bot_history::session(&app.pool, bot.id, job_id).await?.ok_or_else(missing)?;
    Ok(Posted { bot, job_id, session })
}

/// What a result tells, as far as it can be added up.
pub(super) struct Told {
    pub(super) figures: Value,
    pub(super) trades: Option<Vec<Value>>,
    pub(super) equity: Option<Vec<EquityPoint>>,
    /// Why one of both is null.
    pub(super) unknown_reason: Option<&'static str>,
    /// Why there is no equity bar by bar.
    pub(super) bars_reason: &'static str,
}

impl Told {
    pub(super) fn of(mut figures: Value, first_bar: DateTime<Utc>) -> Self {
        let trades = figures.as_object_mut().and_then(|result| result.remove("trades"));
        let trades = match trades {
            Some(Value::Array(trades)) => Some(trades),
            _ => None,
        };
        let equity = trades.as_ref().and_then(|trades| equity(&figures, trades, first_bar));
        let unknown_reason = match (&trades, &equity) {
            (None, _) => Some("the stored result has no list of trades"),
            (_, None) => Some("the stored result is not in a form that this version can add up"),
            _ => None,
        };
        let bars_reason = "equity is of closed trades: what it was at each bar is not kept";
        Self { figures, trades, equity, unknown_reason, bars_reason }
    }
}

impl Report {
    fn new(job_id: Uuid, session: WholeSession) -> Self {
        let Told { figures, trades, equity, unknown_reason, bars_reason } = Told::of(session.result, session.first_bar);
        Self {
            job_id,
            trace_id: session.trace_id,
            created_at: session.created_at,
            request_ids: session.request_ids,
            data_hash: session.data_hash,
            strategy_hash: session.strategy_hash,
            inputs_hash: session.inputs_hash,
            result_hash: session.result_hash,
            engine_version: session.engine_version,
            bars: session.bars,
            first_bar: session.first_bar,
            last_bar: session.last_bar,
            figures,
            trades,
            equity,
            unknown_reason,
            bars_reason,
        }
    }
}

fn equity(figures: &Value, trades: &[Value], first_bar: DateTime<Utc>) -> Option<Vec<EquityPoint>> {
    let money = |of: &Value, field: &str| of.get(field)?.as_str()?.parse::<Money>().ok();
    let mut equity = money(figures, "capital")?;
    let mut peak = equity;
    let point = |time, equity: Money, peak: Money| {
        Some(EquityPoint { time, equity: equity.to_string(), drawdown: peak.minus(equity).ok()?.to_string() })
    };
    let mut points = vec![point(first_bar, equity, peak)?];
    for trade in trades {
        equity = equity.plus(money(trade, "net")?).ok()?;
        peak = peak.max(equity);
        let time = trade.get("exitTime")?.as_str()?.parse().ok()?;
        points.push(point(time, equity, peak)?);
    }
    Some(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equity_follows_from_the_trades_and_falls_from_its_highest() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let trade = |time: &str, net: &str| json!({"exitTime": time, "net": net});
        let trades =
            [trade("2026-01-02T00:00:00Z", "100.5"), trade("2026-01-03T00:00:00Z", "-300"), trade("2026-01-04T00:00:00Z", "50")];
        let points = equity(&json!({"capital": "10000"}), &trades, at("2026-01-01T00:00:00Z")).unwrap();
        let told: Vec<_> = points.iter().map(|point| (point.equity.as_str(), point.drawdown.as_str())).collect();
        assert_eq!(told, [("10000", "0"), ("10100.5", "0"), ("9800.5", "300"), ("9850.5", "250")]);
    }

    #[test]
    fn what_cannot_be_added_up_is_no_equity_at_all() {
        let first = DateTime::UNIX_EPOCH;
        assert_eq!(equity(&json!({}), &[], first), None);
        assert_eq!(equity(&json!({"capital": "1"}), &[json!({"net": null, "exitTime": "x"})], first), None);
    }
}
