//! `GET /api/_proof/bot/{botId}` and `…/{namespace}/{name}`. In: which Bot. Out: its last jobs with every row. Not pure.

use assayer_store::proof;
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use chrono::Utc;

use super::{
    App, Refusal,
    access::Caller,
    answer::BotProof,
    find::{BotRef, find},
};

/// Path of [`by_id`].
pub(crate) const BY_ID: &str = "/api/_proof/bot/{botId}";
/// Path of [`by_namespace_and_name`].
pub(crate) const BY_NAME: &str = "/api/_proof/bot/{namespace}/{name}";
/// Jobs that a proof shows.
const JOBS: i64 = 3;

/// By UID, name, or namespace and name in one percent-encoded segment.
pub(crate) async fn by_id(
    State(app): State<App>,
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<BotProof>, Refusal> {
    let Path(id) = path?;
    of(app, caller, BotRef::parse(&id)?).await
}

/// By namespace and name.
pub(crate) async fn by_namespace_and_name(
    State(app): State<App>,
    caller: Caller,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<BotProof>, Refusal> {
    let Path((namespace, name)) = path?;
    of(app, caller, BotRef::full(&namespace, &name)?).await
}

async fn of(app: App, caller: Caller, reference: BotRef) -> Result<Json<BotProof>, Refusal> {
    let found = find(&app, &caller, reference).await?;
    let evidence = proof::last_jobs(&app.pool, found.id, JOBS).await?;
    Ok(Json(BotProof::new(found, evidence, Utc::now())))
}
