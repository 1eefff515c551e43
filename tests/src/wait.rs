//! Waiting for a condition with a deadline. In: a question asked again and again. Out: its answer, or the last "not yet".

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

/// How long anything in a scenario may take before it counts as broken.
pub const DEADLINE: Duration = Duration::from_mins(3);
/// Between two questions.
pub const PAUSE: Duration = Duration::from_millis(250);

/// What a question answers as long as it is not true yet.
pub enum Look<T> {
    /// It is so, and this is what was found.
    Found(T),
    /// Not yet, and this is what was there instead.
    NotYet(String),
}

/// Asks until the answer is [`Look::Found`]; an error while asking counts as "not yet".
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Result<Look<T>>) -> Result<T> {
    let started = Instant::now();
    loop {
        let last = match ask().await {
            Ok(Look::Found(found)) => return Ok(found),
            Ok(Look::NotYet(why)) => why,
            Err(error) => format!("{error:#}"),
        };
        if started.elapsed() > DEADLINE {
            bail!("waited {} s for {what}; last seen: {last}", DEADLINE.as_secs());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Counts until all are there, and says each time how many are. As long as there is progress, it is waited for, however long that takes.
pub async fn until_all(what: &str, all: usize, mut count: impl AsyncFnMut() -> Result<usize>) -> Result<()> {
    let started = Instant::now();
    let (mut there, mut since) = (0, started);
    while there < all {
        tokio::time::sleep(PAUSE * 20).await;
        let now = count().await?;
        if now > there {
            eprintln!("{:6.0} s  {now} {what}", started.elapsed().as_secs_f64());
            (there, since) = (now, Instant::now());
        }
        ensure!(since.elapsed() < DEADLINE, "no more than {there} {what} for {} s", DEADLINE.as_secs());
    }
    Ok(())
}
