//! Somebody's own receiver of messages. In: POST to any path. Out: 202 without a body. The key is the bearer token, or the last part
//! of the path where none is sent.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, request::Parts};
use axum::response::{IntoResponse, Response};

use crate::faults::Kind;
use crate::keys::Keys;
use crate::sessions::bearer;
use crate::shell::Vendor;

/// A receiver for these tokens.
pub fn vendor(keys: Keys) -> Vendor {
    Vendor { router: Router::new().fallback(message).with_state(keys), key, refuse, request_id: None }
}

fn key(head: &Parts) -> Option<String> {
    let last = head.uri.path().rsplit('/').next().unwrap_or_default();
    bearer(head).or(Some(last)).map(str::to_owned)
}

async fn message(State(keys): State<Keys>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    match key(&head) {
        _ if head.method != Method::POST => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Some(key) if keys.accept(&key) => StatusCode::ACCEPTED.into_response(),
        _ => (StatusCode::UNAUTHORIZED, "who are you?").into_response(),
    }
}

fn refuse(kind: Kind, _retry_after_s: u64) -> Option<Response> {
    Some(match kind {
        Kind::Unauthorized => (StatusCode::UNAUTHORIZED, "who are you?").into_response(),
        Kind::Forbidden => StatusCode::FORBIDDEN.into_response(),
        Kind::BadRequest => (StatusCode::UNPROCESSABLE_ENTITY, "what is this?").into_response(),
        Kind::RateLimited => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Kind::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "it broke").into_response(),
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Kind::GatewayTimeout => StatusCode::GATEWAY_TIMEOUT.into_response(),
        _ => return None,
    })
}
