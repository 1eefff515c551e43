//! What the installation's own workers did last. In: their heartbeats. Out: rows, and the newest of each worker. Flat in the size of
//! every table: each newest row is the end of an index.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use strum::{Display, EnumString};
use uuid::Uuid;

use crate::{StoreError, jobs::word};

/// Who closes what is past its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Display, EnumString)]
#[strum(serialize_all = "lowercase")]
pub enum Worker {
    /// The controller's leader: jobs, as `JOB_TIMEOUT`.
    Jobs,
    /// The gateway that writes the log: intents, as `UNKNOWN_OUTCOME`.
    Intents,
}

/// A sign of life of a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// The row's id.
    pub id: Uuid,
    /// Which worker.
    pub worker: Worker,
    /// The process that it runs in.
    pub instance: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The newest run of the planner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastRun {
    /// The row's id.
    pub id: Uuid,
    /// When it had done its work.
    pub completed_at: DateTime<Utc>,
    /// Who held the Lease.
    pub leader: String,
    /// Time between two runs; `None` where a version before this one wrote the row.
    pub every: Option<Duration>,
}

/// Who may write the request log, and when it last showed that it can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogWriter {
    /// The gateway set.
    pub gateway_set: String,
    /// The instance.
    pub writer: String,
    /// Its fencing epoch.
    pub epoch: i64,
    /// Its last sign of life.
    pub at: DateTime<Utc>,
}

/// Writes a sign of life, with what was closed since the last one.
pub async fn beat(pool: &PgPool, worker: Worker, instance: &str, closed: usize, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into worker_heartbeats (id, worker, instance, at, closed) values ($1, $2, $3, $4, $5)",
        Uuid::now_v7(),
        worker.to_string(),
        instance,
        now,
        i32::try_from(closed).unwrap_or(i32::MAX)
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The newest sign of life of each worker that ever gave one.
pub async fn heartbeats(pool: &PgPool) -> Result<Vec<Heartbeat>, StoreError> {
    let rows = sqlx::query!(
        r#"select h.id, h.worker, h.instance, h.at from unnest(array['jobs', 'intents']) as w (worker)
           cross join lateral (select * from worker_heartbeats b where b.worker = w.worker order by b.id desc limit 1) h"#
    )
    .fetch_all(pool)
    .await?;
    let heartbeat = |id, worker: String, instance, at| -> Result<_, StoreError> {
        Ok(Heartbeat { id, worker: word("worker_heartbeats.worker", &worker)?, instance, at })
    };
    rows.into_iter().map(|row| heartbeat(row.id, row.worker, row.instance, row.at)).collect()
}

/// The planner's run that was completed last.
pub async fn last_run(pool: &PgPool) -> Result<Option<LastRun>, StoreError> {
    let row = sqlx::query!("select id, completed_at, leader, interval_ms from planner_runs order by completed_at desc limit 1")
        .fetch_optional(pool)
        .await?;
    Ok(row.map(|row| LastRun {
        id: row.id,
        completed_at: row.completed_at,
        leader: row.leader,
        every: row.interval_ms.and_then(|millis| u64::try_from(millis).ok()).map(Duration::from_millis),
    }))
}

/// Of the gateways that hold a set, the one whose last sign of life is the newest.
pub async fn log_writer(pool: &PgPool) -> Result<Option<LogWriter>, StoreError> {
    let row = sqlx::query_as!(
        LogWriter,
        "select gateway_set, writer, epoch, heartbeat_at as at from writers where writer <> '' order by heartbeat_at desc limit 1"
    );
    Ok(row.fetch_optional(pool).await?)
}

/// Forgets runs and heartbeats older than so many days, at least one; how many there were.
pub async fn forget(pool: &PgPool, days: i32) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(r#"select forget_runs($1) as "forgotten!""#, days).fetch_one(pool).await?)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::integrations::tests::as_role;

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn the_newest_sign_of_life_of_each_worker_is_found_by_who_may_read(pool: PgPool) {
        let now = Utc::now();
        let (controller, gateway) = (as_role(&pool, "assayer_controller").await, as_role(&pool, "assayer_gateway").await);
        beat(&controller, Worker::Jobs, "a", 2, now - TimeDelta::seconds(30)).await.unwrap();
        beat(&controller, Worker::Jobs, "b", 0, now).await.unwrap();
        beat(&gateway, Worker::Intents, "g", 0, now).await.unwrap();
        let found = heartbeats(&as_role(&pool, "assayer_api").await).await.unwrap();
        let seen: Vec<_> = found.iter().map(|beat| (beat.worker, beat.instance.as_str())).collect();
        assert_eq!(seen, [(Worker::Jobs, "b"), (Worker::Intents, "g")]);
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn what_is_older_than_a_week_is_forgotten_and_nothing_else(pool: PgPool) {
        let now = Utc::now();
        beat(&pool, Worker::Jobs, "new", 0, now).await.unwrap();
        sqlx::query(
            "insert into worker_heartbeats (id, worker, instance, at, closed)
             values (uuid_floor(now() - interval '8 days'), 'intents', 'old', now() - interval '8 days', 0)",
        )
        .execute(&pool)
        .await
        .unwrap();
        let controller = as_role(&pool, "assayer_controller").await;
        assert_eq!(forget(&controller, 7).await.unwrap(), 1);
        assert!(forget(&controller, 0).await.is_err(), "the last day is kept");
        let left = heartbeats(&pool).await.unwrap();
        assert_eq!(left.iter().map(|beat| beat.instance.as_str()).collect::<Vec<_>>(), ["new"]);
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_gateway_that_gave_the_log_back_does_not_write_it(pool: PgPool) {
        assert_eq!(log_writer(&pool).await.unwrap(), None);
        sqlx::query("insert into writers (gateway_set, epoch, writer) values ('default', 3, 'g'), ('other', 1, '')")
            .execute(&pool)
            .await
            .unwrap();
        let found = log_writer(&as_role(&pool, "assayer_controller").await).await.unwrap().unwrap();
        assert_eq!((found.writer.as_str(), found.epoch), ("g", 3));
    }
}
