//! The proof of a Bot as it is answered. In: the Bot, its evidence, the time. Out: what becomes JSON. Pure.
//!
//! What is not known is null, and a field beside it says why; never 0.

use assayer_contract::{Outcome, RequestRow, Stage, canonical_hash};
use assayer_crds::{Activity, Blocker, Bot};
use assayer_engine::Instrument;
use assayer_store::proof::{JobEvidence, JobRow, SessionRow};
use chrono::{DateTime, Utc};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{
    checks::{self, SymbolCheck},
    find::Found,
};

/// Proof of what a Bot did last.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BotProof {
    /// When this was read.
    generated_at: DateTime<Utc>,
    /// The Bot as its custom resource says.
    bot: BotFacts,
    /// The last jobs, the newest first.
    jobs: Vec<JobProof>,
}

/// The Bot as its custom resource says.
#[derive(Debug, Serialize, JsonSchema)]
struct BotFacts {
    /// Its UID.
    id: Uuid,
    /// Its namespace.
    namespace: String,
    /// Its name.
    name: String,
    /// What it trades.
    instrument: Option<Instrument>,
    /// Hash of the strategy in the spec now.
    strategy_hash: Option<String>,
    /// Rung of the ladder.
    stage: Option<Stage>,
    /// What it does now.
    activity: Option<Activity>,
    /// What the last completed cycle proves, in a word.
    proof: Option<String>,
    /// Its conditions.
    conditions: Option<Vec<Condition>>,
    /// Gates to the next stage that are not proven.
    blockers: Option<Vec<Blocker>>,
    /// Why some of the above are null.
    unknown_reason: Option<String>,
}

/// One job, its rows over all sources, its session, and the checks.
#[derive(Debug, Serialize, JsonSchema)]
struct JobProof {
    #[serde(flatten)]
    job: JobRow,
    /// Its rows, the oldest first; at most 500.
    requests: Vec<RequestRow>,
    /// Rows that the job has; more than `requests` holds only for a job with very many.
    requests_total: i64,
    /// What stood in for a vendor in this job, so that the job proves nothing; null where nothing did.
    fallback: Option<FallbackUse>,
    /// What its runner posted.
    session: Option<Session>,
    /// Why `session` is null.
    session_reason: Option<String>,
    /// Whether the symbol that was used is the Bot's instrument; null is unknown.
    symbol_check: Option<SymbolCheck>,
    /// Why `symbol_check` is not `exact`.
    symbol_check_reason: Option<String>,
    /// Whether the session's strategy is that of its job and of the Bot now; null is unknown.
    strategy_check: Option<bool>,
    /// Why `strategy_check` is not true.
    strategy_check_reason: Option<String>,
    /// Whether each request that the session names is a successful row of this job; null is unknown.
    request_ids_resolve: Option<bool>,
    /// Why `request_ids_resolve` is not true.
    request_ids_resolve_reason: Option<String>,
}

/// What stood in for a vendor.
#[derive(Debug, Serialize, JsonSchema)]
struct FallbackUse {
    /// Registry name of the provider that answered.
    provider: String,
    /// Its newest row.
    request_id: Uuid,
    /// The row of the call that failed.
    fallback_of: Uuid,
}

impl FallbackUse {
    fn of(requests: &[RequestRow]) -> Option<Self> {
        let answered = |row: &&RequestRow| matches!(row.outcome, Outcome::Success | Outcome::Served);
        let of =
            |row: &RequestRow| Some(Self { provider: row.provider.clone(), request_id: row.id, fallback_of: row.fallback_of? });
        requests.iter().rev().filter(answered).find_map(of)
    }
}

/// The session without its list of trades, which `result_hash` covers too.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
struct Session(SessionRow);

impl BotProof {
    /// Puts together what was found.
    pub(crate) fn new(found: Found, evidence: Vec<JobEvidence>, generated_at: DateTime<Utc>) -> Self {
        let bot = BotFacts::new(found);
        let jobs = evidence.into_iter().map(|job| JobProof::new(job, bot.strategy_hash.as_deref())).collect();
        Self { generated_at, bot, jobs }
    }
}

impl BotFacts {
    fn new(found: Found) -> Self {
        let Found { id, namespace, name, bot } = found;
        let mut facts = Self {
            id,
            namespace,
            name,
            instrument: None,
            strategy_hash: None,
            stage: None,
            activity: None,
            proof: None,
            conditions: None,
            blockers: None,
            unknown_reason: None,
        };
        match bot {
            None => facts.unknown_reason = Some("the Bot has been deleted".to_owned()),
            Some(bot) => facts.fill(bot),
        }
        facts
    }

    fn fill(&mut self, bot: Bot) {
        // A strategy consists of integers and words, so it has a canonical form.
        self.strategy_hash = canonical_hash(&bot.spec.strategy).ok().map(|hash| hash.to_string());
        self.instrument = Some(bot.spec.instrument);
        let Some(status) = bot.status else {
            self.unknown_reason = Some("the controller has not said anything of this Bot yet".to_owned());
            return;
        };
        self.stage = Some(status.stage);
        self.activity = Some(status.activity);
        self.proof = Some(status.proof);
        self.conditions = Some(status.conditions);
        self.blockers = Some(status.blockers);
    }
}

impl JobProof {
    fn new(evidence: JobEvidence, present_strategy: Option<&str>) -> Self {
        let symbol = checks::symbol(&evidence);
        let JobEvidence { job, requests, requests_total, session } = evidence;
        let strategy = checks::strategy(&job, session.as_ref(), present_strategy);
        let request_ids = checks::request_ids(session.as_ref());
        Self {
            session_reason: session.is_none().then(|| checks::no_session(&job)),
            session: session.map(Session::without_trades),
            job,
            fallback: FallbackUse::of(&requests),
            requests,
            requests_total,
            symbol_check: symbol.value,
            symbol_check_reason: symbol.reason,
            strategy_check: strategy.value,
            strategy_check_reason: strategy.reason,
            request_ids_resolve: request_ids.value,
            request_ids_resolve_reason: request_ids.reason,
        }
    }
}

impl Session {
    fn without_trades(mut row: SessionRow) -> Self {
        if let Some(result) = row.result.as_object_mut().filter(|result| result.get("trades").is_some_and(Value::is_array)) {
            result.remove("trades");
        }
        Self(row)
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
