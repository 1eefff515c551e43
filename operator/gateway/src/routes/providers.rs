//! `ANY /v1/providers/{provider}/{path…}`: the provider's own API.

use assayer_contract::{ReasonCode, wire};
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
    refusal::Refusal,
};

/// Name and path are taken from the URI as it came, since the router's own are decoded. Whoever is refused here is refused with a row.
pub(super) async fn forward(State(app): State<App>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let to = target(&head);
    let caller = match app.identity.prove(&head.headers).await {
        Ok(caller) => caller,
        Err(stranger) => return app.forwarder.refuse_stranger(to, stranger).await,
    };
    let Some(provider) = assayer_providers::find(to.provider) else {
        let message = format!("\"{}\" is not a provider that the gateway knows", to.provider);
        let refusal = Refusal::new(StatusCode::NOT_FOUND, ReasonCode::ProviderUnknown, message);
        return app.forwarder.refuse_unread(&caller, to, refusal).await;
    };
    // What is over is refused for that.
    if !caller.job.is_over(Utc::now())
        && let Err(refusal) = app.standing.allows(&caller.job).await
    {
        return app.forwarder.refuse_unread(&caller, to, refusal).await;
    }
    let body = match Bytes::from_request(Request::from_parts(head.clone(), body), &()).await {
        Ok(body) => body,
        Err(error) => {
            let message = format!("the body cannot be taken: {error}");
            let refusal = Refusal::new(error.status(), ReasonCode::RequestInvalid, message);
            return app.forwarder.refuse_unread(&caller, to, refusal).await;
        }
    };
    let (path, query) = (to.path.to_owned(), head.uri.query().map(str::to_owned));
    let asked = Asked { method: head.method.clone(), path, query, headers: head.headers.clone(), body };
    let access = app.accesses.of(&caller.job.bot_namespace, provider);
    app.forwarder.call(&caller, provider, asked, access).await
}

fn target(head: &Parts) -> Target<'_> {
    let rest = head.uri.path().strip_prefix(wire::PROVIDERS_PATH).unwrap_or_default();
    let (provider, path) = rest.split_once('/').unwrap_or((rest, ""));
    Target { provider, method: head.method.as_str(), path }
}
