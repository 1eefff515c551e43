//! A gateway in the test's own process, on a port of its own: it tells the job, answers as Databento through it, and takes notes.

mod stand_ins;

use std::{
    collections::BTreeMap,
    num::NonZeroU64,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use assayer_contract::{JobReport, Outcome, ReasonCode, RequestSummary, ResearchReport, Sent, SessionReport, Trial};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path as UrlPath, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use databento::dbn::{
    Compression, MappingInterval, Metadata, OhlcvMsg, RecordHeader, SType, Schema, SymbolMapping,
    encode::{DbnEncoder, DynWriter, EncodeRecord},
    enums::rtype,
};
use serde_json::{Value, json};
use time::macros::date;
use uuid::Uuid;

use crate::kept::{self, Kept};

pub(crate) const INSTRUMENT_ID: u32 = 1001;
const START: u64 = 1_483_308_000_000_000_000; // 2017-01-01T22:00Z
const END: u64 = 1_514_764_800_000_000_000; // 2018-01-01T00:00Z

/// An answer in place of the good one.
pub(crate) type Answer = (u16, Vec<u8>);

pub(crate) struct Notes {
    pub(crate) token_file: PathBuf,
    pub(crate) job: Value,
    /// Answers to give instead, by the endpoint's label or the gateway's own path.
    pub(crate) instead: BTreeMap<&'static str, Answer>,
    /// How often the gateway says 503 before it answers at all.
    pub(crate) away: u32,
    pub(crate) bars: Vec<u8>,
    pub(crate) bar_count: i64,
    pub(crate) rows: Vec<RequestSummary>,
    pub(crate) calls: Vec<String>,
    pub(crate) wrong_tokens: u32,
    pub(crate) sessions: Vec<SessionReport>,
    pub(crate) reports: Vec<JobReport>,
    /// Jobs of the cycle that come after this one.
    pub(crate) later: Vec<Value>,
    /// Which jobs the reports name.
    pub(crate) report_of: Vec<String>,
    pub(crate) trials: Vec<Trial>,
    pub(crate) found: Vec<ResearchReport>,
    /// What a language model says, and what it was asked.
    pub(crate) words: String,
    pub(crate) questions: Vec<Value>,
    /// What simulated bars say of themselves in their header.
    pub(crate) simulated_label: &'static str,
    /// What the gateway keeps, where it keeps anything.
    pub(crate) kept: Option<Kept>,
}

pub(crate) type Shared = Arc<Mutex<Notes>>;

impl Notes {
    pub(crate) fn new(job: Value, bars: &[OhlcvMsg], token_file: &Path) -> Self {
        Self {
            token_file: token_file.to_owned(),
            job,
            instead: BTreeMap::new(),
            away: 0,
            bars: body(bars),
            bar_count: i64::try_from(bars.len()).unwrap(),
            rows: Vec::new(),
            calls: Vec::new(),
            wrong_tokens: 0,
            sessions: Vec::new(),
            reports: Vec::new(),
            later: Vec::new(),
            report_of: Vec::new(),
            trials: Vec::new(),
            found: Vec::new(),
            words: String::new(),
            questions: Vec::new(),
            simulated_label: "true",
            kept: None,
        }
    }
}

/// Serves the notes; the base URL.
pub(crate) async fn serve(notes: Shared) -> String {
    let router = Router::new()
        .route("/v1/job", get(job))
        .route("/v1/job/requests", get(requests))
        .route("/v1/job/report", post(report))
        .route("/v1/sessions", post(session))
        .route("/v1/research/trials", post(trials))
        .route("/v1/research", post(found))
        .route("/v1/providers/databento/v0/{endpoint}", any(vendor))
        .route("/v1/providers/massive/v2/aggs/ticker/SPY/range/1/hour/{from}/{to}", get(stand_ins::massive))
        .route("/v1/providers/openai/chat/completions", post(stand_ins::model))
        .route("/v1/simulated/bars", get(stand_ins::simulated))
        .merge(kept::routes())
        .with_state(notes);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

impl Notes {
    /// Notes the call; an answer where it is not the good one.
    pub(crate) fn visit(&mut self, label: &str, headers: &HeaderMap) -> Option<Response> {
        let token = std::fs::read_to_string(&self.token_file).unwrap();
        if headers.get("x-assayer-token").and_then(|value| value.to_str().ok()) != Some(token.trim()) {
            self.wrong_tokens += 1;
        }
        // The kubelet renews the token between any two calls.
        std::fs::write(&self.token_file, format!("token-{}\n", Uuid::new_v4())).unwrap();
        self.calls.push(label.to_owned());
        if self.away > 0 {
            self.away -= 1;
            return Some(StatusCode::SERVICE_UNAVAILABLE.into_response());
        }
        let (status, body) = self.instead.get(label)?.clone();
        Some((StatusCode::from_u16(status).unwrap(), body).into_response())
    }
}

async fn job(State(notes): State<Shared>, headers: HeaderMap) -> Response {
    let mut notes = notes.lock().unwrap();
    notes.visit("job", &headers).unwrap_or_else(|| Json(&notes.job).into_response())
}

async fn requests(State(notes): State<Shared>, headers: HeaderMap) -> Response {
    let mut notes = notes.lock().unwrap();
    notes.visit("requests", &headers).unwrap_or_else(|| Json(&notes.rows).into_response())
}

async fn report(
    State(notes): State<Shared>,
    RawQuery(of): RawQuery,
    headers: HeaderMap,
    Json(report): Json<JobReport>,
) -> Response {
    let mut notes = notes.lock().unwrap();
    let answer = notes.visit("report", &headers);
    answer.unwrap_or_else(|| {
        if report.succeeded && !notes.later.is_empty() {
            notes.job = notes.later.remove(0);
        }
        notes.report_of.extend(of);
        notes.reports.push(report);
        StatusCode::NO_CONTENT.into_response()
    })
}

async fn trials(State(notes): State<Shared>, headers: HeaderMap, Json(trials): Json<Vec<Trial>>) -> Response {
    let mut notes = notes.lock().unwrap();
    let answer = notes.visit("trials", &headers);
    answer.unwrap_or_else(|| {
        notes.trials.extend(trials);
        StatusCode::NO_CONTENT.into_response()
    })
}

async fn found(State(notes): State<Shared>, headers: HeaderMap, Json(found): Json<ResearchReport>) -> Response {
    let mut notes = notes.lock().unwrap();
    let answer = notes.visit("research", &headers);
    answer.unwrap_or_else(|| {
        notes.found.push(found);
        StatusCode::NO_CONTENT.into_response()
    })
}

async fn session(State(notes): State<Shared>, headers: HeaderMap, Json(session): Json<SessionReport>) -> Response {
    let mut notes = notes.lock().unwrap();
    let answer = notes.visit("sessions", &headers);
    answer.unwrap_or_else(|| {
        notes.sessions.push(session);
        (StatusCode::CREATED, Json(json!({"id": Uuid::new_v4()}))).into_response()
    })
}

/// Databento as the gateway forwards it: each attempt leaves its row.
async fn vendor(State(notes): State<Shared>, UrlPath(endpoint): UrlPath<String>, headers: HeaderMap, form: Bytes) -> Response {
    let mut notes = notes.lock().unwrap();
    let answer = notes.visit(&endpoint, &headers);
    let outcome = if answer.is_some() { Outcome::Failed } else { Outcome::Success };
    let bar_count = (endpoint == "timeseries.get_range").then_some(notes.bar_count);
    let reason_code = answer.as_ref().map(|answer| ReasonCode::of_vendor_status(answer.status().as_u16()));
    notes.rows.push(RequestSummary { reason_code, ..row(&endpoint, outcome, bar_count) });
    answer.unwrap_or_else(|| match endpoint.as_str() {
        "metadata.get_dataset_range" => {
            let range = json!({"start": "2017-01-01T22:00:00.000000000Z", "end": "2018-01-01T00:00:00.000000000Z"});
            Json(json!({"start": range["start"], "end": range["end"], "schema": {"ohlcv-1h": range}})).into_response()
        }
        "symbology.resolve" => {
            let days = json!([{"d0": "2017-01-01", "d1": "2018-01-01", "s": INSTRUMENT_ID.to_string()}]);
            Json(json!({"result": {"EURUSD": days}, "partial": [], "not_found": []})).into_response()
        }
        "metadata.get_record_count" => Json(notes.bar_count).into_response(),
        "metadata.get_cost" => Json(0.19).into_response(),
        "timeseries.get_range" => {
            let wanted = format!("start={START}&end={END}");
            if let Some(newer) = notes.kept.as_ref().and_then(|_| kept::newer(&form)) {
                return newer.into_response();
            }
            assert!(String::from_utf8_lossy(&form).contains(&wanted), "{form:?} does not ask for the whole range");
            notes.bars.clone().into_response()
        }
        other => panic!("an endpoint that nobody should ask for: {other}"),
    })
}

pub(crate) fn row(endpoint: &str, outcome: Outcome, bar_count: Option<i64>) -> RequestSummary {
    RequestSummary {
        id: Uuid::now_v7(),
        created_at: chrono::Utc::now(),
        provider: "databento".to_owned(),
        endpoint: endpoint.to_owned(),
        sent: Sent::Yes,
        outcome,
        http_status: None,
        reason_code: None,
        bar_count: bar_count.filter(|_| outcome == Outcome::Success),
        response_digest: None,
        record_count: None,
        quality: None,
        fallback_of: None,
    }
}

pub(crate) fn bar(ts_event: u64, prices: [i64; 4], volume: u64) -> OhlcvMsg {
    let [open, high, low, close] = prices;
    let hd = RecordHeader::new::<OhlcvMsg>(rtype::OHLCV_1H, 60_001, INSTRUMENT_ID, ts_event);
    OhlcvMsg { hd, open, high, low, close, volume }
}

/// The bars as the vendor sends them: one zstd frame of DBN.
pub(crate) fn body(bars: &[OhlcvMsg]) -> Vec<u8> {
    let interval =
        MappingInterval { start_date: date!(2017 - 01 - 01), end_date: date!(2018 - 01 - 01), symbol: INSTRUMENT_ID.to_string() };
    let metadata = Metadata::builder()
        .dataset("SAMPLE.FX".to_owned())
        .schema(Some(Schema::Ohlcv1H))
        .start(START)
        .end(NonZeroU64::new(END))
        .stype_in(Some(SType::RawSymbol))
        .stype_out(SType::InstrumentId)
        .symbols(vec!["EURUSD".to_owned()])
        .mappings(vec![SymbolMapping { raw_symbol: "EURUSD".to_owned(), intervals: vec![interval] }])
        .build();
    let mut out = Vec::new();
    let mut encoder = DbnEncoder::new(DynWriter::new(&mut out, Compression::Zstd).unwrap(), &metadata).unwrap();
    encoder.encode_records(bars).unwrap();
    drop(encoder);
    out
}
