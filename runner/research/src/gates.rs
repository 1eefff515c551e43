//! What the best of a search must pass before it may challenge the Bot's own strategy. Pure.
//!
//! Each gate measures one thing. What cannot be measured is Unknown, and only Proven opens.

mod market;
mod prefix;
mod significance;
mod stress;
mod trading;

#[cfg(test)]
pub(crate) use prefix::looks_ahead;

use assayer_contract::{
    ReasonCode, Verdict,
    research::{Figure, Gate, GateResult},
};

use crate::{dice::Dice, figures::figure, lab::Lab};
pub(crate) use significance::Luck;
pub(crate) use trading::{fall, trades_enough};

/// What a gate has measured, or why it could not.
pub(crate) type Measured = Result<Found, String>;

/// What a gate has measured, and whether that is enough.
pub(crate) struct Found {
    pub(crate) open: bool,
    pub(crate) measured: String,
}

impl Found {
    pub(crate) fn at_least(measured: f64, least: Figure) -> Self {
        Self { open: figure(measured) >= least, measured: figure(measured).to_string() }
    }

    pub(crate) fn at_most(measured: f64, most: Figure) -> Self {
        Self { open: figure(measured) <= most, measured: figure(measured).to_string() }
    }
}

/// The gate's result; `reason` is why it is closed where it was measured.
pub(crate) fn result(gate: Gate, required: String, reason: ReasonCode, measured: Measured) -> GateResult {
    match measured {
        Ok(Found { open: true, measured }) => {
            GateResult { gate, verdict: Verdict::Proven, measured: Some(measured), required, reason_code: None, unknown: None }
        }
        Ok(Found { open: false, measured }) => GateResult {
            gate,
            verdict: Verdict::Refuted,
            measured: Some(measured),
            required,
            reason_code: Some(reason),
            unknown: None,
        },
        Err(why) => GateResult {
            gate,
            verdict: Verdict::Unknown,
            measured: None,
            required,
            reason_code: Some(ReasonCode::GateUnmeasured),
            unknown: Some(why),
        },
    }
}

/// Every gate but the hold-out, for the best of the search.
pub(crate) fn all(lab: &mut Lab<'_>, best: usize, luck: &Luck, dice: &mut Dice) -> Vec<GateResult> {
    let [look_ahead, warm_up] = prefix::gates(lab, best, dice);
    vec![
        improvement(lab, best),
        look_ahead,
        warm_up,
        trading::trades(lab, best),
        trading::folds(lab, best),
        luck.deflated_sharpe(lab, best),
        luck.overfitting(lab),
        luck.superior_ability(lab),
        stress::costs(lab, best),
        stress::late(lab, best),
        stress::plateau(lab, best),
        trading::one_trade(lab, best),
        trading::drawdown(lab, best),
        market::several(lab, best),
        market::order_matters(lab, best, dice),
    ]
}

/// Its neighbourhood against that of the Bot's own strategy.
fn improvement(lab: &mut Lab<'_>, best: usize) -> GateResult {
    let least = lab.study.rules.min_improvement;
    let measured = match lab.median(best).zip(lab.median(0)) {
        Some((found, own)) => Ok(Found {
            open: figure(found - own) >= least,
            measured: format!("{} (median {} against {})", figure(found - own), figure(found), figure(own)),
        }),
        None => Err("there were too few trials left for all neighbours".to_owned()),
    };
    let required = format!("median Sharpe ratio out of sample of it and its neighbours, above the Bot's own by {least}");
    result(Gate::Improvement, required, ReasonCode::NoImprovement, measured)
}
