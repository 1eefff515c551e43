//! One call to a vendor: permit, intent, send, measure, outcome, answer. In: a proven caller and its request. Out: the vendor's
//! answer, after its row is committed; or a refusal, which is a row as well.

mod access;
mod ai_budget;
mod answer;
mod budget;
mod draft;
mod exchange;
mod handshake;
mod headers;
mod pace;
mod permit;
mod quality;
mod strangers;
mod upstream;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use assayer_contract::{Outcome, ReasonCode, RequestRow};
use assayer_providers::{Call, Charge, Provider};
use assayer_store::{PgPool, gateway_jobs::GatewayJob};
use axum::response::Response;
use bytes::Bytes;
use chrono::{TimeDelta, Utc};
use http::{HeaderMap, Method, StatusCode};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use self::{
    access::{Access, NoAccess, Through},
    handshake::Handshake,
};

use self::{
    ai_budget::{AiBudget, Held, Most},
    answer::Measured,
    budget::{Budget, Priced},
    exchange::Limit,
    pace::{Ask, Pace, Pass, Patience, Purpose, Tries},
    quality::OwnedSeries,
    strangers::Strangers,
};
use crate::{
    identity::Caller,
    metrics::{Attempt, Metrics},
    record::Recorder,
    refusal::Refusal,
};

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
    pace: Pace,
    /// For pauses that do not fall together.
    random: Mutex<fastrand::Rng>,
    running: TaskTracker,
    strangers: Strangers,
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
}

impl Exchange {
    fn ask(&self, provider: &'static dyn Provider) -> Ask<'_> {
        Ask { provider, access: &self.access, purpose: self.purpose, patience: self.patience, within: self.limit.within }
    }
}

/// What a caller gets of an attempt, and its row where it was made.
struct Attempted {
    response: Response,
    row: Option<RequestRow>,
}

/// What may be paid for a call, as long as this is held.
enum Paid<'a> {
    Nothing,
    Quoted(Priced<'a>),
    ByUse(Held<'a>),
}

impl Paid<'_> {
    /// The draft of a row at that price, and what the price is settled by once the answer is there.
    fn on(&self, row: RequestRow) -> (RequestRow, Option<Most>) {
        match self {
            Self::Nothing => (row, None),
            Self::Quoted(priced) => (RequestRow { cost_usd: Some(priced.usd.to_string()), ..row }, None),
            Self::ByUse(held) => (held.most.on(row), Some(held.most)),
        }
    }
}

impl From<Response> for Attempted {
    fn from(response: Response) -> Self {
        Self { response, row: None }
    }
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
        let (pace, random) = (Pace::new(pool.clone(), recorder.active()), Mutex::new(fastrand::Rng::new()));
        Ok(Self {
            http,
            recorder,
            metrics,
            budget: Budget::new(pool.clone()),
            ai_budget: AiBudget::new(pool),
            pace,
            random,
            running,
            strangers,
        })
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
        match access.await {
            Ok(access) => {
                let within = permit::limit(&caller.job, &call).min(LONGEST_EXCHANGE);
                let (limit, job) = (Limit { within, by: "the policy's maxLatency" }, Some(caller.job.clone()));
                let patience = permit::patience(&caller.job, &call);
                self.detach(provider, draft, call, Exchange { asked, access, limit, patience, purpose: Purpose::Work, job }).await
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
        self.count(&row);
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

    /// One attempt after another, each with a row of its own, until one succeeds or none is left; the last one's answer.
    async fn exchange(&self, provider: &'static dyn Provider, draft: RequestRow, call: Call, mut exchange: Exchange) -> Response {
        let mut draft = draft::with_access(draft, &exchange.access);
        let (whole, mut tries, mut last) = (exchange.limit.within, None, None);
        loop {
            let mut pass = match self.pace.turn(exchange.ask(provider)).await {
                Ok(pass) => pass,
                // The caller learns rather what the vendor said than that it was not asked again.
                Err(refusal) => match last {
                    Some(response) => return response,
                    None => return self.refuse(provider, draft, refusal).await,
                },
            };
            let tries = tries.get_or_insert_with(|| Tries::new(exchange.patience, Instant::now() + whole));
            tries.made += 1;
            exchange.limit = exchange.limit.left(tries.left(Instant::now()));
            draft = draft::stamped(draft, tries.made, Utc::now());
            let attempt = self.attempt(provider, draft.clone(), &call, &exchange, &mut pass).await;
            drop(pass);
            let random = self.random.lock().unwrap_or_else(PoisonError::into_inner).f64();
            let again = attempt.row.and_then(|row| tries.again(&call, &row, random, Instant::now()));
            let Some(pause) = again else { return attempt.response };
            last = Some(attempt.response);
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(
        &self,
        provider: &'static dyn Provider,
        draft: RequestRow,
        call: &Call,
        Exchange { asked, access, limit, job, .. }: &Exchange,
        pass: &mut Pass,
    ) -> Attempted {
        let request = match exchange::request(&self.http, &draft, call, asked.clone(), access) {
            Ok(request) => request,
            Err(refusal) => return self.refuse(provider, draft, refusal).await.into(),
        };
        let paid = match self.pay(job.as_ref(), call, asked.body.len()).await {
            Ok(paid) => paid,
            Err(refusal) => return self.refuse(provider, draft, refusal).await.into(),
        };
        let (draft, most) = paid.on(draft);
        let deadline = Utc::now() + INTENT_LIFETIME;
        if let Err(error) = self.recorder.intent(draft.clone(), deadline).await {
            return Refusal::from(error).in_envelope(provider).into();
        }
        // From here on the intent itself counts as spent.
        drop(paid);
        pass.goes();
        let received = exchange::send(&self.http, request, *limit).await;
        self.metrics.vendor_seconds.observe(received.took.as_secs_f64());
        let series = job.as_ref().and_then(|job| OwnedSeries::of(job, call));
        let measured = Measured { call: call.clone(), series };
        let mut judged = answer::judge(provider, draft, measured, received, &access.credentials).await;
        if let Some(most) = most {
            most.settle(&mut judged.row);
        }
        pass.ended(&judged.row);
        self.count(&judged.row);
        match self.recorder.outcome(judged.row.clone(), deadline).await {
            Ok(()) => Attempted { response: judged.response, row: Some(judged.row) },
            // Commit before use: an answer without its row is not given out.
            Err(error) => Refusal::from(error).in_envelope(provider).into(),
        }
    }

    /// Only a job has a budget.
    async fn pay(&self, job: Option<&GatewayJob>, call: &Call, bytes: usize) -> Result<Paid<'_>, Refusal> {
        match (call.charge, job) {
            (Charge::Free, _) => Ok(Paid::Nothing),
            (Charge::Quoted, Some(job)) => self.budget.price(job, call, Utc::now()).await.map(Paid::Quoted),
            (Charge::ByUse, Some(job)) => self.ai_budget.hold(job, call, bytes, Utc::now()).await.map(Paid::ByUse),
            (Charge::Quoted | Charge::ByUse, None) => {
                let message = format!("{} costs money, and no job asks for it", call.endpoint);
                Err(Refusal::new(StatusCode::PAYMENT_REQUIRED, ReasonCode::CostUnquoted, message))
            }
        }
    }

    fn count(&self, row: &RequestRow) {
        let reason_code = row.reason_code.filter(|_| row.outcome != Outcome::Success).map(|reason| reason.to_string());
        let attempt = Attempt {
            // Only names of the registry: a caller must not be able to make labels.
            provider: assayer_providers::find(&row.provider).map_or("", |provider| provider.name()).to_owned(),
            outcome: row.outcome.to_string(),
            reason_code: reason_code.unwrap_or_default(),
        };
        self.metrics.attempts.get_or_create(&attempt).inc();
    }
}
