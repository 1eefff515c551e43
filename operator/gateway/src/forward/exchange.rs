//! The exchange with the vendor. In: a permitted call. Out: what came back, or how far it got.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use assayer_contract::{ReasonCode, RequestRow, Sent, wire::TRACEPARENT_HEADER};
use assayer_providers::Call;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use secrecy::ExposeSecret;

use super::{Access, Asked, headers, upstream::upstream};
use crate::refusal::Refusal;

/// The largest answer that is held.
const LARGEST_BODY: usize = 64 << 20;

/// How long an answer may take, and by whose word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) within: Duration,
    pub(super) by: &'static str,
}

impl Limit {
    /// The same for an attempt that has less time, since others went before.
    pub(super) fn left(self, left: Duration) -> Self {
        // What the first one's turn took to begin is no matter.
        if left + Duration::from_millis(100) >= self.within {
            self
        } else {
            Self { within: left, by: "what others had left of it" }
        }
    }
}

/// What came back, and when it was complete.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) result: Result<Answered, Broken>,
    pub(super) took: Duration,
}

/// The vendor answered, whole.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// The exchange broke off.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) sent: Sent,
    pub(super) status: Option<StatusCode>,
    pub(super) answer: StatusCode,
    pub(super) reason_code: ReasonCode,
    pub(super) message: Cow<'static, str>,
}

/// The signed request.
pub(super) fn request(
    http: &reqwest::Client,
    draft: &RequestRow,
    call: &Call,
    asked: Asked,
    access: &Access,
) -> Result<reqwest::Request, Refusal> {
    let outside = || Refusal::new(StatusCode::NOT_FOUND, ReasonCode::EndpointUnknown, "the path leaves the vendor's base");
    let mut url = upstream(&access.base, &call.path, asked.query.as_deref()).ok_or_else(outside)?;
    for (name, value) in &access.signed_in.query {
        url.query_pairs_mut().append_pair(name, value.expose_secret());
    }
    let mut all = headers::to_vendor(&asked.headers);
    if let Ok(traceparent) = HeaderValue::from_str(&draft.traceparent()) {
        all.insert(HeaderName::from_static(TRACEPARENT_HEADER), traceparent);
    }
    for (name, value) in &access.signed_in.headers {
        all.insert(name, value.clone());
    }
    let invalid = |_| Refusal::new(StatusCode::BAD_REQUEST, ReasonCode::RequestInvalid, "the request cannot be sent as it is");
    http.request(asked.method, url).headers(all).body(asked.body).build().map_err(invalid)
}

/// Sends it and takes the whole answer, within `limit`.
pub(super) async fn send(http: &reqwest::Client, request: reqwest::Request, limit: Limit) -> Received {
    let start = Instant::now();
    let mut seen = None;
    let late = Err(Broken::late(limit));
    let result = tokio::time::timeout(limit.within, whole(http, request, &mut seen)).await.unwrap_or(late);
    let took = start.elapsed();
    // Once the vendor has begun to answer, it has received the request.
    let result = result.map_err(|broken| match seen {
        Some(status) => Broken { sent: Sent::Yes, status: Some(status), ..broken },
        None => broken,
    });
    Received { result, took }
}

async fn whole(http: &reqwest::Client, request: reqwest::Request, seen: &mut Option<StatusCode>) -> Result<Answered, Broken> {
    let mut response = http.execute(request).await.map_err(|error| Broken::of(&error))?;
    let status = response.status();
    *seen = Some(status);
    let headers = std::mem::take(response.headers_mut());
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(piece)) if body.len() + piece.len() > LARGEST_BODY => return Err(Broken::TOO_LARGE),
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Ok(None) => return Ok(Answered { status, headers, body: body.freeze() }),
            Err(error) if error.is_timeout() => return Err(Broken::TIMEOUT),
            Err(_) => return Err(Broken::CUT),
        }
    }
}

impl Broken {
    const TIMEOUT: Self =
        Self::new(Sent::Unknown, StatusCode::GATEWAY_TIMEOUT, ReasonCode::ProviderTimeout, "the vendor did not answer in time");
    const CUT: Self = Self::new(
        Sent::Yes,
        StatusCode::BAD_GATEWAY,
        ReasonCode::DataTruncated,
        "the connection broke before the end of the answer",
    );
    const TOO_LARGE: Self =
        Self::new(Sent::Yes, StatusCode::BAD_GATEWAY, ReasonCode::ResponseTooLarge, "the answer is larger than 64 MiB");
    const UNREACHABLE: Self = Self::new(
        Sent::No,
        StatusCode::BAD_GATEWAY,
        ReasonCode::ProviderUnreachable,
        "no connection to the vendor could be made",
    );
    const RESET: Self = Self::new(
        Sent::Unknown,
        StatusCode::BAD_GATEWAY,
        ReasonCode::UnknownOutcome,
        "the connection broke before an answer: the vendor may or may not have received the request",
    );

    const fn new(sent: Sent, answer: StatusCode, reason_code: ReasonCode, message: &'static str) -> Self {
        Self { sent, status: None, answer, reason_code, message: Cow::Borrowed(message) }
    }

    fn late(limit: Limit) -> Self {
        let message = format!("the vendor did not answer within {} s, {}", limit.within.as_secs_f64(), limit.by);
        Self { message: Cow::Owned(message), ..Self::TIMEOUT }
    }

    /// The error's own text stays out of rows: it may hold the URL.
    fn of(error: &reqwest::Error) -> Self {
        if error.is_connect() || error.is_builder() {
            Self::UNREACHABLE
        } else if error.is_timeout() {
            Self::TIMEOUT
        } else {
            Self::RESET
        }
    }
}
