//! What a report is made of. In: a session. Out: every row that its document shows. Not pure.

use assayer_contract::{Problem, ReasonCode, ResearchReport};
use assayer_store::{
    PgPool,
    bot_history::{RoundRow, WholeSession},
    proof::{self, JobEvidence},
    session_report::{self, Scores, StrategyRow},
};
use serde::Deserialize;

use super::super::report::Posted;
use crate::api::Refusal;

/// All rows of one report.
pub(super) struct Facts {
    pub(super) namespace: String,
    pub(super) name: String,
    /// The job with its rows.
    pub(super) evidence: JobEvidence,
    pub(super) session: WholeSession,
    /// The strategy; none where its hash is of nothing that is known.
    pub(super) strategy: Option<StrategyRow>,
    /// Rounds of the cycle that have reported.
    pub(super) rounds: Vec<RoundFacts>,
    /// Rounds of the cycle that were planned.
    pub(super) planned: i64,
}

/// A round of research.
pub(super) struct RoundFacts {
    pub(super) row: RoundRow,
    /// What it reported; none where that is in a form that this version does not know.
    pub(super) report: Option<ResearchReport>,
    /// How its trials scored; none where none has a score.
    pub(super) scores: Option<Scores>,
    /// Why its trials are no challengers.
    pub(super) refusals: Vec<(Option<String>, i64)>,
}

impl Facts {
    pub(super) async fn of(pool: &PgPool, posted: Posted) -> Result<Self, Refusal> {
        let Posted { bot, job_id, session } = posted;
        let missing = || Problem::new(404, ReasonCode::NotFound, "the job of the session is not there");
        let evidence = proof::job(pool, bot.id, job_id).await?.ok_or_else(missing)?;
        let strategy = session_report::strategy(pool, &session.strategy_hash).await?;
        let mut rounds = Vec::new();
        for row in session_report::rounds_of_cycle(pool, bot.id, session.trace_id).await? {
            let report = ResearchReport::deserialize(&row.report).ok();
            let scores = session_report::scores(pool, row.job_id).await?;
            let refusals = session_report::refusals(pool, row.job_id).await?;
            rounds.push(RoundFacts { row, report, scores, refusals });
        }
        let planned = session_report::rounds_planned(pool, bot.id, session.trace_id).await?;
        Ok(Self { namespace: bot.namespace, name: bot.name, evidence, session, strategy, rounds, planned })
    }
}
