//! Ten thousand Bots in the console.

use std::time::Instant;

use anyhow::Result;
use assayer_crds::Bot;
use futures::{StreamExt, TryStreamExt, stream};
use kube::api::ListParams;
use kube::{Api, ResourceExt};
use serde_json::json;

use super::console::Desk;
use crate::wait;
use crate::world::{World, sample};

const NAMESPACES: usize = 20;
const BOTS_EACH: usize = 500;

/// All of them are there, each with a status of its own.
pub async fn ten_thousand_bots(world: &World) -> Result<Desk<'_>> {
    let desk = Desk::with_bots(world, "crowd", &[]).await?;
    let given = sample("spx-cross")?;
    let begun = Instant::now();
    let one = |index: usize| {
        let mut bot = given.clone();
        let (namespace, name) = (format!("crowd-{}", index / BOTS_EACH), format!("bot-{index:05}"));
        // A Bot that rests: it is the console that is measured.
        bot["spec"]["stopPolicy"] = json!("Hold");
        async move { world.apply(&world.bots(&namespace), &name, &bot).await.map(|bot| bot.name_any()) }
    };
    for group in 0..NAMESPACES {
        world.empty_namespace(&format!("crowd-{group}")).await?;
    }
    stream::iter(0..NAMESPACES * BOTS_EACH).map(one).buffer_unordered(16).try_collect::<Vec<_>>().await?;
    eprintln!("{} Bots applied in {:.0} s", NAMESPACES * BOTS_EACH, begun.elapsed().as_secs_f64());
    until_each_has_a_status(world).await?;
    Ok(desk)
}

/// The pages stay quick for one who may read them all.
pub async fn are_browsed(desk: &Desk<'_>, api: &str) -> Result<()> {
    desk.browse("crowd.mjs", api, &[("BOTS", &(NAMESPACES * BOTS_EACH).to_string())]).await
}

async fn until_each_has_a_status(world: &World) -> Result<()> {
    let bots: Api<Bot> = Api::all(world.client.clone());
    wait::until_all("Bots have a status", NAMESPACES * BOTS_EACH, async || {
        let all = bots.list(&ListParams::default()).await?;
        Ok(all.iter().filter(|bot| bot.status.is_some()).count())
    })
    .await
}
