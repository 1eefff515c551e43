//! A gateway that stands still while another takes over must not write any more, whatever it still holds.

use std::time::Duration;

use anyhow::{Result, ensure};
use rustix::process::Signal;

use super::looks::{call_at_vendor, closed_as_unknown, ended, receipts, slow};
use super::{Crashes, points::BOT};

const SECOND: &str = "gateway-1";

/// The first gateway is frozen in the middle of a call. The second takes over when it has been silent, and closes the call as
/// unknown. When the first wakes up with the vendor's answer, its outcome is refused and it ends.
pub async fn a_fenced_gateways_late_outcome_is_refused(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    slow(all.world(), 1_500, Some(1)).await?;
    let open = call_at_vendor(all.world()).await?;
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
    ended(all.world(), open.job_id).await?.must_have_failed(&["UNKNOWN_OUTCOME"])?;

    all.running.kill(SECOND).await?;
    all.running.kubelet.use_gateway(&all.running.url("gateway"));
    all.running.restart("gateway")?;
    all.running.ready("gateway").await
}
