//! Whether a request may be let through. In: the caller's job and the request. Out: the call, or why not. Pure.

use assayer_contract::{ReasonCode, wire::TRACE_HEADER};
use assayer_providers::{Call, Provider, Refused, Request};
use assayer_store::gateway_jobs::GatewayJob;
use chrono::{DateTime, Utc};
use http::{StatusCode, header::CONTENT_TYPE};
use serde_json::Value;

use super::Asked;
use crate::{identity::Caller, refusal::Refusal};

/// A request that is not let through, with as much as is known of it.
#[derive(Debug)]
pub(super) struct Denied {
    pub(super) refusal: Refusal,
    pub(super) known: Known,
}

/// What is known of a request that is not let through.
#[derive(Debug)]
pub(super) enum Known {
    /// The call that it would have been.
    Call(Box<Call>),
    /// No call: the provider's own word on it.
    Refused(Refused),
}

pub(super) fn permit(caller: &Caller, provider: &dyn Provider, asked: &Asked, now: DateTime<Utc>) -> Result<Call, Denied> {
    let request = Request {
        method: asked.method.as_str(),
        path: &asked.path,
        query: asked.query.as_deref().unwrap_or_default(),
        content_type: asked.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()),
        body: &asked.body,
    };
    let call = provider
        .classify(&request)
        .map_err(|refused| Denied { refusal: Refusal::from(&refused), known: Known::Refused(refused) })?;
    match denial(caller, &call, asked, now) {
        Some(refusal) => Err(Denied { refusal, known: Known::Call(Box::new(call)) }),
        None => Ok(call),
    }
}

fn denial(caller: &Caller, call: &Call, asked: &Asked, now: DateTime<Utc>) -> Option<Refusal> {
    let job = &caller.job;
    if job.is_over(now) {
        let message = format!("job {} is finished or past its deadline {}", job.id, job.deadline);
        return Some(Refusal::new(StatusCode::CONFLICT, ReasonCode::JobFinished, message));
    }
    let trace = asked.headers.get(TRACE_HEADER).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    if let Some(trace) = trace.filter(|trace| trace.parse() != Ok(job.trace_id)) {
        let message = format!("{TRACE_HEADER} is \"{trace}\": the job's trace is {}", job.trace_id);
        return Some(Refusal::new(StatusCode::CONFLICT, ReasonCode::JobMismatch, message));
    }
    if !call.is_confined_to(&job.instrument) {
        let asked = call.symbol_text().unwrap_or_default();
        return Some(mismatch("symbols", &asked, "symbol", &job.instrument));
    }
    other_series(call, job)
}

/// A symbol means another thing in another dataset, and other bars in another schema.
fn other_series(call: &Call, job: &GatewayJob) -> Option<Refusal> {
    [("dataset", &call.dataset), ("schema", &call.schema)].into_iter().find_map(|(field, asked)| {
        let own = job.body.pointer(&format!("/instrument/{field}")).and_then(Value::as_str).unwrap_or_default();
        asked.as_deref().filter(|asked| *asked != own).map(|asked| mismatch(field, asked, field, own))
    })
}

fn mismatch(parameter: &str, asked: &str, field: &str, own: &str) -> Refusal {
    let message = format!("{parameter} is \"{asked}\": the Bot's spec.instrument.{field} is \"{own}\"");
    Refusal::new(StatusCode::FORBIDDEN, ReasonCode::SymbolMismatch, message)
}
