//! One call to a vendor: permit, intent, send, measure, outcome, answer. In: a proven caller and its request. Out: the vendor's
//! answer, after its row is committed; or a refusal, which is a row as well.

mod access;
mod ai_budget;
mod answer;
mod attempts;
mod budget;
pub(crate) mod draft;
mod exchange;
mod fallback;
mod handshake;
mod headers;
mod kept;
mod own;
mod pace;
pub(crate) mod permit;
mod quality;
mod sessions;
mod strangers;
mod upstream;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use assayer_contract::{ReasonCode, RequestRow};
use assayer_providers::{Call, Provider};
use assayer_store::{PgPool, gateway_jobs::GatewayJob};
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, Method, StatusCode};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use self::{
    access::{Access, NoAccess, Through},
    handshake::Handshake,
    own::{About, Own},
    sessions::Need,
};
pub(crate) use self::{
    answer::with_id,
    fallback::{Fallbacks, NotThis},
};

use self::{
    ai_budget::AiBudget,
    budget::Budget,
    exchange::Limit,
    kept::Kept,
    pace::{Pace, Patience, Purpose},
    sessions::{By, Lease, Sessions},
    strangers::Strangers,
};
use crate::{identity::Caller, metrics::Metrics, record::Recorder, refusal::Refusal};

/// An intent that is still open after this is closed as unknown.
const INTENT_LIFETIME: TimeDelta = TimeDelta::seconds(60);
/// From the first byte sent to the last received, whatever the job's policy says: it ends before the intent does.
const LONGEST_EXCHANGE: Duration = Duration::from_secs(45);

/// Sends calls to vendors and records them.
pub struct Forwarder {
    http: reqwest::Client,
    recorder: Recorder,
    metrics: Metrics,
    budget: Budget,
    ai_budget: AiBudget,
    fallbacks: Fallbacks,
    kept: Kept,
    pace: Pace,
    /// For pauses that do not fall together.
    random: Mutex<fastrand::Rng>,
    running: TaskTracker,
    strangers: Strangers,
    sessions: Arc<Sessions>,
}

/// A request of a runner for a vendor.
#[derive(Clone, Debug)]
pub struct Asked {
    /// HTTP method.
    pub method: Method,
    /// Path below the vendor's base as it came, not decoded.
    pub path: String,
    /// Query as it came, without `?`.
    pub query: Option<String>,
    /// Headers as they came.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// Where a request was to go, as far as its first line says.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// Name of the provider as it came; not necessarily one that is known.
    pub provider: &'a str,
    /// HTTP method.
    pub method: &'a str,
    /// Path below the vendor's base as it came.
    pub path: &'a str,
}

/// A permitted request, where it goes, how long its answer may take, how often it may be repeated, and whose it is.
struct Exchange {
    asked: Asked,
    access: Access,
    limit: Limit,
    patience: Patience,
    purpose: Purpose,
    job: Option<GatewayJob>,
    /// The session that signs it in, and who needs it, where the vendor has sessions.
    session: Option<(Lease, By)>,
}

impl Forwarder {
    /// A forwarder whose client follows no redirect, repeats nothing and uses no proxy: one row, one request.
    pub fn new(recorder: Recorder, metrics: Metrics, pool: PgPool) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(Duration::from_secs(5))
            .pool_idle_timeout(Duration::from_secs(15))
            .build()?;
        let (running, strangers) = (TaskTracker::new(), Strangers::default());
        let sessions = Sessions::new(http.clone(), recorder.clone(), metrics.clone(), pool.clone(), running.clone());
        let (budget, ai_budget, sessions) = (Budget::new(pool.clone()), AiBudget::new(pool.clone()), Arc::new(sessions));
        let (fallbacks, kept) = (Fallbacks::new(pool.clone()), Kept::new(pool.clone()));
        let (pace, random) = (Pace::new(pool, recorder.active()), Mutex::new(fastrand::Rng::new()));
        Ok(Self { http, recorder, metrics, budget, ai_budget, fallbacks, kept, pace, random, running, strangers, sessions })
    }

    /// Makes the call, or refuses it. `access` is asked for only where the request itself may be let through.
    pub async fn call(
        self: &Arc<Self>,
        caller: &Caller,
        provider: &'static dyn Provider,
        asked: Asked,
        access: impl Future<Output = Result<Access, NoAccess>> + Send,
    ) -> Response {
        let (mut draft, call) = match self.permitted(caller, provider, &asked).await {
            Ok(permitted) => permitted,
            Err(refused) => return refused,
        };
        match self.fallbacks.of(&caller.job, &call, &asked.headers).await {
            Ok(of) => draft.fallback_of = of,
            Err(NotThis { refusal, of }) => return self.refuse(provider, RequestRow { fallback_of: of, ..draft }, refusal).await,
        }
        let within = permit::limit(&caller.job, &call).min(LONGEST_EXCHANGE);
        let by = By { need: Need::Called, user: caller.user.as_str().into(), trace_id: draft.trace_id, within };
        match self.join(provider, access.await, by).await {
            Ok((access, session)) => {
                let (limit, job) = (Limit { within, by: "the policy's maxLatency" }, Some(caller.job.clone()));
                let (patience, purpose) = (permit::patience(&caller.job, &call), Purpose::of(&call));
                self.detach(provider, draft, call, Exchange { asked, access, limit, patience, purpose, job, session }).await
            }
            Err(no_access) => self.refuse_without(provider, draft, no_access).await,
        }
    }

    /// What a request calls, and the row that it will have; or the answer, after the row that says why not.
    async fn permitted(
        &self,
        caller: &Caller,
        provider: &'static dyn Provider,
        asked: &Asked,
    ) -> Result<(RequestRow, Call), Response> {
        let draft = draft::of_caller(caller, provider.name(), asked.method.as_str(), Utc::now());
        match permit::permit(caller, provider, asked, Utc::now()) {
            Ok(call) => Ok((draft::with_call(draft, &call), call)),
            Err(denied) => Err(self.refuse(provider, draft::with_denied(draft, &denied), denied.refusal).await),
        }
    }

    /// Records a request of a proven caller that is refused before anything is known of it but where it was to go.
    pub async fn refuse_unread(&self, caller: &Caller, to: Target<'_>, refusal: Refusal) -> Response {
        let row = draft::of_caller(caller, to.provider, to.method, Utc::now());
        let row = draft::refused(draft::with_path(row, to.path), &refusal, Utc::now());
        match self.record_refusal(row).await {
            Ok(id) => answer::with_id(refusal.to(to.provider), id),
            Err(unavailable) => unavailable.to(to.provider),
        }
    }

    /// Prolongs the session that this access is used through, if one is open and it is time. When to come again.
    pub(crate) async fn keep(&self, provider: &'static dyn Provider, access: Access) -> Option<DateTime<Utc>> {
        self.sessions.keep(provider, access, Uuid::now_v7()).await
    }

    /// The access, with a session where the vendor has any.
    async fn join(
        &self,
        provider: &'static dyn Provider,
        access: Result<Access, NoAccess>,
        by: By,
    ) -> Result<(Access, Option<(Lease, By)>), NoAccess> {
        let (access, lease) = self.sessions.join(provider, access?, by.clone()).await?;
        Ok((access, lease.map(|lease| (lease, by))))
    }

    /// Waits for calls that are under way.
    pub async fn finish(&self) {
        self.running.close();
        self.running.wait().await;
    }

    async fn refuse(&self, provider: &dyn Provider, draft: RequestRow, refusal: Refusal) -> Response {
        match self.record_refusal(draft::refused(draft, &refusal, Utc::now())).await {
            Ok(id) => answer::with_id(refusal.in_envelope(provider), id),
            Err(unavailable) => unavailable.in_envelope(provider),
        }
    }

    async fn refuse_without(
        &self,
        provider: &dyn Provider,
        draft: RequestRow,
        NoAccess { refusal, through }: NoAccess,
    ) -> Response {
        self.refuse(provider, draft::with_through(draft, &through), refusal).await
    }

    async fn record_refusal(&self, row: RequestRow) -> Result<Uuid, Refusal> {
        let id = row.id;
        self.metrics.count(&row);
        self.recorder.row(row).await?;
        Ok(id)
    }

    /// What follows the intent does not depend on the caller: one that leaves must not leave a hole.
    async fn detach(
        self: &Arc<Self>,
        provider: &'static dyn Provider,
        draft: RequestRow,
        call: Call,
        exchange: Exchange,
    ) -> Response {
        let this = Arc::clone(self);
        let task = async move { Box::pin(this.exchange(provider, draft, call, exchange)).await };
        self.running.spawn(task).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a call ended without an answer; its intent will be closed as unknown");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Refusal::new(status, ReasonCode::UnknownOutcome, "the gateway failed while it made the call").in_envelope(provider)
        })
    }
}
