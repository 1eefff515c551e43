//! Whether a language model may be asked. In: the call, its job's rules, what its stage has used today. Out: the most that the call
//! may use, or why it is not made. The judging is pure; one check at a time, until the intent of the one before is committed.
//!
//! Before it is sent a call counts with the most that it can use: the bytes of its body, since no token is shorter, and the longest
//! answer that it asks for. What it names from elsewhere, such as an image, is known only from the answer.

use assayer_contract::{JobType, Outcome, ReasonCode, RequestRow, Stage, policy::AiRules};
use assayer_providers::Call;
use assayer_store::{
    PgPool,
    gateway_jobs::GatewayJob,
    spending::{self, AiUse},
};
use chrono::{DateTime, NaiveTime, Utc};
use http::StatusCode;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

use crate::refusal::Refusal;

const MILLION: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// Checks tokens and their prices against budgets.
pub(super) struct AiBudget {
    pool: PgPool,
    one_at_a_time: Mutex<()>,
}

/// The most that a call may use, which is within the budget as long as this is held: until the intent that carries it is committed.
pub(super) struct Held<'a> {
    pub(super) most: Most,
    _held: MutexGuard<'a, ()>,
}

/// The most that a call may use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Most {
    pub(super) tokens: i64,
    /// `None` where the model has no price, and needs none.
    pub(super) usd: Option<Decimal>,
    price: Option<Price>,
}

/// In USD for a million tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Price {
    sent: Decimal,
    received: Decimal,
}

impl Price {
    fn of(self, sent: i64, received: i64) -> Option<Decimal> {
        let of = |price: Decimal, tokens: i64| price.checked_mul(tokens.into());
        of(self.sent, sent)?.checked_add(of(self.received, received)?)?.checked_div(MILLION)
    }
}

impl AiBudget {
    pub(super) fn new(pool: PgPool) -> Self {
        Self { pool, one_at_a_time: Mutex::new(()) }
    }

    /// What the call may use, if there is that much left.
    pub(super) async fn hold(
        &self,
        job: &GatewayJob,
        call: &Call,
        bytes: usize,
        now: DateTime<Utc>,
    ) -> Result<Held<'_>, Refusal> {
        let most = most(call, bytes, &job.ai).map_err(refused)?;
        let held = self.one_at_a_time.lock().await;
        if job.job_type != JobType::Backtest && spending::models_asked(&self.pool, job.trace_id, job.id).await? > 0 {
            return Err(refused(format!("job {} has asked for its suggestions: a round asks once", job.id)));
        }
        let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
        let used = spending::ai_used(&self.pool, job.stage, today, now).await?;
        within(&most, &used, &job.ai, job.stage).map_err(refused)?;
        Ok(Held { most, _held: held })
    }
}

impl Most {
    /// A row that has not been sent yet, as far as its cost is known.
    pub(super) fn on(&self, row: RequestRow) -> RequestRow {
        RequestRow { tokens_most: Some(self.tokens), cost_usd: self.usd.map(text), ..row }
    }

    /// The row of the answer: at what was used, where the vendor says it. A price that the vendor itself says stands.
    pub(super) fn settle(&self, row: &mut RequestRow) {
        let most = self.usd.map(text);
        if let (Some(sent), Some(received), Outcome::Success) = (row.tokens_in, row.tokens_out, row.outcome)
            && row.cost_usd == most
            && let Some(usd) = self.price.and_then(|price| price.of(sent, received))
        {
            row.cost_usd = Some(text(usd));
        }
    }
}

fn most(call: &Call, bytes: usize, rules: &AiRules) -> Result<Most, String> {
    let Some(received) = call.about.most_tokens_out.and_then(|most| i64::try_from(most).ok()) else {
        let message = "the request does not say how long its answer may be at most, so nobody knows what it could cost: give the \
            vendor's field for it, such as max_tokens";
        return Err(message.to_owned());
    };
    let sent = i64::try_from(bytes).unwrap_or(i64::MAX);
    let price = price(call, rules);
    let usd = price.and_then(|price| price.of(sent, received));
    if usd.is_none() && rules.max_usd_per_day.is_some() {
        let named = models(call).join(", ");
        return Err(format!("spec.ai.prices of the StagePolicy has no price of \"{named}\", and budgets.maxAiUsdPerDay is set"));
    }
    Ok(Most { tokens: sent.saturating_add(received), usd, price })
}

/// Every model that may answer.
fn models(call: &Call) -> Vec<String> {
    let listed = call.params.get("models").and_then(Value::as_str).unwrap_or_default();
    let mut models: Vec<_> = call.about.model.clone().into_iter().collect();
    models.extend(listed.split(',').map(|model| model.trim().to_owned()).filter(|model| !model.is_empty()));
    models.dedup();
    models
}

/// The highest of the prices of all models that may answer, if every one has one.
fn price(call: &Call, rules: &AiRules) -> Option<Price> {
    let prices = models(call).into_iter().map(|model| {
        let price = rules.prices.get(&model)?;
        Some(Price { sent: price.sent.parse().ok()?, received: price.received.parse().ok()? })
    });
    let prices: Vec<Price> = prices.collect::<Option<_>>()?;
    prices.into_iter().reduce(|a, b| Price { sent: a.sent.max(b.sent), received: a.received.max(b.received) })
}

fn within(most: &Most, used: &AiUse, rules: &AiRules, stage: Stage) -> Result<(), String> {
    let allowed = i64::try_from(rules.daily_tokens).unwrap_or(i64::MAX);
    if used.tokens.saturating_add(most.tokens) > allowed {
        return Err(format!(
            "the call may use {} tokens; stage {stage} has used {} today (UTC), and its spec.ai.dailyTokens is {allowed}",
            most.tokens, used.tokens
        ));
    }
    let Some(budget) = &rules.max_usd_per_day else { return Ok(()) };
    let cost = most.usd.unwrap_or(Decimal::MAX);
    let sum = used.usd.checked_add(cost);
    if budget.parse::<Decimal>().is_ok_and(|budget| sum.is_some_and(|sum| sum <= budget)) {
        return Ok(());
    }
    let [cost, spent] = [cost, used.usd].map(|sum| sum.round_dp_with_strategy(4, RoundingStrategy::AwayFromZero).normalize());
    Err(format!(
        "the call may cost {cost} USD; stage {stage} has spent {spent} USD on models today (UTC), and its budgets.maxAiUsdPerDay is {budget}"
    ))
}

fn text(usd: Decimal) -> String {
    usd.normalize().to_string()
}

fn refused(message: String) -> Refusal {
    Refusal::new(StatusCode::PAYMENT_REQUIRED, ReasonCode::AiBudget, message)
}

#[cfg(test)]
#[path = "ai_budget_tests.rs"]
mod tests;
