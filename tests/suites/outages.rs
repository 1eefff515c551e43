//! Parts of the installed chart taken away and given back. It disturbs every Bot of the cluster, so nothing else runs beside it.

use anyhow::Result;
use assayer_tests::installed::{Installed, scale};
use assayer_tests::scenarios::outages;
use assayer_tests::step;

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_has_its_own_name_and_passes() -> Result<()> {
    let installed = Installed::connect().await?;
    installed.let_the_gateway_read("outages").await?;
    // A third of it is how long a runner asks for a gateway that is away.
    let patient = installed.world.job_timeout("45s").await?;
    let held = step!(outages::settled(&installed.world, "outages"));
    scale("statefulset/assayer-postgres", 0).await?;
    step!(outages::without_the_database_nothing_is_sent(&installed.world, &held));
    scale("statefulset/assayer-postgres", 1).await?;
    step!(outages::the_bot_recovers(&installed.world, &held));

    scale("deployment/assayer-gateway", 0).await?;
    step!(outages::without_a_gateway_nothing_starts(&installed.world, &held));
    scale("deployment/assayer-gateway", 1).await?;
    // The port that was forwarded led to a pod that is gone.
    let installed = Installed::connect().await?;
    step!(outages::the_bot_recovers(&installed.world, &held));
    installed.world.job_timeout(&patient).await?;
    installed.world.remove_namespace("outages").await
}
