//! What every part of the controller shares during one term of leadership, and the errors of its I/O.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use assayer_contract::HashError;
use assayer_crds::{Bot, Integration, StagePolicy};
use assayer_store::{PgPool, StoreError};
use futures::channel::mpsc::UnboundedSender;
use k8s_openapi::api::batch::v1::Job;
use kube::{
    Client,
    runtime::{
        events::Recorder,
        reflector::{ObjectRef, Store},
    },
};
use tokio::sync::{Notify, Semaphore, watch};

use super::metrics::Metrics;
use crate::environment::Installed;

/// Name under which the controller owns fields.
pub(super) const FIELD_MANAGER: &str = "assayer-controller";

/// Flags as the parts need them.
pub(super) struct Settings {
    pub(super) namespace: String,
    pub(super) instance: String,
    pub(super) gateway_url: String,
    pub(super) runner_image: String,
    pub(super) runner_image_pull_policy: String,
    pub(super) planner_interval: Duration,
    pub(super) installed: Installed,
    /// The LocalQueue whose Kueue lets runners start; without one they start at once.
    pub(super) queue: Option<String>,
}

/// Shared by all parts of one term.
pub(super) struct Context {
    pub(super) client: Client,
    pub(super) pool: PgPool,
    pub(super) settings: Arc<Settings>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) recorder: Recorder,
    pub(super) bots: Store<Bot>,
    pub(super) integrations: Store<Integration>,
    pub(super) policies: Store<StagePolicy>,
    pub(super) jobs: Store<Job>,
    /// Whether the stores have everything that was there when the term began. To wait for: a store itself tells only the last of those
    /// that wait for it.
    pub(super) listed: watch::Receiver<bool>,
    /// Bots that are looked at now; those that wait have their turns in the order of their coming. The controller's own limit takes
    /// any of those that wait, so that under load one could wait for minutes.
    pub(super) looks: Semaphore,
    /// The same of Integrations.
    pub(super) integration_looks: Semaphore,
    /// Bots to look at again.
    pub(super) touch: UnboundedSender<ObjectRef<Bot>>,
    /// Integrations to look at again.
    pub(super) touch_integration: UnboundedSender<ObjectRef<Integration>>,
    /// Wakes the planner before its interval has passed.
    pub(super) due: Notify,
    /// When the runners' objects of a namespace were last applied.
    pub(super) prepared: Mutex<BTreeMap<String, Instant>>,
}

/// Why a step of I/O failed. A user's mistake is a condition, never one of these.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The API server.
    #[error("the API server: {0}")]
    Kube(#[source] Box<kube::Error>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A spec has no canonical form.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// A value has no JSON form.
    #[error("writing JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The API server left out what it always sets.
    #[error("the object has no {0}")]
    Incomplete(&'static str),
}

impl From<kube::Error> for Error {
    fn from(error: kube::Error) -> Self {
        Self::Kube(Box::new(error))
    }
}
