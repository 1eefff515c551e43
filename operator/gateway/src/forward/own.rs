//! A call that the gateway makes on its own: a message to people, or a look that is due by the clock. In: who, why, and what is asked.
//! Out: a row, in the same sequence as any call, and the vendor's answer after it.

use std::{sync::Arc, time::Duration};

use assayer_contract::{Operation, RequestRow};
use assayer_providers::{Provider, Request};
use axum::response::Response;
use bytes::Bytes;
use chrono::Utc;
use http::{
    HeaderMap, HeaderValue, Method,
    header::{ACCEPT, CONTENT_TYPE, USER_AGENT},
};
use uuid::Uuid;

use super::{
    Access, Asked, Exchange, Forwarder, Limit, NoAccess, draft,
    handshake::AGENT,
    pace::{Patience, Purpose},
    permit::{Denied, Known},
};
use crate::refusal::Refusal;

/// Nobody waits for it, but an intent must not stay open.
const LIMIT: Limit = Limit { within: Duration::from_secs(20), by: "the time that a call of the gateway's own has" };

/// Who makes such a call, why, and about whom.
#[derive(Clone, Debug)]
pub struct Own {
    /// The user that it is recorded under: the loop that makes it.
    pub user: &'static str,
    /// Why it is made.
    pub operation: Operation,
    /// The trace that its row carries.
    pub trace_id: Uuid,
    /// The Bot that it is about, if it is about one alone.
    pub about: Option<About>,
}

/// A Bot.
#[derive(Clone, Debug)]
pub struct About {
    /// Its UID.
    pub bot_id: Uuid,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Asked {
    /// A request without a body.
    pub(crate) fn get(path: &str, query: String) -> Self {
        Self { method: Method::GET, path: path.to_owned(), query: Some(query), headers: headers(), body: Bytes::new() }
    }

    /// A request with JSON.
    pub(crate) fn post(query: &str, body: &serde_json::Value) -> Self {
        let mut headers = headers();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let query = Some(query.to_owned()).filter(|query| !query.is_empty());
        Self { method: Method::POST, path: String::new(), query, headers, body: body.to_string().into() }
    }
}

fn headers() -> HeaderMap {
    [(ACCEPT, HeaderValue::from_static("*/*")), (USER_AGENT, HeaderValue::from_static(AGENT))].into_iter().collect()
}

impl Forwarder {
    /// Makes it, or records why it cannot be made. Its row is committed when this returns, unless the log is away.
    pub(crate) async fn own(
        self: &Arc<Self>,
        by: &Own,
        provider: &'static dyn Provider,
        asked: Asked,
        access: Result<Access, NoAccess>,
    ) -> Response {
        let draft = draft_of(by, provider, &asked);
        let request = Request {
            method: asked.method.as_str(),
            path: &asked.path,
            query: asked.query.as_deref().unwrap_or_default(),
            content_type: asked.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()),
            body: &asked.body,
        };
        let call = match provider.classify(&request) {
            Ok(call) => call,
            Err(refused) => {
                let denied = Denied { refusal: Refusal::from(&refused), known: Known::Refused(Box::new(refused)) };
                return self.refuse(provider, draft::with_denied(draft, &denied), denied.refusal).await;
            }
        };
        let draft = draft::with_call(draft, &call);
        match access {
            Ok(access) => {
                let (patience, purpose) = (Patience::NONE, Purpose::Work);
                let exchange = Exchange { asked, access, limit: LIMIT, patience, purpose, job: None, session: None };
                self.detach(provider, draft, call, exchange).await
            }
            Err(no_access) => self.refuse_without(provider, draft, no_access).await,
        }
    }
}

fn draft_of(by: &Own, provider: &dyn Provider, asked: &Asked) -> RequestRow {
    let about = by.about.clone();
    RequestRow {
        trace_id: by.trace_id,
        operation: by.operation,
        source: provider.facts().category.source(),
        bot_id: about.as_ref().map(|about| about.bot_id),
        bot_namespace: about.as_ref().map(|about| about.namespace.clone()),
        bot_name: about.map(|about| about.name),
        ..draft::of_user(by.user, provider.name(), asked.method.as_str(), Utc::now())
    }
}
