//! One login or renewal on the wire: intent, exchange, outcome, like any call. In: the request. Out: a token, or why there is none;
//! always a row. Neither what was sent nor what came back is in the row, not even as a digest.

use std::time::Duration;

use assayer_contract::{Operation, Outcome, ReasonCode, RequestRow, Sent, Sha256Hash, wire::TRACEPARENT_HEADER};
use assayer_providers::{Login, NamedError, NotOpened, Provider, Session, SignedIn, Token};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, USER_AGENT},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use uuid::Uuid;

use super::{Sessions, pause::Failure};
use crate::{
    forward::{
        Access, INTENT_LIFETIME,
        answer::asked_to_wait,
        draft,
        exchange::{self, Answered, Broken, Limit, Received},
        handshake::AGENT,
        upstream::upstream,
    },
    refusal::Refusal,
};

/// A vendor that takes longer to let somebody in is as good as away.
const LIMIT: Limit = Limit { within: Duration::from_secs(15), by: "the time that a sign-in has" };

/// What is sent, for whom.
pub(super) struct Attempt<'a> {
    pub(super) provider: &'static dyn Provider,
    pub(super) session: &'static dyn Session,
    pub(super) access: &'a Access,
    pub(super) request: Login,
    /// The present token, for a renewal.
    pub(super) signed_in: SignedIn,
    /// Who caused it.
    pub(super) user: &'a str,
    pub(super) trace_id: Uuid,
    /// The first attempt that this one repeats, and its own number.
    pub(super) repeats: Option<(Uuid, i32)>,
}

/// Why there is no token.
pub(super) enum Ended {
    /// It was sent, or tried to be, and there is a row.
    Failed {
        /// The row.
        id: Uuid,
        failure: Failure,
        ticket: Option<SecretString>,
    },
    /// It could not be recorded, so it was not sent, or what came of it is not used.
    Unrecorded(Refusal),
}

impl Sessions {
    /// Sends it.
    pub(super) async fn attempt(&self, attempt: Attempt<'_>) -> Result<Token, Ended> {
        let (row, request) = self.prepare(&attempt).map_err(Ended::Unrecorded)?;
        let unrecorded = |error| Ended::Unrecorded(Refusal::from(error));
        let deadline = Utc::now() + INTENT_LIFETIME;
        self.recorder.intent(row.clone(), deadline).await.map_err(unrecorded)?;
        let received = exchange::send(&self.http, request, LIMIT).await;
        self.metrics.vendor_seconds.observe(received.took.as_secs_f64());
        let (row, result) = judge(&attempt, row, received, Utc::now());
        self.metrics.count(&row);
        let id = row.id;
        self.recorder.outcome(row, deadline).await.map_err(unrecorded)?;
        result.map_err(|(failure, ticket)| Ended::Failed { id, failure, ticket })
    }

    fn prepare(&self, attempt: &Attempt<'_>) -> Result<(RequestRow, reqwest::Request), Refusal> {
        let row = begun(attempt, Utc::now());
        let invalid = || Refusal::new(StatusCode::BAD_REQUEST, ReasonCode::RequestInvalid, "the sign-in cannot be sent as it is");
        let Login { method, path, body, .. } = &attempt.request;
        let url = upstream(&attempt.access.base, path, None).ok_or_else(invalid)?;
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| invalid())?;
        let mut headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("application/json")),
            (USER_AGENT, HeaderValue::from_static(AGENT)),
        ]);
        if let Ok(traceparent) = HeaderValue::from_str(&row.traceparent()) {
            headers.insert(HeaderName::from_static(TRACEPARENT_HEADER), traceparent);
        }
        headers.extend(attempt.signed_in.headers.clone());
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let body = body.as_ref().map(|body| Bytes::copy_from_slice(body.expose_secret().as_bytes())).unwrap_or_default();
        let request = self.http.request(method, url).headers(headers).body(body).build().map_err(|_| invalid())?;
        Ok((row, request))
    }
}

/// The row before it is sent. Of the credential it names the Secret's version and nothing more, and so does the fingerprint.
fn begun(attempt: &Attempt<'_>, now: DateTime<Utc>) -> RequestRow {
    let facts = attempt.provider.facts();
    let Login { method, path, .. } = &attempt.request;
    let version = attempt.access.through.secret_version.clone();
    let parts = [facts.name, *method, *path, version.as_deref().unwrap_or_default()];
    let draft = draft::of_user(attempt.user, facts.name, method, now);
    let (call_id, attempt_no) = attempt.repeats.unwrap_or((draft.id, 1));
    let draft = RequestRow {
        call_id,
        attempt: attempt_no,
        trace_id: attempt.trace_id,
        operation: Operation::SignIn,
        source: facts.category.source(),
        endpoint: (*path).to_owned(),
        request_fingerprint: Sha256Hash::of(parts.join("\n").as_bytes()),
        params: json!({draft::SECRET_VERSION: version}),
        ..draft
    };
    let environment = attempt.signed_in.environment.map(|kind| kind.name().to_owned());
    RequestRow { environment, ..draft::with_access(draft, attempt.access) }
}

type Judged = Result<Token, (Failure, Option<SecretString>)>;

fn judge(attempt: &Attempt<'_>, row: RequestRow, received: Received, now: DateTime<Utc>) -> (RequestRow, Judged) {
    let row = RequestRow { latency_ms: i64::try_from(received.took.as_millis()).ok(), ..row };
    let Answered { status, headers, body } = match received.result {
        Ok(answered) => answered,
        Err(broken) => return of_broken(row, &broken, now),
    };
    let row = RequestRow { http_status: Some(status.as_u16().into()), response_bytes: i64::try_from(body.len()).ok(), ..row };
    let (named, ticket) = match attempt.session.opened(status, &headers, &body, now) {
        Ok(token) => return (draft::ended(row, Outcome::Success, Sent::Yes, now), Ok(token)),
        Err(NotOpened::Named(named)) => (named, None),
        Err(NotOpened::Again { named, ticket, .. }) => (*named, Some(SecretString::from(ticket))),
    };
    let NamedError { reason_code, error_code, error_message, wait, .. } = named;
    let credentials = &attempt.access.credentials;
    let wait = wait.map(|wait| wait.as_secs()).or_else(|| asked_to_wait(&headers, now)).and_then(|wait| i64::try_from(wait).ok());
    let message = credentials.scrub(&error_message);
    let row = RequestRow {
        error_code: error_code.map(|code| credentials.scrub(&code)),
        retry_after_s: wait,
        ..draft::failed(draft::ended(row, Outcome::Failed, Sent::Yes, now), reason_code, &message)
    };
    let not_before = wait.and_then(TimeDelta::try_seconds).map(|wait| now + wait);
    (row, Err((Failure { reason: reason_code, message, not_before }, ticket)))
}

fn of_broken(row: RequestRow, broken: &Broken, now: DateTime<Utc>) -> (RequestRow, Judged) {
    let row = RequestRow {
        http_status: broken.status.map(|status| status.as_u16().into()),
        ..draft::failed(draft::ended(row, Outcome::Failed, broken.sent, now), broken.reason_code, &broken.message)
    };
    (row, Err((Failure { reason: broken.reason_code, message: broken.message.to_string(), not_before: None }, None)))
}
