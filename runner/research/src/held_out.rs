//! The hold-out: bars that no search has seen. Whoever calls this has a permit to read them, and the reading is counted. Pure.

use assayer_contract::{
    ReasonCode,
    research::{Gate, GateResult},
};
use assayer_engine::{BacktestSpec, Money, Strategy};

use crate::{
    ResearchError, Study,
    evaluate::{entered_at, evaluate_from},
    figures::{figure, net, sharpe},
    gates::{Found, Measured, result, trades_enough},
    timeline::visible,
};

/// What a challenger does over the held-out bars, but for the first of them: as many as the policy's embargo, which what was held before
/// reaches into. Its indicators know the bars before.
pub fn hold_out(study: &Study<'_>, challenger: &Strategy) -> Result<GateResult, ResearchError> {
    let rules = study.rules;
    let spec = BacktestSpec { strategy: challenger.clone(), ..study.spec.clone() };
    let first = visible(study.bars.as_slice().len(), rules).saturating_add(rules.embargo_bars as usize);
    let of = evaluate_from(first, &spec, study.bars)?;
    let required = format!(
        "a net above 0, a Sharpe ratio above {} and at least {} trades over the held-out bars",
        rules.hold_out_sharpe, rules.hold_out_trades
    );
    let Some(from) = study.bars.as_slice().get(first) else {
        let why = format!("there are no held-out bars after an embargo of {}", rules.embargo_bars);
        return Ok(result(Gate::HoldOut, required, ReasonCode::HoldOutFailed, Err(why)));
    };
    let entered: Vec<_> = of.trades.iter().filter(|trade| entered_at(trade) >= from.ts_event).collect();
    let enough = trades_enough(entered.len(), rules.hold_out_trades);
    let reason = if enough.open { ReasonCode::HoldOutFailed } else { ReasonCode::TooFewTrades };
    let measured = || -> Measured {
        let net = net(entered).map_err(|overflow| overflow.to_string())?;
        let Some(sharpe) = sharpe(&of.daily).map(figure) else { return Err("its days do not differ".to_owned()) };
        let measured = format!("net {net}, Sharpe ratio {sharpe}, {} trades", enough.measured);
        Ok(Found { open: enough.open && net > Money::ZERO && sharpe > rules.hold_out_sharpe, measured })
    };
    Ok(result(Gate::HoldOut, required, reason, measured()))
}
