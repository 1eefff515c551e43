//! What starts depend on. In: Integrations, their rows, what feeds delivered, the log's writer. Out: what is in the way of a Bot. Not pure.

use std::collections::{BTreeMap, BTreeSet};

use assayer_contract::{Feed, FeedRows};
use assayer_crds::{Bot, Integration};
use assayer_judge::{
    Acceptance,
    feed::FeedLook,
    readiness::{Candidate, Impediment, Log, Serving, impediments},
};
use assayer_store::{StoreError, feeds};
use chrono::{DateTime, Utc};
use kube::ResourceExt;

use super::context::Context;
use crate::serving;

/// What was read at one moment.
pub(super) struct Starts {
    serving: Serving,
    feeds: BTreeMap<Feed, FeedRows>,
    log: Log,
}

impl Starts {
    /// For the Bots of all namespaces.
    pub(super) async fn everywhere(ctx: &Context, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let feeds = ctx.bots.state().iter().map(|bot| serving::feed(bot)).collect::<BTreeSet<_>>();
        Self::read(ctx, |_| true, &feeds, now).await
    }

    /// For the Bots of one.
    pub(super) async fn beside(ctx: &Context, bot: &Bot, now: DateTime<Utc>) -> Result<Self, StoreError> {
        Self::read(ctx, |one| one.namespace() == bot.namespace(), &BTreeSet::from([serving::feed(bot)]), now).await
    }

    async fn read(
        ctx: &Context,
        which: impl Fn(&Integration) -> bool,
        feeds: &BTreeSet<Feed>,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let integrations = ctx.integrations.state().into_iter().filter(|one| which(one));
        let serving = serving::of(&ctx.pool, integrations, now).await?;
        let feeds = feeds::newest(&ctx.pool, feeds, now).await?;
        Ok(Self { serving, feeds, log: Log::Read(serving::writer(&ctx.pool).await?) })
    }

    /// What is in the way of this Bot, what blocks first.
    pub(super) fn impediments(&self, bot: &Bot, acceptance: &Acceptance, now: DateTime<Utc>) -> Vec<Impediment> {
        let (namespace, name) = (bot.namespace().unwrap_or_default(), bot.name_any());
        let feed = self.feeds.get_key_value(&serving::feed(bot)).map(|(feed, rows)| FeedLook { feed, rows });
        impediments(Candidate { namespace: &namespace, name: &name, acceptance, feed }, &self.serving, &self.log, now)
    }
}
