//! The gateway as its runner calls it. In: bodies. Out: its answers; calls that may be repeated are, while it is not there.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use assayer_contract::{
    JobReport, Problem, ReasonCode, RequestSummary, ResearchReport, SessionReport, Sha256Hash, Trial,
    kept::{KeptAnswer, KeptQuery},
    round::HoldOutRequest,
    simulated::{self, SimulatedBars},
    wire,
};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use reqwest::{
    Method, RequestBuilder, Response, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tracing::warn;
use uuid::Uuid;

use super::{Failure, fetch::PROVIDER};

/// First wait between attempts; each is twice the one before, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest that the gateway may take for one of its own answers.
const OWN_TIMEOUT: Duration = Duration::from_secs(15);
/// Longest silence while it calls a vendor and buffers the whole answer.
const VENDOR_TIMEOUT: Duration = Duration::from_mins(3);

/// Longest that an answer of a language model may take, by the gateway's own limit and some more.
const MODEL_TIMEOUT: Duration = Duration::from_mins(1);

/// What came of a question to a language model.
pub(crate) struct ModelAnswer {
    /// The row of the call.
    pub(crate) request_id: Option<Uuid>,
    /// Why there is no answer.
    pub(crate) refused: Option<ReasonCode>,
    /// The body as it came.
    pub(crate) body: Vec<u8>,
}

/// The gateway, and the file with the token that it knows this pod by.
pub(crate) struct Gateway {
    url: String,
    token_file: PathBuf,
    patience: Duration,
}

/// Why a call of the gateway did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GatewayError {
    /// The token cannot be read or is none.
    #[error("the token file {path}: {reason}")]
    Token {
        /// Path of the file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No answer came.
    #[error("the gateway does not answer: {0}")]
    Silent(#[from] reqwest::Error),
    /// The answer is a refusal.
    #[error("the gateway answered {}: {}", problem.status, problem.detail)]
    Refused {
        /// What it said.
        problem: Box<Problem>,
    },
}

impl From<GatewayError> for Failure {
    fn from(error: GatewayError) -> Self {
        let reason_code = match &error {
            GatewayError::Token { .. } => ReasonCode::IdentityUnproven,
            GatewayError::Silent(_) => ReasonCode::GatewayUnreachable,
            GatewayError::Refused { problem } => problem.reason_code,
        };
        Self::new(reason_code, error.to_string())
    }
}

impl Gateway {
    /// A gateway at this base URL, which is asked again for so long while it is away.
    pub(crate) fn new(url: &str, token_file: PathBuf, patience: Duration) -> Self {
        Self { url: url.trim_end_matches('/').to_owned(), token_file, patience }
    }

    /// What this pod is to do, as JSON: its type may be one that this runner does not know.
    pub(crate) async fn assignment(&self) -> Result<Value, GatewayError> {
        self.json(Method::GET, wire::JOB_PATH, None::<&()>).await
    }

    /// The rows of the log that this job has so far.
    pub(crate) async fn requests(&self) -> Result<Vec<RequestSummary>, GatewayError> {
        self.json(Method::GET, wire::JOB_REQUESTS_PATH, None::<&()>).await
    }

    /// Stores the session; posting the same one again changes nothing.
    pub(crate) async fn post_session(&self, session: &SessionReport) -> Result<(), GatewayError> {
        self.call(Method::POST, wire::SESSIONS_PATH, Some(session)).await.map(|_| ())
    }

    /// Reports how the job ended, which is named where it is known; reporting the same again changes nothing.
    pub(crate) async fn report(&self, report: &JobReport, job: Option<Uuid>) -> Result<(), GatewayError> {
        let of = job.map(|job| format!("?{}={job}", wire::REPORT_OF)).unwrap_or_default();
        self.call(Method::POST, &format!("{}{of}", wire::JOB_REPORT_PATH), Some(report)).await.map(|_| ())
    }

    /// Stores trials; one that is known already is not stored again.
    pub(crate) async fn post_trials(&self, trials: &[Trial]) -> Result<(), GatewayError> {
        self.call(Method::POST, wire::TRIALS_PATH, Some(&trials)).await.map(|_| ())
    }

    /// Stores what a round found; posting the same again changes nothing.
    pub(crate) async fn post_research(&self, report: &ResearchReport) -> Result<(), GatewayError> {
        self.call(Method::POST, wire::RESEARCH_PATH, Some(report)).await.map(|_| ())
    }

    /// Asks to try this strategy on the hold-out, which is counted; asking again for the same is the same look.
    pub(crate) async fn ask_for_hold_out(&self, strategy_hash: Sha256Hash) -> Result<(), GatewayError> {
        self.call(Method::POST, wire::HOLDOUT_PATH, Some(&HoldOutRequest { strategy_hash })).await.map(|_| ())
    }

    /// Base URL of a provider's own API behind the gateway, ending in `/`.
    pub(crate) fn provider_base(&self, provider: &str) -> String {
        format!("{}{}{provider}/", self.url, wire::PROVIDERS_PATH)
    }

    /// Base URL of the same where it answers from what the gateway keeps, ending in `/`.
    pub(crate) fn kept_base(&self, provider: &str) -> String {
        format!("{}{}{provider}/", self.url, wire::KEPT_PATH)
    }

    /// How far the bars reach that the gateway keeps of the job's series; none also of a gateway that keeps nothing yet.
    pub(crate) async fn kept_until(&self, provider: &str, query: &KeptQuery) -> Result<Option<DateTime<Utc>>, GatewayError> {
        let KeptQuery { stype_in, start, end } = query;
        let [start, end] = [start, end].map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true));
        let path = format!("{}{provider}?stype_in={stype_in}&start={start}&end={end}", wire::KEPT_PATH);
        match self.json::<KeptAnswer>(Method::GET, &path, None::<&()>).await {
            Ok(KeptAnswer { until }) => Ok(until),
            Err(GatewayError::Refused { problem }) if problem.status == 404 => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What a vendor's own client is to be built on: nothing sent twice, nothing sent elsewhere, the present token on every request.
    pub(crate) fn http(&self) -> Result<reqwest::ClientBuilder, GatewayError> {
        let client = reqwest::Client::builder()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(VENDOR_TIMEOUT);
        // A plain address needs no trust, and to read the system's certificates anew takes longer than most calls.
        let client = if self.url.starts_with("http://") { client.tls_certs_only([]) } else { client };
        Ok(client.default_headers(HeaderMap::from_iter([(HeaderName::from_static(wire::TOKEN_HEADER), self.token()?)])))
    }

    /// One call of a vendor's own API by its path and query, which stands in for the call of this row. It is sent once.
    pub(crate) async fn stand_in(&self, provider: &str, path: &str, of: Uuid) -> Result<Vec<u8>, Failure> {
        let url = format!("{}{path}", self.provider_base(provider));
        let send = async {
            let request = self.http()?.build()?.get(url).header(wire::FALLBACK_OF_HEADER, of.to_string());
            let answer = request.send().await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            Ok::<_, GatewayError>((status, headers, answer.bytes().await?))
        };
        let (status, headers, body) = send.await?;
        if status.is_success() {
            return Ok(body.to_vec());
        }
        let reason = headers.get(wire::REASON_CODE_HEADER).and_then(|value| value.to_str().ok()?.parse().ok());
        let reason = reason.unwrap_or_else(|| ReasonCode::of_vendor_status(status.as_u16()));
        let said: String = String::from_utf8_lossy(&body).chars().take(300).collect();
        Err(Failure::new(reason, format!("asking {provider} in place of {PROVIDER}: {status} {said}")))
    }

    /// One question to a language model by the vendor's own path. It is sent once, and an answer that takes longer than any policy
    /// allows is none.
    pub(crate) async fn ask_model(&self, provider: &str, path: &str, body: &Value) -> Result<ModelAnswer, GatewayError> {
        let url = format!("{}{path}", self.provider_base(provider));
        let answer = self.http()?.timeout(MODEL_TIMEOUT).build()?.post(url).json(body).send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let request_id = text(wire::REQUEST_ID_HEADER).and_then(|id| id.parse().ok());
        let reason = text(wire::REASON_CODE_HEADER).and_then(|reason| reason.parse().ok());
        let body = answer.bytes().await?.to_vec();
        let refused = (!status.is_success()).then(|| reason.unwrap_or_else(|| ReasonCode::of_vendor_status(status.as_u16())));
        Ok(ModelAnswer { request_id, refused, body })
    }

    /// One page of simulated bars, from a day to before another, which stand in for the call of this row. They are taken for nothing
    /// else: what does not say of itself that it is simulated is no answer.
    pub(crate) async fn simulated(&self, first: NaiveDate, end: NaiveDate, of: Uuid) -> Result<SimulatedBars, Failure> {
        let url = format!("{}{}?start={first}&end={end}", self.url, wire::SIMULATED_BARS_PATH);
        let send = async {
            let request = self.http()?.build()?.get(url).header(wire::FALLBACK_OF_HEADER, of.to_string());
            let answer = request.send().await?;
            if !answer.status().is_success() {
                return Err(refused(answer).await);
            }
            let of_kind = |name: &str, value: &str| answer.headers().get(name).is_some_and(|said| said == value);
            let labelled = of_kind("content-type", simulated::MEDIA_TYPE) && of_kind(wire::SIMULATED_HEADER, "true");
            Ok((labelled, answer.json::<SimulatedBars>().await?))
        };
        match send.await {
            Ok((true, page)) if page.simulated => Ok(page),
            Ok(_) => Err(Failure::new(ReasonCode::RunnerFailed, "simulated bars came that are not labelled as such")),
            Err(GatewayError::Refused { problem }) => {
                let message = format!("asking for simulated bars in place of {PROVIDER}: {}", problem.detail);
                Err(Failure::new(problem.reason_code, message))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, GatewayError> {
        Ok(self.call(method, path, body).await?.json().await?)
    }

    /// Tries again while the gateway is away: it refuses connections, breaks them, or says that it cannot serve now.
    async fn call(&self, method: Method, path: &str, body: Option<&impl Serialize>) -> Result<Response, GatewayError> {
        let (began, mut wait) = (Instant::now(), FIRST_WAIT);
        loop {
            match self.once(method.clone(), path, body).await {
                Err(error) if error.is_passing() && began.elapsed() < self.patience => {
                    warn!(path, %error, "trying again in {wait:?}");
                }
                done => return done,
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn once(&self, method: Method, path: &str, body: Option<&impl Serialize>) -> Result<Response, GatewayError> {
        let request = self.http()?.timeout(OWN_TIMEOUT).build()?.request(method, format!("{}{path}", self.url));
        let request = body.into_iter().fold(request, RequestBuilder::json);
        let answer = request.send().await?;
        if answer.status().is_success() { Ok(answer) } else { Err(refused(answer).await) }
    }

    fn token(&self) -> Result<HeaderValue, GatewayError> {
        let fail = |reason: String| GatewayError::Token { path: self.token_file.display().to_string(), reason };
        let token = std::fs::read_to_string(&self.token_file).map_err(|error| fail(error.to_string()))?;
        let mut header = HeaderValue::from_str(token.trim()).map_err(|_| fail("it holds no token".to_owned()))?;
        header.set_sensitive(true);
        if header.is_empty() { Err(fail("it is empty".to_owned())) } else { Ok(header) }
    }
}

async fn refused(answer: Response) -> GatewayError {
    let status = answer.status();
    let text = answer.text().await.unwrap_or_default();
    let problem = serde_json::from_str(&text).unwrap_or_else(|_| {
        // Not the gateway's own words: whatever stands before it could not reach it.
        let away = matches!(status, StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT);
        let reason = if away { ReasonCode::GatewayUnreachable } else { ReasonCode::RunnerFailed };
        Problem::new(status.as_u16(), reason, text.chars().take(200).collect::<String>())
    });
    GatewayError::Refused { problem: Box::new(problem) }
}

/// Whether the gateway refused a call for this reason.
pub(crate) fn is_refused_for(error: &GatewayError, reason: ReasonCode) -> bool {
    matches!(error, GatewayError::Refused { problem } if problem.reason_code == reason)
}

impl GatewayError {
    /// Whether the same call may succeed a little later.
    fn is_passing(&self) -> bool {
        match self {
            Self::Token { .. } => false,
            Self::Silent(error) => !error.is_builder() && !error.is_decode(),
            Self::Refused { problem } => matches!(problem.status, 429 | 502..=504),
        }
    }
}
