//! `POST /api/bots/{namespace}/{name}/hold` and `…/resume`. In: a Bot, who asks. Out: its `spec.stopPolicy`, changed with the caller's own
//! token, so that the API server's rules decide and its audit log names them. Not pure.

use assayer_contract::{Problem, ReasonCode, policy::StopPolicy};
use assayer_crds::Bot;
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use kube::{
    Api,
    api::{Patch, PatchParams},
};
use serde_json::json;

use super::one::OneBot;
use crate::api::{
    App, Refusal,
    access::Acting,
    as_caller::refused,
    find::{BotRef, missing},
    grant,
};

/// Path of [`hold`].
pub(crate) const HOLD: &str = "/api/bots/{namespace}/{name}/hold";
/// Path of [`resume`].
pub(crate) const RESUME: &str = "/api/bots/{namespace}/{name}/resume";
/// Name under which the field of a Bot is owned.
const FIELD_MANAGER: &str = "assayer-console";

type Named = Result<Path<(String, String)>, PathRejection>;

/// Lets no further cycle start; one that is under way ends by itself.
pub(crate) async fn hold(State(app): State<App>, acting: Acting, path: Named) -> Result<Json<OneBot>, Refusal> {
    set(&app, &acting, path, StopPolicy::Hold).await
}

/// Takes the Bot's own stop back. The stage's, if it has one, goes on.
pub(crate) async fn resume(State(app): State<App>, acting: Acting, path: Named) -> Result<Json<OneBot>, Refusal> {
    set(&app, &acting, path, StopPolicy::None).await
}

async fn set(app: &App, acting: &Acting, path: Named, stop: StopPolicy) -> Result<Json<OneBot>, Refusal> {
    let Path((namespace, name)) = path?;
    // Refuses what could mean another path.
    BotRef::full(&namespace, &name)?;
    let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    let change = Patch::Merge(json!({"spec": {"stopPolicy": stop}}));
    let bots = Api::<Bot>::namespaced(acting.client.clone(), &namespace);
    let bot = bots.patch(&name, &params, &change).await.map_err(|error| match &error {
        kube::Error::Api(status) if status.code == 404 => missing(&format!("{namespace}/{name}")),
        kube::Error::Api(status) if matches!(status.code, 400 | 409 | 422) => {
            Problem::new(422, ReasonCode::RequestInvalid, status.message.clone()).into()
        }
        _ => refused(error, || format!("Run: {}", grant::bots(acting.user.name(), &namespace))),
    })?;
    tracing::info!(user = acting.user.name(), namespace, name, ?stop, "a Bot's stopPolicy was set");
    Ok(Json(OneBot::new(app, bot)))
}
