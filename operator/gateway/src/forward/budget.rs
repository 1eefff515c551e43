//! Whether a call that costs money may be made. In: the call, what its job was quoted, what its stage has spent. Out: its price,
//! or why not. The judging is pure; one check at a time, until the intent of the one before is committed.

use assayer_contract::ReasonCode;
use assayer_providers::Call;
use assayer_store::{
    PgPool,
    gateway_jobs::GatewayJob,
    spending::{self, Quote},
};
use chrono::{DateTime, NaiveTime, Utc};
use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

use crate::refusal::Refusal;

/// The vendor's endpoint that tells a price.
const QUOTE: &str = "metadata.get_cost";
/// What decides the price: the same here and there.
const PRICED: [&str; 7] = ["dataset", "schema", "stype_in", "symbols", "start", "end", "limit"];
/// A price for another way to receive the data is not the price of this one.
const MODE: &str = "mode";
const STREAMING: &str = "historical-streaming";

/// Checks prices against budgets.
pub(super) struct Budget {
    pool: PgPool,
    one_at_a_time: Mutex<()>,
}

/// A price that is within the budget as long as this is held: until the intent that carries it is committed.
pub(super) struct Priced<'a> {
    pub(super) usd: Decimal,
    _held: MutexGuard<'a, ()>,
}

impl Budget {
    pub(super) fn new(pool: PgPool) -> Self {
        Self { pool, one_at_a_time: Mutex::new(()) }
    }

    /// The price of a call that the vendor quotes one for, if it may be paid now.
    pub(super) async fn price(&self, job: &GatewayJob, call: &Call, now: DateTime<Utc>) -> Result<Priced<'_>, Refusal> {
        let unread = |error: assayer_store::StoreError| {
            tracing::warn!(%error, "what was spent cannot be read");
            let message = "what was spent cannot be read now, so nothing is bought";
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, ReasonCode::EvidenceUnavailable, message)
        };
        let held = self.one_at_a_time.lock().await;
        let quotes = spending::quotes(&self.pool, job.trace_id, job.id, call.provider, QUOTE).await.map_err(unread)?;
        let Some(usd) = quoted(call, &quotes) else {
            let message = format!("{} costs money, and the job has asked {QUOTE} for no price of it", call.endpoint);
            return Err(Refusal::new(StatusCode::PAYMENT_REQUIRED, ReasonCode::CostUnquoted, message));
        };
        let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
        let spent = spending::spent(&self.pool, job.stage, call.endpoint, today).await.map_err(unread)?;
        match within(usd, spent, job) {
            Ok(()) => Ok(Priced { usd, _held: held }),
            Err(message) => Err(Refusal::new(StatusCode::PAYMENT_REQUIRED, ReasonCode::CostBudget, message)),
        }
    }
}

/// The newest price for just this call.
fn quoted(call: &Call, quotes: &[Quote]) -> Option<Decimal> {
    let same = |params: &Value| PRICED.iter().all(|name| params.get(name) == call.params.get(name));
    let streaming = |params: &Value| params.get(MODE).is_none_or(|mode| mode == STREAMING);
    quotes.iter().find(|quote| same(&quote.params) && streaming(&quote.params)).map(|quote| quote.usd)
}

fn within(usd: Decimal, spent: Decimal, job: &GatewayJob) -> Result<(), String> {
    let budget = job.max_data_usd_per_day.normalize();
    if usd.is_zero() || spent + usd <= job.max_data_usd_per_day {
        return Ok(());
    }
    let [usd, spent] =
        [usd, spent].map(|sum| sum.round_dp_with_strategy(4, rust_decimal::RoundingStrategy::AwayFromZero).normalize());
    let stage = job.stage;
    Err(format!(
        "the bars cost {usd} USD; stage {stage} has spent {spent} USD today (UTC), and its budgets.maxDataUsdPerDay is {budget}"
    ))
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
