//! `GET /api/integrations/status`. In: a namespace, or none for all. Out: every Integration, and every provider without one. Not pure.

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use serde::Deserialize;

use super::{entry::IntegrationsStatus, look, namespace_name, policies};
use crate::api::{
    App, Refusal,
    access::{Caller, Right, demand},
};

/// Path of this handler.
pub(crate) const PATH: &str = "/api/integrations/status";

/// What may be asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asking {
    namespace: Option<String>,
}

/// Configured, connected, used, and failing closed, of each.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    asking: Result<Query<Asking>, QueryRejection>,
) -> Result<Json<IntegrationsStatus>, Refusal> {
    let Query(Asking { namespace }) = asking?;
    let namespace = namespace.as_deref().map(namespace_name).transpose()?;
    demand(&app, &caller, &Right::Integrations(namespace.map(str::to_owned))).await?;
    let (look, policies) = (look(&app, namespace).await?, policies(&app).await?);
    Ok(Json(IntegrationsStatus::new(namespace, &look.all, &policies, look.at)))
}
