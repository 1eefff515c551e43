//! `ANY /v1/providers/{provider}/{path…}`: the provider's own API.

use assayer_contract::{ReasonCode, wire};
use assayer_providers::Provider;
use axum::{
    extract::{FromRequest, Request, State},
    response::Response,
};
use bytes::Bytes;
use chrono::Utc;
use http::{StatusCode, request::Parts};

use super::App;
use crate::{
    forward::{Asked, Target},
    identity::Caller,
    refusal::Refusal,
};

/// A proven caller's request, of a provider that is known, which nothing stands in the way of.
pub(super) type Read = (Caller, &'static dyn Provider, Asked);

pub(super) async fn forward(State(app): State<App>, request: Request) -> Response {
    match read(&app, wire::PROVIDERS_PATH, request).await {
        Ok((caller, provider, asked)) => {
            let access = app.accesses.of(&caller.job.bot_namespace, provider);
            Box::pin(app.forwarder.call(&caller, provider, asked, access)).await
        }
        Err(refused) => refused,
    }
}

/// What is asked below this prefix. Name and path are taken from the URI as it came, since the router's own are decoded. Whoever is refused
/// here is refused with a row.
pub(super) async fn read(app: &App, below: &str, request: Request) -> Result<Read, Response> {
    let (head, body) = request.into_parts();
    let to = target(&head, below);
    let caller = match app.identity.prove(&head.headers).await {
        Ok(caller) => caller,
        Err(stranger) => return Err(app.forwarder.refuse_stranger(to, stranger).await),
    };
    let Some(provider) = assayer_providers::find(to.provider) else {
        return Err(app.forwarder.refuse_unread(&caller, to, unknown(to.provider)).await);
    };
    // What is over is refused for that.
    if !caller.job.is_over(Utc::now())
        && let Err(refusal) = app.standing.allows(&caller.job).await
    {
        return Err(app.forwarder.refuse_unread(&caller, to, refusal).await);
    }
    let body = match Bytes::from_request(Request::from_parts(head.clone(), body), &()).await {
        Ok(body) => body,
        Err(error) => {
            let message = format!("the body cannot be taken: {error}");
            let refusal = Refusal::new(error.status(), ReasonCode::RequestInvalid, message);
            return Err(app.forwarder.refuse_unread(&caller, to, refusal).await);
        }
    };
    let (path, query) = (to.path.to_owned(), head.uri.query().map(str::to_owned));
    Ok((caller, provider, Asked { method: head.method.clone(), path, query, headers: head.headers.clone(), body }))
}

pub(super) fn unknown(provider: &str) -> Refusal {
    let message = format!("\"{provider}\" is not a provider that the gateway knows");
    Refusal::new(StatusCode::NOT_FOUND, ReasonCode::ProviderUnknown, message)
}

fn target<'a>(head: &'a Parts, below: &str) -> Target<'a> {
    let rest = head.uri.path().strip_prefix(below).unwrap_or_default();
    let (provider, path) = rest.split_once('/').unwrap_or((rest, ""));
    Target { provider, method: head.method.as_str(), path }
}
