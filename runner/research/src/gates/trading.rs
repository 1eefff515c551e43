//! Gates over the trades and days of the best strategy itself. Pure.

use std::ops::Range;

use assayer_contract::{
    ReasonCode,
    research::{Figure, Gate, GateResult},
};
use assayer_engine::{Money, Overflow, Trade};

use super::{Found, Measured, result};
use crate::{
    evaluate::Evaluation,
    figures::{amount, net},
    folds::chosen,
    lab::Lab,
};

fn measure(lab: &Lab<'_>, best: usize, of: impl FnOnce(&Evaluation) -> Measured) -> Measured {
    lab.evaluation(best).ok_or_else(|| "the strategy could not be run".to_owned()).and_then(of)
}

pub(crate) fn too_large(overflow: Overflow) -> String {
    overflow.to_string()
}

fn out_of_sample<'a>(lab: &Lab<'_>, of: &'a Evaluation) -> Vec<&'a Trade> {
    of.entered(&lab.timeline.times(&lab.timeline.out_of_sample()))
}

/// Whether there are enough trades to judge by.
pub(crate) fn trades_enough(trades: usize, least: u32) -> Found {
    Found { open: trades >= least as usize, measured: trades.to_string() }
}

/// Enough trades out of sample.
pub(super) fn trades(lab: &Lab<'_>, best: usize) -> GateResult {
    let least = lab.study.rules.oos_trades;
    let measured = measure(lab, best, |of| Ok(trades_enough(out_of_sample(lab, of).len(), least)));
    result(Gate::Trades, format!("at least {least} trades out of sample"), ReasonCode::TooFewTrades, measured)
}

/// Enough tests earned something: of the strategy itself, and of whichever of the trials each training would have chosen, which is
/// what searching again and again would have earned.
pub(super) fn folds(lab: &Lab<'_>, best: usize) -> GateResult {
    let (folds, least) = (lab.timeline.folds.len(), lab.study.rules.folds_positive as usize);
    let earns = |place: usize, days: &Range<usize>| lab.evaluation(place).is_some_and(|of| of.on(days).iter().sum::<f64>() > 0.0);
    let measured = measure(lab, best, |_| {
        let own = lab.timeline.folds.iter().filter(|fold| earns(best, &fold.test)).count();
        let walked =
            lab.timeline.folds.iter().filter(|fold| chosen(lab, &fold.train).is_some_and(|place| earns(place, &fold.test)));
        let walked = walked.count();
        let measured = format!("{own} of {folds}; chosen anew by each training {walked} of {folds}");
        Ok(Found { open: own >= least && walked >= least, measured })
    });
    result(Gate::Folds, format!("{least} of {folds} tests earn something"), ReasonCode::WalkForwardFailed, measured)
}

/// No single trade carries the net.
pub(super) fn one_trade(lab: &Lab<'_>, best: usize) -> GateResult {
    let most = lab.study.rules.max_trade_share_of_pnl;
    let measured = measure(lab, best, |of| {
        let trades = out_of_sample(lab, of);
        let (sum, largest) = (net(trades.iter().copied()).map_err(too_large)?, trades.iter().map(|trade| trade.net).max());
        let Some(largest) = largest else { return Err("there is no trade out of sample".to_owned()) };
        if sum <= Money::ZERO {
            return Ok(Found { open: false, measured: format!("the trades out of sample net {sum}") });
        }
        Ok(Found::at_most(amount(largest) / amount(sum), most.into()))
    });
    result(Gate::OneTrade, format!("at most {most} of the net out of sample"), ReasonCode::OneTradeCarries, measured)
}

/// Its equity did not fall too deep.
pub(super) fn drawdown(lab: &Lab<'_>, best: usize) -> GateResult {
    let most = lab.study.rules.max_drawdown;
    let measured = measure(lab, best, |of| Ok(Found::at_most(fall(of), Figure::from(most))));
    result(Gate::Drawdown, format!("at most {most} of the capital"), ReasonCode::DrawdownTooDeep, measured)
}

/// Deepest fall of equity over the capital.
pub(crate) fn fall(of: &Evaluation) -> f64 {
    amount(of.deepest) / amount(of.capital)
}
