//! `GET /api/system/status`. In: custom resources, the newest rows of each kind, the controller's Lease. Out: whether the installation
//! and its Bots can start, and what to do. Answers also where the database is away: that is what it then says. Not pure: what was
//! read is remembered for seconds, so that who asks often costs little.

pub(crate) mod answer;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use assayer_contract::{Feed, FeedRows, ReasonCode, Stage};
use assayer_crds::{Bot, StagePolicy, limits_hash};
use assayer_judge::{
    Acceptance,
    feed::FeedLook,
    limits::{LIVES_FOR, Limits, LimitsFact},
    readiness::{Candidate, Log, Serving, SignOfLife},
    system::{PlannerFact, System, Workers, system},
};
use assayer_store::{PgPool, StoreError, feeds, limits, system as rows};
use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use k8s_openapi::api::coordination::v1::Lease;
use kube::{Api, Client, ResourceExt, api::ListParams};
use tokio::{sync::Mutex, time::Instant};

use self::answer::SystemAnswer;
use super::{
    App, Refusal,
    access::{Caller, Right, demand, may},
    integrations,
};
use crate::{
    controller::{
        lease::LEASE,
        validate::{STAGE, acceptance, validate},
    },
    environment::Environment,
    serving,
};

/// Path of this handler.
pub(crate) const PATH: &str = "/api/system/status";
/// What the caller must be allowed to get.
const RIGHT: Right = Right::Url("/assayer/proof/system");
/// How old an answer may be.
const REMEMBERED: Duration = Duration::from_secs(2);

/// What was judged last, and when.
pub(crate) struct Watched {
    namespace: String,
    last: Mutex<Option<(Instant, Arc<Judged>)>>,
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

impl Watched {
    /// Nothing yet; the control plane is in this namespace.
    pub(crate) fn new(namespace: &str) -> Self {
        Self { namespace: namespace.to_owned(), last: Mutex::default() }
    }

    /// What is so now, or was a moment ago. Who comes while it is being read waits for it.
    async fn judged(&self, app: &App) -> Result<Arc<Judged>, Refusal> {
        let mut last = self.last.lock().await;
        if let Some((_, judged)) = last.as_ref().filter(|(at, _)| at.elapsed() < REMEMBERED) {
            return Ok(Arc::clone(judged));
        }
        let judged = Arc::new(judge(app, &self.namespace, Utc::now()).await?);
        *last = Some((Instant::now(), Arc::clone(&judged)));
        Ok(judged)
    }
}

/// The status, and of the Bots those that the caller may list.
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Json<SystemAnswer>, Refusal> {
    demand(&app, &caller, &RIGHT).await?;
    let judged = app.system.judged(&app).await?;
    let namespaces: BTreeSet<&String> = judged.bots.iter().map(|bot| &bot.namespace).collect();
    let mut readable = BTreeSet::new();
    for namespace in namespaces {
        if may(&app, &caller, &Right::Bots(namespace.clone())).await? {
            readable.insert(namespace.as_str());
        }
    }
    Ok(Json(SystemAnswer::new(&judged, &readable)))
}

async fn judge(app: &App, namespace: &str, now: DateTime<Utc>) -> Result<Judged, Refusal> {
    let bots = Api::<Bot>::all(app.client.clone()).list(&ListParams::default()).await?.items;
    let policies = Api::<StagePolicy>::all(app.client.clone()).list(&ListParams::default()).await?.items;
    let policy = policies.iter().find(|policy| policy.spec.stage == STAGE);
    let mut named = Vec::new();
    for bot in bots.iter().filter(|bot| bot.metadata.deletion_timestamp.is_none()) {
        let (namespace, name) = (bot.namespace().unwrap_or_default(), bot.name_any());
        named.push((
            Named { id: bot.uid(), namespace, name, stage: STAGE, feed: serving::feed(bot) },
            accepted(bot, policy, app.environment),
        ));
    }
    let integrations = integrations::list(&app.client, None).await?;
    let leader = leader(&app.client, namespace).await;
    let present = limits_hash(policies.iter().map(|policy| &policy.spec));
    let present = present.map(|hash| hash.to_string()).map_err(|error| error.to_string());
    let (workers, serving, feeds) = match read(&app.pool, &integrations, &named, now).await {
        Ok(Read { log, planner, timeouts, serving, feeds, said }) => {
            (Workers { log: Log::Read(log), leader, planner, timeouts, limits: Limits { present, said } }, serving, feeds)
        }
        Err(error) => {
            tracing::warn!(%error, "the log cannot be read");
            let log = Log::Unreadable("the database is not available".to_owned());
            let limits = Limits { present, said: Vec::new() };
            (Workers { log, leader, planner: None, timeouts: BTreeMap::new(), limits }, Serving::new(), BTreeMap::new())
        }
    };
    let look = |bot: &Named| feeds.get_key_value(&bot.feed).map(|(feed, rows)| FeedLook { feed, rows });
    let candidates: Vec<_> = named
        .iter()
        .map(|(bot, acceptance)| Candidate { namespace: &bot.namespace, name: &bot.name, acceptance, feed: look(bot) })
        .collect();
    let system = system(&workers, &candidates, &serving, now);
    Ok(Judged { at: now, system, bots: named.into_iter().map(|(bot, _)| bot).collect() })
}

fn accepted(bot: &Bot, policy: Option<&StagePolicy>, environment: Environment) -> Acceptance {
    validate(bot, policy, environment)
        .map_or_else(|unreadable| Acceptance::Refused(ReasonCode::SpecInvalid, unreadable.to_string()), acceptance)
}

/// What the database says.
struct Read {
    log: Option<SignOfLife>,
    planner: Option<PlannerFact>,
    timeouts: BTreeMap<&'static str, SignOfLife>,
    serving: Serving,
    feeds: BTreeMap<Feed, FeedRows>,
    said: Vec<LimitsFact>,
}

async fn read(
    pool: &PgPool,
    integrations: &[assayer_crds::Integration],
    bots: &[(Named, Acceptance)],
    now: DateTime<Utc>,
) -> Result<Read, StoreError> {
    let planner = rows::last_run(pool)
        .await?
        .map(|last| PlannerFact { run: SignOfLife::new(last.id, &last.leader, last.completed_at), every: last.every });
    let beats = rows::heartbeats(pool).await?.into_iter();
    let timeouts = beats.map(|beat| (name(beat.worker), SignOfLife::new(beat.id, &beat.instance, beat.at))).collect();
    Ok(Read {
        log: serving::writer(pool).await?,
        planner,
        timeouts,
        serving: serving::of(pool, integrations, now).await?,
        said: said(pool, now).await?,
        feeds: feeds::newest(pool, bots.iter().map(|(bot, _)| &bot.feed), now).await?,
    })
}

/// The last word of each gateway.
async fn said(pool: &PgPool, now: DateTime<Utc>) -> Result<Vec<LimitsFact>, StoreError> {
    let all = limits::reports(pool, now - LIVES_FOR).await?.into_iter();
    Ok(all.map(|one| LimitsFact { by: SignOfLife::new(one.id, &one.instance, one.at), hash: one.hash }).collect())
}

fn name(worker: rows::Worker) -> &'static str {
    match worker {
        rows::Worker::Jobs => "jobs",
        rows::Worker::Intents => "intents",
    }
}

/// Who holds the controller's Lease, by the API server.
async fn leader(client: &Client, namespace: &str) -> Result<String, String> {
    let lease = Api::<Lease>::namespaced(client.clone(), namespace).get_opt(LEASE).await;
    let lease = lease.map_err(|error| {
        tracing::warn!(%error, "the controller's Lease cannot be read");
        format!("the Lease {namespace}/{LEASE} cannot be read")
    })?;
    let holder = lease.and_then(|lease| lease.spec?.holder_identity).filter(|holder| !holder.is_empty());
    holder.ok_or_else(|| format!("nobody holds the Lease {namespace}/{LEASE}"))
}
