//! Many who ask the API at once, while its database is slow.

use anyhow::{Result, ensure};
use futures::future::join_all;
use tokio::task::spawn_blocking;

use super::over_http::status;
use crate::world::World;

/// Thrice as many as the API has connections.
const ASKING: usize = 24;
/// Longer than the API waits for a connection, shorter than a statement may take.
const SLOW: &str = "begin; lock table requests in access exclusive mode; select pg_sleep(4); commit";

/// Nobody can read the log for seconds, and everybody who asks meanwhile is answered after that: not one is told that the database is away.
pub async fn all_who_ask_at_once_are_answered(world: &World, namespaces: [&str; 3]) -> Result<()> {
    let psql = world.psql.clone();
    let slow = spawn_blocking(move || psql.ask(SLOW));
    world
        .until_sql(
            "a log that cannot be read",
            "select count(*) > 0 from pg_locks where relation = 'requests'::regclass and mode = 'AccessExclusiveLock' and granted",
        )
        .await?;
    let asked = namespaces.iter().cycle().take(ASKING).map(|namespace| status(world, namespace));
    for answer in join_all(asked).await {
        let (status, answer) = answer?;
        ensure!(status == 200, "{status} {answer}");
    }
    slow.await??;
    Ok(())
}
