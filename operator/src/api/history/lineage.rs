//! `GET /api/bots/{namespace}/{name}/lineage`. In: a Bot, a page. Out: its rounds of research with the strategies that matter in them, by whom
//! those were made from, over all rounds. Not pure.

use assayer_contract::{JobType, Trial, research::GateResult};
use assayer_store::lineage::{self, LineageTrial};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Named, Page, bot, next};
use crate::api::{App, Refusal, access::Caller, asked};

/// Path of [`show`].
pub(crate) const PATH: &str = "/api/bots/{namespace}/{name}/lineage";
/// Rounds of a page where nothing else is asked for, and at most.
pub(super) const ROUNDS: (i64, i64) = (10, 50);
/// Why a trial is not told.
const OTHER_FORM: &str = "the stored trial is not in a form that this version knows";
/// Why a round has no strategies.
const NO_TRIALS: &str = "the round added no trial: every one of its strategies had been tried before with all that went in";

/// Strategies of a Bot over its rounds.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LineagePage {
    /// The moment of which this speaks.
    as_of: DateTime<Utc>,
    /// The Bot's UID.
    bot_id: Uuid,
    /// The newest first.
    rounds: Vec<LineageRound>,
    /// What to give as `before` for the next page; null where this is the last.
    next_before: Option<Uuid>,
}

/// A round of research with the strategies that matter in it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LineageRound {
    /// Its job.
    job_id: Uuid,
    /// What the job did.
    job_type: JobType,
    /// When its report was stored.
    created_at: DateTime<Utc>,
    /// The cycle.
    trace_id: Uuid,
    /// The instrument root; with the family, the lineage.
    root: String,
    /// The family that it searched.
    family: String,
    /// Trials that it added.
    trials: i32,
    /// Trials of the lineage that were there when the round was planned, by whichever Bot: all of them count against what it finds.
    earlier_trials: i64,
    /// The Bot's own, the five best by score, the one that the gates speak of, the candidate, and all that those were made from in this
    /// round; the best first, those that could not be run last.
    strategies: Vec<LineageStrategy>,
    /// Why `strategies` is empty; null where it is not.
    strategies_reason: Option<&'static str>,
}

/// A strategy in one round.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LineageStrategy {
    /// Its hash, the same in every round.
    strategy_hash: String,
    /// Whether it was the Bot's own when the round was planned.
    own: bool,
    /// Whether the gates speak of it.
    best: bool,
    /// Whether it became a candidate.
    candidate: bool,
    /// What it is, whom it was made from and how, what it did, and why it is no challenger; null where nobody can read it.
    trial: Option<Trial>,
    /// Why `trial` is null.
    trial_reason: Option<&'static str>,
    /// The first gate that did not open; null where all did, or the gates do not speak of it.
    closed_gate: Option<GateResult>,
    /// When the strategy was tried first in the lineage.
    first_tried_at: DateTime<Utc>,
    /// The round that tried it first, which may be this one; null where that was another Bot's.
    first_job_id: Option<Uuid>,
}

/// How the Bot's strategies descend from each other.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    path: Named,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<LineagePage>, Refusal> {
    let bot = bot(&app, &caller, path).await?;
    let Query(page) = page?;
    let limit = asked::limit(page.limit.as_deref(), ROUNDS.0, ROUNDS.1)?;
    let before = asked::id("before", page.before.as_deref())?;
    let mut rounds = lineage::rounds(&app.pool, bot.id, before, limit + 1).await?;
    let next_before = next(&mut rounds, limit, |round| round.job_id);
    let trials = lineage::trials(&app.pool, bot.id, &rounds).await?;
    let rounds = rounds.into_iter().map(|round| LineageRound::of(round, &trials)).collect();
    Ok(Json(LineagePage { as_of: Utc::now(), bot_id: bot.id, rounds, next_before }))
}

impl LineageRound {
    fn of(round: lineage::LineageRound, trials: &[LineageTrial]) -> Self {
        let own = trials.iter().filter(|trial| trial.job_id == round.job_id);
        let strategies: Vec<_> = own.map(|trial| LineageStrategy::of(&round, trial)).collect();
        Self {
            job_id: round.job_id,
            job_type: round.job_type,
            created_at: round.created_at,
            trace_id: round.trace_id,
            root: round.root,
            family: round.family,
            trials: round.trials,
            earlier_trials: round.earlier_trials,
            strategies_reason: strategies.is_empty().then_some(NO_TRIALS),
            strategies,
        }
    }
}

impl LineageStrategy {
    fn of(round: &lineage::LineageRound, row: &LineageTrial) -> Self {
        let best = round.best.as_ref() == Some(&row.trial_id);
        let gates = round.gates.as_ref().filter(|_| best).and_then(|gates| Vec::<GateResult>::deserialize(gates).ok());
        let trial = Trial::deserialize(&row.trial).ok();
        Self {
            own: row.strategy_hash == round.own,
            best,
            candidate: round.candidate.as_ref() == Some(&row.strategy_hash),
            strategy_hash: row.strategy_hash.clone(),
            trial_reason: trial.is_none().then_some(OTHER_FORM),
            trial,
            closed_gate: gates.and_then(|gates| gates.into_iter().find(|gate| !gate.is_open())),
            first_tried_at: row.first_at,
            first_job_id: row.first_job,
        }
    }
}

#[cfg(test)]
#[path = "lineage_tests.rs"]
mod tests;
