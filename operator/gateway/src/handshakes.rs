//! Handshakes of all Integrations: in time, and on demand. In: Integrations, the log. Out: rows with operation `verify` or `test`.
//!
//! When one is due is read from the log each time, so a restart repeats nothing, and a Bot's call that succeeds stands for one. Only
//! the gateway that holds its set makes any.

mod due;
mod plan;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use assayer_contract::{Operation, ReasonCode, wire};
use assayer_crds::Integration;
use assayer_providers::Provider;
use assayer_store::{PgPool, StoreError, handshakes};
use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use kube::ResourceExt;
use tokio::{
    sync::{Semaphore, mpsc::UnboundedReceiver, watch},
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::plan::{Done, Plan};
use crate::{
    access::{Accesses, Freshness, Version},
    forward::{Forwarder, Handshake, Need, NoAccess, Through},
    refusal::Refusal,
};

/// Between two looks for handshakes that are due.
const TICK: Duration = Duration::from_secs(1);
/// After the log or the API server could not be asked.
const RETRY: Duration = Duration::from_secs(5);
/// While an Integration fails, how often it is looked whether its Secret has changed or its time has come.
const LOOK: Duration = Duration::from_secs(3);
/// While it works, how often it is looked whether its Secret has changed: a key that is rotated wrongly must not be found out by a job.
const WATCH: Duration = Duration::from_secs(15);
/// Handshakes at once: Bots' calls must find room.
const AT_ONCE: usize = 4;
/// What a person may ask for, by which annotation, and which one says who it is.
const ON_DEMAND: [(Operation, &str, &str); 2] = [
    (Operation::Verify, wire::VERIFY_REQUESTED_ANNOTATION, wire::VERIFY_REQUESTED_BY_ANNOTATION),
    (Operation::Test, wire::TEST_REQUESTED_ANNOTATION, wire::TEST_REQUESTED_BY_ANNOTATION),
];

/// Namespace and name of a Secret.
type SecretName = (String, String);
type OneAtATime = Arc<tokio::sync::Mutex<()>>;

/// Makes handshakes.
pub(crate) struct Handshakes {
    pool: PgPool,
    accesses: Arc<Accesses>,
    forwarder: Arc<Forwarder>,
    room: Semaphore,
    /// The version of each Integration's Secret that the last handshake was made with.
    tried: Mutex<BTreeMap<Uuid, Version>>,
    /// One handshake at a time for each Secret.
    credentials: Mutex<BTreeMap<SecretName, OneAtATime>>,
}

impl Handshakes {
    /// Handshakes through these.
    pub(crate) fn new(pool: PgPool, accesses: Arc<Accesses>, forwarder: Arc<Forwarder>) -> Self {
        let (room, tried, credentials) = (Semaphore::new(AT_ONCE), Mutex::default(), Mutex::default());
        Self { pool, accesses, forwarder, room, tried, credentials }
    }

    /// Makes handshakes while `active`, until `stop`. What is on its way to a vendor then goes on by itself.
    pub(crate) async fn run(
        self: Arc<Self>,
        mut changed: UnboundedReceiver<Integration>,
        active: watch::Receiver<bool>,
        stop: CancellationToken,
    ) {
        let (mut plan, mut tasks) = (Plan::default(), JoinSet::new());
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let look_at = tokio::select! {
                () = stop.cancelled() => return,
                Some(done) = tasks.join_next() => {
                    plan.note(done.as_ref().ok());
                    continue;
                }
                Some(integration) = changed.recv() => vec![Arc::new(integration)],
                _ = tick.tick() => {
                    let all = self.accesses.integrations();
                    let there = plan.forget_all_but(&all);
                    self.tried.lock().unwrap_or_else(PoisonError::into_inner).retain(|id, _| there.contains(id));
                    all
                }
            };
            if *active.borrow() {
                for integration in look_at {
                    self.begin(&integration, &mut plan, &mut tasks);
                }
            }
        }
    }

    /// Begins what is due or asked for of an Integration.
    fn begin(self: &Arc<Self>, integration: &Arc<Integration>, plan: &mut Plan, tasks: &mut JoinSet<Done>) {
        let provider = assayer_providers::find(integration.spec.provider.name());
        let Some((id, generation, provider)) = integration.identified().and_then(|(id, no)| Some((id, no, provider?))) else {
            return;
        };
        for (operation, annotation, by) in ON_DEMAND {
            let Some((trace_id, user)) = asked(integration, annotation, by) else { continue };
            if plan.takes_on(id, annotation, trace_id) {
                let (this, integration) = (Arc::clone(self), Arc::clone(integration));
                tasks.spawn(async move {
                    let by = Handshake { user, operation, trace_id, need: Need::Asked };
                    Done::Answered(id, annotation, trace_id, this.on_demand(&integration, provider, &by).await)
                });
            }
        }
        if plan.is_due(id, generation) {
            let (this, integration) = (Arc::clone(self), Arc::clone(integration));
            plan.looks_at(id, generation);
            tasks.spawn(async move { Done::Looked(id, generation, this.in_time(&integration, id, generation, provider).await) });
        }
    }

    /// Makes the handshake that is due; when to look again.
    async fn in_time(&self, integration: &Integration, id: Uuid, generation: i64, provider: &'static dyn Provider) -> Instant {
        let credential = self.credential(integration);
        let _one = credential.lock().await;
        let every = due::every(integration, provider.facts().category);
        let now = Utc::now();
        let last = match handshakes::last(&self.pool, id, generation, now).await {
            Ok(last) => last,
            Err(error) => return unread(&error),
        };
        let failing = last.failed.is_some_and(ReasonCode::fails_a_handshake);
        let version = self.accesses.version(integration).await;
        let changed = match &version {
            Some(_) if failing => self.tried(id) != version,
            // By the row, so that a restart neither repeats a handshake nor misses a change.
            Some(version) => last.secret_version.as_ref().is_some_and(|known| version.text().as_ref() != Some(known)),
            None => false,
        };
        let due = if changed { due::changed(&last, now) } else { due::at(&last, id, due::between_two(every, last.failed), now) };
        if let Ok(wait) = (due - now).to_std()
            && !wait.is_zero()
        {
            let wait = wait.min(if failing { LOOK } else { WATCH });
            return Instant::now() + self.sooner(integration, provider, wait).await;
        }
        let (user, trace_id) = (wire::VERIFY_LOOP.to_owned(), Uuid::now_v7());
        let by = Handshake { user, operation: Operation::Verify, trace_id, need: Need::Kept };
        self.note(id, version);
        self.make(integration, provider, &by).await;
        // The log knows how it went and when the next one is due.
        Instant::now() + self.sooner(integration, provider, LOOK.min(every * 4 / 5)).await
    }

    /// The wait, or a shorter one where the session that the Integration is used through is to be prolonged before.
    async fn sooner(&self, integration: &Integration, provider: &'static dyn Provider, wait: Duration) -> Duration {
        if provider.session().is_none() {
            return wait;
        }
        let Ok(access) = self.accesses.through(integration, provider, Freshness::Remembered).await else { return wait };
        let again = self.forwarder.keep(provider, access).await;
        again.map_or(wait, |at| wait.min((at - Utc::now()).to_std().unwrap_or(RETRY)))
    }

    /// Whether a handshake that a person asks for was made, now or before.
    async fn on_demand(&self, integration: &Integration, provider: &'static dyn Provider, by: &Handshake) -> bool {
        let credential = self.credential(integration);
        let _one = credential.lock().await;
        let now = Utc::now();
        let last = match handshakes::was_begun(&self.pool, by.trace_id, by.operation, now).await {
            Ok(true) => return true,
            Ok(false) => self.last_of(integration, now).await,
            Err(error) => Err(error),
        };
        let last = match last {
            Ok(last) => last,
            Err(error) => {
                tokio::time::sleep_until(unread(&error)).await;
                return false;
            }
        };
        match last.wait_until.filter(|until| *until > now) {
            Some(until) => self.forwarder.handshake(by, provider, Err(not_before(integration, until))).await,
            None => self.make(integration, provider, by).await,
        }
        true
    }

    async fn last_of(&self, integration: &Integration, now: DateTime<Utc>) -> Result<handshakes::LastHandshake, StoreError> {
        let Some((id, generation)) = integration.identified() else { return Ok(handshakes::LastHandshake::default()) };
        handshakes::last(&self.pool, id, generation, now).await
    }

    async fn make(&self, integration: &Integration, provider: &'static dyn Provider, by: &Handshake) {
        let _room = self.room.acquire().await;
        let access = self.accesses.through(integration, provider, Freshness::Now).await;
        self.forwarder.handshake(by, provider, access).await;
    }

    fn tried(&self, id: Uuid) -> Option<Version> {
        self.tried.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    fn note(&self, id: Uuid, version: Option<Version>) {
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        match version {
            Some(version) => tried.insert(id, version),
            None => tried.remove(&id),
        };
    }

    fn credential(&self, integration: &Integration) -> OneAtATime {
        let secret = (integration.namespace().unwrap_or_default(), integration.spec.credentials.secret_ref.name.clone());
        let mut credentials = self.credentials.lock().unwrap_or_else(PoisonError::into_inner);
        credentials.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(credentials.entry(secret).or_default())
    }
}

/// The trace of what an Integration's annotation asks for, and who asks; none of what nobody put their name to.
fn asked(integration: &Integration, annotation: &str, by: &str) -> Option<(Uuid, String)> {
    let annotations = integration.annotations();
    let user = annotations.get(by).filter(|user| !user.is_empty())?;
    Some((annotations.get(annotation)?.parse().ok()?, user.clone()))
}

fn unread(error: &StoreError) -> Instant {
    tracing::warn!(%error, "the log cannot be asked for handshakes");
    Instant::now() + RETRY
}

fn not_before(integration: &Integration, until: DateTime<Utc>) -> NoAccess {
    let message = format!("the vendor asked not to be called before {}", until.to_rfc3339_opts(SecondsFormat::Secs, true));
    let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, ReasonCode::ProviderRateLimited, message);
    NoAccess { refusal, through: Through::of(integration) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_is_asked_for_in_nobodys_name_is_not_made() {
        let spec = json!({"provider": "databento", "credentials": {"secretRef": {"name": "databento"}}});
        let of = |annotations: Value| {
            let metadata = json!({"name": "data", "annotations": annotations});
            let integration = serde_json::from_value(json!({"metadata": metadata, "spec": spec})).unwrap();
            ON_DEMAND.map(|(_, annotation, by)| asked(&integration, annotation, by))
        };
        let (verify, trace) = ("assayer.dev/verify-requested", Uuid::from_u128(7));
        let ann = |trace| Some((trace, "ann".to_owned()));
        assert_eq!(of(json!({verify: trace, "assayer.dev/verify-requested-by": "ann"})), [ann(trace), None]);
        for by in [json!({}), json!({"assayer.dev/verify-requested-by": ""}), json!({"assayer.dev/test-requested-by": "ann"})] {
            let mut annotations = json!({verify: trace});
            annotations.as_object_mut().unwrap().extend(by.as_object().unwrap().clone());
            assert_eq!(of(annotations), [None, None]);
        }
    }
}
