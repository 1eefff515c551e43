//! The Bots as the cluster has them, kept in memory and up to date by a watch, so that who asks costs the API server nothing. In: the
//! watches of Bots and StagePolicies. Out: each Bot as JSON, ready to be sent; what changed, for who listens. Not pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use assayer_contract::{Problem, ReasonCode, Sha256Hash, Stage, policy::StageRules};
use assayer_crds::{Bot, StagePolicy};
use axum::body::Bytes;
use chrono::{DateTime, Utc};
use kube::{Api, Client, ResourceExt, api::ListParams};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::broadcast;

use super::answer::BotAnswer;
use crate::{api::Refusal, controller::validate::STAGE};

/// Changes that a slow listener may be behind; who is further behind is told to read everything anew.
const BEHIND: usize = 256;

/// A namespace and a name.
pub(crate) type Name = (String, String);

/// What is known of the Bots.
pub(crate) struct Bots {
    state: RwLock<State>,
    changes: broadcast::Sender<Arc<Change>>,
}

#[derive(Default)]
struct State {
    bots: BTreeMap<Name, Kept>,
    policies: Vec<StagePolicy>,
    rules: BTreeMap<Stage, StageRules>,
    /// The kinds whose first list is complete.
    listed: BTreeSet<Kind>,
    stale: BTreeMap<Kind, Stale>,
    number: u64,
}

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Bots.
    Bots,
    /// StagePolicies.
    Policies,
}

/// A Bot that is kept.
#[derive(Clone)]
pub(crate) struct Kept {
    bot: Arc<Bot>,
    /// The Bot as JSON.
    pub(crate) json: Bytes,
    /// Hash of it.
    hash: Sha256Hash,
}

/// Something that is not up to date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Stale {
    /// Since when the cluster is not being listened to.
    pub(crate) since: DateTime<Utc>,
    /// Why.
    pub(crate) reason: String,
}

/// Bots that changed at once.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// Counts changes of this process.
    pub(crate) number: u64,
    /// Bots that are new or different, as JSON.
    pub(crate) changed: Vec<(Name, Bytes)>,
    /// Bots that are gone.
    pub(crate) gone: Vec<Name>,
}

/// What is known at one moment.
pub(crate) struct Snapshot {
    /// All Bots, by namespace and name.
    pub(crate) bots: Vec<(Name, Bytes, Sha256Hash)>,
    /// Why it may be out of date; `None` where it is not.
    pub(crate) stale: Option<Stale>,
}

impl Default for Bots {
    fn default() -> Self {
        Self { state: RwLock::default(), changes: broadcast::channel(BEHIND).0 }
    }
}

impl Bots {
    /// Everything; refused until the first lists are complete.
    pub(crate) fn snapshot(&self) -> Result<Snapshot, Refusal> {
        let state = self.read();
        if state.listed.len() < 2 {
            let why = state.stale.values().next().map_or("they are being listed", |stale| stale.reason.as_str());
            let detail = format!("the Bots have not been read from the cluster yet: {why}");
            return Err(Problem::new(503, ReasonCode::ClusterUnavailable, detail).into());
        }
        let bots = state.bots.iter().map(|(name, kept)| (name.clone(), kept.json.clone(), kept.hash)).collect();
        Ok(Snapshot { bots, stale: state.stale.values().min_by_key(|stale| stale.since).cloned() })
    }

    /// All Bots as the cluster has them now. Where they are listened to, to list them again would take longer than all that follows.
    pub(crate) async fn all_now(&self, client: &Client) -> Result<Vec<Arc<Bot>>, kube::Error> {
        if let Some(bots) = self.known_now() {
            return Ok(bots);
        }
        let bots = Api::<Bot>::all(client.clone()).list(&ListParams::default()).await?;
        Ok(bots.items.into_iter().map(Arc::new).collect())
    }

    fn known_now(&self) -> Option<Vec<Arc<Bot>>> {
        let state = self.read();
        let known = state.listed.contains(&Kind::Bots) && !state.stale.contains_key(&Kind::Bots);
        known.then(|| state.bots.values().map(|kept| Arc::clone(&kept.bot)).collect())
    }

    /// The policies, and why they may be out of date; refused until they have been listed.
    pub(crate) fn policies(&self) -> Result<(Vec<StagePolicy>, Option<Stale>), Refusal> {
        let state = self.read();
        if !state.listed.contains(&Kind::Policies) {
            let detail = "the StagePolicies have not been read from the cluster yet";
            return Err(Problem::new(503, ReasonCode::ClusterUnavailable, detail).into());
        }
        Ok((state.policies.clone(), state.stale.get(&Kind::Policies).cloned()))
    }

    /// Namespaces that have Bots.
    pub(crate) fn namespaces(&self) -> BTreeSet<String> {
        self.read().bots.keys().map(|(namespace, _)| namespace.clone()).collect()
    }

    /// The rules of a stage, if its policy is known and can be read.
    pub(crate) fn rules(&self, stage: Stage) -> Option<StageRules> {
        self.read().rules.get(&stage).cloned()
    }

    /// Changes from now on, and the number of the last one before.
    pub(crate) fn listen(&self) -> (u64, broadcast::Receiver<Arc<Change>>) {
        // Under the lock, so that no change falls between the two.
        let state = self.read();
        (state.number, self.changes.subscribe())
    }

    /// All Bots there are.
    pub(crate) fn listed(&self, bots: Vec<Bot>) {
        let mut state = self.write();
        let new: BTreeMap<Name, Arc<Bot>> = bots.into_iter().map(|bot| (name(&bot), Arc::new(bot))).collect();
        let gone = state.bots.keys().filter(|name| !new.contains_key(*name)).cloned().collect();
        let changed = new.into_values().filter_map(|bot| state.keep(bot)).collect();
        state.fresh(Kind::Bots);
        self.tell(&mut state, changed, gone);
    }

    /// One Bot that is new or different.
    pub(crate) fn applied(&self, bot: Bot) {
        let mut state = self.write();
        let changed = state.keep(Arc::new(bot)).into_iter().collect();
        self.tell(&mut state, changed, Vec::new());
    }

    /// One Bot that is gone.
    pub(crate) fn deleted(&self, bot: &Bot) {
        self.tell(&mut self.write(), Vec::new(), vec![name(bot)]);
    }

    /// The policies there are.
    pub(crate) fn ruled(&self, policies: &BTreeMap<String, StagePolicy>) {
        let mut state = self.write();
        let rules = policies.values().filter_map(|policy| match policy.spec.rules() {
            Ok(rules) => Some((rules.stage, rules)),
            Err(error) => {
                tracing::warn!(policy = policy.name_any(), %error, "a StagePolicy cannot be read");
                None
            }
        });
        let rules = rules.collect();
        state.fresh(Kind::Policies);
        state.policies = policies.values().cloned().collect();
        if state.rules != rules {
            state.rules = rules;
            let all: Vec<_> = state.bots.values().map(|kept| Arc::clone(&kept.bot)).collect();
            let changed = all.into_iter().filter_map(|bot| state.keep(bot)).collect();
            self.tell(&mut state, changed, Vec::new());
        }
    }

    /// A watch that broke.
    pub(crate) fn broken(&self, kind: Kind, reason: &str, now: DateTime<Utc>) {
        let mut state = self.write();
        state.stale.entry(kind).or_insert_with(|| Stale { since: now, reason: reason.to_owned() });
    }

    fn tell(&self, state: &mut State, changed: Vec<(Name, Bytes)>, gone: Vec<Name>) {
        let gone: Vec<_> = gone.into_iter().filter(|name| state.bots.remove(name).is_some()).collect();
        if !changed.is_empty() || !gone.is_empty() {
            state.number += 1;
            // An error says that nobody listens.
            let _ = self.changes.send(Arc::new(Change { number: state.number, changed, gone }));
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl State {
    /// Keeps the Bot; says what changed for who reads it, if anything.
    fn keep(&mut self, bot: Arc<Bot>) -> Option<(Name, Bytes)> {
        let stage = bot.status.as_ref().map_or(STAGE, |status| status.stage);
        let text = serde_json::to_vec(&BotAnswer::new(&bot, self.rules.get(&stage)));
        let json = text.inspect_err(|error| tracing::error!(%error, "a Bot cannot be written as JSON")).map(Bytes::from).ok()?;
        let (name, hash) = (name(&bot), Sha256Hash::of(&json));
        let differs = self.bots.get(&name).is_none_or(|kept| kept.hash != hash);
        self.bots.insert(name.clone(), Kept { bot, json: json.clone(), hash });
        differs.then_some((name, json))
    }

    fn fresh(&mut self, kind: Kind) {
        self.listed.insert(kind);
        self.stale.remove(&kind);
    }
}

fn name(bot: &Bot) -> Name {
    (bot.namespace().unwrap_or_default(), bot.name_any())
}
