//! Gates over what a strategy knew, and when: everything is computed again from the first bars alone, and must be the same. Pure.

use assayer_contract::{
    ReasonCode,
    research::{Gate, GateResult},
};
use assayer_engine::{BacktestError, Bars, ExitReason, Trade};

use super::{Found, Measured, result};
use crate::{
    dice::Dice,
    evaluate::{Seen, Trace, traced},
    lab::Lab,
};

/// Look-ahead and warm-up.
pub(super) fn gates(lab: &Lab<'_>, best: usize, dice: &mut Dice) -> [GateResult; 2] {
    let spec = lab.spec_of(best);
    let whole = spec.as_ref().ok_or_else(|| "the strategy is not known".to_owned());
    let whole = whole.and_then(|spec| traced(spec, &lab.bars).map(|trace| (spec, trace)).map_err(|error| error.to_string()));
    let checks = lab.study.rules.prefix_checks as usize;
    let look_ahead = whole.as_ref().map_err(Clone::clone).and_then(|(spec, trace)| {
        let cuts = cuts(spec.strategy.warm_up_bars() + 1, lab.bars.as_slice().len(), checks, dice);
        looks_ahead(trace, &lab.bars, &cuts, &|bars| traced(spec, bars))
    });
    let warm_up = whole.as_ref().map_err(Clone::clone).map(|(spec, (marks, _))| warms_up(spec.strategy.warm_up_bars(), marks));
    let required = format!("the same at every close of {checks} shorter series");
    [
        result(Gate::LookAhead, required, ReasonCode::LookAhead, look_ahead),
        result(Gate::WarmUp, "the first decision with the last bar of the warm-up".to_owned(), ReasonCode::WarmUpWrong, warm_up),
    ]
}

/// Seeded lengths of shorter series, from the shortest that gives a signal.
fn cuts(shortest: usize, bars: usize, checks: usize, dice: &mut Dice) -> Vec<usize> {
    let room = bars.saturating_sub(shortest);
    (0..checks).map(|_| shortest + dice.below(room)).collect()
}

/// Whether what `run` gives for the first bars is what it gave for all of them: at every close but the last, which ends a series, every
/// figure of the account; at the last what was wanted; and every trade that had ended.
pub(crate) fn looks_ahead(
    whole: &Trace,
    bars: &Bars,
    cuts: &[usize],
    run: &dyn Fn(&Bars) -> Result<Trace, BacktestError>,
) -> Measured {
    let (marks, trades) = whole;
    for cut in cuts {
        let shorter = bars.first(*cut).ok_or("a shorter series has no bars")?;
        let (part, ended) = run(&shorter).map_err(|error| error.to_string())?;
        let last = part.len().saturating_sub(1);
        let ended: Vec<&Trade> = ended.iter().filter(|trade| trade.exit_reason != ExitReason::EndOfData).collect();
        let same = part.get(..last) == marks.get(..last)
            && part.get(last).map(|mark| mark.target) == marks.get(last).map(|mark| mark.target)
            && trades.get(..ended.len()).is_some_and(|first| first.iter().eq(ended.iter().copied()));
        if !same {
            let measured = format!("the first {cut} bars alone tell another story");
            return Ok(Found { open: false, measured });
        }
    }
    Ok(Found { open: !cuts.is_empty(), measured: format!("the same over the first {} bars", list(cuts)) })
}

fn list(cuts: &[usize]) -> String {
    cuts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Whether the first decision comes with the last bar of the warm-up.
fn warms_up(warm_up: usize, marks: &[Seen]) -> Found {
    let first = marks.iter().position(|mark| mark.target.is_some());
    let measured = first.map_or_else(|| "no decision".to_owned(), |first| format!("the first with bar {}", first + 1));
    Found { open: first.map(|first| first + 1) == Some(warm_up.max(1)), measured }
}
