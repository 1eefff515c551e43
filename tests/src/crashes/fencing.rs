//! One that stands still or dies while another takes over: a gateway must not write any more, whatever it still holds, and the second
//! controller goes on with the first one's Bots.

use std::time::Duration;

use anyhow::{Result, ensure};
use rustix::process::Signal;

use super::looks::{closed_as_unknown, ended, receipts, slow_call};
use super::{Crashes, points::BOT};
use crate::scenarios::killed;

const SECOND: &str = "gateway-1";
const SECOND_CONTROLLER: &str = "controller-1";
/// Where the controllers' Lease is.
const RELEASE: &str = "default";

/// The first gateway is frozen in the middle of a call. The second takes over when it has been silent, and closes the call as
/// unknown. When the first wakes up with the vendor's answer, its outcome is refused and it ends.
pub async fn a_fenced_gateways_late_outcome_is_refused(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    let open = slow_call(all.world()).await?;
    all.running.part("gateway")?.signal(Signal::STOP)?;
    all.running.add_gateway(SECOND)?;
    all.running.kubelet.use_gateway(&all.running.url(SECOND));
    all.running.ready(SECOND).await?;
    closed_as_unknown(all.world(), &open).await?;

    all.running.part("gateway")?.signal(Signal::CONT)?;
    let status = all.running.part("gateway")?.ended(Duration::from_secs(30)).await?;
    ensure!(!status.success(), "a fenced gateway ended as if all were well");
    closed_as_unknown(all.world(), &open).await?;
    ensure!(receipts(all.world(), open.id).await? == 1, "{open:?}");

    all.running.kill(SECOND).await?;
    all.running.kubelet.use_gateway(&all.running.url("gateway"));
    all.running.restart("gateway")?;
    all.running.ready("gateway").await?;
    ended(all.world(), open.job_id).await?.must_have_failed(&["UNKNOWN_OUTCOME"])
}

/// The controller that leads is killed while the second one waits: the second leads when the Lease has stood still, Bots go on by its
/// hand, and no slot is filled twice. The first, once it is back, waits in its turn.
pub async fn the_second_controller_takes_over_from_a_killed_one(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    all.running.add_controller(SECOND_CONTROLLER)?;
    all.running.ready(SECOND_CONTROLLER).await?;
    let first = killed::leader(all.world(), RELEASE).await?;
    ensure!(first == "controller", "{first} leads");
    all.running.kill("controller").await?;
    killed::another_leads(all.world(), RELEASE, &first).await?;
    all.running.restart("controller")?;
    all.running.ready("controller").await?;
    let leader = killed::leader(all.world(), RELEASE).await?;
    ensure!(leader == SECOND_CONTROLLER, "{leader} leads, though nothing happened to {SECOND_CONTROLLER}");

    // Who is asked to end gives the Lease back.
    all.running.part(SECOND_CONTROLLER)?.signal(Signal::TERM)?;
    all.running.part(SECOND_CONTROLLER)?.ended(Duration::from_secs(30)).await?;
    killed::another_leads(all.world(), RELEASE, SECOND_CONTROLLER).await
}
