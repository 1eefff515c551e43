//! `GET /v1/kept/{provider}`: how far the bars reach that are kept. `POST /v1/kept/{provider}/{path…}`: the provider's own call for bars,
//! answered from them. Whoever is refused the second is refused with a row; the first claims nothing and has none.

use assayer_contract::{
    kept::{KeptAnswer, KeptQuery},
    wire,
};
use assayer_providers::Provider;
use axum::{
    Json,
    extract::{Path, Query, Request, State},
    response::{IntoResponse as _, Response},
};
use http::HeaderMap;

use super::{App, providers};
use crate::refusal::Refusal;

pub(super) async fn until(
    State(app): State<App>,
    Path(provider): Path<String>,
    Query(query): Query<KeptQuery>,
    headers: HeaderMap,
) -> Response {
    match reach(&app, &provider, query, &headers).await {
        Ok(answer) => Json(answer).into_response(),
        Err(refusal) => refusal.problem(None),
    }
}

async fn reach(app: &App, provider: &str, query: KeptQuery, headers: &HeaderMap) -> Result<KeptAnswer, Refusal> {
    let caller = app.identity.prove(headers).await.map_err(|stranger| stranger.refusal)?;
    let provider: &'static dyn Provider = assayer_providers::find(provider).ok_or_else(|| providers::unknown(provider))?;
    // Without access nothing is of use, and the call itself says why.
    match app.accesses.of(&caller.job.bot_namespace, provider).await {
        Ok(access) => app.forwarder.kept_until(&caller, provider, query, &access.through).await,
        Err(_) => Ok(KeptAnswer { until: None }),
    }
}

pub(super) async fn bars(State(app): State<App>, request: Request) -> Response {
    match providers::read(&app, wire::KEPT_PATH, request).await {
        Ok((caller, provider, asked)) => {
            let access = app.accesses.of(&caller.job.bot_namespace, provider);
            Box::pin(app.forwarder.from_kept(&caller, provider, asked, access)).await
        }
        Err(refused) => refused,
    }
}
