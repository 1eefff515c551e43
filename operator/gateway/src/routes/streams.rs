//! `GET /v1/streams/{dataset}/{schema}`: live bars of the Bot's own instrument.

use assayer_contract::wire;
use assayer_providers::find;
use axum::{
    extract::{Request, State},
    response::Response,
};

use super::App;
use crate::{forward::Target, streams::AskedStream};

/// The path is taken from the URI as it came. Whoever is refused here is refused with a row.
pub(super) async fn open(State(app): State<App>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let path = head.uri.path().strip_prefix(wire::STREAMS_PATH).unwrap_or_default();
    let caller = match app.identity.prove(&head.headers).await {
        Ok(caller) => caller,
        Err(stranger) => {
            let problem = stranger.refusal.problem(None);
            app.forwarder.refuse_stranger(Target { provider: "databento", method: "GET", path }, stranger).await;
            return problem;
        }
    };
    let access = async {
        match find("databento") {
            Some(provider) => app.accesses.of(&caller.job.bot_namespace, provider).await,
            None => Err(unknown().into()),
        }
    };
    let access = async {
        app.standing.allows(&caller.job).await?;
        access.await
    };
    let asked = AskedStream { path, query: head.uri.query().unwrap_or_default(), headers: &head.headers };
    Box::pin(app.streams.open(&caller, asked, access)).await
}

fn unknown() -> crate::refusal::Refusal {
    let reason = assayer_contract::ReasonCode::ProviderUnknown;
    crate::refusal::Refusal::new(http::StatusCode::NOT_FOUND, reason, "databento is not a provider that the gateway knows")
}
