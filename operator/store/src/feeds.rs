//! What feeds delivered last. In: feeds. Out: the jobs that worked on each last, the newest bars, the newest test call. Flat in the size
//! of the log: each is the end of an index.

use std::collections::BTreeMap;

use assayer_contract::{Feed, FeedJob, FeedRows, JobStatus, LastBars};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

use crate::StoreError;

/// Jobs of a feed that are looked back at. More in vain than this make no pause longer.
const JOBS: i64 = 16;
/// What is older says nothing of now.
const LOOK_BACK: TimeDelta = TimeDelta::days(7);

/// Feeds as Postgres takes them, and the way back.
struct Asked<'a> {
    feeds: Vec<&'a Feed>,
    namespaces: Vec<String>,
    datasets: Vec<String>,
    schemas: Vec<String>,
    symbols: Vec<String>,
}

/// What is known of each of these feeds.
pub async fn newest(
    pool: &PgPool,
    feeds: impl IntoIterator<Item = &Feed>,
    now: DateTime<Utc>,
) -> Result<BTreeMap<Feed, FeedRows>, StoreError> {
    let asked = Asked::of(feeds);
    if asked.feeds.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut found = asked.feeds.iter().map(|feed| ((*feed).clone(), FeedRows::default())).collect();
    jobs(pool, &asked, &mut found).await?;
    bars(pool, &asked, now, &mut found).await?;
    tests(pool, &asked, now, &mut found).await?;
    Ok(found)
}

impl<'a> Asked<'a> {
    fn of(feeds: impl IntoIterator<Item = &'a Feed>) -> Self {
        let mut feeds: Vec<&Feed> = feeds.into_iter().collect();
        feeds.sort();
        feeds.dedup();
        let each = |field: fn(&Feed) -> &String| feeds.iter().map(|feed| field(feed).clone()).collect();
        Self {
            namespaces: each(|feed| &feed.namespace),
            datasets: each(|feed| &feed.dataset),
            schemas: each(|feed| &feed.schema),
            symbols: each(|feed| &feed.symbol),
            feeds,
        }
    }

    /// The feed of a row, which counts from 1.
    fn at(&self, n: i64) -> Option<&'a Feed> {
        self.feeds.get(usize::try_from(n).ok()?.checked_sub(1)?).copied()
    }
}

type Found = BTreeMap<Feed, FeedRows>;

/// Whether a job failed for the sake of another source is said by the row that its reason comes from.
async fn jobs(pool: &PgPool, asked: &Asked<'_>, found: &mut Found) -> Result<(), StoreError> {
    let rows = sqlx::query!(
        r#"select f.n as "n!", j.id, j.bot_name, j.job_name, j.policy_hash, j.status, j.reason_code, j.message,
               coalesce(j.completed_at, j.created_at) as "at!", j.completed_at is null as "open!",
               case when j.reason_code is null then null else (select r.source from requests r
                   where r.trace_id = j.trace_id and r.job_id = j.id and r.reason_code = j.reason_code
                       and r.id >= uuid_floor(j.created_at - interval '1 minute') and r.id < uuid_floor(j.completed_at + interval '1 hour')
                   order by r.id desc limit 1) end as source,
               exists (select from requests r where r.trace_id = j.trace_id and r.job_id = j.id and r.fallback_of is not null
                   and r.outcome in ('success', 'served')) as "stood_in!"
           from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as f (namespace, dataset, schema, symbol, n)
           cross join lateral (
               select b.* from bot_jobs b where b.bot_namespace = f.namespace and b.instrument = f.symbol
                   and b.body #>> '{instrument,dataset}' = f.dataset and b.body #>> '{instrument,schema}' = f.schema
               order by b.id desc limit $5
           ) j
           order by f.n, j.id desc"#,
        &asked.namespaces,
        &asked.datasets,
        &asked.schemas,
        &asked.symbols,
        JOBS
    )
    .fetch_all(pool)
    .await?;
    for row in rows {
        let Some(of) = asked.at(row.n).and_then(|feed| found.get_mut(feed)) else { continue };
        let of_bars = row.source.as_deref().is_none_or(|source| source == "marketData");
        let job = FeedJob {
            id: row.id,
            bot: row.bot_name,
            job_name: row.job_name,
            policy_hash: row.policy_hash,
            at: row.at,
            // What stood in for the vendor says nothing of the vendor's own feed.
            succeeded: row.status == JobStatus::Succeeded.to_string() && !row.stood_in,
            reason: row.reason_code.filter(|_| of_bars).and_then(|code| code.parse().ok()),
            message: row.message,
        };
        if row.open { of.open.push(job) } else { of.ended.push(job) }
    }
    for of in found.values_mut() {
        of.ended.sort_by_key(|job| std::cmp::Reverse((job.at, job.id)));
    }
    Ok(())
}

async fn bars(pool: &PgPool, asked: &Asked<'_>, now: DateTime<Utc>, found: &mut Found) -> Result<(), StoreError> {
    let rows = sqlx::query!(
        r#"select f.n as "n!", r.id, r.provider, coalesce(r.completed_at, r.created_at) as "at!", r.staleness_ms
           from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as f (namespace, dataset, schema, symbol, n)
           cross join lateral (
               select r.* from requests r where r.bot_namespace = f.namespace and r.dataset = f.dataset and r.schema = f.schema
                   and r.symbol = f.symbol and r.source = 'marketData' and r.operation = 'call' and r.outcome = 'success'
                   and r.bar_count > 0 and r.id >= uuid_floor($5)
               order by r.id desc limit 1
           ) r"#,
        &asked.namespaces,
        &asked.datasets,
        &asked.schemas,
        &asked.symbols,
        now - LOOK_BACK
    )
    .fetch_all(pool)
    .await?;
    for row in rows {
        let Some(of) = asked.at(row.n).and_then(|feed| found.get_mut(feed)) else { continue };
        let last_bar = row.staleness_ms.map(|staleness| row.at - TimeDelta::milliseconds(staleness));
        of.bars = Some(LastBars { request_id: row.id, provider: row.provider, at: row.at, last_bar });
    }
    Ok(())
}

async fn tests(pool: &PgPool, asked: &Asked<'_>, now: DateTime<Utc>, found: &mut Found) -> Result<(), StoreError> {
    let mut namespaces = asked.namespaces.clone();
    namespaces.dedup();
    let rows = sqlx::query!(
        r#"select n.namespace as "namespace!", t.at as "at!"
           from unnest($1::text[]) as n (namespace)
           cross join lateral (
               select coalesce(r.completed_at, r.created_at) as at from requests r
               where r.integration_namespace = n.namespace and r.source = 'marketData' and r.operation = 'test'
                   and r.outcome = 'success' and r.id >= uuid_floor($2)
               order by r.id desc limit 1
           ) t"#,
        &namespaces,
        now - LOOK_BACK
    )
    .fetch_all(pool)
    .await?;
    for row in rows {
        for (_, of) in found.iter_mut().filter(|(feed, _)| feed.namespace == row.namespace) {
            of.tested_at = Some(row.at);
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "feeds_tests.rs"]
mod tests;
