//! Waiting for what others bring about. In: a condition that says why it does not hold yet. Out: that it holds, or the last
//! reason when time is up. Not pure: sleeps and logs.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// How long to wait, over all conditions together.
pub(crate) struct Patience {
    deadline: Option<Instant>,
}

impl Patience {
    /// Waits for this long from now on.
    pub(crate) fn of(limit: Duration) -> Self {
        Self { deadline: Instant::now().checked_add(limit) }
    }

    /// Waits until the process is asked to end.
    pub(crate) fn endless() -> Self {
        Self { deadline: None }
    }

    /// Looks again and again until the condition holds. A reason is logged when it changes.
    pub(crate) async fn until<T>(&self, what: &str, mut look: impl AsyncFnMut() -> Result<T, String>) -> anyhow::Result<T> {
        let mut logged = String::new();
        loop {
            let reason = match look().await {
                Ok(value) => return Ok(value),
                Err(reason) => reason,
            };
            if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                anyhow::bail!("waited in vain for {what}: {reason}");
            }
            if reason != logged {
                tracing::info!(%reason, "waiting for {what}");
                logged = reason;
            }
            sleep(PAUSE).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_comes_in_time_is_waited_for() {
        let mut looks = 0;
        let value = Patience::of(Duration::from_mins(1))
            .until("the third look", async || {
                looks += 1;
                if looks == 3 { Ok(looks) } else { Err("not yet".to_owned()) }
            })
            .await
            .unwrap();
        assert_eq!(value, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_comes_is_an_error_with_the_last_reason() {
        let error = Patience::of(Duration::from_mins(1))
            .until::<()>("Postgres", async || Err("connection refused".to_owned()))
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "waited in vain for Postgres: connection refused");
    }
}
