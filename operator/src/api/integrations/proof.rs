//! `GET /api/_proof/integrations`. Out: which Integrations are configured, connected and used, whether jobs stop where a required
//! source fails, and what is connected and not used. Needs a right of its own, since every namespace is shown. Not pure.

use assayer_crds::Bot;
use assayer_store::fail_closed;
use axum::{Json, extract::State};
use kube::{Api, api::ListParams};

use super::{
    look, policies,
    proof_answer::{Found, IntegrationsProof, WINDOW, required},
};
use crate::api::{
    App, Refusal,
    access::{Caller, Right, demand},
};

/// Path of this handler.
pub(crate) const PATH: &str = "/api/_proof/integrations";
/// What the caller must be allowed to get.
const RIGHT: Right = Right::Url("/assayer/proof/integrations");

/// Everything, as of now.
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Json<IntegrationsProof>, Refusal> {
    demand(&app, &caller, &RIGHT).await?;
    let (look, policies) = (look(&app, None).await?, policies(&app).await?);
    let since = look.at - WINDOW;
    let bots = Api::<Bot>::all(app.client.clone()).list(&ListParams::default()).await?.items;
    let compliance = fail_closed::compliance(&app.pool, &required(&policies), since).await?;
    let found = Found { looked: &look.all, policies: &policies, bots: &bots, compliance, since, now: look.at };
    Ok(Json(IntegrationsProof::new(found)))
}
