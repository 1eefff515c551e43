//! Moments of Postgres held open: a commit that is written and not acknowledged, a write that waits for a lock.
//!
//! The server waits for a standby that does not exist (see [`Server`](crate::servers::Server)) where a transaction asks for it, and
//! a trigger asks for it where a scenario wants it.

use std::process::Stdio;

use anyhow::Result;
use tokio::process::{Child, Command};

use crate::processes::Database;
use crate::wait::{self, Look};
use crate::world::World;

const TRIGGERS: &str = "
create table stalls (relation text primary key);
grant select on stalls to public;
create function stall() returns trigger language plpgsql as $$
begin
    if exists (select from stalls where relation = tg_table_name) then
        perform set_config('synchronous_commit', 'on', true);
    end if;
    return null;
end $$;
create trigger stall after insert on intents for each statement execute function stall();
create trigger stall after insert on requests for each statement execute function stall();
";
const HOLDER: &str = "scenario-holder";

/// Makes a migrated database one that can be stalled.
pub fn prepare(database: &Database) -> Result<()> {
    database.ask(TRIGGERS).map(drop)
}

/// From now on commits that insert into this table are written but not acknowledged; returns when one waits.
pub async fn commits_of(world: &World, relation: &str) -> Result<()> {
    world.sql(&format!("insert into stalls values ('{relation}')"))?;
    until_gateway_waits(world, "wait_event = 'SyncRep'").await
}

/// Acknowledges what waits, and holds nothing up any more.
pub async fn acknowledge(world: &World) -> Result<()> {
    end_of_stall(world, "pg_cancel_backend").await
}

/// Cuts the connections on which something waits: it stands, and its writer never hears of it. Holds nothing up any more.
pub async fn lose_acknowledgements(world: &World) -> Result<()> {
    end_of_stall(world, "pg_terminate_backend").await
}

async fn end_of_stall(world: &World, end: &str) -> Result<()> {
    world.sql("delete from stalls")?;
    wait::until("no commit to wait", async || {
        let waiting = world.sql(&format!("select {end}(pid) from pg_stat_activity where wait_event = 'SyncRep'"))?;
        Ok(if waiting.trim().is_empty() { Look::Found(()) } else { Look::NotYet(waiting) })
    })
    .await
}

async fn until_gateway_waits(world: &World, how: &str) -> Result<()> {
    let query = format!("select count(*) from pg_stat_activity where usename = 'assayer_gateway' and {how}");
    wait::until(&format!("the gateway to wait: {how}"), async || {
        let waiting = world.sql(&query)?;
        Ok(if waiting.trim() == "0" { Look::NotYet("it does not".to_owned()) } else { Look::Found(()) })
    })
    .await
}

/// A table that takes no inserts.
pub struct Lock(Child);

impl Lock {
    /// Locks the table; returns when the gateway waits for it.
    pub async fn until_hit(world: &World, table: &str) -> Result<Self> {
        let (program, args) = world.psql.words()?;
        let script = format!("begin; lock table {table} in share row exclusive mode; select pg_sleep(3600)");
        let holder = Command::new(program)
            .args(args)
            .args(["-qc", &script])
            .env("PGAPPNAME", HOLDER)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        until_gateway_waits(world, "wait_event_type = 'Lock'").await?;
        Ok(Self(holder))
    }

    /// Gives it back.
    pub async fn release(mut self, world: &World) -> Result<()> {
        world.sql(&format!("select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{HOLDER}'"))?;
        self.0.wait().await?;
        Ok(())
    }
}
