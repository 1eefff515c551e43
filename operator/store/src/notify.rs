//! Hears what the triggers of `migrations/` tell. In: nothing. Out: Bots and Integrations of which something was written. Not pure.
//!
//! Nothing is kept for who does not listen, so each new connection means that anything may have been missed.

use std::{convert::Infallible, io};

use sqlx::{PgPool, postgres::PgListener};
use uuid::Uuid;

use crate::StoreError;

/// The channels that the triggers tell on.
const BOTS: &str = "assayer_bots";
const INTEGRATIONS: &str = "assayer_integrations";

/// What was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// From now on everything is heard; what was told before may have been missed.
    Connected,
    /// Something about the Bot with this UID was written: a job of its own, how one went, or a row after its end.
    Bot(Uuid),
    /// A handshake of the Integration with this UID was written, or a call through it that did not succeed.
    Integration(Uuid),
}

/// Listens until the connection is lost, which is the only way in which this ends. Holds one connection of the pool.
pub async fn listen(pool: &PgPool, mut heard: impl FnMut(Heard)) -> Result<Infallible, StoreError> {
    let mut listener = PgListener::connect_with(pool).await?;
    // The caller connects again: what was told meanwhile is lost, and the caller must know.
    listener.eager_reconnect(false);
    listener.listen_all([BOTS, INTEGRATIONS]).await?;
    heard(Heard::Connected);
    loop {
        let Some(told) = listener.try_recv().await? else {
            return Err(StoreError::Unavailable(sqlx::Error::Io(io::ErrorKind::ConnectionAborted.into())));
        };
        match told.payload().parse() {
            Ok(id) if told.channel() == INTEGRATIONS => heard(Heard::Integration(id)),
            Ok(id) => heard(Heard::Bot(id)),
            Err(_) => tracing::warn!(payload = told.payload(), "something else than a UID was told"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sqlx::postgres::PgPoolOptions;
    use tokio::{
        sync::mpsc::{UnboundedReceiver, unbounded_channel},
        task::JoinHandle,
        time::timeout,
    };

    use serde_json::json;

    use super::*;
    use crate::{
        integrations::tests::{INTEGRATION, row},
        proof::tests::{BOT, job, request},
    };

    const SOON: Duration = Duration::from_secs(5);

    fn listening(pool: &PgPool) -> (UnboundedReceiver<Heard>, JoinHandle<Result<Infallible, StoreError>>) {
        let (sender, receiver) = unbounded_channel();
        let pool = pool.clone();
        let task = tokio::spawn(async move { listen(&pool, |heard| assert!(sender.send(heard).is_ok())).await });
        (receiver, task)
    }

    async fn next(receiver: &mut UnboundedReceiver<Heard>) -> Heard {
        timeout(SOON, receiver.recv()).await.unwrap().unwrap()
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_job_its_events_and_a_late_row_are_heard_and_a_row_under_way_is_not(pool: PgPool) {
        let (mut heard, _task) = listening(&pool);
        assert_eq!(next(&mut heard).await, Heard::Connected);
        let job = job(&pool).await;
        assert_eq!(next(&mut heard).await, Heard::Bot(BOT));

        request(&pool, &job, "success").await;
        sqlx::query("insert into job_events (id, job_id, kind, pod, pod_uid) values ($1, $2, 'STARTED', 'p', 'u')")
            .bind(Uuid::now_v7())
            .bind(job.id)
            .execute(&pool)
            .await
            .unwrap();
        assert_eq!(next(&mut heard).await, Heard::Bot(BOT), "the event");
        sqlx::query("update bot_jobs set status = 'FAILED', reason_code = 'X', completed_at = now() where id = $1")
            .bind(job.id)
            .execute(&pool)
            .await
            .unwrap();
        assert_eq!(next(&mut heard).await, Heard::Bot(BOT), "the update");
        request(&pool, &job, "refused").await;
        assert_eq!(next(&mut heard).await, Heard::Bot(BOT), "the late row");

        // Each transaction tells a Bot once, in order, so nothing of the row under way is on its way any more.
        sqlx::query("select pg_notify('assayer_bots', $1)").bind(Uuid::nil().to_string()).execute(&pool).await.unwrap();
        assert_eq!(next(&mut heard).await, Heard::Bot(Uuid::nil()));
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn handshakes_and_failures_of_an_integration_are_heard_and_its_many_successes_are_not(pool: PgPool) {
        let (mut heard, _task) = listening(&pool);
        assert_eq!(next(&mut heard).await, Heard::Connected);
        row(&pool, json!({})).await;
        for telling in [
            json!({"operation": "verify"}),
            json!({"operation": "test"}),
            json!({"outcome": "failed", "reason_code": "PROVIDER_AUTH"}),
            json!({"outcome": "refused", "reason_code": "INTEGRATION_KEY_MISSING"}),
        ] {
            row(&pool, telling).await;
            assert_eq!(next(&mut heard).await, Heard::Integration(INTEGRATION));
        }
        row(&pool, json!({})).await;
        sqlx::query("select pg_notify('assayer_bots', $1)").bind(Uuid::nil().to_string()).execute(&pool).await.unwrap();
        assert_eq!(next(&mut heard).await, Heard::Bot(Uuid::nil()), "nothing of a success is on its way");
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn each_process_may_write_what_tells(pool: PgPool) {
        let job = job(&pool).await;
        let gateway = PgPoolOptions::new().max_connections(1).connect_with((*pool.connect_options()).clone()).await.unwrap();
        sqlx::query("set role assayer_gateway").execute(&gateway).await.unwrap();
        request(&gateway, &job, "success").await;
        sqlx::query("set role assayer_controller").execute(&gateway).await.unwrap();
        sqlx::query("update bot_jobs set status = 'RUNNING', started_at = now()").execute(&gateway).await.unwrap();
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_lost_connection_ends_the_listening_and_the_next_one_says_that_it_is_new(pool: PgPool) {
        let (mut heard, task) = listening(&pool);
        assert_eq!(next(&mut heard).await, Heard::Connected);
        sqlx::query(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and query like 'LISTEN \"assayer_bots\"%'",
        )
        .execute(&pool)
        .await
        .unwrap();
        assert!(timeout(SOON, task).await.unwrap().unwrap().is_err());
        let (mut heard, _task) = listening(&pool);
        assert_eq!(next(&mut heard).await, Heard::Connected);
        job(&pool).await;
        assert_eq!(next(&mut heard).await, Heard::Bot(BOT));
    }
}
