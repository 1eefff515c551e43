//! `GET /api/bots`. In: who asks. Out: every Bot that they may read, from memory, with an ETag. Not pure.

use std::collections::BTreeSet;

use assayer_contract::Sha256Hash;
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use futures::stream;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    answer::BotAnswer,
    readable::{Readable, readable},
    watch::Stale,
};
use crate::api::{
    App, Refusal,
    access::{Caller, may},
    system,
};

/// Path of this handler.
pub(crate) const PATH: &str = "/api/bots";
/// Bots that are sent in one piece.
const PIECE: usize = 64;

/// The Bots that the caller may read.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BotsAnswer {
    /// The moment of which this speaks.
    as_of: DateTime<Utc>,
    /// Why it may have changed since; null where the cluster is being listened to.
    stale: Option<Stale>,
    /// Namespaces with Bots that the caller may not read; null where that is not for them to know.
    namespaces_not_shown: Option<usize>,
    /// Why `namespacesNotShown` is null.
    namespaces_not_shown_reason: Option<&'static str>,
    /// By namespace and name.
    bots: Vec<BotAnswer>,
}

/// The Bots.
pub(crate) async fn show(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Result<Response, Refusal> {
    let snapshot = app.bots.snapshot()?;
    let namespaces: BTreeSet<String> = snapshot.bots.iter().map(|((namespace, _), ..)| namespace.clone()).collect();
    let readable = readable(&app, &caller, namespaces.clone()).await?;
    let not_shown = if may(&app, &caller, &system::RIGHT).await? { Some(hidden(&readable, &namespaces)) } else { None };
    let shown: Vec<_> = snapshot.bots.into_iter().filter(|((namespace, _), ..)| readable.has(namespace)).collect();
    let tag = tag(shown.iter().map(|(_, _, hash)| hash), not_shown, snapshot.stale.as_ref());
    if headers.get_all(header::IF_NONE_MATCH).iter().any(|known| known == tag) {
        return Ok((StatusCode::NOT_MODIFIED, caching(tag)).into_response());
    }
    let head = BotsAnswer {
        as_of: snapshot.stale.as_ref().map_or_else(Utc::now, |stale| stale.since),
        stale: snapshot.stale,
        namespaces_not_shown: not_shown,
        namespaces_not_shown_reason: not_shown
            .is_none()
            .then_some("needs get on the nonResourceURL /assayer/proof/system, which the ClusterRole assayer-proof-reader gives"),
        bots: Vec::new(),
    };
    let body = body(&head, shown.into_iter().map(|(_, json, _)| json).collect())?;
    let content = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((caching(tag), content, body).into_response())
}

fn hidden(readable: &Readable, namespaces: &BTreeSet<String>) -> usize {
    namespaces.iter().filter(|namespace| !readable.has(namespace)).count()
}

/// Weak: the same Bots at another moment.
fn tag<'a>(hashes: impl Iterator<Item = &'a Sha256Hash>, not_shown: Option<usize>, stale: Option<&Stale>) -> HeaderValue {
    let mut all = format!("{not_shown:?}{stale:?}");
    for hash in hashes {
        all.push_str(&hash.to_string());
    }
    let hash: String = Sha256Hash::of(all.as_bytes()).to_string().chars().skip("sha256:".len()).take(32).collect();
    HeaderValue::try_from(format!("W/\"{hash}\"")).unwrap_or(HeaderValue::from_static("W/\"\""))
}

/// A browser keeps it and asks each time whether it is still so; nobody else keeps it.
fn caching(tag: HeaderValue) -> [(header::HeaderName, HeaderValue); 3] {
    [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::VARY, HeaderValue::from_static("authorization, cookie")),
    ]
}

/// The Bots are JSON already, so they are put into the list as they are, a few at a time.
fn body(head: &BotsAnswer, bots: Vec<Bytes>) -> Result<Body, Refusal> {
    let head = serde_json::to_string(head).map_err(|error| {
        tracing::error!(%error, "the list of Bots cannot be written");
        crate::api::unwritten("the list of Bots")
    })?;
    let Some(head) = head.strip_suffix("]}").map(str::to_owned) else { return Err(crate::api::unwritten("the list of Bots")) };
    let mut pieces = Vec::new();
    let mut rest = bots.into_iter().enumerate().peekable();
    while rest.peek().is_some() {
        pieces.push(rest.by_ref().take(PIECE).collect::<Vec<_>>());
    }
    let pieces = pieces.into_iter().map(|piece| {
        let mut text = Vec::new();
        for (place, bot) in piece {
            if place > 0 {
                text.push(b',');
            }
            text.extend_from_slice(&bot);
        }
        Bytes::from(text)
    });
    let all = std::iter::once(Bytes::from(head)).chain(pieces).chain(std::iter::once(Bytes::from_static(b"]}")));
    Ok(Body::from_stream(stream::iter(all.map(Ok::<_, std::convert::Infallible>))))
}
