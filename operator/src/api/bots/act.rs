//! `POST /api/bots/{namespace}/{name}/hold`, `…/resume`, `…/run` and `…/reset`. In: a Bot, who asks. Out: the Bot, changed with the caller's own
//! token, so that the API server's rules decide and its audit log names them. Not pure.

use assayer_contract::{Problem, ReasonCode, policy::StopPolicy, wire};
use assayer_crds::Bot;
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use chrono::{SubsecRound, Utc};
use kube::{
    Api,
    api::{Patch, PatchParams},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::one::OneBot;
use crate::api::{
    App, Refusal,
    access::{Acting, Caller},
    as_caller::refused,
    find::{BotRef, missing},
    grant,
};

/// Path of [`hold`].
pub(crate) const HOLD: &str = "/api/bots/{namespace}/{name}/hold";
/// Path of [`resume`].
pub(crate) const RESUME: &str = "/api/bots/{namespace}/{name}/resume";
/// Path of [`run`].
pub(crate) const RUN: &str = "/api/bots/{namespace}/{name}/run";
/// Path of [`reset`].
pub(crate) const RESET: &str = "/api/bots/{namespace}/{name}/reset";
/// Name under which the field of a Bot is owned.
const FIELD_MANAGER: &str = "assayer-console";

type Named = Result<Path<(String, String)>, PathRejection>;

/// Lets no further cycle start; one that is under way ends by itself.
pub(crate) async fn hold(State(app): State<App>, acting: Acting, path: Named) -> Result<Json<OneBot>, Refusal> {
    change(&app, acting, path, &json!({"spec": {"stopPolicy": StopPolicy::Hold}}), grant::bots).await
}

/// Takes the Bot's own stop back. The stage's, if it has one, goes on.
pub(crate) async fn resume(State(app): State<App>, acting: Acting, path: Named) -> Result<Json<OneBot>, Refusal> {
    change(&app, acting, path, &json!({"spec": {"stopPolicy": StopPolicy::None}}), grant::bots).await
}

/// Has the planner start one job at once, where nothing that would keep a slot from its job is in the way. It fills no slot.
pub(crate) async fn run(State(app): State<App>, acting: Acting, path: Named) -> Result<Json<OneBot>, Refusal> {
    let asked = json!({"metadata": {"annotations": {wire::RUN_REQUESTED_ANNOTATION: Uuid::now_v7()}}});
    change(&app, acting, path, &asked, grant::bots).await
}

/// Begins anew, from now on, what the Bot is judged by.
pub(crate) async fn reset(State(app): State<App>, acting: Acting, path: Named) -> Result<Json<OneBot>, Refusal> {
    // As precise as the times of rows.
    let now = Utc::now().trunc_subsecs(6);
    change(&app, acting, path, &json!({"spec": {"resetAt": now}}), grant::resetting).await
}

/// The change, by the caller; `granting` is how somebody is let make it.
async fn change(
    app: &App,
    acting: Acting,
    path: Named,
    what: &Value,
    granting: fn(&str, &str) -> String,
) -> Result<Json<OneBot>, Refusal> {
    let Path((namespace, name)) = path?;
    // Refuses what could mean another path.
    BotRef::full(&namespace, &name)?;
    let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    let bots = Api::<Bot>::namespaced(acting.client.clone(), &namespace);
    let bot = bots.patch(&name, &params, &Patch::Merge(what)).await.map_err(|error| match &error {
        kube::Error::Api(status) if status.code == 404 => missing(&format!("{namespace}/{name}")),
        kube::Error::Api(status) if matches!(status.code, 400 | 409 | 422) => {
            Problem::new(422, ReasonCode::RequestInvalid, status.message.clone()).into()
        }
        _ => refused(error, || format!("Run: {}", granting(acting.user.name(), &namespace))),
    })?;
    tracing::info!(user = acting.user.name(), namespace, name, %what, "a Bot was changed");
    Ok(Json(OneBot::new(app, &Caller::User(acting.user), bot).await))
}
