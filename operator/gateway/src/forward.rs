//! One call to a vendor: permit, intent, send, measure, outcome, answer. In: a proven caller and its request. Out: the vendor's
//! answer, after its row is committed; or a refusal, which is a row as well.

mod access;
mod answer;
mod budget;
pub(crate) mod draft;
mod exchange;
mod handshake;
mod headers;
pub(crate) mod permit;
mod quality;
mod sessions;
mod strangers;
mod upstream;

use std::{sync::Arc, time::Duration};

use assayer_contract::{ReasonCode, RequestRow};
use assayer_providers::{Call, Charge, Provider};
use assayer_store::{PgPool, gateway_jobs::GatewayJob};
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, Method, StatusCode};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub(crate) use self::answer::with_id;
pub use self::{
    access::{Access, NoAccess, Through},
    handshake::Handshake,
    sessions::Need,
};

use self::{
    answer::{Judged, Measured},
    budget::{Budget, Priced},
    exchange::Limit,
    quality::OwnedSeries,
    sessions::{By, Lease, Sessions},
    strangers::Strangers,
};
use crate::{identity::Caller, metrics::Metrics, own_name::OwnName, record::Recorder, refusal::Refusal};

/// An intent that is still open after this is closed as unknown.
const INTENT_LIFETIME: TimeDelta = TimeDelta::seconds(60);
/// From the first byte sent to the last received, whatever the job's policy says: it ends before the intent does.
const LONGEST_EXCHANGE: Duration = Duration::from_secs(45);
/// Exchanges at once; more wait before their intent. Their answers, 64 MiB each at most, must fit into the pod's memory.
const EXCHANGES: usize = 12;

/// Sends calls to vendors and records them.
pub struct Forwarder {
    http: reqwest::Client,
    recorder: Recorder,
    metrics: Metrics,
    budget: Budget,
    room: Arc<Semaphore>,
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

/// A permitted request, where it goes, how long its answer may take, and whose it is.
#[derive(Clone)]
struct Exchange {
    asked: Asked,
    access: Access,
    limit: Limit,
    job: Option<GatewayJob>,
    /// The session that signs it in, and who needs it, where the vendor has sessions.
    session: Option<(Lease, By)>,
}

/// How an attempt ended: the answer to give, and the row, where it was sent and is committed.
struct Ended {
    row: Option<RequestRow>,
    response: Response,
}

impl Ended {
    fn unsent(response: Response) -> Self {
        Self { row: None, response }
    }
}

impl Forwarder {
    /// A forwarder whose client follows no redirect, repeats nothing and uses no proxy: one row, one request. What it does for
    /// nobody else is recorded under the gateway's own name.
    pub fn new(recorder: Recorder, metrics: Metrics, pool: PgPool, own: Arc<OwnName>) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(Duration::from_secs(5))
            .pool_idle_timeout(Duration::from_secs(15))
            .build()?;
        let room = Arc::new(Semaphore::new(EXCHANGES));
        let (running, strangers) = (TaskTracker::new(), Strangers::default());
        let sessions = Sessions::new(http.clone(), recorder.clone(), metrics.clone(), pool.clone(), own, running.clone());
        let (budget, sessions) = (Budget::new(pool), Arc::new(sessions));
        Ok(Self { http, recorder, metrics, budget, room, running, strangers, sessions })
    }

    /// Makes the call, or refuses it. `access` is asked for only where the request itself may be let through.
    pub async fn call(
        self: &Arc<Self>,
        caller: &Caller,
        provider: &'static dyn Provider,
        asked: Asked,
        access: impl Future<Output = Result<Access, NoAccess>> + Send,
    ) -> Response {
        let draft = draft::of_caller(caller, provider.name(), asked.method.as_str(), Utc::now());
        let call = match permit::permit(caller, provider, &asked, Utc::now()) {
            Ok(call) => call,
            Err(denied) => return self.refuse(provider, draft::with_denied(draft, &denied), denied.refusal).await,
        };
        let draft = draft::with_call(draft, &call);
        let within = permit::limit(&caller.job, &call).min(LONGEST_EXCHANGE);
        let by = By { need: Need::Called, trace_id: draft.trace_id, within };
        match self.join(provider, access.await, by).await {
            Ok((access, session)) => {
                let (limit, job) = (Limit { within, by: "the policy's maxLatency" }, Some(caller.job.clone()));
                self.detach(provider, draft, call, Exchange { asked, access, limit, job, session }).await
            }
            Err(NoAccess { refusal, through }) => self.refuse(provider, draft::with_through(draft, &through), refusal).await,
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
        let (access, lease) = self.sessions.join(provider, access?, by).await?;
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
        let task = async move { this.exchange(provider, draft, call, exchange).await };
        self.running.spawn(task).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a call ended without an answer; its intent will be closed as unknown");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Refusal::new(status, ReasonCode::UnknownOutcome, "the gateway failed while it made the call").in_envelope(provider)
        })
    }

    /// The call, and once more where its session has ended at the vendor, if that does no harm.
    async fn exchange(&self, provider: &'static dyn Provider, draft: RequestRow, call: Call, exchange: Exchange) -> Response {
        let _room = self.room.acquire().await;
        let draft = draft::stamped(draft, Utc::now());
        let Some((lease, by)) = exchange.session.clone() else {
            return self.attempt(provider, draft, call, exchange).await.response;
        };
        let first = self.attempt(provider, draft.clone(), call.clone(), exchange.clone()).await;
        let refused = first.row.as_ref().is_some_and(|row| lease.learn(row));
        if !refused || !call.is_safe_to_repeat() {
            return first.response;
        }
        let access = Ok(exchange.access.clone());
        let Ok((access, Some((lease, by)))) = self.join(provider, access, by).await else { return first.response };
        let draft = draft::repeated(draft, Utc::now());
        let again = Exchange { access, session: Some((lease.clone(), by)), ..exchange };
        let second = self.attempt(provider, draft, call, again).await;
        if let Some(row) = &second.row {
            lease.learn(row);
        }
        second.response
    }

    async fn attempt(
        &self,
        provider: &'static dyn Provider,
        draft: RequestRow,
        call: Call,
        Exchange { asked, access, limit, job, .. }: Exchange,
    ) -> Ended {
        let draft = draft::with_access(draft, &access);
        let request = match exchange::request(&self.http, &draft, &call, asked, &access) {
            Ok(request) => request,
            Err(refusal) => return Ended::unsent(self.refuse(provider, draft, refusal).await),
        };
        let priced = match self.price(job.as_ref(), &call).await {
            Ok(priced) => priced,
            Err(refusal) => return Ended::unsent(self.refuse(provider, draft, refusal).await),
        };
        let draft = RequestRow { cost_usd: priced.as_ref().map(|priced| priced.usd.to_string()), ..draft };
        let deadline = Utc::now() + INTENT_LIFETIME;
        if let Err(error) = self.recorder.intent(draft.clone(), deadline).await {
            return Ended::unsent(Refusal::from(error).in_envelope(provider));
        }
        // From here on the intent itself counts as spent.
        drop(priced);
        let received = exchange::send(&self.http, request, limit).await;
        self.metrics.vendor_seconds.observe(received.took.as_secs_f64());
        let series = job.and_then(|job| OwnedSeries::of(&job, &call));
        let measured = Measured { call, series, expects: access.signed_in.expects };
        let Judged { row, response } = answer::judge(provider, draft, measured, received, &access.credentials).await;
        self.metrics.count(&row);
        match self.recorder.outcome(row.clone(), deadline).await {
            Ok(()) => Ended { row: Some(row), response },
            // Commit before use: an answer without its row is not given out.
            Err(error) => Ended::unsent(Refusal::from(error).in_envelope(provider)),
        }
    }

    /// Only a job has a budget.
    async fn price(&self, job: Option<&GatewayJob>, call: &Call) -> Result<Option<Priced<'_>>, Refusal> {
        match job {
            _ if call.charge != Charge::Quoted => Ok(None),
            Some(job) => self.budget.price(job, call, Utc::now()).await.map(Some),
            None => {
                let message = format!("{} costs money, and no job asks for it", call.endpoint);
                Err(Refusal::new(StatusCode::PAYMENT_REQUIRED, ReasonCode::CostUnquoted, message))
            }
        }
    }
}
