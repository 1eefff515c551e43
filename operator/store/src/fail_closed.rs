//! Whether jobs stopped where a source that they need had failed. In: stages with the sources that they require. Out: jobs counted,
//! and those that went on.

use assayer_contract::{Source, Stage};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{StoreError, jobs::word};

/// Offending jobs that are named.
pub const MAX_NAMED: i64 = 100;
/// How far the clocks of two processes may be apart.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::hours(1);

/// Jobs of a stage against a source that it requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compliance {
    /// The stage.
    pub stage: Stage,
    /// The source.
    pub source: Source,
    /// Jobs that were planned in the window.
    pub jobs: i64,
    /// Those of them in which a call to the source failed, no like call succeeded after it, and nothing that the policy lets stand in
    /// for it did.
    pub failed: i64,
    /// Those of these that succeeded or posted a session all the same.
    pub went_on: i64,
    /// Their ids, the newest first; at most [`MAX_NAMED`].
    pub offending: Vec<Uuid>,
}

/// The jobs planned since `since`, for each stage and a source that it requires.
pub async fn compliance(
    pool: &PgPool,
    required: &[(Stage, Source)],
    since: DateTime<Utc>,
) -> Result<Vec<Compliance>, StoreError> {
    let (stages, sources): (Vec<String>, Vec<String>) =
        required.iter().map(|(stage, source)| (stage.to_string(), source.to_string())).unzip();
    let rows = sqlx::query!(
        r#"select p.stage as "stage!", p.source as "source!", count(j.id) as "jobs!", count(*) filter (where j.failed) as "failed!",
               count(*) filter (where j.failed and j.went_on) as "went_on!",
               coalesce((array_agg(j.id order by j.id desc) filter (where j.failed and j.went_on))[1:$5::bigint], '{}') as "offending!"
           from unnest($1::text[], $2::text[]) as p (stage, source)
           left join lateral (
               select b.id,
                   b.status = 'SUCCEEDED' or exists (select from backtest_sessions s where s.job_id = b.id) as went_on,
                   exists (
                       select from requests r
                       where r.trace_id = b.trace_id and r.job_id = b.id and r.id >= uuid_floor($4) and r.source = p.source
                           and r.operation = 'call' and r.outcome in ('failed', 'refused', 'unknown')
                           and not exists (select from requests g where g.trace_id = r.trace_id and g.job_id = r.job_id and g.id > r.id
                               and g.source = r.source and (g.endpoint = r.endpoint or g.fallback_of is not null)
                               and g.outcome in ('success', 'served'))
                   ) as failed
               from bot_jobs b where b.stage = p.stage and b.created_at >= $3
           ) j on true
           group by p.stage, p.source order by p.stage, p.source"#,
        &stages,
        &sources,
        since,
        since - CLOCK_TOLERANCE,
        MAX_NAMED
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Compliance {
                stage: word("bot_jobs.stage", &row.stage)?,
                source: word("requests.source", &row.source)?,
                jobs: row.jobs,
                failed: row.failed,
                went_on: row.went_on,
                offending: row.offending,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        integrations::tests::{as_role, row},
        proof::tests::{Job, job, session},
    };

    async fn call(pool: &PgPool, job: &Job, endpoint: &str, outcome: &str) -> Uuid {
        let reason = (outcome != "success").then_some("PROVIDER_TIMEOUT");
        let of =
            json!({"job_id": job.id, "trace_id": job.trace, "endpoint": endpoint, "outcome": outcome, "reason_code": reason});
        row(pool, of).await.id
    }

    async fn end(pool: &PgPool, job: &Job, status: &str) {
        sqlx::query("update bot_jobs set status = $2, reason_code = 'X', completed_at = now() where id = $1")
            .bind(job.id)
            .bind(status)
            .execute(pool)
            .await
            .unwrap();
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_job_that_goes_on_after_its_source_failed_is_named_and_one_that_stops_tries_again_or_falls_back_is_not(
        pool: PgPool,
    ) {
        // given: a job that stopped, one whose second try succeeded, one that succeeded regardless, one
        // for whose vendor another stood in, one with a session of nothing
        let stopped = job(&pool).await;
        call(&pool, &stopped, "bars", "failed").await;
        end(&pool, &stopped, "FAILED").await;
        let again = job(&pool).await;
        call(&pool, &again, "bars", "failed").await;
        call(&pool, &again, "bars", "success").await;
        end(&pool, &again, "SUCCEEDED").await;
        let regardless = job(&pool).await;
        call(&pool, &regardless, "bars", "failed").await;
        call(&pool, &regardless, "range", "success").await;
        end(&pool, &regardless, "SUCCEEDED").await;
        let stood_in = job(&pool).await;
        let failed = call(&pool, &stood_in, "bars", "failed").await;
        let of = json!({"job_id": stood_in.id, "trace_id": stood_in.trace, "endpoint": "v2/aggs", "fallback_of": failed});
        row(&pool, of).await;
        end(&pool, &stood_in, "SUCCEEDED").await;
        let invented = job(&pool).await;
        let refused = call(&pool, &invented, "bars", "refused").await;
        session(&pool, &invented, &[refused]).await;
        let pool = as_role(&pool, "assayer_api").await;
        // then
        let required = [(Stage::Lab, Source::MarketData), (Stage::Lab, Source::News), (Stage::Paper, Source::MarketData)];
        let since = Utc::now() - TimeDelta::hours(1);
        let found = compliance(&pool, &required, since).await.unwrap();
        let of = |stage, source| found.iter().find(|one| (one.stage, one.source) == (stage, source)).unwrap();
        let lab = of(Stage::Lab, Source::MarketData);
        assert_eq!((lab.jobs, lab.failed, lab.went_on), (5, 3, 2));
        assert_eq!(lab.offending, [invented.id, regardless.id]);
        assert_eq!((of(Stage::Lab, Source::News).jobs, of(Stage::Lab, Source::News).failed), (5, 0));
        assert_eq!(of(Stage::Paper, Source::MarketData).jobs, 0);
        assert_eq!(compliance(&pool, &required, Utc::now()).await.unwrap().iter().map(|one| one.jobs).sum::<i64>(), 0);
    }
}
