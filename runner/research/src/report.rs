//! The report of a search. In: its trials, the best of them. Out: each trial with its figures and why it is no challenger. Pure.

use assayer_contract::{
    HashError, ReasonCode, ResearchReport, Trial,
    research::{Challenger, GateResult, Refusal},
};
use assayer_engine::{BacktestError, ENGINE_VERSION, Overflow};

use crate::{
    ResearchError,
    dice::Dice,
    figures::{self, count, figure},
    folds,
    gates::{self, Luck},
    lab::{Lab, Tried},
};

/// Holds the best against every gate, and tells everything.
pub(crate) fn of(lab: &mut Lab<'_>, best: Option<usize>, dice: &mut Dice) -> Result<ResearchReport, ResearchError> {
    // Its neighbours are trials as well, and luck is counted over all of them.
    best.and_then(|best| lab.neighbours(best));
    let luck = Luck::of(lab);
    let gates = best.map_or_else(Vec::new, |best| gates::all(lab, best, &luck, dice));
    let open = !gates.is_empty() && gates.iter().all(GateResult::is_open);
    let mut trials = Vec::with_capacity(lab.tried.len());
    for place in 0..lab.tried.len() {
        let refusal = if Some(place) == best { closed(&gates) } else { Some(passed_over(lab, place, best)) };
        trials.extend(lab.get(place).map(|tried| trial(lab, place, tried, refusal)).transpose()?);
    }
    let found = best.and_then(|best| trials.get(best));
    let challenger = found.filter(|_| open).map(|trial| Challenger {
        trial_id: trial.trial_id,
        strategy: trial.strategy.clone(),
        strategy_hash: trial.strategy_hash,
    });
    Ok(ResearchReport {
        step: lab.step,
        seed: lab.study.seed.to_string(),
        engine_version: ENGINE_VERSION.to_owned(),
        data_hash: lab.data_hash,
        rules_hash: lab.rules_hash,
        ideas: luck.ideas().map(count),
        assumed_trials: luck.assumed_trials,
        best: found.map(|trial| trial.trial_id),
        challenger,
        folds: best.map(|best| folds::all(lab, best)).transpose().map_err(too_large)?,
        gates,
        trials,
        suggestions: lab.study.suggestions.cloned(),
    })
}

/// Why the best is no challenger: the first gate that is closed.
fn closed(gates: &[GateResult]) -> Option<Refusal> {
    let gate = gates.iter().find(|gate| !gate.is_open())?;
    let measured = gate.measured.as_ref().or(gate.unknown.as_ref());
    let message = format!("{}: {}; required: {}", gate.gate, measured.map_or("", String::as_str), gate.required);
    Some(Refusal { reason_code: gate.reason_code.unwrap_or(ReasonCode::GateUnmeasured), message })
}

/// Why another trial than the best is no challenger.
fn passed_over(lab: &Lab<'_>, place: usize, best: Option<usize>) -> Refusal {
    if let Some(Err(refusal)) = lab.get(place).map(|tried| &tried.outcome) {
        return refusal.clone();
    }
    let days = lab.timeline.out_of_sample();
    let trades = lab.evaluation(place).map_or(0, |of| of.entered(&lab.timeline.times(&days)).len());
    let least = lab.study.rules.oos_trades;
    let (reason_code, message) = match best {
        _ if place == 0 => (ReasonCode::NoImprovement, "it is the Bot's own strategy".to_owned()),
        _ if trades < least as usize => {
            (ReasonCode::TooFewTrades, format!("{trades} trades out of sample; at least {least} are needed"))
        }
        Some(_) => (ReasonCode::NoImprovement, "another strategy of this search is better".to_owned()),
        None => (ReasonCode::NoImprovement, "its neighbourhood is no better than that of the Bot's own".to_owned()),
    };
    Refusal { reason_code, message }
}

fn too_large(source: Overflow) -> BacktestError {
    BacktestError::Overflow { time: chrono::DateTime::default(), source }
}

fn trial(lab: &Lab<'_>, place: usize, tried: &Tried, refusal: Option<Refusal>) -> Result<Trial, ResearchError> {
    let evaluation = tried.outcome.as_ref().ok();
    let figures = |days: std::ops::Range<usize>| -> Result<_, Overflow> {
        evaluation.map(|of| figures::of(of.on(&days), &of.entered(&lab.timeline.times(&days)))).transpose()
    };
    Ok(Trial {
        trial_id: tried.id,
        strategy: serde_json::to_value(&tried.strategy).map_err(HashError::from)?,
        strategy_hash: tried.hash,
        parents: tried.parents.clone(),
        made_by: tried.made_by.clone(),
        in_sample: figures(lab.timeline.in_sample()).map_err(too_large)?,
        out_of_sample: figures(lab.timeline.out_of_sample()).map_err(too_large)?,
        max_drawdown: evaluation.map(|of| figure(gates::fall(of))),
        complexity: count(tried.complexity),
        score: lab.score(place).map(figure),
        refusal,
    })
}
