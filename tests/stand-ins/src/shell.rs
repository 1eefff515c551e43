//! What all stand-ins share: a request is counted, meets a fault if one is ordered, and is then the vendor's.
//!
//! In: a vendor's router. Out: that router inside the shell, with `/healthz` and `/__stand-in/…` beside it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::{Fault, Faults, Kind};
use crate::keys::{Keys, fingerprint};
use crate::ledger::{Ledger, Parameters, credential, parameters, without_credentials};

/// Requests are small forms; a larger body is refused.
const BODY_LIMIT: usize = 1 << 20;
/// Size of one chunk of a streamed answer.
const CHUNK: usize = 16 << 10;

/// What a vendor brings to the shell.
#[derive(Clone)]
pub struct Vendor {
    /// Its API.
    pub router: Router,
    /// Where its clients put the key.
    pub key: fn(&Parts) -> Option<String>,
    /// Its answer to a fault that is an answer.
    pub refuse: fn(Kind, u64) -> Option<Response>,
    /// The header in which it answers the id of a request, if it has one.
    pub request_id: Option<HeaderName>,
}

/// The shared state of one process.
#[derive(Clone, Default)]
pub struct Shell {
    /// What arrived.
    pub ledger: Ledger,
    /// What fails.
    pub faults: Faults,
    /// Which keys are good.
    pub keys: Keys,
}

struct Context {
    shell: Shell,
    key: fn(&Parts) -> Option<String>,
    refuse: fn(Kind, u64) -> Option<Response>,
    request_id: Option<HeaderName>,
}

/// The vendor's API inside the shell.
pub fn app(shell: Shell, vendor: Vendor) -> Router {
    let control = Router::new()
        .route("/__stand-in/requests", get(requests).delete(reset))
        .route("/__stand-in/faults", get(faults).put(set_faults).post(add_faults).delete(clear_faults))
        .route("/__stand-in/keys", get(keys).put(set_keys).post(add_keys))
        .route("/healthz", get(|| async { "ok" }))
        .with_state(shell.clone());
    let Vendor { router, key, refuse, request_id } = vendor;
    let context = Arc::new(Context { shell, key, refuse, request_id });
    // The whole vendor is the fallback: paths that it does not have are requests, too.
    control.fallback_service(router.layer(from_fn_with_state(context, count)))
}

async fn count(State(context): State<Arc<Context>>, request: Request, next: Next) -> Response {
    let ledger = &context.shell.ledger;
    let (head, body) = request.into_parts();
    let key = (context.key)(&head);
    let no = ledger.received(&head, key.as_deref().map(fingerprint));
    if let Some(key) = key.as_deref().filter(|key| !key.is_empty()) {
        // Of some vendors the key is a part of the path.
        ledger.note(no, |entry| entry.path = entry.path.replace(key, "[key]"));
    }
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return finish(&context, no, StatusCode::PAYLOAD_TOO_LARGE.into_response());
    };
    let is_form = |value: &HeaderValue| value.as_bytes().starts_with(b"application/x-www-form-urlencoded");
    let form = head.headers.get(header::CONTENT_TYPE).is_some_and(is_form).then(|| parameters(&body));
    let form = form.or_else(|| fields(&body)).unwrap_or_default();
    // A login has its key in the body.
    let key = key.or_else(|| credential(&form)).as_deref().map(fingerprint);
    let form = without_credentials(form);
    ledger.note(no, |entry| {
        entry.form.clone_from(&form);
        entry.key.clone_from(&key);
    });

    let mut params = parameters(head.uri.query().unwrap_or_default().as_bytes());
    params.extend(form);
    let fault = context.shell.faults.meet(head.uri.path(), &params, key.as_deref());
    let request = Request::from_parts(head, Body::from(body));
    let response = match fault {
        None => next.run(request).await,
        Some(fault) => {
            ledger.note(no, |entry| entry.fault = serde_json::to_value(fault.kind).ok().and_then(text));
            fail(&context, &fault, request, next).await
        }
    };
    finish(&context, no, response)
}

/// The fields at the top of a JSON object, as text.
fn fields(body: &[u8]) -> Option<Parameters> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else { return None };
    Some(fields.into_iter().map(|(name, value)| (name, text(value.clone()).unwrap_or_else(|| value.to_string()))).collect())
}

fn text(value: Value) -> Option<String> {
    if let Value::String(text) = value { Some(text) } else { None }
}

async fn fail(context: &Context, fault: &Fault, mut request: Request, next: Next) -> Response {
    tokio::time::sleep(Duration::from_millis(fault.after_ms)).await;
    if let Some(refusal) = (context.refuse)(fault.kind, fault.retry_after_s) {
        return refusal;
    }
    match fault.kind {
        Kind::Hang => std::future::pending().await,
        // The only way in which a handler can close its connection: silently, since it is no mistake of this program.
        Kind::Drop => std::panic::resume_unwind(Box::new("the connection is closed on demand")),
        Kind::Redirect => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/elsewhere")]).into_response(),
        Kind::Truncate => halve(next.run(request).await, false).await,
        Kind::Close => halve(next.run(request).await, true).await,
        kind => {
            // What is wrong with bars only the vendor can do, and what else depends on what was asked.
            request.extensions_mut().insert(kind);
            request.extensions_mut().insert(fault.clone());
            next.run(request).await
        }
    }
}

/// The first half of a body; then a clean end, or the connection cut.
async fn halve(response: Response, cut: bool) -> Response {
    let (mut head, body) = response.into_parts();
    let mut body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    body.truncate(body.len() / 2);
    if !cut {
        // The old length would give the tear away.
        head.headers.remove(header::CONTENT_LENGTH);
    }
    // The pause lets the server send what it holds; an error that follows at once would take head and half with it.
    let end = stream::iter(cut.then_some(())).then(|()| async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        Err(std::io::Error::other("the connection is cut on demand"))
    });
    let pieces = stream::iter(chunks(body).into_iter().map(Ok)).chain(end);
    Response::from_parts(head, Body::from_stream(pieces))
}

/// A body in pieces, as a vendor streams it.
pub fn chunks(mut body: Bytes) -> Vec<Bytes> {
    let mut all = Vec::new();
    while !body.is_empty() {
        all.push(body.split_to(body.len().min(CHUNK)));
    }
    all
}

/// Gives the answer its id, notes it, and counts its bytes as they leave.
fn finish(context: &Context, no: u64, response: Response) -> Response {
    let id = uuid::Uuid::new_v4().simple().to_string();
    let (mut head, body) = response.into_parts();
    if let (Some(name), Ok(value)) = (&context.request_id, HeaderValue::from_str(&id)) {
        head.headers.insert(name.clone(), value);
    }
    let size = body.size_hint().exact();
    if let Some(size) = size {
        head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    }
    let ledger = context.shell.ledger.clone();
    ledger.note(no, |entry| {
        entry.status = Some(head.status.as_u16());
        entry.request_id = Some(id);
        entry.complete = size == Some(0);
        tracing::info!(no, method = entry.method, path = entry.path, status = entry.status, fault = entry.fault);
    });
    Response::from_parts(head, Body::from_stream(counted(body, size, ledger, no)))
}

/// Notes the bytes as they leave. A body of known size is not asked for its end; one that breaks never reaches it.
fn counted(body: Body, size: Option<u64>, ledger: Ledger, no: u64) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let at_end = ledger.clone();
    let pieces = body.into_data_stream().inspect(move |piece| {
        let bytes = piece.as_ref().map_or(0, Bytes::len) as u64;
        ledger.note(no, |entry| {
            entry.bytes += bytes;
            entry.complete = size == Some(entry.bytes);
        });
    });
    let end = stream::once(async move { at_end.note(no, |entry| entry.complete = true) });
    pieces.chain(end.filter_map(|()| async { None }))
}

/// What stands in front of a vendor says in plain text, for vendors that do not say how they fail themselves.
pub fn broken(kind: Kind) -> Option<Response> {
    let (status, text) = match kind {
        Kind::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        Kind::GatewayTimeout => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout"),
        _ => return None,
    };
    Some((status, text).into_response())
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn requests(State(shell): State<Shell>, Query(from): Query<Since>) -> Response {
    Json(shell.ledger.since(from.since)).into_response()
}

async fn reset(State(shell): State<Shell>) -> StatusCode {
    shell.ledger.reset();
    StatusCode::NO_CONTENT
}

async fn faults(State(shell): State<Shell>) -> Json<Vec<Fault>> {
    Json(shell.faults.list())
}

async fn set_faults(State(shell): State<Shell>, Json(order): Json<Value>) -> Response {
    answered(&shell, orders(order).and_then(|orders| shell.faults.replace(orders)))
}

async fn add_faults(State(shell): State<Shell>, Json(order): Json<Value>) -> Response {
    answered(&shell, orders(order).and_then(|orders| shell.faults.add(orders)))
}

/// One at a time, so that the refusal names the field and not the alternatives.
fn orders(order: Value) -> Result<Vec<Fault>, String> {
    let orders = if let Value::Array(many) = order { many } else { vec![order] };
    orders.into_iter().map(serde_json::from_value).collect::<Result<_, _>>().map_err(|error| error.to_string())
}

fn answered(shell: &Shell, done: Result<(), String>) -> Response {
    match done {
        Ok(()) => Json(shell.faults.list()).into_response(),
        Err(why) => (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"error": why}))).into_response(),
    }
}

#[derive(Deserialize)]
struct OfKey {
    key: Option<String>,
}

async fn clear_faults(State(shell): State<Shell>, Query(of): Query<OfKey>) -> StatusCode {
    shell.faults.clear(of.key.as_deref());
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewKeys {
    keys: Vec<String>,
}

async fn keys(State(shell): State<Shell>) -> Json<Value> {
    Json(json!({"keys": shell.keys.fingerprints()}))
}

async fn set_keys(State(shell): State<Shell>, Json(new): Json<NewKeys>) -> Json<Value> {
    shell.keys.replace(new.keys);
    Json(json!({"keys": shell.keys.fingerprints()}))
}

async fn add_keys(State(shell): State<Shell>, Json(new): Json<NewKeys>) -> Json<Value> {
    shell.keys.add(new.keys);
    Json(json!({"keys": shell.keys.fingerprints()}))
}

/// Parameters of query and form together; the form wins.
pub async fn all_parameters(request: Request) -> Parameters {
    let (head, body) = request.into_parts();
    let mut all = parameters(head.uri.query().unwrap_or_default().as_bytes());
    all.extend(parameters(&to_bytes(body, BODY_LIMIT).await.unwrap_or_default()));
    all
}
