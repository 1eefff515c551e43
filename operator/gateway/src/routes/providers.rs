//! `ANY /v1/providers/{provider}/{path…}`: the provider's own API.

use assayer_contract::{ReasonCode, wire};
use axum::{
    extract::{FromRequest, Path, Request, State},
    response::Response,
};
use bytes::Bytes;
use http::StatusCode;

use super::App;
use crate::{forward::Asked, refusal::Refusal};

pub(super) async fn forward(State(app): State<App>, Path((name, _)): Path<(String, String)>, request: Request) -> Response {
    let provider = assayer_providers::find(&name);
    let refused = |refusal: Refusal| match provider {
        Some(provider) => refusal.in_envelope(provider),
        None => refusal.problem(None),
    };
    let caller = match app.identity.prove(request.headers()).await {
        Ok(caller) => caller,
        Err(refusal) => return refused(refusal),
    };
    let asked = match taken(request, &name).await {
        Ok(asked) => asked,
        Err(refusal) => return refused(refusal),
    };
    let Some(provider) = provider else {
        let message = format!("\"{name}\" is not a provider that the gateway knows");
        let refusal = Refusal::new(StatusCode::NOT_FOUND, ReasonCode::ProviderUnknown, message);
        return app.forwarder.refuse_unknown_provider(&caller, &name, &asked, refusal).await;
    };
    let access = app.accesses.of(&caller.job.bot_namespace, provider);
    app.forwarder.call(&caller, provider, asked, access).await
}

/// The request as it came. The path is taken from the URI, since the router's own is decoded.
async fn taken(request: Request, name: &str) -> Result<Asked, Refusal> {
    let (method, uri, headers) = (request.method().clone(), request.uri().clone(), request.headers().clone());
    let body = Bytes::from_request(request, &()).await.map_err(|error| {
        Refusal::new(error.status(), ReasonCode::RequestInvalid, format!("the body cannot be taken: {error}"))
    })?;
    let prefix = format!("{}{name}/", wire::PROVIDERS_PATH);
    let path = uri.path().strip_prefix(&prefix).unwrap_or_default().to_owned();
    Ok(Asked { method, path, query: uri.query().map(str::to_owned), headers, body })
}
