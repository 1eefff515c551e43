//! `IMPROVE` and `EVOLVE`: search over the bars that the cycle's backtest has fetched. In: the round, spec and bars. Out: every trial and a
//! report in the database, with what a language model suggested where one may be asked; the hold-out is read only for a strategy that passed every other gate, and only with a permit.

use std::sync::Arc;

use assayer_contract::{
    JobAssignment, JobType, ReasonCode, ResearchReport, ResearchStep,
    research::{Challenger, Gate, GateResult, Suggestions},
    round::RoundBody,
    verdict::Verdict,
    wire::MAX_TRIALS,
};
use assayer_engine::{BacktestSpec, Bars, Strategy};
use assayer_research::{ResearchError, Study};
use tracing::info;

use super::{
    Failure, Gateway, assignment,
    gateway::{GatewayError, is_refused_for},
    suggestions,
};

/// What a backtest leaves to the round after it.
pub(super) struct Studied {
    pub(super) spec: BacktestSpec,
    /// None where something stood in for the vendor.
    pub(super) bars: Option<Bars>,
}

/// What a round works on; shared with the thread that computes.
pub(super) struct Work {
    spec: BacktestSpec,
    bars: Bars,
    pub(super) body: RoundBody,
    seed: u64,
}

impl Work {
    /// With what a language model suggested, if anything.
    pub(super) fn study<'a>(&'a self, suggestions: Option<&'a Suggestions>) -> Study<'a> {
        let Self { spec, bars, body, seed } = self;
        Study { spec, bars, rules: &body.rules, lineage: &body.lineage, seed: *seed, suggestions }
    }
}

/// Does the whole job; the answer is a sentence for the report.
pub(super) async fn perform(gateway: &Gateway, job: &JobAssignment, studied: Option<Studied>) -> Result<String, Failure> {
    let step = match job.job_type {
        JobType::Evolve => ResearchStep::Evolve,
        JobType::Improve | JobType::Backtest => ResearchStep::Improve,
    };
    let work = Arc::new(work(job, studied)?);
    let suggestions = suggestions::ask(gateway, &work).await?;
    let mut report = computed(&work, move |work| assayer_research::search(step, &work.study(suggestions.as_ref()))).await?;
    let trials = std::mem::take(&mut report.trials);
    info!(trials = trials.len(), ideas = report.ideas, challenger = report.challenger.is_some(), "the search is done");
    for part in trials.chunks(MAX_TRIALS) {
        gateway.post_trials(part).await?;
    }
    if let Some(challenger) = report.challenger.take() {
        face_the_hold_out(gateway, &work, &mut report, challenger).await?;
    }
    gateway.post_research(&report).await?;
    Ok(summary(trials.len(), &report))
}

fn work(job: &JobAssignment, studied: Option<Studied>) -> Result<Work, Failure> {
    let lost = || Failure::new(ReasonCode::RunnerFailed, "this pod did not run the backtest of the cycle, so it has no bars");
    let Studied { spec, bars } = studied.ok_or_else(lost)?;
    let stood_in = "the bars stood in for those of the vendor; nothing is searched for in them";
    let bars = bars.ok_or_else(|| Failure::new(ReasonCode::FallbackUsed, stood_in))?;
    let body: RoundBody = assignment::body(job)?;
    let seed = body.seed.parse().map_err(|_| Failure::new(ReasonCode::SpecInvalid, "seed is no whole number"))?;
    Ok(Work { spec, bars, body, seed })
}

/// On a thread of its own, so that this one can still be told to stop.
pub(super) async fn computed<T: Send + 'static>(
    work: &Arc<Work>,
    compute: impl FnOnce(&Work) -> Result<T, ResearchError> + Send + 'static,
) -> Result<T, Failure> {
    let work = Arc::clone(work);
    let broken = |error| Failure::new(ReasonCode::EngineError, format!("the search broke off: {error}"));
    Ok(tokio::task::spawn_blocking(move || compute(&work)).await.map_err(broken)??)
}

/// The look is counted before it is taken. A strategy that fails it, or may not take it, is no challenger.
async fn face_the_hold_out(
    gateway: &Gateway,
    work: &Arc<Work>,
    report: &mut ResearchReport,
    challenger: Challenger,
) -> Result<(), Failure> {
    let seen = match gateway.ask_for_hold_out(challenger.strategy_hash).await {
        Ok(()) => {
            let unread = |error| Failure::new(ReasonCode::EngineError, format!("the challenger's strategy: {error}"));
            let strategy: Strategy = serde_json::from_value(challenger.strategy.clone()).map_err(unread)?;
            computed(work, move |work| assayer_research::hold_out(&work.study(None), &strategy)).await?
        }
        Err(error) if is_refused_for(&error, ReasonCode::HoldoutBudget) => unseen(&error),
        Err(error) => return Err(error.into()),
    };
    info!(verdict = ?seen.verdict, measured = seen.measured, "the hold-out is answered");
    report.challenger = seen.is_open().then_some(challenger);
    report.gates.push(seen);
    Ok(())
}

fn unseen(error: &GatewayError) -> GateResult {
    GateResult {
        gate: Gate::HoldOut,
        verdict: Verdict::Unknown,
        measured: None,
        required: "a look at the held-out bars".to_owned(),
        reason_code: Some(ReasonCode::HoldoutBudget),
        unknown: Some(error.to_string()),
    }
}

fn summary(trials: usize, report: &ResearchReport) -> String {
    let closed: Vec<_> = report.gates.iter().filter(|gate| !gate.is_open()).map(|gate| gate.gate.to_string()).collect();
    match (&report.challenger, report.best) {
        (Some(challenger), _) => format!("{trials} trials, challenger {}", challenger.strategy_hash),
        (None, Some(best)) => format!("{trials} trials, the best, {best}, is held up by {}", closed.join(", ")),
        (None, None) => format!("{trials} trials, none better than the Bot's own strategy"),
    }
}
