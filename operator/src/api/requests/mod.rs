//! `GET /api/requests` and `…/{requestId}`: rows of the request log. In: what of, from when to when. Out: rows, the newest first, as JSON or
//! as a table for a spreadsheet. Who may not read every row is shown those of Bots that they may. Not pure.

mod csv;
pub(crate) mod described;

use assayer_contract::{Problem, ReasonCode, RequestRow, Source};
use assayer_store::request_search::{self, By, Search};
use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    App, Refusal,
    access::{Caller, Right, may},
    asked,
    bots::readable::{Readable, readable},
    find::{BotRef, find},
    history::next,
    refusal::{bad_request, shown},
};

/// Path of [`list`].
pub(crate) const PATH: &str = "/api/requests";
/// Path of [`one`].
pub(crate) const ONE: &str = "/api/requests/{requestId}";
/// The right to rows of every namespace, and of no Bot.
const EVERY: Right = Right::Url("/assayer/proof/requests");
/// Rows where nothing else is asked for, and at most: as JSON, and in a table.
const ROWS: (i64, i64) = (50, 500);
const IN_TABLE: i64 = 10_000;
/// How far back is looked where neither a cycle, a Bot nor a time is named.
const LOOK_BACK: TimeDelta = TimeDelta::hours(24);
/// The same for one Bot.
const LOOK_BACK_OF_BOT: TimeDelta = TimeDelta::days(30);
/// Clocks of two processes may be apart: rows of a moment ago may say that they are of the next.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

/// What may be asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Asking {
    trace_id: Option<String>,
    bot_id: Option<String>,
    provider: Option<String>,
    source: Option<String>,
    from: Option<String>,
    to: Option<String>,
    before: Option<String>,
    limit: Option<String>,
    format: Option<String>,
}

/// A page of rows.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Requests {
    /// The moment of which this speaks.
    as_of: DateTime<Utc>,
    /// No older row was looked for.
    from: DateTime<Utc>,
    /// No newer row was looked for.
    to: DateTime<Utc>,
    /// Whether rows of other namespaces, and of no Bot, were looked through, too.
    every_namespace: bool,
    /// The newest first, with the columns of the table `requests`.
    rows: Vec<RequestRow>,
    /// What to give as `before` for the next page; null where this is the last.
    next_before: Option<Uuid>,
}

/// One row.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OneRequest {
    /// With the columns of the table `requests`.
    row: RequestRow,
}

/// Rows.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    asking: Result<Query<Asking>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asking) = asking?;
    let table = as_table(asking.format.as_deref(), &headers)?;
    let now = Utc::now();
    let mut search = asking.search(now, if table { IN_TABLE } else { ROWS.1 })?;
    let every = may(&app, &caller, &EVERY).await?;
    match asking.bot_id.as_deref() {
        // Who may read the Bot may read its rows, which are all of its namespace.
        Some(bot) => {
            let bot = BotRef::parse(bot).map_err(|error| error.about("botId"))?;
            search.by = By::Bot(find(&app, &caller, bot).await?.id);
        }
        None if every => {}
        None => search.namespaces = Some(of(readable(&app, &caller, app.bots.namespaces()).await?, &app)),
    }
    let limit = search.limit;
    search.limit += 1;
    let mut rows = request_search::search(&app.pool, &search).await?;
    let next_before = next(&mut rows, limit, |row| row.id);
    if table {
        return csv::answer(&rows);
    }
    let (from, to) = (search.from, search.to);
    Ok(Json(Requests { as_of: now, from, to, every_namespace: every, rows, next_before }).into_response())
}

/// One row, if the caller may read its Bot, or every row.
pub(crate) async fn one(
    State(app): State<App>,
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<OneRequest>, Refusal> {
    let Path(id) = path?;
    let missing = || {
        let detail = format!("there is no request {:?} that you may read", shown(&id));
        Refusal::from(Problem::new(404, ReasonCode::NotFound, detail))
    };
    let id = asked::id("requestId", Some(&id))?.ok_or_else(missing)?;
    let row = request_search::one(&app.pool, id).await?.ok_or_else(missing)?;
    let of_bot = match (&row.bot_namespace, &row.bot_name) {
        (Some(namespace), Some(name)) => may(&app, &caller, &Right::Bot(namespace.clone(), name.clone())).await?,
        _ => false,
    };
    if of_bot || may(&app, &caller, &EVERY).await? { Ok(Json(OneRequest { row })) } else { Err(missing()) }
}

/// Who may read the Bots of every namespace without the right to every row is not shown rows of no Bot.
fn of(readable: Readable, app: &App) -> Vec<String> {
    match readable {
        Readable::Every => app.bots.namespaces().into_iter().collect(),
        Readable::These(namespaces) => namespaces.into_iter().collect(),
    }
}

fn as_table(format: Option<&str>, headers: &HeaderMap) -> Result<bool, Refusal> {
    match format {
        Some("csv") => Ok(true),
        Some("json") => Ok(false),
        Some(other) => Err(bad_request(&format!("format is {:?}: give json or csv", shown(other)))),
        None => {
            let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
            Ok(accepted.trim_start().starts_with("text/csv"))
        }
    }
}

impl Asking {
    fn search(&self, now: DateTime<Utc>, most: i64) -> Result<Search, Refusal> {
        let trace = asked::id("traceId", self.trace_id.as_deref())?;
        if trace.is_some() && self.bot_id.is_some() {
            return Err(bad_request("traceId and botId: give one of them, since a trace is of one Bot"));
        }
        let source = self.source.as_deref().map(|text| {
            text.parse::<Source>().map_err(|_| {
                bad_request(&format!("source is {:?}: give one of marketData, macro, optionsFlow, news, ai, broker", shown(text)))
            })
        });
        let to = asked::moment("to", self.to.as_deref())?.unwrap_or(now + AHEAD);
        let usual = match (trace, &self.bot_id) {
            (Some(_), _) => DateTime::UNIX_EPOCH,
            (None, Some(_)) => to - LOOK_BACK_OF_BOT,
            (None, None) => to - LOOK_BACK,
        };
        let from = asked::moment("from", self.from.as_deref())?.unwrap_or(usual);
        if from >= to {
            return Err(bad_request(&format!("from is {from} and to is {to}: give a to that is later")));
        }
        Ok(Search {
            by: trace.map_or(By::Time, By::Trace),
            provider: self.provider.clone(),
            source: source.transpose()?,
            namespaces: None,
            from,
            to,
            before: asked::id("before", self.before.as_deref())?,
            limit: asked::limit(self.limit.as_deref(), if most == IN_TABLE { most } else { ROWS.0 }, most)?,
        })
    }
}

#[cfg(test)]
mod tests;
