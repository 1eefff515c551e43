//! `GET /api/_proof/databento`. In: which page, of which Bot. Out: the newest rows of the provider and the sessions that stand on
//! them. Needs a right of its own, since rows of every namespace are shown. Not pure.

use assayer_store::provider_proof::{self, Page};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use chrono::{TimeDelta, Utc};
use serde::Deserialize;

use super::{
    App, Refusal,
    access::{Caller, Right, demand},
    asked,
    find::{BotRef, find},
    provider_answer::{Asked, ProviderProof},
};

/// Path of this handler.
pub(crate) const PATH: &str = "/api/_proof/databento";
/// What the caller must be allowed to get. Not the path itself: Kubernetes lets every authenticated user get `/api/*`
/// (system:discovery).
const RIGHT: Right = Right::Url("/assayer/proof/databento");
const PROVIDER: &str = "databento";
/// Rows that are shown where nothing else is asked for.
pub(crate) const ROWS: i64 = 50;
/// Rows that may be asked for.
pub(crate) const MAX_ROWS: i64 = 500;
/// Counts reach back this far.
const COUNTED: TimeDelta = TimeDelta::hours(1);

/// What may be asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asking {
    limit: Option<String>,
    bot: Option<String>,
    before: Option<String>,
}

/// The newest calls and what stands on them.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    asking: Result<Query<Asking>, QueryRejection>,
) -> Result<Json<ProviderProof>, Refusal> {
    demand(&app, &caller, &RIGHT).await?;
    let Query(asking) = asking?;
    let limit = asked::limit(asking.limit.as_deref(), ROWS, MAX_ROWS)?;
    let before = asked::id("before", asking.before.as_deref())?;
    let bot = match asking.bot.as_deref() {
        Some(bot) => Some(find(&app, &caller, BotRef::parse(bot).map_err(|error| error.about("bot"))?).await?),
        None => None,
    };
    let page = Page { provider: PROVIDER.to_owned(), bot_id: bot.as_ref().map(|bot| bot.id), before, limit };
    let now = Utc::now();
    let since = now - COUNTED;
    let evidence = provider_proof::read(&app.pool, &page, since).await?;
    Ok(Json(ProviderProof::new(Asked { page, bot, since, now }, evidence)))
}
