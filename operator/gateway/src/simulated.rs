//! `GET /v1/simulated/bars`: bars that nobody traded, in place of a vendor's that failed. In: a proven caller and the days that it asks
//! for. Out: bars, after the row that says they are simulated is committed; or a refusal, which is a row as well. Nothing is sent.

mod asked;

use assayer_contract::{
    BarQuality, InstrumentDays, Outcome, ReasonCode, RequestRow, Sent, Sha256Hash, Source, Stage,
    policy::Fallback,
    simulated::{ENDPOINT, MEDIA_TYPE, PROVIDER, SimulatedBars},
    wire::SIMULATED_HEADER,
};
use assayer_engine::{
    Bar, Instrument,
    quality::{Meter, Series},
    simulated::{self, SimulationError},
};
use assayer_store::{PgPool, gateway_jobs::GatewayJob};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE};
use serde_json::json;

use self::asked::Asked;
use crate::{
    forward::{Fallbacks, NotThis, draft, permit, with_id},
    identity::Caller,
    metrics::Metrics,
    record::Recorder,
    refusal::Refusal,
};

/// Makes bars up, where the installation allows it.
pub struct Simulator {
    recorder: Recorder,
    metrics: Metrics,
    fallbacks: Fallbacks,
    allowed: bool,
}

/// Bars as they are given out, and what is said of them.
struct Made {
    body: Vec<u8>,
    count: usize,
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    quality: BarQuality,
}

impl Simulator {
    /// `allowed` is a fact of the installation: without it nothing is made up, whatever a policy or a job says.
    pub fn new(recorder: Recorder, metrics: Metrics, pool: PgPool, allowed: bool) -> Self {
        Self { recorder, metrics, fallbacks: Fallbacks::new(pool), allowed }
    }

    /// The bars of the job's own series on these days, or a refusal. `query` as it came, without `?`.
    pub async fn bars(&self, caller: &Caller, query: &str, headers: &HeaderMap) -> Response {
        let mut row = draft(caller, query);
        match self.make(caller, query, headers, &mut row).await {
            Ok(made) => self.give(row, made).await,
            Err(refusal) => self.refuse(row, refusal).await,
        }
    }

    /// Records a request of a proven caller that is refused before it is read.
    pub(crate) async fn refuse_unread(&self, caller: &Caller, query: &str, refusal: Refusal) -> Response {
        self.refuse(draft(caller, query), refusal).await
    }

    /// What becomes known of the request goes into the row.
    async fn make(&self, caller: &Caller, query: &str, headers: &HeaderMap, row: &mut RequestRow) -> Result<Made, Refusal> {
        let job = &caller.job;
        permit::untimely(job, headers, Utc::now()).map_or(Ok(()), Err)?;
        forbidden(job, self.allowed).map_or(Ok(()), Err)?;
        let Asked { instrument, start, end } = asked::read(job, query, Utc::now())?;
        (row.start_ts, row.end_ts) = (Some(start), Some(end));
        row.params = json!({"simulated": true, "start": start, "end": end});
        row.fallback_of = Some(self.fallbacks.named(job, headers).await.map_err(|NotThis { refusal, .. }| refusal)?);
        let made = tokio::task::spawn_blocking(move || make(&instrument, start, end)).await;
        made.map_err(|error| {
            tracing::error!(%error, "simulating bars failed");
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, ReasonCode::FallbackNoSymbol, "no bars could be simulated")
        })?
    }

    async fn give(&self, row: RequestRow, made: Made) -> Response {
        let Made { body, count, first, last, quality } = made;
        let bars = i64::try_from(count).ok();
        let row = RequestRow {
            bar_count: bars,
            record_count: bars,
            first_bar_ts: first,
            last_bar_ts: last,
            quality: Some(quality),
            response_bytes: i64::try_from(body.len()).ok(),
            response_digest: Some(Sha256Hash::of(&body)),
            ..draft::ended(row, Outcome::Served, Sent::No, Utc::now())
        };
        let id = row.id;
        self.metrics.count(&row);
        match self.recorder.row(row).await {
            Ok(()) => with_id(answer(body), id),
            Err(error) => Refusal::from(error).problem(None),
        }
    }

    async fn refuse(&self, row: RequestRow, refusal: Refusal) -> Response {
        let row = draft::refused(row, &refusal, Utc::now());
        let (id, trace) = (row.id, row.trace_id);
        self.metrics.count(&row);
        match self.recorder.row(row).await {
            Ok(()) => with_id(refusal.problem(Some(trace)), id),
            Err(error) => Refusal::from(error).problem(Some(trace)),
        }
    }
}

/// Who asks, and what for.
fn draft(caller: &Caller, query: &str) -> RequestRow {
    let instrument = caller.job.body.get("instrument");
    let of = |field: &str| instrument.and_then(|of| of.get(field)?.as_str()).map(str::to_owned);
    let row = draft::of_caller(caller, PROVIDER, "GET", Utc::now());
    let (dataset, symbol, schema) = (of("dataset"), of("symbol"), of("schema"));
    let asked =
        [PROVIDER, ENDPOINT].into_iter().chain([&dataset, &symbol, &schema].map(|part| part.as_deref().unwrap_or_default()));
    let asked: Vec<_> = asked.chain([query]).collect();
    RequestRow {
        source: Some(Source::MarketData),
        endpoint: ENDPOINT.to_owned(),
        request_fingerprint: Sha256Hash::of(asked.join("\n").as_bytes()),
        params: json!({"simulated": true}),
        dataset,
        symbol,
        schema,
        ..row
    }
}

/// What no job's word can change: the installation, the stage, the policy that the job was planned under.
fn forbidden(job: &GatewayJob, allowed: bool) -> Option<Refusal> {
    let stage = job.stage;
    let policy = job.sources.get(&Source::MarketData).map(|allowed| allowed.fallback);
    let why = match policy {
        _ if !allowed => "this installation simulates nothing, which takes environment=dev and allowSimFallback=true".to_owned(),
        _ if stage != Stage::Lab => format!("nothing is simulated at {stage}"),
        Some(Fallback::Sim) => return None,
        Some(_) | None => format!("the StagePolicy of {stage} does not say fallback: Sim"),
    };
    Some(Refusal::new(StatusCode::FORBIDDEN, ReasonCode::FallbackNotAllowed, why))
}

fn make(instrument: &Instrument, start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Made, Refusal> {
    let bars = simulated::bars(instrument, start, end).map_err(|error| of_error(&error))?;
    let body = serde_json::to_vec(&SimulatedBars {
        simulated: true,
        dataset: instrument.dataset.clone(),
        symbol: instrument.symbol.clone(),
        schema: instrument.schema.name().to_owned(),
        bars: bars.iter().map(plain).collect(),
    });
    let body = body.map_err(|error| {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, ReasonCode::FallbackNoSymbol, format!("the bars: {error}"))
    })?;
    let at = |bar: &Bar| DateTime::from_timestamp_nanos(bar.ts_event);
    Ok(Made {
        body,
        count: bars.len(),
        first: bars.first().map(at),
        last: bars.last().map(at),
        quality: measured(instrument, start, end, &bars),
    })
}

fn plain(bar: &Bar) -> (i64, i64, i64, i64, i64, u64) {
    (bar.ts_event, bar.open.nanos(), bar.high.nanos(), bar.low.nanos(), bar.close.nanos(), bar.volume)
}

/// The same figures as of any bars.
fn measured(instrument: &Instrument, start: DateTime<Utc>, end: DateTime<Utc>, bars: &[Bar]) -> BarQuality {
    let Instrument { dataset, symbol, schema, tick_size, .. } = instrument;
    let series = Series { dataset, symbol, schema: *schema, tick_size: *tick_size, start, end };
    let days = InstrumentDays { instrument: PROVIDER.to_owned(), first: start.date_naive(), end: end.date_naive() };
    let mut meter = Meter::new(&series, &[days]);
    for bar in bars {
        meter.take(bar);
    }
    meter.finish()
}

fn of_error(error: &SimulationError) -> Refusal {
    let (status, reason) = match error {
        SimulationError::TooMany | SimulationError::Range(_) => (StatusCode::UNPROCESSABLE_ENTITY, ReasonCode::RequestInvalid),
        SimulationError::Calendar(_) | SimulationError::Tick(_) => (StatusCode::FORBIDDEN, ReasonCode::FallbackNoSymbol),
    };
    Refusal::new(status, reason, error.to_string())
}

fn answer(body: Vec<u8>) -> Response {
    let mut response = ([(CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
    response.headers_mut().insert(HeaderName::from_static(SIMULATED_HEADER), HeaderValue::from_static("true"));
    response
}
