//! The status of the installation as it is answered. In: what was judged, and the namespaces whose Bots the caller may read. Out: what
//! becomes JSON. Pure.

use std::{cmp::Reverse, collections::BTreeMap};

use assayer_contract::{ReasonCode, Source, Stage};
use assayer_judge::{
    Verdict,
    readiness::{Impediment, Proof, Readiness, Scope, worst},
    system::Gate,
};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    api::bots::readable::Readable,
    installation::{Judged, Named},
};

/// Whether the installation and its Bots can start.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SystemAnswer {
    /// When this was read.
    generated_at: DateTime<Utc>,
    /// The worst of all parts that something requires.
    system_status: Status,
    /// Whether every Bot may start. What binds one Bot is its own.
    autonomy_allowed: bool,
    /// What is in the way or does not fully work, what blocks first.
    blockers: Vec<Blocker>,
    /// `dataFeedsHealthy`, `brokerConnected`, `llmConnected`, `supervisorLoopActive`, `timeoutWorkerActive`, `riskEngineConnected`.
    gates: BTreeMap<&'static str, GateAnswer>,
    /// Bots by tier of their autonomy score; null is unknown.
    tier_counts: Option<BTreeMap<String, i64>>,
    /// Why `tier_counts` is null.
    tier_counts_reason: Option<&'static str>,
    /// The Bots that the caller may read, by namespace and name.
    bots: Vec<BotAnswer>,
    /// Bots that the caller may read and that `limit` left out.
    bots_left_out: usize,
    /// Bots that count and that the caller may not list.
    bots_not_shown: usize,
}

/// How ready something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    /// Nothing that is required is missing.
    Ok,
    /// Something that is required does not fully work, and starting is allowed.
    Degraded,
    /// Something that is required is missing or not proven: what it concerns does not start.
    Blocked,
}

/// What is in the way.
#[derive(Debug, Serialize, JsonSchema)]
struct Blocker {
    /// Whether it blocks or only degrades.
    status: Status,
    /// Why.
    reason_code: ReasonCode,
    /// What it belongs to.
    scope: ScopeAnswer,
    /// The source that it is about; null where it is about none.
    source: Option<Source>,
    /// The same as the reason, with names and numbers.
    message: String,
    /// What to do about it.
    suggested_fix: &'static str,
    /// What was measured; null where the message says all.
    measured: Option<String>,
    /// What is required; null where the message says all.
    required: Option<String>,
    /// Bots that it concerns; null where it concerns the installation.
    bots: Option<usize>,
    /// What it rests on.
    evidence: Vec<Evidence>,
}

/// What a blocker belongs to.
#[derive(Debug, Serialize, JsonSchema)]
struct ScopeAnswer {
    /// `installation`, `worker`, `integration`, `feed` or `bot`.
    kind: &'static str,
    /// Role of the worker.
    worker: Option<&'static str>,
    /// Namespace of the Integration, feed or Bot.
    namespace: Option<String>,
    /// Registry name of the Integration's or feed's vendor.
    provider: Option<String>,
    /// Name of the Integration or Bot; null where there is no Integration.
    name: Option<String>,
    /// Dataset, schema and symbol of the feed.
    feed: Option<String>,
}

/// A row, or an object of the cluster.
#[derive(Debug, Serialize, JsonSchema)]
struct Evidence {
    /// The table, or the kind of object.
    kind: &'static str,
    /// Its id or name.
    id: String,
    /// When it was written; null where that is not what counts.
    at: Option<DateTime<Utc>>,
}

/// A gate with what it rests on.
#[derive(Debug, Serialize, JsonSchema)]
struct GateAnswer {
    /// Null is unknown, or required by nothing.
    ok: Option<bool>,
    /// Why.
    reason_code: ReasonCode,
    /// The same in a sentence.
    reason: String,
    /// Whether something requires it.
    required: bool,
    /// What it rests on.
    evidence: Vec<Evidence>,
}

/// A Bot.
#[derive(Debug, Serialize, JsonSchema)]
struct BotAnswer {
    /// Its UID.
    bot_id: Option<String>,
    /// Its namespace and name.
    bot: String,
    /// Its stage.
    stage: Stage,
    /// Whether it may start, by the function that its jobs obey.
    readiness: Status,
    /// Whether its jobs start and may call.
    autonomy_allowed: bool,
    /// What is in its way or does not fully work, what blocks first.
    blockers: Vec<Blocker>,
}

impl SystemAnswer {
    /// Of what was judged, with the Bots of these namespaces, at most so many: those that something is in the way of before others.
    pub(crate) fn new(judged: &Judged, readable: &Readable, limit: usize) -> Self {
        let system = &judged.system;
        let all = judged.bots.iter().zip(&system.bots);
        let mut shown: Vec<_> = all.filter(|(bot, _)| readable.has(&bot.namespace)).collect();
        let bots_not_shown = judged.bots.len() - shown.len();
        let bots_left_out = shown.len().saturating_sub(limit);
        if bots_left_out > 0 {
            shown.sort_by_cached_key(|(bot, impediments)| (Reverse(worst(*impediments)), &bot.namespace, &bot.name));
            shown.truncate(limit);
        }
        let mut bots: Vec<_> = shown.into_iter().map(|(bot, impediments)| BotAnswer::of(bot, impediments)).collect();
        bots.sort_by(|a, b| a.bot.cmp(&b.bot));
        Self {
            generated_at: judged.at,
            system_status: status(system.status),
            autonomy_allowed: system.status != Readiness::Blocked,
            blockers: system
                .blockers
                .iter()
                .map(|(one, bots)| Blocker { bots: (!bots.is_empty()).then_some(bots.len()), ..Blocker::of(one) })
                .collect(),
            gates: system.gates.iter().map(|gate| (gate.name, GateAnswer::of(gate))).collect(),
            tier_counts: None,
            tier_counts_reason: Some("no autonomy score has been computed: this version has none"),
            bots_left_out,
            bots_not_shown,
            bots,
        }
    }
}

impl BotAnswer {
    fn of(bot: &Named, impediments: &[Impediment]) -> Self {
        let readiness = worst(impediments);
        Self {
            bot_id: bot.id.clone(),
            bot: format!("{}/{}", bot.namespace, bot.name),
            stage: bot.stage,
            readiness: status(readiness),
            autonomy_allowed: readiness != Readiness::Blocked,
            blockers: impediments.iter().map(Blocker::of).collect(),
        }
    }
}

impl Blocker {
    fn of(one: &Impediment) -> Self {
        Self {
            status: status(one.readiness),
            reason_code: one.reason,
            scope: ScopeAnswer::of(&one.scope),
            source: one.source,
            message: one.message.clone(),
            suggested_fix: one.reason.suggested_fix(),
            measured: one.measured.clone(),
            required: one.required.clone(),
            bots: None,
            evidence: evidence(&one.evidence),
        }
    }
}

impl ScopeAnswer {
    fn of(scope: &Scope) -> Self {
        let none = Self { kind: "installation", worker: None, namespace: None, provider: None, name: None, feed: None };
        match scope.clone() {
            Scope::Installation => none,
            Scope::Worker(worker) => Self { kind: "worker", worker: Some(worker), ..none },
            Scope::Integration { namespace, provider, name } => {
                Self { kind: "integration", namespace: Some(namespace), provider: Some(provider), name, ..none }
            }
            Scope::Feed { namespace, provider, feed } => {
                Self { kind: "feed", namespace: Some(namespace), provider: Some(provider), feed: Some(feed), ..none }
            }
            Scope::Bot { namespace, name } => Self { kind: "bot", namespace: Some(namespace), name: Some(name), ..none },
        }
    }
}

impl GateAnswer {
    fn of(gate: &Gate) -> Self {
        let ok = match gate.verdict {
            Verdict::Proven => Some(true),
            Verdict::Refuted => Some(false),
            Verdict::Unknown => None,
        };
        let (reason_code, reason) = (gate.reason, gate.message.clone());
        Self { ok, reason_code, reason, required: gate.required, evidence: evidence(&gate.evidence) }
    }
}

fn evidence(all: &[Proof]) -> Vec<Evidence> {
    all.iter().map(|Proof { kind, id, at }| Evidence { kind, id: id.clone(), at: *at }).collect()
}

fn status(readiness: Readiness) -> Status {
    match readiness {
        Readiness::Ok => Status::Ok,
        Readiness::Degraded => Status::Degraded,
        Readiness::Blocked => Status::Blocked,
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
