//! Whether a job may call at all now. In: its stage's policy, the Integrations beside its Bot, their rows. Out: nothing, or what blocks
//! it. The same function lets jobs start; here it stops those that are under way. Not pure: follows StagePolicies and reads rows.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use assayer_contract::{
    ReasonCode, Sha256Hash,
    policy::{Requirement, SourceRule, StageRules},
    serving,
};
use assayer_crds::{StagePolicy, limits_hash};
use assayer_judge::readiness::{Impediment, Readiness, Served, Serving, of_source};
use assayer_store::{PgPool, StoreError, gateway_jobs::GatewayJob, integrations};
use chrono::Utc;
use http::StatusCode;
use kube::{
    Api, Client, ResourceExt,
    runtime::{
        WatchStreamExt,
        reflector::{self, Store},
        watcher,
    },
};
use tokio::time::{Instant, timeout};

use crate::{access::Accesses, refusal::Refusal, watch::Watch};

/// How long it is remembered that nothing blocks the Bots of a namespace. That something does is never remembered: a job that starts
/// once it is cleared must not meet it.
const REMEMBERED: Duration = Duration::from_secs(5);
/// A gateway that has just started may not know the policies yet.
const PATIENCE: Duration = Duration::from_secs(5);

/// The StagePolicies that this gateway obeys.
#[derive(Clone)]
pub(crate) struct Policies {
    all: Store<StagePolicy>,
    caught_up: tokio::sync::watch::Receiver<bool>,
}

impl Policies {
    /// All of them; `None` where they are not known yet.
    async fn known(&self) -> Option<Vec<Arc<StagePolicy>>> {
        let mut caught_up = self.caught_up.clone();
        let known = timeout(PATIENCE, caught_up.wait_for(|known| *known)).await.is_ok_and(|known| known.is_ok());
        known.then(|| self.all.state())
    }

    /// The hash of what they have it enforce; `None` where they are not known yet.
    pub(crate) async fn limits_hash(&self) -> Option<Sha256Hash> {
        limits_hash(self.known().await?.iter().map(|policy| &policy.spec)).ok()
    }
}

/// What stands in the way of jobs.
pub(crate) struct Standing {
    pool: PgPool,
    accesses: Arc<Accesses>,
    policies: Policies,
    read: Mutex<BTreeMap<String, (Instant, Arc<Serving>)>>,
    /// One reads at a time: who comes meanwhile finds what was read, and connections are left for the calls themselves.
    reading: tokio::sync::Mutex<()>,
}

impl Standing {
    /// Begins to watch StagePolicies; the watch ends with the returned task.
    pub(crate) fn watch(client: Client, pool: PgPool, accesses: Arc<Accesses>) -> (Self, Watch) {
        let (policies, writer) = reflector::store();
        let stream = watcher(Api::<StagePolicy>::all(client), watcher::Config::default()).default_backoff().reflect(writer);
        let watch = Watch::spawn("stagepolicies", stream, policies.clone());
        let policies = Policies { all: policies, caught_up: watch.catching_up() };
        (Self { pool, accesses, policies, read: Mutex::default(), reading: tokio::sync::Mutex::default() }, watch)
    }

    /// Refuses a job of which a required source is blocked.
    pub(crate) async fn allows(&self, job: &GatewayJob) -> Result<(), Refusal> {
        let rules = self.rules(job).await?;
        let required: Vec<_> = rules.sources.iter().filter(|(_, rule)| rule.requirement == Requirement::Required).collect();
        let blocked = |serving: &Serving| {
            let all = required
                .iter()
                .filter_map(|(source, rule): &(_, &SourceRule)| of_source(&job.bot_namespace, **source, rule, serving));
            all.into_iter().find(|one| one.readiness == Readiness::Blocked)
        };
        let open = || self.remembered(&job.bot_namespace).is_some_and(|serving| blocked(&serving).is_none());
        if required.is_empty() || open() {
            return Ok(());
        }
        let _one = self.reading.lock().await;
        if open() {
            return Ok(());
        }
        let serving = self.serving(&job.bot_namespace).await.map_err(|error| unread(&error))?;
        blocked(&serving).map_or(Ok(()), |one| Err(refusal(&one)))
    }

    /// The policies that it obeys.
    pub(crate) fn policies(&self) -> Policies {
        self.policies.clone()
    }

    async fn rules(&self, job: &GatewayJob) -> Result<StageRules, Refusal> {
        let Some(all) = self.policies.known().await else {
            let message = "the StagePolicies are not known yet";
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, ReasonCode::ClusterUnavailable, message));
        };
        let policy = all.into_iter().find(|policy| policy.spec.stage == job.stage);
        let closed = |reason, message: String| Refusal::new(StatusCode::FORBIDDEN, reason, message);
        let missing = || closed(ReasonCode::PolicyMissing, format!("there is no StagePolicy of {}", job.stage));
        let invalid = |error| closed(ReasonCode::PolicyInvalid, format!("the StagePolicy of {}: {error}", job.stage));
        policy.ok_or_else(missing)?.spec.rules().map_err(invalid)
    }

    fn remembered(&self, namespace: &str) -> Option<Arc<Serving>> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.get(namespace).filter(|(at, _)| at.elapsed() < REMEMBERED).map(|(_, serving)| Arc::clone(serving))
    }

    /// Of each provider in the namespace, the Integration that serves it, with what its rows prove now.
    async fn serving(&self, namespace: &str) -> Result<Arc<Serving>, StoreError> {
        let (asked, now) = (Instant::now(), Utc::now());
        let here = self.accesses.integrations().into_iter().filter_map(|one| Some((one.offer()?, one)));
        let chosen = serving(here.filter(|(offer, _)| offer.namespace == namespace));
        let keys: Vec<_> = chosen.values().filter_map(|one| one.identified()).collect();
        let mut rows = integrations::newest(&self.pool, &keys, now).await?;
        let serving = chosen.into_iter().filter_map(|((namespace, provider), one)| {
            let (id, _) = one.identified()?;
            let served = Served::by_rows(one.name_any(), rows.remove(&id), one.spec.connected_for.duration(), now);
            Some(((namespace, provider.to_owned()), served))
        });
        let serving = Arc::new(serving.collect::<Serving>());
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.retain(|_, (at, _)| at.elapsed() < REMEMBERED);
        read.insert(namespace.to_owned(), (asked, Arc::clone(&serving)));
        Ok(serving)
    }
}

fn refusal(one: &Impediment) -> Refusal {
    let source = one.source.map_or_else(|| "a source".to_owned(), |source| format!("sources.{source}"));
    let message =
        format!("{source} is required at this stage and blocked, so the job may neither start nor call: {}", one.message);
    Refusal::new(StatusCode::FORBIDDEN, one.reason, message)
}

fn unread(error: &StoreError) -> Refusal {
    tracing::warn!(%error, "nobody knows what stands in the way of a job");
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, ReasonCode::EvidenceUnavailable, "the request log cannot be read")
}
