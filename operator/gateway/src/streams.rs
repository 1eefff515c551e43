//! Live bars: one session with the vendor for each credential and dataset, read by as many jobs as like. In: a proven caller and what it
//! asks. Out: a stream of DBN, each bar after the row of its use is committed; or a refusal, which is a row as well.

mod encode;
mod hub;
mod noted;
mod reader;
mod rules;
mod session;
mod wire;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use assayer_contract::{ReasonCode, RequestRow, Sha256Hash};
use assayer_providers::{
    Request,
    live::{self, Subscription},
};
use assayer_store::PgPool;
use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use chrono::Utc;
use futures::{StreamExt, stream};
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use secrecy::ExposeSecret;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use rules::Rules;

use self::{
    hub::{Hub, Place},
    reader::{Cursor, LastWord, Reader},
    rules::Limits,
    session::Keeper,
};
use crate::{
    forward::{Access, NoAccess, draft, permit},
    identity::Caller,
    metrics::Metrics,
    record::Recorder,
    refusal::Refusal,
};

/// Answers that may wait for a reader.
const WAITING: usize = 8;
/// A credential, which only its hash stands for, the address that it is shown to, and a dataset.
type HubKey = (Sha256Hash, String, String);

/// All live sessions of this gateway.
pub struct Streams {
    recorder: Recorder,
    metrics: Metrics,
    pool: PgPool,
    rules: Rules,
    hubs: Mutex<BTreeMap<HubKey, Arc<Hub>>>,
    stop: CancellationToken,
}

/// What one reader asks for, and what its stage's policy says of it.
struct Own<'a> {
    caller: &'a Caller,
    one: Subscription,
    limits: Limits,
    /// How long it waits for a session to begin.
    begin: Duration,
}

/// A request for a stream.
#[derive(Clone, Copy, Debug)]
pub struct AskedStream<'a> {
    /// `{dataset}/{schema}`, as it came.
    pub path: &'a str,
    /// Query as it came, without `?`.
    pub query: &'a str,
    /// Headers as they came.
    pub headers: &'a HeaderMap,
}

impl Streams {
    /// None is open yet; all end with `stop`.
    pub fn new(recorder: Recorder, metrics: Metrics, pool: PgPool, rules: Rules, stop: CancellationToken) -> Arc<Self> {
        Arc::new(Self { recorder, metrics, pool, rules, hubs: Mutex::default(), stop })
    }

    /// Serves a stream, or refuses it. `access` is asked for only where the request itself may be let through.
    pub async fn open(
        self: &Arc<Self>,
        caller: &Caller,
        asked: AskedStream<'_>,
        access: impl Future<Output = Result<Access, NoAccess>> + Send,
    ) -> Response {
        let row = draft::of_caller(caller, "databento", "GET", Utc::now());
        let request = Request { method: "GET", path: asked.path, query: asked.query, content_type: None, body: &[] };
        let (call, one) = match live::classify(&request) {
            Ok(known) => known,
            Err(refused) => {
                let row =
                    RequestRow { endpoint: refused.endpoint.clone(), request_fingerprint: refused.request_fingerprint, ..row };
                return self.refuse(row, Refusal::from(&refused)).await;
            }
        };
        let row = draft::with_call(row, &call);
        if let Some(refusal) = permit::denial(caller, &call, asked.headers, Utc::now()) {
            return self.refuse(row, refusal).await;
        }
        let access = match access.await {
            Ok(access) => access,
            Err(NoAccess { refusal, through }) => return self.refuse(draft::with_through(row, &through), refusal).await,
        };
        let row = RequestRow { endpoint_override: access.live_endpoint.clone(), ..draft::with_access(row, &access) };
        let own = Own {
            caller,
            one,
            limits: Limits::of(permit::live_limits(&caller.job, &call), &self.rules),
            begin: permit::limit(&caller.job, &call),
        };
        match self.join(own, row.clone(), access).await {
            Ok(response) => response,
            Err(refusal) => self.refuse(row, refusal).await,
        }
    }

    /// A place in the session that there is, or in one that is opened for it.
    async fn join(self: &Arc<Self>, own: Own<'_>, row: RequestRow, access: Access) -> Result<Response, Refusal> {
        let Own { caller, one, limits, begin } = own;
        let address = address(&access, &one.dataset)?;
        let key = live::key(&access.credentials)
            .map_err(|error| Refusal::new(StatusCode::UNAUTHORIZED, error.reason_code(), error.to_string()))?;
        let key = (Sha256Hash::of(key.expose_secret().as_bytes()), address, one.dataset.clone());
        let place = self.place(key, (&one, limits), access, caller).ok_or_else(session::closed)?;
        let message = format!("no live session began within {} s, sources.marketData.maxLatency", begin.as_secs_f64());
        let late = || Refusal::new(StatusCode::GATEWAY_TIMEOUT, ReasonCode::ProviderTimeout, message);
        tokio::time::timeout(begin, place.begun()).await.map_err(|_| late())??;
        let (out, pieces) = mpsc::channel(WAITING);
        let last_word = LastWord::default();
        let reader = Reader {
            cursors: Cursor::join(&place, one.since),
            place,
            one,
            draft: row,
            recorder: self.recorder.clone(),
            metrics: self.metrics.clone(),
            patience: self.rules.patience,
            limits,
            out,
            last_word: Arc::clone(&last_word),
            job: caller.job.clone(),
            pool: self.pool.clone(),
            stop: self.stop.clone(),
        };
        tokio::spawn(reader.run());
        Ok(([(CONTENT_TYPE, "application/octet-stream")], body(pieces, last_word)).into_response())
    }

    /// A place in the hub that there is, if it is not over, or in a new one.
    fn place(
        self: &Arc<Self>,
        key: HubKey,
        (one, limits): (&Subscription, Limits),
        access: Access,
        caller: &Caller,
    ) -> Option<Place> {
        let mut hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        let known = hubs.get(&key).and_then(|hub| hub.enter(one, self.rules.held, limits.heartbeat_max_age));
        known.or_else(|| {
            let hub = Hub::new();
            // Somebody has to read it before its session is kept.
            let place = hub.enter(one, self.rules.held, limits.heartbeat_max_age);
            hubs.insert(key.clone(), Arc::clone(&hub));
            self.keep(key, hub, access, caller);
            place
        })
    }

    /// Begins the task that keeps the session of a hub.
    fn keep(self: &Arc<Self>, key: HubKey, hub: Arc<Hub>, access: Access, caller: &Caller) {
        let keeper = Keeper {
            hub: Arc::clone(&hub),
            recorder: self.recorder.clone(),
            metrics: self.metrics.clone(),
            rules: self.rules,
            access,
            address: key.1.clone(),
            dataset: key.2.clone(),
            user: caller.user.clone(),
            stop: self.stop.child_token(),
        };
        let this = Arc::clone(self);
        tokio::spawn(async move {
            // A task of its own, so that a fault of the client's ends this session and not silently.
            let failed = tokio::spawn(keeper.run()).await.is_err();
            let mut hubs = this.hubs.lock().unwrap_or_else(PoisonError::into_inner);
            hubs.retain(|known, other| *known != key || !Arc::ptr_eq(other, &hub));
            drop(hubs);
            if failed {
                tracing::error!(dataset = key.2, "a live session ended by a fault");
            }
            hub.end(session::closed());
        });
    }

    /// Refuses with a row; nothing was sent for it.
    async fn refuse(&self, row: RequestRow, refusal: Refusal) -> Response {
        let row = draft::refused(draft::stamped(row, Utc::now()), &refusal, Utc::now());
        let (id, trace) = (row.id, row.trace_id);
        self.metrics.count(&row);
        match self.recorder.row(row).await {
            Ok(()) => crate::forward::with_id(refusal.problem(Some(trace)), id),
            Err(error) => Refusal::from(error).problem(Some(trace)),
        }
    }

    /// Sessions that are kept now.
    pub fn sessions(&self) -> usize {
        self.hubs.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Where the session is opened: what stands in for one of the vendor's addresses stands in for both.
fn address(access: &Access, dataset: &str) -> Result<String, Refusal> {
    match (&access.live_endpoint, &access.endpoint_override) {
        (Some(address), _) => Ok(address.clone()),
        (None, None) => Ok(live::address(dataset)),
        (None, Some(_)) => {
            let message = "spec.endpoint of the Integration is set and spec.liveEndpoint is not: set both, or neither";
            Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, ReasonCode::RequestInvalid, message))
        }
    }
}

/// What the reader was given, and then the last word, if there is one.
fn body(pieces: mpsc::Receiver<Bytes>, last_word: LastWord) -> Body {
    let pieces = stream::unfold(pieces, |mut pieces| async { pieces.recv().await.map(|piece| (piece, pieces)) });
    let end = stream::once(async move { last_word.lock().unwrap_or_else(PoisonError::into_inner).take() });
    Body::from_stream(pieces.chain(end.filter_map(|word| async { word })).map(Ok::<_, std::convert::Infallible>))
}
