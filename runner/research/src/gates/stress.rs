//! Gates over what the best strategy earns where things are a little otherwise: costs, delay, parameters. Pure.

use assayer_contract::{
    ReasonCode,
    research::{Gate, GateResult},
};
use assayer_engine::{BacktestSpec, Execution, Money};

use super::{Found, Measured, result, trading::too_large};
use crate::{
    evaluate::{Evaluation, evaluate},
    figures::{float, net},
    lab::Lab,
};

/// Neighbours without which nobody can tell a plateau from a peak.
const FEWEST: usize = 2;

/// What the strategy nets out of sample.
fn earned(lab: &Lab<'_>, of: &Evaluation) -> Result<Money, String> {
    net(of.entered(&lab.timeline.times(&lab.timeline.out_of_sample()))).map_err(too_large)
}

fn stressed(lab: &Lab<'_>, best: usize, execution: Execution) -> Measured {
    let spec = BacktestSpec { execution, ..lab.spec_of(best).ok_or("the strategy is not known")? };
    let of = evaluate(&spec, &lab.bars, &lab.columns).map_err(|error| error.to_string())?;
    let net = earned(lab, &of)?;
    Ok(Found { open: net > Money::ZERO, measured: net.to_string() })
}

/// It earns with higher costs.
pub(super) fn costs(lab: &Lab<'_>, best: usize) -> GateResult {
    let times = lab.study.rules.cost_multiple;
    let measured = || -> Measured {
        let mut execution = lab.study.spec.execution.clone();
        if execution.slippage_ticks == 0 && execution.fee_per_contract == Money::ZERO {
            return Err("spec.execution has neither fee nor slippage that could be higher".to_owned());
        }
        let multiple = i32::try_from(times).map_err(|error| error.to_string())?;
        execution.slippage_ticks = execution.slippage_ticks.saturating_mul(multiple);
        execution.fee_per_contract = execution.fee_per_contract.times(multiple).map_err(too_large)?;
        stressed(lab, best, execution)
    };
    let required = format!("a net above 0 out of sample with costs times {times}");
    result(Gate::CostStress, required, ReasonCode::CostStressFailed, measured())
}

/// It earns when its decisions are late.
pub(super) fn late(lab: &Lab<'_>, best: usize) -> GateResult {
    let bars = lab.study.rules.late_bars;
    let measured = || -> Measured {
        let mut execution = lab.study.spec.execution.clone();
        execution.delay_bars = execution.delay_bars.saturating_add_unsigned(bars);
        stressed(lab, best, execution)
    };
    let required = format!("a net above 0 out of sample with decisions later by {bars} bars");
    result(Gate::OneBarLate, required, ReasonCode::OneBarLateFailed, measured())
}

/// Its neighbours earn.
pub(super) fn plateau(lab: &mut Lab<'_>, best: usize) -> GateResult {
    let least = lab.study.rules.plateau;
    let neighbours = lab.neighbours(best);
    let measured = || -> Measured {
        let neighbours = neighbours.ok_or("there were too few trials left for all neighbours")?;
        if neighbours.len() < FEWEST {
            return Err(format!("the strategy has {} neighbours; at least {FEWEST} are needed", neighbours.len()));
        }
        let mut earn = 0;
        for of in neighbours.iter().filter_map(|place| lab.evaluation(*place)) {
            earn += usize::from(earned(lab, of)? > Money::ZERO);
        }
        let share = Found::at_least(float(earn) / float(neighbours.len()), least.into());
        Ok(Found { measured: format!("{} ({earn} of {})", share.measured, neighbours.len()), ..share })
    };
    let required = format!("{least} of its neighbours net more than 0 out of sample");
    result(Gate::Plateau, required, ReasonCode::NotAPlateau, measured())
}
