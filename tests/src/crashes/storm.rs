//! A seeded storm of crashes over Bots that cycle: whatever is hit, whenever, comes back by itself.

use std::time::Duration;

use anyhow::Result;

use super::looks::{no_faults, slow};
use super::{Crashes, NAMESPACE, Seeded};
use crate::wait::{self, Look};

/// Milliseconds that the vendor takes for each call: long enough to be hit while it answers, short enough for jobs to succeed.
const VENDOR_TAKES: u64 = 150;

/// What is hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Victim {
    Gateway,
    Runner,
    Controller,
    Postgres,
    GatewayAndPostgres,
    ApiServer,
    Backend,
}

/// Hits so many victims, each at a moment of the seed's; returns the Bots that were there.
pub async fn crash(all: &mut Crashes, seed: u64, crashes: u64) -> Result<Vec<String>> {
    let mut seeded = Seeded::new(seed);
    let bots: Vec<_> = (0..4).map(|no| format!("crash-{no}")).collect();
    for bot in &bots {
        all.bot(bot).await?;
    }
    slow(all.world(), VENDOR_TAKES).await?;
    for no in 1..=crashes {
        next_call(all).await?;
        tokio::time::sleep(Duration::from_millis(seeded.below(700))).await;
        let victim = victim(&mut seeded);
        let away = Duration::from_millis(seeded.below(1_500));
        eprintln!("crash {no} of {crashes}, seed {seed}: {victim:?}, away for {} ms", away.as_millis());
        hit(all, victim, away, seeded.below(64)).await?;
    }
    no_faults(all.world()).await?;
    Ok(bots)
}

fn victim(seeded: &mut Seeded) -> Victim {
    match seeded.below(20) {
        0..=6 => Victim::Gateway,
        7..=9 => Victim::Runner,
        10..=12 => Victim::Controller,
        13..=15 => Victim::Postgres,
        16 | 17 => Victim::GatewayAndPostgres,
        18 => Victim::ApiServer,
        _ => Victim::Backend,
    }
}

async fn hit(all: &mut Crashes, victim: Victim, away: Duration, place: u64) -> Result<()> {
    let away = || tokio::time::sleep(away);
    match victim {
        Victim::Gateway => {
            all.running.kill("gateway").await?;
            away().await;
            all.running.restart("gateway")
        }
        Victim::Runner => {
            all.running.kubelet.kill_one(usize::try_from(place)?);
            Ok(())
        }
        Victim::Controller => {
            all.running.kill("controller").await?;
            away().await;
            all.running.restart("controller")
        }
        Victim::Postgres => {
            all.postgres.kill().await?;
            away().await;
            all.postgres.restart().await
        }
        Victim::GatewayAndPostgres => {
            all.postgres.kill().await?;
            all.running.kill("gateway").await?;
            away().await;
            all.running.restart("gateway")?;
            all.postgres.restart().await
        }
        Victim::ApiServer => {
            all.api_server.kill().await?;
            away().await;
            all.api_server.restart().await
        }
        // Postgres ends all of its processes then, and starts them anew by itself.
        Victim::Backend => all.postgres.kill_one(usize::try_from(place)?),
    }
}

/// Waits until the vendor hears of a Bot again: what was hit before is back, and there is something to be hit.
async fn next_call(all: &Crashes) -> Result<()> {
    let before = all.world().receipts().await?.len();
    wait::until("the next call at the vendor", async || {
        let now = all.world().receipts().await?.len();
        Ok(if now > before { Look::Found(()) } else { Look::NotYet(format!("{now} calls")) })
    })
    .await
}

/// Every Bot succeeds again with no hand touching it.
pub async fn every_bot_recovers(all: &Crashes, bots: &[String]) -> Result<()> {
    // The last that was hit may have been Postgres.
    let since = all.world().until_answered("Postgres to tell the time", "select now()").await?;
    for bot in bots {
        let query = format!(
            "select count(*) from bot_jobs where bot_namespace = '{NAMESPACE}' and bot_name = '{bot}' and status = 'SUCCEEDED'
                 and created_at > '{since}'"
        );
        wait::until(&format!("{bot} to succeed again"), async || {
            let count = all.world().sql(&query)?;
            Ok(if count.trim() == "0" { Look::NotYet("it has not".to_owned()) } else { Look::Found(()) })
        })
        .await?;
    }
    Ok(())
}
