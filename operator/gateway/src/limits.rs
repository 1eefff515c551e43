//! Says which limits this gateway enforces. In: the StagePolicies as it knows them. Out: a row with their hash, each few seconds and at
//! once where it changed; and one without when it stops. Not pure. Every gateway says so, whether or not it writes the log.

use std::time::Duration;

use assayer_contract::Sha256Hash;
use assayer_store::{PgPool, limits};
use chrono::Utc;
use tokio::{
    select,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::standing::Policies;

/// Between two looks at the policies.
const LOOK: Duration = Duration::from_secs(1);
/// Between two rows that say the same: three of them within the time after which its word no longer counts.
const REPEAT: Duration = Duration::from_secs(10);
/// A database that does not answer must not keep a gateway from stopping.
const PATIENCE: Duration = Duration::from_secs(5);

/// Says it until told to stop.
pub(crate) async fn run(policies: Policies, pool: PgPool, instance: String, stop: CancellationToken) {
    let mut last: Option<(Instant, Sha256Hash)> = None;
    loop {
        // Before the policies are known, nothing is said.
        if let Some(hash) = policies.limits_hash().await
            && last.is_none_or(|(at, said)| said != hash || at.elapsed() >= REPEAT)
            && say(&pool, &instance, Some(hash)).await
        {
            last = Some((Instant::now(), hash));
        }
        select! {
            () = sleep(LOOK) => {}
            () = stop.cancelled() => break,
        }
    }
    say(&pool, &instance, None).await;
}

/// Whether it was written.
async fn say(pool: &PgPool, instance: &str, hash: Option<Sha256Hash>) -> bool {
    match timeout(PATIENCE, limits::report(pool, instance, hash, Utc::now())).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "nobody can be told which limits are enforced");
            false
        }
        Err(_) => false,
    }
}
