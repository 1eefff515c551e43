//! Whether a request may be let through. In: the caller's job and the request. Out: the call, or why not. Pure.

use std::time::Duration;

use assayer_contract::{
    JobType, ReasonCode, Source,
    policy::{AiMode, AllowedSource, LiveLimits},
    research::SuggestionsWanted,
    wire::{FALLBACK_OF_HEADER, TRACE_HEADER},
};
use assayer_providers::{Call, Charge, Provider, Refused, Request};
use assayer_store::gateway_jobs::GatewayJob;
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;

use super::{Asked, fallback, pace::Patience};
use crate::{identity::Caller, refusal::Refusal};

/// A request that is not let through, with as much as is known of it.
#[derive(Debug)]
pub(crate) struct Denied {
    pub(crate) refusal: Refusal,
    pub(crate) known: Known,
}

/// What is known of a request that is not let through.
#[derive(Debug)]
pub(crate) enum Known {
    /// The call that it would have been.
    Call(Box<Call>),
    /// No call: the provider's own word on it.
    Refused(Box<Refused>),
}

pub(crate) fn permit(caller: &Caller, provider: &dyn Provider, asked: &Asked, now: DateTime<Utc>) -> Result<Call, Denied> {
    let request = Request {
        method: asked.method.as_str(),
        path: &asked.path,
        query: asked.query.as_deref().unwrap_or_default(),
        content_type: asked.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()),
        body: &asked.body,
    };
    let call = provider
        .classify(&request)
        .map_err(|refused| Denied { refusal: Refusal::from(&refused), known: Known::Refused(Box::new(refused)) })?;
    match denial(caller, &call, &asked.headers, now) {
        Some(refusal) => Err(Denied { refusal, known: Known::Call(Box::new(call)) }),
        None => Ok(call),
    }
}

/// Why a known call may not be made.
pub(crate) fn denial(caller: &Caller, call: &Call, headers: &HeaderMap, now: DateTime<Utc>) -> Option<Refusal> {
    let job = &caller.job;
    if let Some(refusal) = untimely(job, headers, now) {
        return Some(refusal);
    }
    let Some(allowed) = allowed(job, call) else { return Some(disabled(job, call)) };
    if call.source == Some(Source::Ai) && job.ai.mode == AiMode::Disabled {
        let message = format!("spec.ai.mode of the StagePolicy of {} is Disabled, so no language model is asked", job.stage);
        return Some(Refusal::new(StatusCode::FORBIDDEN, ReasonCode::AiDisabled, message));
    }
    if let Some(refusal) = not_a_rounds(job, call) {
        return Some(refusal);
    }
    if call.changes {
        let message =
            format!("{} {} changes something at the vendor, which no job of {} may", call.provider, call.endpoint, job.stage);
        return Some(Refusal::new(StatusCode::FORBIDDEN, ReasonCode::SourceDisabled, message));
    }
    if let Some(other) = call.symbols.iter().find(|symbol| !allowed.symbols.contains(symbol)) {
        return Some(foreign(job, call, other, &allowed.symbols));
    }
    // What stands in for another vendor is compared with the Bot's own series where that other call is known.
    let stands_in = fallback::stands_in(job, call) || headers.contains_key(FALLBACK_OF_HEADER);
    if stands_in { None } else { other_series(call, job) }
}

/// A round asks a model, the one that its job names, for suggestions, and nobody for anything else.
fn not_a_rounds(job: &GatewayJob, call: &Call) -> Option<Refusal> {
    if job.job_type == JobType::Backtest {
        return None;
    }
    let asks = call.source == Some(Source::Ai) && call.charge == Charge::ByUse;
    // What cannot be read lets nothing be asked.
    let message = match job.suggestions_wanted().ok().flatten() {
        Some(wanted) if asks && is_of(call, &wanted) => {
            let most = call.about.most_tokens_out.filter(|most| *most <= u64::from(wanted.max_tokens));
            if most.is_some() {
                return None;
            }
            format!(
                "the answer may have at most {} tokens, by research.aiSuggestions.maxTokens when the job was planned",
                wanted.max_tokens
            )
        }
        Some(wanted) => format!("a round may ask {} of {} for suggestions, and nothing else", wanted.model, wanted.provider),
        None => format!("job {} is a round of research without suggestions: it may call nobody", job.id),
    };
    Some(Refusal::new(StatusCode::FORBIDDEN, ReasonCode::SourceDisabled, message))
}

/// Whether the call is of the one model, and of no other that the vendor might take in its place.
fn is_of(call: &Call, wanted: &SuggestionsWanted) -> bool {
    let alone = call.params.get("models").is_none_or(Value::is_null);
    alone && wanted.provider == call.provider && call.about.model.as_ref() == Some(&wanted.model)
}

/// Why the job may ask for nothing at all any more, or not under this trace.
pub(crate) fn untimely(job: &GatewayJob, headers: &HeaderMap, now: DateTime<Utc>) -> Option<Refusal> {
    if job.is_over(now) {
        let message = format!("job {} is finished or past its deadline {}", job.id, job.deadline);
        return Some(Refusal::new(StatusCode::CONFLICT, ReasonCode::JobFinished, message));
    }
    let trace = headers.get(TRACE_HEADER).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    if let Some(trace) = trace.filter(|trace| trace.parse() != Ok(job.trace_id)) {
        let message = format!("{TRACE_HEADER} is \"{trace}\": the job's trace is {}", job.trace_id);
        return Some(Refusal::new(StatusCode::CONFLICT, ReasonCode::JobMismatch, message));
    }
    None
}

/// What the job may ask of the call's kind of source, if the call's provider is among it.
fn allowed<'a>(job: &'a GatewayJob, call: &Call) -> Option<&'a AllowedSource> {
    let allowed = job.sources.get(&call.source?)?;
    allowed.providers.iter().any(|provider| provider == call.provider).then_some(allowed)
}

/// How long the answer may take, by the policy that the job was planned under.
pub(crate) fn limit(job: &GatewayJob, call: &Call) -> Duration {
    allowed(job, call).map_or(Duration::ZERO, |allowed| Duration::from_millis(allowed.max_latency_ms.into()))
}

/// How late and how old live data may be, by the same.
pub(crate) fn live_limits(job: &GatewayJob, call: &Call) -> LiveLimits {
    allowed(job, call).map_or_else(LiveLimits::default, |allowed| allowed.live)
}

/// How patient the policy is with a vendor that fails.
pub(super) fn patience(job: &GatewayJob, call: &Call) -> Patience {
    allowed(job, call).map_or(Patience::NONE, |allowed| Patience {
        retries: allowed.retries,
        cooldown: Duration::from_millis(allowed.cooldown_ms.into()),
    })
}

fn disabled(job: &GatewayJob, call: &Call) -> Refusal {
    let (stage, provider) = (job.stage, call.provider);
    let message = match call.source.map(|source| (source, job.sources.get(&source))) {
        Some((_, Some(AllowedSource { disabled: Some(disabled), .. }))) => format!("{disabled}; so {provider} may not be asked"),
        Some((source, Some(allowed))) => {
            let others = allowed.providers.join(", ");
            format!("sources.{source}.providers of the StagePolicy of {stage} is {others}, without {provider}")
        }
        Some((source, None)) => {
            format!("the StagePolicy of {stage} has no sources.{source}, so {provider} may not be asked")
        }
        None => format!("{provider} is no source, so no job of {stage} may call it"),
    };
    Refusal::new(StatusCode::FORBIDDEN, ReasonCode::SourceDisabled, message)
}

/// Another symbol than the Bot's own, or, where it may name proxies, than these.
fn foreign(job: &GatewayJob, call: &Call, other: &str, own: &[String]) -> Refusal {
    let Some(source) = call.source.filter(|source| *source != Source::MarketData) else {
        let asked = call.symbol_text().unwrap_or_default();
        return mismatch("symbols", &asked, "symbol", &job.instrument);
    };
    let own = own.join(", ");
    let message = format!("the symbol \"{other}\" is neither the Bot's own nor one of its spec.proxies.{source}: {own}");
    Refusal::new(StatusCode::FORBIDDEN, ReasonCode::SymbolMismatch, message)
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
