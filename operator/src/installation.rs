//! The installation as a whole, for who asks and for who is told. In: custom resources, who leads, the newest rows of each kind. Out: what
//! is judged of it. Answers also where the database is away: that is what it then says. Not pure.

use std::{collections::BTreeMap, sync::Arc};

use assayer_contract::{Feed, FeedRows, HashError, ReasonCode, Stage};
use assayer_crds::{Bot, Integration, StagePolicy, limits_hash};
use assayer_judge::{
    Acceptance,
    feed::FeedLook,
    limits::{LIVES_FOR, Limits, LimitsFact},
    readiness::{Candidate, Log, Serving, SignOfLife},
    system::{PlannerFact, System, Workers, system},
};
use assayer_store::{PgPool, StoreError, feeds, limits, system as rows};
use chrono::{DateTime, Utc};
use kube::ResourceExt;

use crate::{
    controller::validate::{Rules, STAGE, acceptance},
    environment::Installed,
    serving,
};

/// What the cluster says.
pub(crate) struct Known {
    pub(crate) bots: Vec<Arc<Bot>>,
    pub(crate) policies: Vec<Arc<StagePolicy>>,
    pub(crate) integrations: Vec<Arc<Integration>>,
    /// Holder of the controller's Lease; or why nobody is known to hold it.
    pub(crate) leader: Result<String, String>,
    pub(crate) installed: Installed,
}

/// The installation as it was judged.
pub(crate) struct Judged {
    pub(crate) at: DateTime<Utc>,
    pub(crate) system: System,
    /// In the order of `system.bots`.
    pub(crate) bots: Vec<Named>,
}

/// A Bot as it is named.
pub(crate) struct Named {
    pub(crate) id: Option<String>,
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) stage: Stage,
    /// The bars that it works on.
    pub(crate) feed: Feed,
}

/// Judges it by what is known now.
pub(crate) async fn judge(pool: &PgPool, known: Known, now: DateTime<Utc>) -> Judged {
    let policy = known.policies.iter().find(|policy| policy.spec.stage == STAGE);
    let alive = known.bots.iter().filter(|bot| bot.metadata.deletion_timestamp.is_none());
    let rules = Rules::of(policy.map(AsRef::as_ref), known.installed);
    let named: Vec<_> = alive.map(|bot| (named(bot), accepted(bot, rules.as_ref()))).collect();
    let present = limits_hash(known.policies.iter().map(|policy| &policy.spec));
    let present = present.map(|hash| hash.to_string()).map_err(|error| error.to_string());
    let Read { log, planner, timeouts, serving, feeds, said } = read_or_not(pool, &known.integrations, &named, now).await;
    let workers = Workers { log, leader: known.leader, planner, timeouts, limits: Limits { present, said } };
    let look = |bot: &Named| feeds.get_key_value(&bot.feed).map(|(feed, rows)| FeedLook { feed, rows });
    let candidates: Vec<_> = named
        .iter()
        .map(|(bot, acceptance)| Candidate { namespace: &bot.namespace, name: &bot.name, acceptance, feed: look(bot) })
        .collect();
    let system = system(&workers, &candidates, &serving, now);
    Judged { at: now, system, bots: named.into_iter().map(|(bot, _)| bot).collect() }
}

fn named(bot: &Bot) -> Named {
    let (namespace, name) = (bot.namespace().unwrap_or_default(), bot.name_any());
    Named { id: bot.uid(), namespace, name, stage: STAGE, feed: serving::feed(bot) }
}

fn accepted(bot: &Bot, rules: Result<&Rules, &HashError>) -> Acceptance {
    let unreadable = |error: &HashError| Acceptance::Refused(ReasonCode::SpecInvalid, error.to_string());
    match rules.map(|rules| rules.validate(bot)) {
        Ok(Ok(verdict)) => acceptance(verdict),
        Ok(Err(error)) => unreadable(&error),
        Err(error) => unreadable(error),
    }
}

/// What the database says.
struct Read {
    log: Log,
    planner: Option<PlannerFact>,
    timeouts: BTreeMap<&'static str, SignOfLife>,
    serving: Serving,
    feeds: BTreeMap<Feed, FeedRows>,
    said: Vec<LimitsFact>,
}

async fn read_or_not(pool: &PgPool, integrations: &[Arc<Integration>], bots: &[(Named, Acceptance)], now: DateTime<Utc>) -> Read {
    read(pool, integrations, bots, now).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the log cannot be read");
        Read {
            log: Log::Unreadable("the database is not available".to_owned()),
            planner: None,
            timeouts: BTreeMap::new(),
            serving: Serving::new(),
            feeds: BTreeMap::new(),
            said: Vec::new(),
        }
    })
}

async fn read(
    pool: &PgPool,
    integrations: &[Arc<Integration>],
    bots: &[(Named, Acceptance)],
    now: DateTime<Utc>,
) -> Result<Read, StoreError> {
    let planner = rows::last_run(pool)
        .await?
        .map(|last| PlannerFact { run: SignOfLife::new(last.id, &last.leader, last.completed_at), every: last.every });
    let beats = rows::heartbeats(pool).await?.into_iter();
    let timeouts = beats.map(|beat| (name(beat.worker), SignOfLife::new(beat.id, &beat.instance, beat.at))).collect();
    let said = limits::reports(pool, now - LIVES_FOR).await?.into_iter();
    Ok(Read {
        log: Log::Read(serving::writer(pool).await?),
        planner,
        timeouts,
        serving: serving::of(pool, integrations.iter().map(AsRef::<Integration>::as_ref), now).await?,
        feeds: feeds::newest(pool, bots.iter().map(|(bot, _)| &bot.feed), now).await?,
        said: said.map(|one| LimitsFact { by: SignOfLife::new(one.id, &one.instance, one.at), hash: one.hash }).collect(),
    })
}

fn name(worker: rows::Worker) -> &'static str {
    match worker {
        rows::Worker::Jobs => "jobs",
        rows::Worker::Intents => "intents",
    }
}
