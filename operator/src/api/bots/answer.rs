//! A Bot as it is answered. In: the custom resource and its stage's policy. Out: what becomes JSON. Pure.
//!
//! What is not known is null, and a field beside it says why; never 0.

use assayer_contract::{ReasonCode, Stage, condition::ConditionType, policy::StageRules};
use assayer_crds::{ActivityState, Blocker, Bot, BotStatus, LastJob, conditions::from_k8s};
use assayer_engine::Instrument;
use chrono::{DateTime, Utc};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::sources::{self, SourceMark};

const UNSAID: &str = "the controller has not said anything of this Bot yet";

/// A Bot.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BotAnswer {
    /// Its UID.
    bot_id: String,
    /// Its namespace.
    namespace: String,
    /// Its name.
    name: String,
    /// When it was created.
    created_at: Option<DateTime<Utc>>,
    /// Whether it is being deleted.
    deleting: bool,
    /// Rung of the ladder; null where the controller has not said it yet.
    stage: Option<Stage>,
    /// What it trades.
    instrument: Instrument,
    /// The family of its strategy, such as smaCross.
    strategy_family: String,
    /// What it does now; null where the controller has not said it yet.
    bot_now: Option<BotNow>,
    /// What the last completed cycle proves of each kind of source, always in the same order.
    sources: Vec<SourceMark>,
    /// The last completed cycle; null where none has completed.
    proof: Option<Proof>,
    /// Whether every gate to the next stage is proven; null where the controller has not said it yet.
    promotable: Option<Standing>,
    /// What keeps it from its next stage, the first to clear first; null where the controller has not said it yet.
    blockers: Option<Vec<BlockerAnswer>>,
    /// Its autonomy score; null is unknown.
    autonomy: Option<Autonomy>,
    /// Why `autonomy` is null.
    autonomy_reason: Option<&'static str>,
    /// Why some of the above are null.
    unknown_reason: Option<&'static str>,
}

/// What a Bot does now.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct BotNow {
    /// The state.
    state: ActivityState,
    /// Why it is in this state.
    reason_code: String,
    /// The same in a sentence.
    message: String,
    /// What to do about it; null where this version does not know the reason.
    suggested_fix: Option<&'static str>,
    /// Since when.
    since: Option<DateTime<Utc>>,
    /// The job at work; null where none is.
    active_job: Option<ActiveJobAnswer>,
}

/// A job that is queued or running.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ActiveJobAnswer {
    /// Id of its row in `bot_jobs`.
    id: Uuid,
    /// What it does.
    job_type: String,
    /// Trace that all rows of its cycle carry.
    trace_id: Uuid,
    /// When a pod took it; null while it is queued.
    started_at: Option<DateTime<Utc>>,
}

/// The last completed cycle.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Proof {
    /// Its last job.
    job_id: Uuid,
    /// What that job did.
    job_type: String,
    /// How it ended.
    status: String,
    /// Why it did not succeed; null where it did.
    reason_code: Option<String>,
    /// The trace that its rows carry.
    trace_id: Uuid,
    /// When it ended.
    completed_at: Option<DateTime<Utc>>,
    /// What stood in for the vendor of the bars, so that the cycle proves nothing; null where nothing did.
    fallback: Option<String>,
    /// All sources in a few characters: `MD✓ Macro✗`.
    line: String,
}

/// A condition of a Bot.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Standing {
    /// `True`, `False` or `Unknown`.
    status: String,
    /// Why.
    reason_code: String,
    /// The same in a sentence.
    message: String,
    /// Since when the status is what it is.
    since: Option<DateTime<Utc>>,
}

/// A gate that is not proven.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct BlockerAnswer {
    /// Which gate, or why it is closed.
    reason_code: String,
    /// What is missing, with names and numbers.
    message: String,
    /// What was measured; null where nothing measures it.
    measured: Option<String>,
    /// What the policy requires.
    required: Option<String>,
    /// What to do about it.
    suggested_fix: String,
}

/// An autonomy score.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Autonomy {
    /// Its tier.
    tier: String,
    /// The number, from 0 to 100.
    score: i32,
}

impl BotAnswer {
    /// The Bot as the cluster says, under the rules of its stage, if they are known.
    pub(crate) fn new(bot: &Bot, rules: Option<&StageRules>) -> Self {
        let status = bot.status.as_ref();
        Self {
            bot_id: bot.uid().unwrap_or_default(),
            namespace: bot.namespace().unwrap_or_default(),
            name: bot.name_any(),
            created_at: moment(bot.metadata.creation_timestamp.as_ref()),
            deleting: bot.metadata.deletion_timestamp.is_some(),
            stage: status.map(|status| status.stage),
            instrument: bot.spec.instrument.clone(),
            strategy_family: bot.spec.strategy.family.name(),
            bot_now: status.map(BotNow::of),
            sources: sources::of(status, rules),
            proof: status.and_then(|status| Some(Proof::of(status.last_job.as_ref()?, &status.proof))),
            promotable: status.and_then(promotable),
            blockers: status.map(|status| status.blockers.iter().map(BlockerAnswer::of).collect()),
            autonomy: None,
            autonomy_reason: Some("no autonomy score has been computed: this version has none"),
            unknown_reason: status.is_none().then_some(UNSAID),
        }
    }
}

impl BotNow {
    fn of(status: &BotStatus) -> Self {
        let now = &status.activity;
        Self {
            state: now.state,
            reason_code: now.reason_code.clone(),
            message: now.message.clone(),
            suggested_fix: now.reason_code.parse::<ReasonCode>().ok().map(ReasonCode::suggested_fix),
            since: moment(now.since.as_ref()),
            active_job: now.active_job.as_ref().map(|job| ActiveJobAnswer {
                id: job.id,
                job_type: job.job_type.clone(),
                trace_id: job.trace_id,
                started_at: moment(job.started_at.as_ref()),
            }),
        }
    }
}

impl Proof {
    fn of(job: &LastJob, line: &str) -> Self {
        Self {
            job_id: job.id,
            job_type: job.job_type.clone(),
            status: job.status.to_string(),
            reason_code: job.reason_code.clone(),
            trace_id: job.trace_id,
            completed_at: moment(job.completed_at.as_ref()),
            fallback: job.fallback.clone(),
            line: line.to_owned(),
        }
    }
}

impl BlockerAnswer {
    fn of(blocker: &Blocker) -> Self {
        let Blocker { reason_code, message, measured, required, suggested_fix } = blocker.clone();
        Self { reason_code, message, measured, required, suggested_fix }
    }
}

fn promotable(status: &BotStatus) -> Option<Standing> {
    let kind: &str = ConditionType::Promotable.into();
    let condition = status.conditions.iter().find(|condition| condition.type_ == kind)?;
    Some(Standing {
        status: condition.status.clone(),
        reason_code: ReasonCode::of_condition(&condition.reason),
        message: condition.message.clone(),
        since: from_k8s(&condition.last_transition_time),
    })
}

fn moment(at: Option<&Time>) -> Option<DateTime<Utc>> {
    at.and_then(from_k8s)
}
