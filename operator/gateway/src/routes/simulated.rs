//! `GET /v1/simulated/bars`: bars that nobody traded. Whoever is refused here is refused with a row.

use assayer_contract::{simulated::PROVIDER, wire};
use axum::{extract::State, response::Response};
use chrono::Utc;
use http::{HeaderMap, Uri};

use super::App;
use crate::forward::Target;

pub(super) async fn bars(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let to = Target { provider: PROVIDER, method: "GET", path: wire::SIMULATED_BARS_PATH };
    let caller = match app.identity.prove(&headers).await {
        Ok(caller) => caller,
        Err(stranger) => return app.forwarder.refuse_stranger(to, stranger).await,
    };
    let query = uri.query().unwrap_or_default();
    if !caller.job.is_over(Utc::now())
        && let Err(refusal) = app.standing.allows(&caller.job).await
    {
        return app.simulator.refuse_unread(&caller, query, refusal).await;
    }
    app.simulator.bars(&caller, query, &headers).await
}
