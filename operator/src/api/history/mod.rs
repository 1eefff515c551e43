//! `GET /api/bots/{namespace}/{name}/jobs`, `…/trials`, `…/lineage` and `…/reports/{jobId}`. In: a Bot, a page. Out: what it has done, by rows. Not pure.

pub(crate) mod bars;
pub(crate) mod described;
pub(crate) mod document;
pub(crate) mod lineage;
pub(crate) mod report;
pub(crate) mod research;

use assayer_store::bot_history::{self, HistoryJob};
use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    App, Refusal,
    access::Caller,
    asked,
    find::{BotRef, Found, find},
};

/// Path of [`jobs`].
pub(crate) const JOBS: &str = "/api/bots/{namespace}/{name}/jobs";
/// Rows of a page where nothing else is asked for, and at most.
pub(crate) const ROWS: (i64, i64) = (50, 200);

/// Which page.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    before: Option<String>,
    limit: Option<String>,
}

/// A page of jobs.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobsPage {
    /// The moment of which this speaks.
    as_of: DateTime<Utc>,
    /// The Bot's UID.
    bot_id: Uuid,
    /// The newest first. Those of one `traceId` are one cycle, in the order of `place`.
    jobs: Vec<HistoryJob>,
    /// What to give as `before` for the next page; null where this is the last.
    next_before: Option<Uuid>,
}

pub(super) type Named = Result<Path<(String, String)>, PathRejection>;

/// What a Bot did.
pub(crate) async fn jobs(
    State(app): State<App>,
    caller: Caller,
    path: Named,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<JobsPage>, Refusal> {
    let bot = bot(&app, &caller, path).await?;
    let Query(page) = page?;
    let limit = asked::limit(page.limit.as_deref(), ROWS.0, ROWS.1)?;
    let before = asked::id("before", page.before.as_deref())?;
    let mut jobs = bot_history::jobs(&app.pool, bot.id, before, limit + 1).await?;
    let next_before = next(&mut jobs, limit, |job| job.id);
    Ok(Json(JobsPage { as_of: Utc::now(), bot_id: bot.id, jobs, next_before }))
}

async fn bot(app: &App, caller: &Caller, path: Named) -> Result<Found, Refusal> {
    let Path((namespace, name)) = path?;
    find(app, caller, BotRef::full(&namespace, &name)?).await
}

/// One row more than a page has was read, which says whether there is another page.
pub(super) fn next<T>(rows: &mut Vec<T>, limit: i64, id: impl Fn(&T) -> Uuid) -> Option<Uuid> {
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more).map(id)
}

#[cfg(test)]
mod tests;
