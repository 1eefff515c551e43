//! Names that two processes must agree on: headers, paths, labels, audiences. Pure.

/// Audience of the token with which a runner pod calls the gateway.
pub const GATEWAY_AUDIENCE: &str = "assayer-gateway";
/// Where that token is mounted in a runner pod.
pub const TOKEN_PATH: &str = "/var/run/secrets/assayer/token";
/// User in the row of a refused call whose caller is nobody that the API server knows; its own name for such callers.
pub const NOBODY: &str = "system:anonymous";
/// User in the rows of handshakes that are due by the clock, and of the sessions that are kept for them.
pub const VERIFY_LOOP: &str = "system:assayer:verify";
/// User in the rows of looks into the economic calendar.
pub const CALENDAR_LOOP: &str = "system:assayer:calendar";
/// User in the rows of messages to people.
pub const NOTIFY_LOOP: &str = "system:assayer:notify";
/// Header of that token. `Authorization` is left to the vendors' own clients, which fill it with a placeholder.
pub const TOKEN_HEADER: &str = "x-assayer-token";
/// Header of the trace that the runner believes it works under; cross-checked against the job, never trusted.
pub const TRACE_HEADER: &str = "x-assayer-trace-id";
/// Header of every answer that passed through the gateway: the id of the row in `requests`.
pub const REQUEST_ID_HEADER: &str = "x-assayer-request-id";
/// Header of an answer that is not a success: the [`crate::ReasonCode`] that the row carries.
pub const REASON_CODE_HEADER: &str = "x-assayer-reason-code";
/// Header of a call to a vendor that stands in for another: the id of the row of the call that failed there.
pub const FALLBACK_OF_HEADER: &str = "x-assayer-fallback-of";
/// Header of an answer of simulated bars, always `true`.
pub const SIMULATED_HEADER: &str = "x-assayer-simulated";
/// W3C trace context sent to the vendor: `00-<trace id>-<last 16 digits of the row's id>-01`.
pub const TRACEPARENT_HEADER: &str = "traceparent";
/// Prefix of headers that stay inside Assayer and are never forwarded.
pub const PRIVATE_HEADER_PREFIX: &str = "x-assayer-";

/// Gateway: `GET`, what the calling pod's job is (a [`crate::JobAssignment`]).
pub const JOB_PATH: &str = "/v1/job";
/// Gateway: `GET`, the rows that the job has so far (a list of [`crate::RequestSummary`]).
pub const JOB_REQUESTS_PATH: &str = "/v1/job/requests";
/// Gateway: `POST`, how the job ended (a [`crate::JobReport`]).
pub const JOB_REPORT_PATH: &str = "/v1/job/report";
/// Query of the report: which job of the pod's cycle it is of. Absent: the one that the pod works on.
pub const REPORT_OF: &str = "job";
/// Gateway: `POST`, trials of a round (a list of at most [`MAX_TRIALS`] [`crate::Trial`]s).
pub const TRIALS_PATH: &str = "/v1/research/trials";
/// Most trials of one post.
pub const MAX_TRIALS: usize = 100;
/// Gateway: `POST`, what a round found (a [`crate::ResearchReport`] whose trials were posted before, and are left out).
pub const RESEARCH_PATH: &str = "/v1/research";
/// Gateway: `POST`, the wish to see the hold-out (a [`crate::round::HoldOutRequest`]); counted before it is granted.
pub const HOLDOUT_PATH: &str = "/v1/holdout";
/// Gateway: `POST`, the result of a backtest (a [`crate::SessionReport`]).
pub const SESSIONS_PATH: &str = "/v1/sessions";
/// Gateway: prefix of the providers' own APIs, followed by provider, `/` and the provider's path.
pub const PROVIDERS_PATH: &str = "/v1/providers/";

/// Gateway: `GET`, simulated bars of the job's own series (a [`crate::simulated::SimulatedBars`]), where the policy and the installation
/// let them stand in for the call that [`FALLBACK_OF_HEADER`] names. Query: `start` and `end`, days such as `2026-01-05`, the end not
/// included and at most 31 days later.
pub const SIMULATED_BARS_PATH: &str = "/v1/simulated/bars";
/// Gateway: prefix of bars that it keeps, where the policy of the job's stage has it keep any, followed by the provider. `GET`: how far they
/// reach (a [`crate::kept::KeptAnswer`]; the query is a [`crate::kept::KeptQuery`]). Followed by `/` and the provider's own path besides,
/// the provider's own call for bars: answered from them alone, as the provider would.
pub const KEPT_PATH: &str = "/v1/kept/";
/// Gateway: prefix of live bars, followed by dataset, `/` and schema: `GET`, DBN for as long as both sides like. Query: `symbols`,
/// `stype_in`, and `since`, the start of the newest bar that the reader has, of which it gets all that follow.
pub const STREAMS_PATH: &str = "/v1/streams/";

/// Label of a Kubernetes Job that Kueue lets start: the name of a LocalQueue in its namespace.
pub const QUEUE_LABEL: &str = "kueue.x-k8s.io/queue-name";

/// Runner: base URL of the gateway, without a trailing slash.
pub const GATEWAY_URL_ENV: &str = "ASSAYER_GATEWAY_URL";

/// Runner: the file that Kubernetes reads when the container has ended. A [`crate::JobReport`] that could not be given to the gateway
/// is left there, so that the controller learns why; Kubernetes takes 4,096 bytes of it.
pub const LAST_WORDS_PATH: &str = "/dev/termination-log";

/// Label on everything that the controller creates.
pub const MANAGED_BY_LABEL: &str = "app.kubernetes.io/managed-by";
/// Its value.
pub const MANAGED_BY: &str = "assayer";
/// Label of a runner Job and its pods: the Bot's name.
pub const BOT_LABEL: &str = "assayer.dev/bot";
/// Label of a runner Job and its pods: the Bot's UID.
pub const BOT_UID_LABEL: &str = "assayer.dev/bot-uid";
/// Label of a runner Job and its pods: the trace of the cycle, which the rows of all its jobs have.
pub const TRACE_LABEL: &str = "assayer.dev/trace-id";
/// Label of a runner Job and its pods: the id of the first row of the cycle in `bot_jobs`.
pub const JOB_ID_LABEL: &str = "assayer.dev/job-id";
/// Label of a runner Job and its pods: the type of the first job, lower case with hyphens.
pub const JOB_TYPE_LABEL: &str = "assayer.dev/job-type";
/// ServiceAccount of runner pods, one in each namespace that has Bots. It has no RBAC at all.
pub const RUNNER_SERVICE_ACCOUNT: &str = "assayer-runner";

/// Annotation of an Integration: a UUID. The gateway makes a handshake at once, under this trace and as
/// [`VERIFY_REQUESTED_BY_ANNOTATION`] says, once for each UUID.
pub const VERIFY_REQUESTED_ANNOTATION: &str = "assayer.dev/verify-requested";
/// The Kubernetes user who asks for it: admission lets everybody name themselves alone, and nothing is made for nobody.
pub const VERIFY_REQUESTED_BY_ANNOTATION: &str = "assayer.dev/verify-requested-by";
/// The same for one harmless call that a person asks for, to see that the path works.
pub const TEST_REQUESTED_ANNOTATION: &str = "assayer.dev/test-requested";
/// Who asks for that one.
pub const TEST_REQUESTED_BY_ANNOTATION: &str = "assayer.dev/test-requested-by";

/// Annotation of a Bot: a UUID, best a UUIDv7, which tells when. The planner starts one job under this trace, once for each UUID: the row
/// of that trace in `bot_jobs` is what says that it was done.
pub const RUN_REQUESTED_ANNOTATION: &str = "assayer.dev/run-requested";
