//! A provider's proof as it is answered. In: its rows, the sessions that name them, the time. Out: what becomes JSON. Pure.
//!
//! What is not known is null, and a field beside it says why; never 0.

use std::collections::BTreeMap;

use assayer_contract::{JobStatus, Outcome, RequestRow};
use assayer_store::provider_proof::{DanglingSession, NamingSession, OutcomeCount, Page, ProviderEvidence, Row};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::find::Found;

/// The newest calls to a provider, and the backtest sessions that stand on them.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProviderProof {
    /// When this was read.
    generated_at: DateTime<Utc>,
    /// Registry name of the provider.
    provider: String,
    /// The Bot whose rows are shown; null where every Bot's are.
    bot: Option<BotKey>,
    /// Rows that were asked for at most.
    limit: i64,
    /// The newest rows, the newest first, over all outcomes.
    requests: Vec<NamedRow>,
    /// Why there are no rows; null where there are.
    requests_reason: Option<String>,
    /// Give this as `before` to see older rows; null where there are none.
    next_before: Option<Uuid>,
    /// The sessions that name one of these rows, the newest first.
    sessions: Vec<NamingSession>,
    /// Whether `sessions` holds all of them.
    sessions_complete: bool,
    /// Ids of these rows that no session names; each row says why.
    unnamed_request_ids: Vec<Uuid>,
    /// Sessions that name rows which do not exist.
    dangling: Dangling,
    /// Rows of the last hour, counted.
    last_hour: LastHour,
    /// When the newest successful call was made, over all pages; null where there is none.
    last_success_at: Option<DateTime<Utc>>,
    /// Why `last_success_at` is null.
    last_success_reason: Option<String>,
}

/// Which Bot.
#[derive(Debug, Serialize, JsonSchema)]
struct BotKey {
    /// Its UID.
    id: Uuid,
    /// Its namespace.
    namespace: String,
    /// Its name.
    name: String,
}

/// A row with what stands on it.
#[derive(Debug, Serialize, JsonSchema)]
struct NamedRow {
    #[serde(flatten)]
    row: RequestRow,
    /// The sessions that name this row.
    session_ids: Vec<Uuid>,
    /// Why there is none; null where there is one.
    no_session_reason: Option<String>,
}

/// Sessions that name rows which do not exist.
#[derive(Debug, Serialize, JsonSchema)]
struct Dangling {
    /// How many of the newest sessions were searched.
    sessions_searched: i64,
    /// Those that name such a row. Must be empty.
    sessions: Vec<DanglingSession>,
}

/// Rows counted by how they ended.
#[derive(Debug, Serialize, JsonSchema)]
struct LastHour {
    /// Rows from here on are counted.
    since: DateTime<Utc>,
    /// How many rows.
    total: i64,
    /// The same by outcome and reason.
    by_outcome: Vec<OutcomeCount>,
}

/// What was asked, and when.
pub(crate) struct Asked {
    /// Which rows.
    pub(crate) page: Page,
    /// The Bot whose rows are asked for.
    pub(crate) bot: Option<Found>,
    /// From when on rows are counted.
    pub(crate) since: DateTime<Utc>,
    /// Now.
    pub(crate) now: DateTime<Utc>,
}

impl ProviderProof {
    /// Puts together what was found.
    pub(crate) fn new(asked: Asked, evidence: ProviderEvidence) -> Self {
        let mut named_by: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        for session in &evidence.sessions {
            for id in &session.request_ids {
                named_by.entry(*id).or_default().push(session.id);
            }
        }
        let next_before = evidence.rows.last().filter(|_| evidence.more).map(|row| row.row.id);
        let complete = !evidence.sessions_cut;
        let requests: Vec<_> = evidence
            .rows
            .into_iter()
            .map(|row| NamedRow::new(named_by.remove(&row.row.id).unwrap_or_default(), row, complete))
            .collect();
        let counts = evidence.counts;
        Self {
            generated_at: asked.now,
            requests_reason: requests.is_empty().then(|| no_rows(&asked.page)),
            next_before,
            unnamed_request_ids: requests.iter().filter(|row| row.session_ids.is_empty()).map(|row| row.row.id).collect(),
            requests,
            sessions: evidence.sessions,
            sessions_complete: complete,
            dangling: Dangling { sessions_searched: evidence.searched, sessions: evidence.dangling },
            last_hour: LastHour { since: asked.since, total: counts.iter().map(|count| count.count).sum(), by_outcome: counts },
            last_success_reason: evidence
                .last_success_at
                .is_none()
                .then(|| format!("no successful call to {} has been recorded", asked.page.provider)),
            last_success_at: evidence.last_success_at,
            limit: asked.page.limit,
            provider: asked.page.provider,
            bot: asked.bot.map(|bot| BotKey { id: bot.id, namespace: bot.namespace, name: bot.name }),
        }
    }
}

impl NamedRow {
    fn new(mut session_ids: Vec<Uuid>, row: Row, complete: bool) -> Self {
        session_ids.dedup();
        let reason =
            session_ids.is_empty().then(|| if complete { unnamed(&row) } else { "not all sessions were read".to_owned() });
        Self { row: row.row, session_ids, no_session_reason: reason }
    }
}

fn no_rows(page: &Page) -> String {
    let whose = if page.bot_id.is_some() { " of this Bot" } else { "" };
    let older = if page.before.is_some() { " before that row" } else { "" };
    format!("no call{whose} to {} has been recorded{older}", page.provider)
}

/// Why no session names a row.
fn unnamed(row: &Row) -> String {
    match row.row.outcome {
        Outcome::Failed | Outcome::Refused | Outcome::Unknown => {
            return format!("a call that ended as {} feeds no session", row.row.outcome);
        }
        Outcome::Success | Outcome::Served => {}
    }
    let reason = row.job_reason.map_or_else(|| "no reason given".to_owned(), |reason| reason.to_string());
    match row.job_status {
        None if row.row.job_id.is_some() => "its job is not recorded".to_owned(),
        None => "no job made this call".to_owned(),
        Some(JobStatus::Queued | JobStatus::Running) => "its job has not finished".to_owned(),
        Some(JobStatus::Failed) => format!("its job failed: {reason}"),
        Some(JobStatus::TimedOut) => format!("its job ran past its time: {reason}"),
        Some(JobStatus::Succeeded) => "its job succeeded without using this answer".to_owned(),
    }
}

#[cfg(test)]
#[path = "provider_answer_tests.rs"]
mod tests;
