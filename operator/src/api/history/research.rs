//! `GET /api/bots/{namespace}/{name}/trials`. In: a Bot, a page or a job. Out: rounds of research with their gates, and of one round its
//! trials. Not pure.

use assayer_store::bot_history::{self, RoundRow};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{Named, ROWS, bot, next};
use crate::api::{App, Refusal, access::Caller, asked};

/// Path of [`show`].
pub(crate) const PATH: &str = "/api/bots/{namespace}/{name}/trials";
/// Trials of one round that are shown.
const TRIALS: i64 = 500;

/// Which page, or which round.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Asking {
    before: Option<String>,
    limit: Option<String>,
    job_id: Option<String>,
}

/// Rounds of research.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoundsPage {
    /// The moment of which this speaks.
    as_of: DateTime<Utc>,
    /// The Bot's UID.
    bot_id: Uuid,
    /// The newest first; or the one that was asked for.
    rounds: Vec<RoundRow>,
    /// What to give as `before` for the next page; null where this is the last.
    next_before: Option<Uuid>,
    /// The trials of the round that was asked for by `jobId`, the best first, those that could not be run last; null where none was.
    trials: Option<Vec<Value>>,
    /// How many the round has; null where `trials` is.
    trials_total: Option<i64>,
    /// Why `trials` is null.
    trials_reason: Option<&'static str>,
}

/// What research tried for a Bot.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    path: Named,
    asking: Result<Query<Asking>, QueryRejection>,
) -> Result<Json<RoundsPage>, Refusal> {
    let bot = bot(&app, &caller, path).await?;
    let Query(asking) = asking?;
    let limit = asked::limit(asking.limit.as_deref(), ROWS.0, ROWS.1)?;
    let before = asked::id("before", asking.before.as_deref())?;
    let job_id = asked::id("jobId", asking.job_id.as_deref())?;
    let mut rounds = bot_history::rounds(&app.pool, bot.id, job_id, before, limit + 1).await?;
    let next_before = next(&mut rounds, limit, |round| round.job_id);
    // Only of a round of this Bot: whose job it is was just read.
    let (trials, trials_total, trials_reason) = match (job_id, rounds.first()) {
        (None, _) => (None, None, Some("no round was asked for: give its jobId")),
        (Some(_), None) => (None, None, Some("the Bot has no round of that jobId")),
        (Some(_), Some(round)) => {
            let (trials, total) = bot_history::trials(&app.pool, round.job_id, TRIALS).await?;
            (Some(trials), Some(total), None)
        }
    };
    Ok(Json(RoundsPage { as_of: Utc::now(), bot_id: bot.id, rounds, next_before, trials, trials_total, trials_reason }))
}
