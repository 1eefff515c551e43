//! Penalties: in place of the answer a ticket, with which the same request may come again later. In: requests. Out: the ticket, or the
//! request without it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Json, http::header};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Broker;
use crate::faults::{Fault, Kind};

/// Tickets that were given and have not come back. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Tickets(Arc<Mutex<BTreeMap<String, Ticket>>>);

struct Ticket {
    path: String,
    not_before: DateTime<Utc>,
    /// The length of the penalty, in seconds.
    seconds: u64,
}

impl Tickets {
    fn give(&self, path: &str, seconds: u64) -> Response {
        let text = uuid::Uuid::new_v4().simple().to_string();
        let not_before = Utc::now() + TimeDelta::seconds(i64::try_from(seconds).unwrap_or(i64::from(u32::MAX)));
        let ticket = Ticket { path: path.to_owned(), not_before, seconds };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(text.clone(), ticket);
        Json(json!({"p-ticket": text, "p-time": seconds, "p-captcha": false})).into_response()
    }

    /// Takes a ticket back, or answers with another penalty. One that comes too early costs its time anew, one that is not of this request a minute.
    fn take(&self, text: &str, path: &str) -> Option<Response> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(text);
        match found {
            Some(ticket) if ticket.path == path && ticket.not_before <= Utc::now() => None,
            Some(ticket) if ticket.path == path => Some(self.give(path, ticket.seconds)),
            _ => Some(self.give(path, 60)),
        }
    }
}

/// Gives tickets on demand and takes them back.
pub(super) async fn penalty(State(broker): State<Broker>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    if head.extensions.get::<Fault>().is_some_and(|fault| fault.kind == Kind::Captcha) {
        return Json(json!({"p-ticket": uuid::Uuid::new_v4().simple().to_string(), "p-time": 0, "p-captcha": true}))
            .into_response();
    }
    let ordered = head.extensions.get::<Fault>().filter(|fault| fault.kind == Kind::Ticket);
    if let Some(seconds) = ordered.map(|fault| fault.retry_after_s) {
        return broker.tickets.give(&path, seconds);
    }
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(&body) else {
        return next.run(Request::from_parts(head, Body::from(body))).await;
    };
    if let Some(ticket) = fields.remove("p-ticket").as_ref().and_then(Value::as_str)
        && let Some(again) = broker.tickets.take(ticket, &path)
    {
        return again;
    }
    head.headers.remove(header::CONTENT_LENGTH);
    next.run(Request::from_parts(head, Body::from(Value::Object(fields).to_string()))).await
}
