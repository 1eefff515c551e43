//! What an exchange is worth. In: what came back. Out: the row's outcome, and the answer to give once that is committed.

use std::time::Duration;

use assayer_contract::{
    BarQuality, Outcome, ReasonCode, RequestRow, Sent, Sha256Hash,
    wire::{REASON_CODE_HEADER, REQUEST_ID_HEADER},
};
use assayer_providers::{AccountKind, Call, Category, Credentials, Measure, MeasureError, NamedError, Provider, retry_after};
use axum::{body::Body, response::Response};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::RETRY_AFTER};
use uuid::Uuid;

use super::{
    draft::{ended, failed},
    exchange::{Answered, Broken, Received},
    headers,
    quality::{Gauge, OwnedSeries},
    sessions::mismatched,
};
use crate::refusal::Refusal;

/// A year in seconds: what a vendor says beyond is no time.
const LONGEST_WAIT: u64 = 366 * 86_400;

/// A row that is complete, and the answer that waits for its commit.
pub(super) struct Judged {
    pub(super) row: RequestRow,
    pub(super) response: Response,
}

/// What an answer is measured by.
pub(super) struct Measured {
    pub(super) call: Call,
    /// What its bars are bars of, where it has any.
    pub(super) series: Option<OwnedSeries>,
    /// What the credential says of a broker's account, where its answers tell.
    pub(super) expects: Option<AccountKind>,
}

/// Names the row on its answer.
pub(crate) fn with_id(mut response: Response, id: Uuid) -> Response {
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HeaderName::from_static(REQUEST_ID_HEADER), value);
    }
    response
}

/// Measures a good answer, names a bad one.
pub(super) async fn judge(
    provider: &'static dyn Provider,
    draft: RequestRow,
    measured: Measured,
    received: Received,
    credentials: &Credentials,
) -> Judged {
    let now = Utc::now();
    let draft = RequestRow { latency_ms: i64::try_from(received.took.as_millis()).ok(), ..draft };
    let id = draft.id;
    let judged = match received.result {
        Err(broken) => of_broken(provider, draft, &broken, now),
        Ok(answered) => {
            let expects = measured.expects;
            let (digest, measured, answered) = measure(provider, measured, answered).await;
            let row = with_answer(provider, draft, &answered, digest);
            match measured {
                Ok(measured) => match measured.as_ref().ok().and_then(|figures| figures.measure.contradicts(expects)) {
                    Some((said, expected)) => of_another_kind(provider, row, said, expected, now),
                    None => of_measured(provider, row, without_the_url(provider, answered, credentials), measured, now),
                },
                Err(named) => of_error(row, answered, named, credentials, now),
            }
        }
    };
    Judged { response: with_id(judged.response, id), row: judged.row }
}

/// Figures of a good answer, or why they cannot be had; or the vendor's error.
type Weighed = Result<Result<Figures, MeasureError>, NamedError>;

/// Hashes every body, names errors and measures good answers, off the threads that serve.
async fn measure(provider: &'static dyn Provider, by: Measured, answered: Answered) -> (Option<Sha256Hash>, Weighed, Answered) {
    let (status, headers, body) = (answered.status, answered.headers.clone(), answered.body.clone());
    let work = move || {
        let named = provider.name_error(status, &headers, &body);
        (Sha256Hash::of(&body), named.map_or_else(|| Ok(figures(provider, by, &body)), Err))
    };
    match tokio::task::spawn_blocking(work).await {
        Ok((digest, weighed)) => (Some(digest), weighed, answered),
        Err(error) => {
            tracing::error!(%error, "measuring failed");
            (None, Ok(Err(MeasureError::Malformed("it could not be measured".to_owned()))), answered)
        }
    }
}

/// All that is counted in a whole answer.
pub(super) struct Figures {
    measure: Measure,
    quality: Option<BarQuality>,
}

pub(super) fn figures(provider: &dyn Provider, by: Measured, body: &[u8]) -> Result<Figures, MeasureError> {
    let Some(series) = by.series else {
        return Ok(Figures { measure: provider.measure(&by.call, body, &mut ())?, quality: None });
    };
    let mut gauge = Gauge::new(series);
    let measure = provider.measure(&by.call, body, &mut gauge)?;
    Ok(Figures { measure, quality: gauge.finish() })
}

pub(super) fn with_answer(
    provider: &dyn Provider,
    row: RequestRow,
    answered: &Answered,
    digest: Option<Sha256Hash>,
) -> RequestRow {
    let header = |name| answered.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    RequestRow {
        http_status: Some(answered.status.as_u16().into()),
        vendor_request_id: provider.facts().request_id_header.and_then(header).map(str::to_owned),
        response_bytes: i64::try_from(answered.body.len()).ok(),
        response_digest: digest,
        ..row
    }
}

pub(super) fn of_measured(
    provider: &dyn Provider,
    row: RequestRow,
    answered: Answered,
    measured: Result<Figures, MeasureError>,
    now: DateTime<Utc>,
) -> Judged {
    match measured {
        Ok(Figures { measure, quality }) => {
            let row = RequestRow {
                bar_count: measure.bar_count,
                first_bar_ts: measure.first_bar_ts,
                last_bar_ts: measure.last_bar_ts,
                staleness_ms: measure.staleness_ms(now),
                record_count: measure.record_count,
                item_count: measure.items,
                delayed: measure.delayed.then_some(true),
                instruments: measure.instruments,
                releases: measure.releases,
                quality,
                model: measure.model.or(row.model.clone()),
                tokens_in: measure.tokens_in,
                tokens_out: measure.tokens_out,
                environment: measure.environment.map(|kind| kind.name().to_owned()).or(row.environment.clone()),
                order_id: measure.order_id.or(row.order_id.clone()),
                vendor_warning: provider.warning(&answered.headers),
                // A price that is quoted, or the one that the call was made at.
                cost_usd: measure.quoted_usd.map(|usd| usd.to_string()).or(row.cost_usd.clone()),
                ..ended(row, Outcome::Success, Sent::Yes, now)
            };
            Judged { row, response: forwarded(answered, None) }
        }
        Err(error) => {
            let status = match error {
                MeasureError::NotDone(_) => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::BAD_GATEWAY,
            };
            let refusal = Refusal::new(status, error.reason_code(), error.to_string());
            let row = failed(ended(row, Outcome::Failed, Sent::Yes, now), refusal.reason_code, &refusal.message);
            Judged { row, response: refusal.in_envelope(provider) }
        }
    }
}

/// A broker's word that the account is of another kind than the Secret says: whatever else it answers is about that account.
fn of_another_kind(
    provider: &dyn Provider,
    row: RequestRow,
    said: AccountKind,
    expected: AccountKind,
    now: DateTime<Utc>,
) -> Judged {
    let message = mismatched(expected, said);
    let refusal = Refusal::new(StatusCode::BAD_GATEWAY, ReasonCode::BrokerEnvironmentMismatch, message);
    let row = RequestRow { environment: Some(said.name().to_owned()), ..ended(row, Outcome::Failed, Sent::Yes, now) };
    Judged { row: failed(row, refusal.reason_code, &refusal.message), response: refusal.in_envelope(provider) }
}

/// The vendor's error: forwarded as it is, but for a secret that it echoes.
fn of_error(row: RequestRow, mut answered: Answered, named: NamedError, credentials: &Credentials, now: DateTime<Utc>) -> Judged {
    let mut said = credentials.scrub(&named.error_message);
    let wait = named.wait.map(up_to_seconds).or_else(|| asked_to_wait(&answered.headers, now));
    let wait = wait.map(|seconds| seconds.min(LONGEST_WAIT));
    if let Some(seconds) = wait {
        said = format!("{said} (the vendor asks to wait {seconds} s)");
    }
    let row = RequestRow {
        error_code: named.error_code.map(|code| credentials.scrub(&code)),
        retry_after_s: wait.and_then(|seconds| i64::try_from(seconds).ok()),
        // Vendors charge for data, not for refusing it.
        cost_usd: None,
        tokens_most: None,
        ..failed(ended(row, Outcome::Failed, Sent::Yes, now), named.reason_code, &said)
    };
    if let Ok(text) = std::str::from_utf8(&answered.body) {
        let scrubbed = credentials.scrub(text);
        if scrubbed != text {
            answered.body = Bytes::from(scrubbed);
        }
    }
    Judged { row, response: forwarded(answered, Some(named.reason_code)) }
}

/// Where messages go to a URL that is a credential, good answers tell that URL, too. Nobody behind the gateway may learn it.
fn without_the_url(provider: &dyn Provider, mut answered: Answered, credentials: &Credentials) -> Answered {
    if provider.facts().category == Category::Notification
        && let Ok(text) = std::str::from_utf8(&answered.body)
    {
        answered.body = Bytes::from(credentials.scrub(text));
    }
    answered
}

pub(super) fn asked_to_wait(headers: &HeaderMap, now: DateTime<Utc>) -> Option<u64> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    retry_after(value, now).map(up_to_seconds)
}

fn up_to_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

fn of_broken(provider: &dyn Provider, row: RequestRow, broken: &Broken, now: DateTime<Utc>) -> Judged {
    let row = RequestRow {
        http_status: broken.status.map(|status| status.as_u16().into()),
        ..failed(ended(row, Outcome::Failed, broken.sent, now), broken.reason_code, &broken.message)
    };
    let refusal = Refusal::new(broken.answer, broken.reason_code, broken.message.as_ref());
    Judged { row, response: refusal.in_envelope(provider) }
}

fn forwarded(answered: Answered, reason: Option<ReasonCode>) -> Response {
    let mut response = Response::new(Body::from(answered.body));
    *response.status_mut() = answered.status;
    *response.headers_mut() = headers::to_runner(&answered.headers);
    if let Some(value) = reason.and_then(|reason| HeaderValue::from_str(&reason.to_string()).ok()) {
        response.headers_mut().insert(HeaderName::from_static(REASON_CODE_HEADER), value);
    }
    response
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    #[test]
    fn a_good_answer_that_tells_a_webhooks_url_is_handed_on_without_it() {
        let url = "https://discord.com/api/webhooks/100000000000000001/a-token-that-opens-the-channel";
        let credentials = Credentials::new([("DISCORD_WEBHOOK_URL".to_owned(), SecretString::from(url))]);
        let body = format!(r#"{{"id":"1","token":"a-token-that-opens-the-channel","url":"{url}"}}"#);
        let handed_on = |name| {
            let body = Bytes::from(body.clone());
            let answered = Answered { status: StatusCode::OK, headers: HeaderMap::new(), body };
            without_the_url(assayer_providers::find(name).unwrap(), answered, &credentials).body
        };
        assert_eq!(handed_on("discord"), r#"{"id":"1","token":"[redacted]","url":"[redacted]"}"#);
        assert_eq!(handed_on("fred"), body, "data is handed on byte by byte");
    }
}
