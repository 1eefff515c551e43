//! `GET /api/system/status`. In: custom resources, the newest rows of each kind, the controller's Lease. Out: whether the installation
//! and its Bots can start, and what to do. Answers also where the database is away: that is what it then says. Not pure: what was
//! read is remembered for seconds, so that who asks often costs little.

pub(crate) mod answer;

use std::{sync::Arc, time::Duration};

use assayer_crds::StagePolicy;
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use chrono::{DateTime, Utc};
use k8s_openapi::api::coordination::v1::Lease;
use kube::{Api, Client, api::ListParams};
use serde::Deserialize;
use tokio::{sync::Mutex, time::Instant};

use self::answer::SystemAnswer;
use super::{
    App, Refusal,
    access::{Caller, Right, demand},
    asked,
    bots::readable::readable,
    integrations,
};
use crate::{
    controller::lease::LEASE,
    installation::{self, Judged, Known},
};

/// Path of this handler.
pub(crate) const PATH: &str = "/api/system/status";
/// What the caller must be allowed to get.
pub(crate) const RIGHT: Right = Right::Url("/assayer/proof/system");
/// Bots that may be asked for at most; without a limit all are answered.
pub(crate) const MAX_BOTS: i64 = 10_000;
/// How old an answer may be.
const REMEMBERED: Duration = Duration::from_secs(2);

/// What was judged last, and when.
pub(crate) struct Watched {
    namespace: String,
    last: Mutex<Option<(Instant, Arc<Judged>)>>,
}

impl Watched {
    /// Nothing yet; the control plane is in this namespace.
    pub(crate) fn new(namespace: &str) -> Self {
        Self { namespace: namespace.to_owned(), last: Mutex::default() }
    }

    /// What is so now, or was a moment ago. Who comes while it is being read waits for it.
    pub(crate) async fn judged(&self, app: &App) -> Result<Arc<Judged>, Refusal> {
        let mut last = self.last.lock().await;
        if let Some((_, judged)) = last.as_ref().filter(|(at, _)| at.elapsed() < REMEMBERED) {
            return Ok(Arc::clone(judged));
        }
        let judged = Arc::new(judge(app, &self.namespace, Utc::now()).await?);
        *last = Some((Instant::now(), Arc::clone(&judged)));
        Ok(judged)
    }
}

/// What may be asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asking {
    limit: Option<String>,
}

/// The status, and of the Bots those that the caller may read.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    asking: Result<Query<Asking>, QueryRejection>,
) -> Result<Json<SystemAnswer>, Refusal> {
    demand(&app, &caller, &RIGHT).await?;
    let Query(asking) = asking?;
    let limit = asked::limit(asking.limit.as_deref(), i64::MAX, MAX_BOTS)?;
    let judged = app.system.judged(&app).await?;
    let namespaces = judged.bots.iter().map(|bot| bot.namespace.clone()).collect();
    let readable = readable(&app, &caller, namespaces).await?;
    Ok(Json(SystemAnswer::new(&judged, &readable, usize::try_from(limit).unwrap_or(usize::MAX))))
}

async fn judge(app: &App, namespace: &str, now: DateTime<Utc>) -> Result<Judged, Refusal> {
    let bots = app.bots.all_now(&app.client).await?;
    let policies = Api::<StagePolicy>::all(app.client.clone()).list(&ListParams::default()).await?.items;
    let integrations = integrations::list(&app.client, None).await?;
    let known = Known {
        bots,
        policies: policies.into_iter().map(Arc::new).collect(),
        integrations: integrations.into_iter().map(Arc::new).collect(),
        leader: leader(&app.client, namespace).await,
        installed: app.installed,
    };
    Ok(installation::judge(&app.pool, known, now).await)
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
