//! How often Bots worked. In: a window of time, what is expected of each Bot. Out: the planner's runs, the slots that were filled and
//! the times in which none was, jobs and rows by quarter of an hour. Not pure.

use std::time::Duration;

use assayer_contract::{JobType, ReasonCode};
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// Silences that are read at most, the newest first.
const MAX_SILENCES: i64 = 50;
/// Gaps of which the planner's reason is looked up at most, the longest first; one beyond has none.
const MAX_GAPS: i64 = 200;

/// A run of the planner as it is shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RunRow {
    /// The row's id.
    pub id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it had done its work.
    pub completed_at: DateTime<Utc>,
    /// Holder of the Lease.
    pub leader: String,
    /// Bots looked at.
    pub bots_seen: i32,
    /// Rows written.
    pub jobs_enqueued: i32,
    /// Kubernetes Jobs created.
    pub jobs_created: i32,
    /// Jobs enqueued, by stage.
    pub stage_breakdown: Value,
    /// Bots without a job in this run, by reason.
    pub skipped: Value,
}

/// What the planner did in the window.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Completed runs.
    pub runs: i64,
    /// Rows written.
    pub enqueued: i64,
    /// Kubernetes Jobs created.
    pub created: i64,
    /// When the newest run was completed, in the window or before, and the time between two.
    pub newest: Option<(DateTime<Utc>, Option<Duration>)>,
    /// From one run to the next, where that took longer than two intervals and what a run may take, the newest first; some of many.
    pub silences: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

/// A Bot of which something is expected.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its UID.
    pub bot_id: Uuid,
    /// `namespace/name`.
    pub bot: String,
    /// Nothing is expected before this.
    pub since: DateTime<Utc>,
    /// Hash of the policy that binds it now.
    pub policy_hash: String,
    /// Length of a slot.
    pub every: Duration,
}

/// What a Bot did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worked {
    /// Its UID.
    pub bot_id: Uuid,
    /// Since when it is counted: what was asked for, or its first job after one under another policy.
    pub since: DateTime<Utc>,
    /// Slots that a job filled.
    pub filled: i64,
    /// Slots that had no work, as rows say.
    pub idle: i64,
    /// The longest time from one such slot to the next, or until now.
    pub longest: TimeDelta,
    /// Times without such a slot for longer than three, the oldest first.
    pub gaps: Vec<LongGap>,
}

/// A long time without a slot that was filled or had no work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LongGap {
    /// The slot before it, or the beginning.
    pub from: DateTime<Utc>,
    /// The slot after it, or now.
    pub to: DateTime<Utc>,
    /// Until when the job before it was at work; now where it still is.
    pub busy_until: Option<DateTime<Utc>>,
    /// How the job before it failed.
    pub failed: Option<ReasonCode>,
    /// What the planner last wrote down of this Bot meanwhile.
    pub denied: Option<ReasonCode>,
}

/// A quarter of an hour.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Bucket {
    /// Its beginning.
    pub from: DateTime<Utc>,
    /// Jobs that were enqueued in it.
    pub jobs: i64,
    /// Rows of the request log that were written in it.
    pub requests: i64,
}

/// The newest runs, the newest first.
pub async fn runs(pool: &PgPool, limit: i64) -> Result<Vec<RunRow>, StoreError> {
    let rows = sqlx::query_as!(
        RunRow,
        "select id, started_at, completed_at, leader, bots_seen, jobs_enqueued, jobs_created, stage_breakdown, skipped
         from planner_runs order by completed_at desc limit $1",
        limit
    );
    Ok(rows.fetch_all(pool).await?)
}

/// What the planner did from then on, whose runs may take so long beside the time between two.
pub async fn totals(pool: &PgPool, from: DateTime<Utc>, run_may_take: TimeDelta) -> Result<Totals, StoreError> {
    let sum = sqlx::query!(
        r#"select count(*) as "runs!", coalesce(sum(jobs_enqueued), 0) as "enqueued!", coalesce(sum(jobs_created), 0) as "created!"
           from planner_runs where completed_at >= $1"#,
        from
    )
    .fetch_one(pool)
    .await?;
    let silences = sqlx::query!(
        r#"select before as "before!", completed_at from (
               select completed_at, started_at, interval_ms, lag(completed_at) over (order by completed_at) as before
               from planner_runs where completed_at >= $1
           ) r
           where completed_at - before > make_interval(secs => interval_ms / 500.0) + make_interval(secs => $3) order by completed_at desc limit $2"#,
        from,
        MAX_SILENCES,
        run_may_take.as_seconds_f64()
    )
    .fetch_all(pool)
    .await?;
    let newest = crate::system::last_run(pool).await?.map(|run| (run.completed_at, run.every));
    let silences = silences.into_iter().map(|row| (row.before, row.completed_at)).collect();
    Ok(Totals { runs: sum.runs, enqueued: sum.enqueued, created: sum.created, newest, silences })
}

/// What each of these Bots did until now, in the order of their UIDs.
pub async fn worked(pool: &PgPool, asked: &[Asked], now: DateTime<Utc>) -> Result<Vec<Worked>, StoreError> {
    let ids: Vec<_> = asked.iter().map(|one| one.bot_id).collect();
    let sinces: Vec<_> = asked.iter().map(|one| one.since).collect();
    let hashes: Vec<_> = asked.iter().map(|one| one.policy_hash.clone()).collect();
    let everies: Vec<_> = asked.iter().map(|one| i64::try_from(one.every.as_millis()).unwrap_or(i64::MAX)).collect();
    let names: Vec<_> = asked.iter().map(|one| one.bot.clone()).collect();
    let rows = sqlx::query!(
        r#"with asked as (
               select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::bigint[], $5::text[]) as a (bot_id, since, policy_hash, every, bot)
           ), begun as (
               select a.bot_id, a.every, a.bot, coalesce((
                   select min(own.due_slot) from bot_jobs own
                   where own.bot_id = a.bot_id and own.job_type = $6 and not own.requested and own.due_slot > (
                       select max(other.due_slot) from bot_jobs other where other.bot_id = a.bot_id and other.job_type = $6 and not other.requested
                           and other.due_slot >= a.since and other.policy_hash <> a.policy_hash
                   )
               ), a.since) as since
               from asked a
           ), slots as (
               select b.*, j.due_slot, j.completed_at, j.status, j.reason_code
               from begun b join bot_jobs j on j.bot_id = b.bot_id and j.job_type = $6 and j.due_slot >= b.since and not j.requested
               union all select b.*, i.due_slot, i.due_slot, 'IDLE', null
               from begun b join idle_slots i on i.bot_id = b.bot_id and i.due_slot >= b.since
               where not exists (select from bot_jobs j where j.bot_id = b.bot_id and j.job_type = $6 and j.due_slot = i.due_slot)
               union all select b.*, $7::timestamptz, null, null, null from begun b
           ), gaps as (
               select *, coalesce(lag(due_slot) over w, since) as before, lag(status) over w as last_status,
                   lag(completed_at) over w as last_end, lag(reason_code) over w as last_reason
               from slots window w as (partition by bot_id order by due_slot, status nulls last)
           ), counted as (
               select *, max(due_slot - before) over (partition by bot_id) as longest, count(*) filter (where status <> 'IDLE') over (partition by bot_id) as filled,
                   count(*) filter (where status = 'IDLE') over (partition by bot_id) as idle,
                   due_slot - before > make_interval(secs => every * 3 / 1000.0) as long
               from gaps
           ), ranked as (
               select *, case when long then row_number() over (order by long desc, due_slot - before desc) end as place from counted
           )
           select bot_id as "bot_id!", since as "since!", filled as "filled!", idle as "idle!",
               extract(epoch from longest)::bigint as "longest!", long as "long!", before as "from!", due_slot as "to!",
               case when last_status is not null then coalesce(last_end, $7) end as busy_until,
               case when last_status in ('FAILED', 'TIMED_OUT') then last_reason end as failed,
               case when place <= $8 then (
                   select w.key from planner_runs r cross join lateral jsonb_each(r.why_not) w
                   where r.completed_at >= before and r.completed_at <= due_slot and w.value ? bot
                   order by r.completed_at desc limit 1
               ) end as denied
           from ranked where long or status is null order by bot_id, due_slot"#,
        &ids,
        &sinces,
        &hashes,
        &everies,
        &names,
        JobType::Backtest.to_string(),
        now,
        MAX_GAPS
    )
    .fetch_all(pool)
    .await?;
    let mut all: Vec<Worked> = Vec::new();
    for row in rows {
        if all.last().is_none_or(|last| last.bot_id != row.bot_id) {
            let longest = TimeDelta::seconds(row.longest);
            all.push(Worked {
                bot_id: row.bot_id,
                since: row.since,
                filled: row.filled,
                idle: row.idle,
                longest,
                gaps: Vec::new(),
            });
        }
        let code = |text: Option<String>| text.and_then(|text| text.parse().ok());
        let gap = LongGap {
            from: row.from,
            to: row.to,
            busy_until: row.busy_until,
            failed: code(row.failed),
            denied: code(row.denied),
        };
        if let Some(last) = all.last_mut().filter(|_| row.long) {
            last.gaps.push(gap);
        }
    }
    Ok(all)
}

/// Jobs and rows of each quarter of an hour from then until now.
pub async fn buckets(pool: &PgPool, from: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<Bucket>, StoreError> {
    let rows = sqlx::query_as!(
        Bucket,
        r#"with quarters as (
               select generate_series(date_bin('15 minutes', $1, 'epoch'), $2, interval '15 minutes') as begin
           ), jobs as (
               select date_bin('15 minutes', created_at, 'epoch') as begin, count(*) as n from bot_jobs where created_at >= $1 group by 1
           ), rows as (
               select date_bin('15 minutes', created_at, 'epoch') as begin, count(*) as n from requests
               where id >= uuid_floor($1) and created_at >= $1 group by 1
           )
           select q.begin as "from!", coalesce(j.n, 0) as "jobs!", coalesce(r.n, 0) as "requests!"
           from quarters q left join jobs j using (begin) left join rows r using (begin) order by 1"#,
        from,
        now
    );
    Ok(rows.fetch_all(pool).await?)
}

#[cfg(test)]
#[path = "autonomy_tests.rs"]
mod tests;
