//! The proof of Integrations as it is answered. In: what was looked at, jobs counted, policies, Bots, the time. Out: what becomes JSON,
//! with a verdict that one failure spoils and one unknown keeps open. Pure.

use std::collections::BTreeSet;

use assayer_contract::{ReasonCode, Source, Stage, policy::Requirement, serving};
use assayer_crds::{Bot, IntegrationState};
use assayer_judge::Verdict;
use assayer_store::fail_closed::Compliance;
use chrono::{DateTime, TimeDelta, Utc};
use kube::ResourceExt;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{Looked, Policies, requirement::FailClosed, unused};
use crate::integration_state::state;

/// A verdict, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Word {
    /// Shown to be right.
    Pass,
    /// Nothing shows it either way.
    Unknown,
    /// Shown to be wrong.
    Fail,
}

/// Which Integrations are configured, connected and used, and whether what is required fails closed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct IntegrationsProof {
    /// When this was read.
    generated_at: DateTime<Utc>,
    /// `FAIL` where anything below fails, else `UNKNOWN` where anything is unknown, else `PASS`.
    verdict: Word,
    /// Every line that keeps the verdict from `PASS`.
    verdict_reasons: Vec<String>,
    /// How many there are of each.
    totals: Totals,
    /// Each Integration.
    integrations: Vec<Line>,
    /// Whether jobs stopped where a required source had failed, by stage and source. Stages at which no Bot stands and no job was
    /// planned are told, and keep no verdict from `PASS`.
    fail_closed: Vec<Closed>,
    /// Why `fail_closed` is empty; null where it is not.
    fail_closed_reason: Option<String>,
    /// Integrations that are connected and that no job used within `usedFor`, each with its reason.
    connected_unused: Vec<Unused>,
}

/// Integrations counted.
#[derive(Debug, Serialize, JsonSchema)]
struct Totals {
    /// All.
    integrations: usize,
    /// Those of which every key is there and has its form.
    configured: usize,
    /// Those whose last handshake or call succeeded, within `connectedFor`.
    connected: usize,
    /// Those that a Bot's job used within the last hour.
    used: usize,
    /// Uses of the last hour.
    uses_1h: i64,
    /// The newest use of any, within the last 30 days.
    last_used_at: Option<DateTime<Utc>>,
    /// Why `last_used_at` is null.
    last_used_reason: Option<String>,
}

/// One Integration.
#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    /// Its namespace.
    namespace: String,
    /// Its name.
    name: String,
    /// Registry name of its provider.
    provider: String,
    /// What its rows prove.
    state: IntegrationState,
    /// Why.
    reason_code: ReasonCode,
    /// Whether every key is there and has its form; null is unknown, for `reason_code`.
    configured: Option<bool>,
    /// Whether the last handshake or call succeeded; null is unknown, for `reason_code`.
    connected: Option<bool>,
    /// Uses of the last hour.
    uses_1h: i64,
    /// The newest use within the last 30 days; null where there is none.
    last_used_at: Option<DateTime<Utc>>,
    /// UID of the Bot that made it.
    last_used_by_bot_id: Option<Uuid>,
    #[serde(flatten)]
    closed: FailClosed,
}

/// Jobs of a stage against a source that it requires.
#[derive(Debug, Serialize, JsonSchema)]
struct Closed {
    /// The stage.
    stage: Stage,
    /// The source.
    source: Source,
    /// From when on jobs are counted, by when they were planned.
    since: DateTime<Utc>,
    /// Bots that stand at the stage now.
    bots: usize,
    /// Jobs.
    jobs: i64,
    /// Those in which a call to the source failed, and no like call succeeded after it.
    failed: i64,
    /// Those of these that succeeded or posted a session all the same. Must be 0.
    went_on: i64,
    /// Their ids, the newest first; at most 100.
    offending_job_ids: Vec<Uuid>,
    /// `FAIL` where one went on, `UNKNOWN` where there was no job, else `PASS`.
    verdict: Word,
}

/// An Integration that is connected and not used.
#[derive(Debug, Serialize, JsonSchema)]
struct Unused {
    /// Its namespace.
    namespace: String,
    /// Its name.
    name: String,
    /// Registry name of its provider.
    provider: String,
    /// `FAIL` where its Bots should have used it, `UNKNOWN` where they have not had the time, else `PASS`.
    verdict: Word,
    /// Why it is not used.
    reason_code: ReasonCode,
    /// The same in a sentence.
    reason: String,
}

/// What the proof is made of.
pub(crate) struct Found<'a> {
    /// The Integrations.
    pub(crate) looked: &'a [Looked],
    /// The policies.
    pub(crate) policies: &'a Policies,
    /// Every Bot.
    pub(crate) bots: &'a [Bot],
    /// Jobs against required sources.
    pub(crate) compliance: Vec<Compliance>,
    /// From when on jobs are counted.
    pub(crate) since: DateTime<Utc>,
    /// Now.
    pub(crate) now: DateTime<Utc>,
}

/// Each stage with a source that its policy requires.
pub(crate) fn required(policies: &Policies) -> Vec<(Stage, Source)> {
    let required = policies.values().filter_map(|rules| rules.as_ref().ok()).flat_map(|rules| {
        let required = rules.sources.iter().filter(|(_, rule)| rule.requirement == Requirement::Required);
        required.map(|(source, _)| (rules.stage, *source))
    });
    required.collect::<BTreeSet<_>>().into_iter().collect()
}

impl IntegrationsProof {
    /// Puts together what was found.
    pub(crate) fn new(found: Found<'_>) -> Self {
        let connected_unused: Vec<_> = found.looked.iter().filter_map(|one| unused(one, &found)).collect();
        let integrations: Vec<_> = found.looked.iter().filter_map(|one| line(one, found.policies)).collect();
        let at = |stage| found.bots.iter().filter(|bot| unused::stage(bot) == stage).count();
        let closed = |one: Compliance| closed(at(one.stage), found.since, one);
        let fail_closed: Vec<_> = found.compliance.into_iter().map(closed).collect();
        let of_jobs = fail_closed.iter().filter(|line| line.lives() && line.verdict != Word::Pass);
        let of_jobs = of_jobs.map(|line| (line.verdict, line.reason()));
        let of_unused = connected_unused.iter().filter(|line| line.verdict != Word::Pass).map(|line| (line.verdict, line.line()));
        let mut doubts: Vec<(Word, String)> = of_jobs.chain(of_unused).collect();
        let none = fail_closed.is_empty().then(|| "no StagePolicy requires a source, or none can be read".to_owned());
        let no_life = !fail_closed.iter().any(Closed::lives);
        let idle = || no_life.then(|| "no Bot stands at a stage that requires a source, and no job was planned".to_owned());
        doubts.extend(none.clone().or_else(idle).map(|reason| (Word::Unknown, reason)));
        let verdict = doubts.iter().map(|(verdict, _)| *verdict).max().unwrap_or(Word::Pass);
        Self {
            generated_at: found.now,
            verdict,
            verdict_reasons: doubts.into_iter().map(|(verdict, reason)| format!("{verdict:?}: {reason}")).collect(),
            totals: totals(&integrations),
            integrations,
            fail_closed,
            fail_closed_reason: none,
            connected_unused,
        }
    }
}

fn totals(lines: &[Line]) -> Totals {
    let count = |test: &dyn Fn(&Line) -> bool| lines.iter().filter(|line| test(line)).count();
    let last_used_at = lines.iter().filter_map(|line| line.last_used_at).max();
    Totals {
        integrations: lines.len(),
        configured: count(&|line| line.configured == Some(true)),
        connected: count(&|line| line.connected == Some(true)),
        used: count(&|line| line.uses_1h > 0),
        uses_1h: lines.iter().map(|line| line.uses_1h).sum(),
        last_used_at,
        last_used_reason: last_used_at.is_none().then(|| "no Bot's job has used any within the last 30 days".to_owned()),
    }
}

fn line(one: &Looked, policies: &Policies) -> Option<Line> {
    let facts = assayer_providers::find(one.integration.spec.provider.name())?.facts();
    let known = |verdict| match verdict {
        Verdict::Proven => Some(true),
        Verdict::Refuted => Some(false),
        Verdict::Unknown => None,
    };
    let last = one.used.last.as_ref();
    Some(Line {
        namespace: one.integration.namespace().unwrap_or_default(),
        name: one.integration.name_any(),
        provider: one.integration.spec.provider.name().to_owned(),
        state: state(one.judgement.state),
        reason_code: one.judgement.reason,
        configured: known(one.judgement.configured.verdict),
        connected: known(one.judgement.connected.verdict),
        uses_1h: one.used.last_hour,
        last_used_at: last.map(|last| last.at),
        last_used_by_bot_id: last.map(|last| last.bot_id),
        closed: FailClosed::of(facts, policies),
    })
}

fn unused(one: &Looked, found: &Found<'_>) -> Option<Unused> {
    let offer = one.integration.offer()?;
    let all = serving(found.looked.iter().filter_map(|other| Some((other.integration.offer()?, other))));
    let serves = all.get(&(offer.namespace, offer.provider))?.integration.name_any();
    let why = unused::why(one, &serves, found.policies, found.bots, found.now)?;
    Some(Unused {
        namespace: one.integration.namespace().unwrap_or_default(),
        name: one.integration.name_any(),
        provider: one.integration.spec.provider.name().to_owned(),
        verdict: why.verdict,
        reason_code: why.reason,
        reason: why.message,
    })
}

fn closed(bots: usize, since: DateTime<Utc>, compliance: Compliance) -> Closed {
    let Compliance { stage, source, jobs, failed, went_on, offending } = compliance;
    let verdict = match (went_on, jobs) {
        (1.., _) => Word::Fail,
        (_, 0) => Word::Unknown,
        _ => Word::Pass,
    };
    Closed { stage, source, since, bots, jobs, failed, went_on, offending_job_ids: offending, verdict }
}

impl Closed {
    /// Whether there was anybody who could have gone on.
    fn lives(&self) -> bool {
        self.bots > 0 || self.jobs > 0
    }

    fn reason(&self) -> String {
        let Self { stage, source, jobs, failed, went_on, .. } = self;
        match jobs {
            0 => format!("no job of {stage} was planned since then, so nothing shows whether it stops without {source}"),
            _ => format!("{went_on} of {failed} jobs of {stage} went on after {source} had failed"),
        }
    }
}

impl Unused {
    fn line(&self) -> String {
        format!("{}/{} is connected and not used: {}", self.namespace, self.name, self.reason)
    }
}

/// The window of the counts.
pub(crate) const WINDOW: TimeDelta = TimeDelta::hours(1);

#[cfg(test)]
#[path = "proof_answer_tests.rs"]
mod tests;
