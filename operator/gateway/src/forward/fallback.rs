//! Whether a call may stand in for one of another vendor that failed. In: the job and its policy, the call, the row that it names. Out:
//! that row's id, or why not. The judging is pure; the row is read from the log.

use assayer_contract::{Operation, Outcome, ReasonCode, RequestRow, Source, wire::FALLBACK_OF_HEADER};
use assayer_engine::calendar::is_us_equities;
use assayer_providers::Call;
use assayer_store::{PgPool, gateway_jobs::GatewayJob, log::rows};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use crate::refusal::Refusal;

/// Reads the calls that others are to stand in for.
pub(crate) struct Fallbacks {
    pool: PgPool,
}

/// A call that may not stand in, and the failed one, where that much holds.
pub(crate) struct NotThis {
    pub(crate) refusal: Refusal,
    pub(crate) of: Option<Uuid>,
}

impl Fallbacks {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// The failed call that this one may stand in for; `None` where it stands for itself.
    pub(super) async fn of(&self, job: &GatewayJob, call: &Call, headers: &HeaderMap) -> Result<Option<Uuid>, NotThis> {
        let Some(of) = claim(job, call, headers).map_err(NotThis::from)? else { return Ok(None) };
        self.failed(job, of).await?;
        match other_series(job, call) {
            Some(refusal) => Err(NotThis { refusal, of: Some(of) }),
            None => Ok(Some(of)),
        }
    }

    /// The failed call that simulated bars are to stand in for.
    pub(crate) async fn named(&self, job: &GatewayJob, headers: &HeaderMap) -> Result<Uuid, NotThis> {
        let unnamed = || {
            not_allowed(format!(
                "simulated bars are given for a call of the first provider that failed, named in {FALLBACK_OF_HEADER}"
            ))
        };
        let of = id(headers.get(FALLBACK_OF_HEADER).ok_or_else(unnamed)?)?;
        self.failed(job, of).await.map(|()| of)
    }

    /// Whether the row is one of market data of this job that something may stand in for.
    async fn failed(&self, job: &GatewayJob, of: Uuid) -> Result<(), NotThis> {
        let row = rows::by_id(&self.pool, of).await.map_err(Refusal::from)?;
        match unanswerable(job, row.as_ref()) {
            Some(why) => Err(not_allowed(format!("{FALLBACK_OF_HEADER} is {of}: {why}")).into()),
            None => Ok(()),
        }
    }
}

impl From<Refusal> for NotThis {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, of: None }
    }
}

/// Whether the call is one that only stands in for another: bars of the provider that the policy names for that.
pub(super) fn stands_in(job: &GatewayJob, call: &Call) -> bool {
    let allowed = call.source.and_then(|source| job.sources.get(&source));
    call.yields_bars && allowed.and_then(|allowed| allowed.alternative()) == Some(call.provider)
}

/// What the call says it stands in for.
fn claim(job: &GatewayJob, call: &Call, headers: &HeaderMap) -> Result<Option<Uuid>, Refusal> {
    let (stage, provider) = (job.stage, call.provider);
    match (headers.get(FALLBACK_OF_HEADER), stands_in(job, call)) {
        (None, false) => Ok(None),
        (None, true) => Err(not_allowed(format!(
            "{provider} only stands in at {stage}: its bars are given for a call of the first provider that failed, named in {FALLBACK_OF_HEADER}"
        ))),
        (Some(_), false) => Err(not_allowed(format!(
            "the StagePolicy of {stage} does not name {provider} as the fallback of any source, so its {} stands in for nothing",
            call.endpoint
        ))),
        (Some(value), true) => id(value).map(Some),
    }
}

fn id(value: &HeaderValue) -> Result<Uuid, Refusal> {
    let invalid = || {
        let message = format!("{FALLBACK_OF_HEADER} must be the id of a row of this job");
        Refusal::new(StatusCode::BAD_REQUEST, ReasonCode::RequestInvalid, message)
    };
    value.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(invalid)
}

/// Why nothing may stand in for the call of this row.
fn unanswerable(job: &GatewayJob, row: Option<&RequestRow>) -> Option<String> {
    let Some(row) = row.filter(|row| row.job_id == Some(job.id) && row.trace_id == job.trace_id) else {
        return Some("this job has no such row".to_owned());
    };
    let first = job.sources.get(&Source::MarketData).and_then(|allowed| allowed.providers.first());
    if row.source != Some(Source::MarketData) || row.operation != Operation::Call || Some(&row.provider) != first {
        return Some(format!("that is a call of {}, and no market data of the first provider", row.provider));
    }
    match (row.outcome, row.reason_code) {
        (Outcome::Success | Outcome::Served, _) => Some("that call succeeded".to_owned()),
        (_, Some(reason)) if reason.may_fall_back() => None,
        (_, Some(reason)) => Some(format!("that call ended with {reason}, which is not for another vendor to answer")),
        (outcome, None) => Some(format!("that call ended as {outcome}, and nobody knows why")),
    }
}

/// Why the bars are not of the Bot's own series.
fn other_series(job: &GatewayJob, call: &Call) -> Option<Refusal> {
    let of = |field: &str| job.body.pointer(&format!("/instrument/{field}")).and_then(Value::as_str).unwrap_or_default();
    let asked = call.schema.as_deref().unwrap_or_default();
    match series(call, of("dataset"), of("symbol"), of("schema")) {
        Err(why) => Some(Refusal::new(StatusCode::FORBIDDEN, ReasonCode::FallbackNoSymbol, why)),
        Ok(schema) if schema != asked => {
            let message =
                format!("the bars are \"{asked}\": those of spec.instrument.schema \"{}\" are \"{schema}\"", of("schema"));
            Some(Refusal::new(StatusCode::FORBIDDEN, ReasonCode::SymbolMismatch, message))
        }
        Ok(_) if call.params.get("adjusted").and_then(Value::as_str) != Some("false") => {
            let message = "adjusted must be false: the Bot's own bars are as they were traded";
            Some(Refusal::new(StatusCode::FORBIDDEN, ReasonCode::SymbolMismatch, message))
        }
        Ok(_) => None,
    }
}

/// The provider's name of the length of the same bars, or why it has none that are surely the same.
fn series(call: &Call, dataset: &str, symbol: &str, schema: &str) -> Result<&'static str, String> {
    let (provider, none) =
        (call.provider, |why: &str| Err(format!("{} cannot stand in for {symbol} of {dataset}: {why}", call.provider)));
    if (provider, call.endpoint) != ("massive", "v2/aggs") {
        return none("nothing is known of how its bars compare");
    }
    if !is_us_equities(dataset) {
        return none(
            "its tickers are the same as the symbols of US shares only, and for others, such as futures that roll, there is none",
        );
    }
    if !symbol.chars().all(|c| c.is_ascii_uppercase() || c == '.') {
        return none("the symbol is no plain ticker of capital letters");
    }
    match schema {
        "ohlcv-1s" => Ok("1second"),
        "ohlcv-1m" => Ok("1minute"),
        "ohlcv-1h" => Ok("1hour"),
        _ => none("a day of ohlcv-1d begins at midnight UTC, and when one of its days begins is not documented"),
    }
}

fn not_allowed(message: String) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, ReasonCode::FallbackNotAllowed, message)
}
