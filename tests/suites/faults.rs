//! What goes wrong, one thing after the other, over plain processes: a real API server and Postgres, the stand-in as the vendor.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use assayer_tests::World;
use assayer_tests::processes::Processes;
use assayer_tests::scenarios::{exactly_once, faults, outages, strangers};
use assayer_tests::step;
use assayer_tests::wait::DEADLINE;
use rustix::process::Signal;

/// One world for all: starting it takes longer than most failures.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_has_its_own_name_and_passes() -> Result<()> {
    // A third of it is how long a runner asks for a part that is away.
    // Their runners give up sooner.
    let mut running = Processes::start_with_jobs_of("faults", "30s").await?;
    let world = &running.world;
    tokio::try_join!(
        faults::every_failure_has_its_own_name(world, None),
        strangers::nobody_but_a_jobs_pod_is_let_through(world, "strangers"),
        strangers::a_job_may_make_its_own_calls_and_no_others(world, "trespassers"),
    )?;
    let held = step!(outages::settled(world, "outages"));
    let door = Door::of(world)?;
    running.kubelet.is_full(true);
    let job = step!(outages::a_job_without_a_pod(world, &held));
    door.shut()?;
    running.kubelet.is_full(false);
    step!(outages::without_the_database_nothing_is_sent(world, &held));
    step!(outages::its_runner_gives_up(world, &held, &job));
    door.open()?;
    step!(outages::the_job_names_the_database(world, &job));
    step!(outages::the_bot_recovers(world, &held));

    running.part("gateway")?.signal(Signal::TERM)?;
    running.part("gateway")?.ended(DEADLINE).await?;
    step!(strangers::the_flood_is_counted(&running.world));
    step!(outages::without_a_gateway_nothing_starts(&running.world, &held));
    running.restart("gateway")?;
    step!(outages::the_bot_recovers(&running.world, &held));
    running.kill("gateway").await?;
    step!(outages::without_the_gateway_jobs_say_so(&running.world, &held));
    running.restart("gateway")?;
    step!(outages::the_bot_recovers(&running.world, &held));
    step!(exactly_once::every_receipt_has_one_row_and_every_sent_row_one_receipt(&running.world));
    exactly_once::the_log_is_gap_free_and_insert_only(&running.world)
}

/// The database's door, held from another database of the same server: shut, every connection ends and none is let in.
struct Door {
    server: String,
    database: String,
}

impl Door {
    fn of(world: &World) -> Result<Self> {
        let (_, args) = world.psql.words()?;
        let url = args.last().context("psql with a URL")?;
        let (server, database) = url.rsplit_once('/').context("a URL with a database")?;
        Ok(Self { server: format!("{server}/postgres"), database: database.to_owned() })
    }

    fn shut(&self) -> Result<()> {
        let end = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{}'", self.database);
        self.ask(&format!("alter database {} allow_connections false", self.database)).and_then(|()| self.ask(&end))
    }

    fn open(&self) -> Result<()> {
        self.ask(&format!("alter database {} allow_connections true", self.database))
    }

    fn ask(&self, statement: &str) -> Result<()> {
        let output = Command::new("psql").args([&self.server, "-qAtc", statement]).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }
}
