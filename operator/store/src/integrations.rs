//! What the log says of Integrations, read for the judge. In: their UIDs and generations. Out: the newest row of each kind that bears
//! on whether they are connected.
//!
//! Two queries for all of them, flat in the size of the log: each kind has an index that ends in the row's id, and only the last days'
//! partitions are looked into. `between … and …` the same id, and an order that begins with it, keep Postgres to those indexes:
//! with `=` it may walk back through all rows of all Integrations by their ids, in hope of one that fits.

use std::collections::BTreeMap;

use assayer_contract::{Bearing, IntegrationRows, ReasonCode, RequestRow};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// Longer than anything that `connectedFor` may say.
const LOOK_BACK: TimeDelta = TimeDelta::hours(72);
/// A plan that did not cover something says so for this long, where nobody has asked for the same since.
const DENIED: TimeDelta = TimeDelta::hours(24);

/// A row and what it is the newest of.
struct Found {
    integration_id: Uuid,
    kind: String,
    row: Value,
}

/// The newest rows of these Integrations, each by its UID, under this generation of its spec.
pub async fn newest(
    pool: &PgPool,
    of: &[(Uuid, i64)],
    now: DateTime<Utc>,
) -> Result<BTreeMap<Uuid, IntegrationRows>, StoreError> {
    let (ids, generations): (Vec<Uuid>, Vec<i64>) = of.iter().copied().unzip();
    let mut found: BTreeMap<Uuid, IntegrationRows> = of.iter().map(|(id, _)| (*id, IntegrationRows::default())).collect();
    for row in attempts(pool, &ids, &generations, now).await?.into_iter().chain(denials(pool, &ids, &generations, now).await?) {
        let request: RequestRow = serde_json::from_value(row.row)?;
        let of = found.entry(row.integration_id).or_default();
        match row.kind.as_str() {
            "verify" => of.verify = Some(request),
            "used" | "apart" => newer(&mut of.success, request),
            "failure" => of.failure = Some(request),
            "turned away" => of.turned_away = Some(request),
            _ => newer(&mut of.denial, request),
        }
    }
    Ok(found)
}

async fn attempts(pool: &PgPool, ids: &[Uuid], generations: &[i64], now: DateTime<Utc>) -> Result<Vec<Found>, StoreError> {
    let connection = [Bearing::Configuration, Bearing::Credential, Bearing::Rate, Bearing::Vendor];
    let query = sqlx::query_as!(
        Found,
        r#"select i.id as "integration_id!", k.kind as "kind!",
               to_jsonb(r) || jsonb_build_object('cost_usd', r.cost_usd::text, 'qty', r.qty::text) as "row!"
           from unnest($1::uuid[], $2::bigint[]) as i (id, generation)
           cross join lateral (
               select 'verify' as kind, (select v.id from requests v where v.integration_id between i.id and i.id
                       and v.integration_generation = i.generation and v.id >= uuid_floor($3) and v.operation = 'verify'
                   order by v.integration_id desc, v.id desc limit 1) as row_id
               union all select 'used', (select u.id from requests u where u.integration_id between i.id and i.id
                       and u.integration_generation = i.generation and u.id >= uuid_floor($3) and u.outcome = 'success'
                       and u.operation = 'call' and u.bot_id is not null and u.job_id is not null
                   order by u.integration_id desc, u.id desc limit 1)
               union all select 'apart', (select a.id from requests a where a.integration_id between i.id and i.id
                       and a.integration_generation = i.generation and a.id >= uuid_floor($3) and a.outcome = 'success'
                       and (a.operation <> 'call' or a.bot_id is null or a.job_id is null)
                   order by a.integration_id desc, a.id desc limit 1)
               union all select 'failure', (select f.id from requests f where f.integration_id between i.id and i.id
                       and f.integration_generation = i.generation and f.id >= uuid_floor($3)
                       and f.outcome in ('failed', 'refused', 'unknown')
                       and case when f.operation in ('call', 'notify', 'schedule') then f.reason_code = any ($4) else f.reason_code <> all ($5) end
                   order by f.integration_id desc, f.id desc limit 1)
               union all select 'turned away', (select t.id from requests t where t.integration_id between i.id and i.id
                       and t.integration_generation = i.generation and t.id >= uuid_floor($3) and t.operation <> 'call'
                       and t.operation not in ('notify', 'schedule') and t.outcome = 'failed' and t.reason_code = any ($6)
                   order by t.integration_id desc, t.id desc limit 1)
           ) k join requests r on r.id = k.row_id"#,
        ids,
        generations,
        now - LOOK_BACK,
        &words(|reason| connection.contains(&reason.bearing())),
        &words(|reason| !reason.fails_a_handshake()),
        &words(|reason| matches!(reason.bearing(), Bearing::Credential | Bearing::Plan))
    );
    Ok(query.fetch_all(pool).await?)
}

/// What was asked in vain, or answered with a delay, and not answered well since. Live bars come to a job as rows that are served.
async fn denials(pool: &PgPool, ids: &[Uuid], generations: &[i64], now: DateTime<Utc>) -> Result<Vec<Found>, StoreError> {
    let query = sqlx::query_as!(
        Found,
        r#"select i.id as "integration_id!", 'denial' as "kind!",
               to_jsonb(r) || jsonb_build_object('cost_usd', r.cost_usd::text, 'qty', r.qty::text) as "row!"
           from unnest($1::uuid[], $2::bigint[]) as i (id, generation)
           cross join lateral (
               (select d.id from requests d where d.integration_id between i.id and i.id and d.integration_generation = i.generation
                    and d.id >= uuid_floor($3) and d.outcome in ('failed', 'refused', 'unknown') and d.operation = 'call'
                    and d.reason_code = any ($4) and not exists (
                        select from requests c where c.integration_id between d.integration_id and d.integration_id and c.id > d.id
                            and c.outcome in ('success', 'served') and c.operation = 'call' and c.bot_id is not null and c.job_id is not null
                            and c.delayed is not true and c.endpoint = d.endpoint and c.dataset is not distinct from d.dataset
                            and c.schema is not distinct from d.schema)
                order by d.integration_id desc, d.id desc limit 1)
               union all
               (select d.id from requests d where d.integration_id between i.id and i.id and d.integration_generation = i.generation
                    and d.id >= uuid_floor($3) and d.operation <> 'call' and d.operation = 'schedule' and d.outcome = 'failed'
                    and d.reason_code = any ($4) and not exists (
                        select from requests c where c.integration_id between d.integration_id and d.integration_id and c.id > d.id
                            and c.outcome = 'success' and c.operation <> 'call' and c.operation = 'schedule'
                            and c.endpoint = d.endpoint)
                order by d.integration_id desc, d.id desc limit 1)
               union all
               (select d.id from requests d where d.integration_id between i.id and i.id and d.integration_generation = i.generation
                    and d.id >= uuid_floor($3) and d.delayed and not exists (
                        select from requests c where c.integration_id between d.integration_id and d.integration_id and c.id > d.id
                            and c.outcome in ('success', 'served') and c.operation = 'call' and c.bot_id is not null and c.job_id is not null
                            and c.delayed is not true and c.endpoint = d.endpoint and c.dataset is not distinct from d.dataset
                            and c.schema is not distinct from d.schema)
                order by d.integration_id desc, d.id desc limit 1)
           ) k join requests r on r.id = k.id"#,
        ids,
        generations,
        now - DENIED,
        &words(|reason| reason.bearing() == Bearing::Plan)
    );
    Ok(query.fetch_all(pool).await?)
}

fn newer(known: &mut Option<RequestRow>, other: RequestRow) {
    if known.as_ref().is_none_or(|known| known.id < other.id) {
        *known = Some(other);
    }
}

fn words(test: impl Fn(ReasonCode) -> bool) -> Vec<String> {
    ReasonCode::all_that(test).map(|reason| reason.to_string()).collect()
}

#[cfg(test)]
#[path = "integrations_tests.rs"]
pub(crate) mod tests;
