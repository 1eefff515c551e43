//! Gates over the market that the best strategy was tried on: whether it lived through several kinds of it, and whether the order of its
//! moves is what was earned by. Pure.

use assayer_contract::{
    ReasonCode,
    research::{Gate, GateResult},
};
use assayer_engine::{BacktestSpec, Bar, Bars, backtest::Columns};

use super::{Found, Measured, result};
use crate::{
    dice::Dice,
    evaluate::{entered_at, evaluate},
    figures::{figure, float, sharpe_or_nothing},
    lab::Lab,
    permuted::permuted,
    regimes::{Regime, regimes},
};

/// Share of the trades that makes a regime one that was traded in: one of twenty.
const SHARE: usize = 20;
/// Markets with the same moves in another order. The smallest chance that they can show is one of forty.
const PERMUTATIONS: usize = 39;

/// Its trades out of sample were entered in several regimes.
pub(super) fn several(lab: &Lab<'_>, best: usize) -> GateResult {
    let least = lab.study.rules.regimes;
    let measured = || -> Measured {
        let of = lab.evaluation(best).ok_or("the strategy could not be run")?;
        let trades = of.entered(&lab.timeline.times(&lab.timeline.out_of_sample()));
        let bars = lab.bars.as_slice();
        let of_bars = regimes(bars);
        let entered = trades.iter().filter_map(|trade| regime_before(bars, &of_bars, entered_at(trade)));
        let mut counts = [0_usize; Regime::COUNT];
        entered.for_each(|regime| counts.get_mut(regime.place()).into_iter().for_each(|count| *count += 1));
        let lived_through = counts.iter().filter(|count| **count > 0 && **count * SHARE >= trades.len()).count();
        let told = Regime::all().zip(counts).map(|(regime, count)| format!("{regime} {count}")).collect::<Vec<_>>().join(", ");
        Ok(Found { open: lived_through >= least as usize, measured: format!("{lived_through} ({told})") })
    };
    let required = format!("at least {least} of {} regimes with a twentieth of the trades each", Regime::COUNT);
    result(Gate::Regimes, required, ReasonCode::TooFewRegimes, measured())
}

/// The regime at the last close before this time.
fn regime_before(bars: &[Bar], of_bars: &[Option<Regime>], time: i64) -> Option<Regime> {
    let next = bars.partition_point(|bar| bar.ts_event < time);
    of_bars.get(next.checked_sub(1)?).copied().flatten()
}

/// It earns more than over the same moves in another order (Masters, "Permutation and Randomization Tests for Trading System
/// Development" (2020), chapter 3): drift and the size of moves stay, what follows on what is lost. The strategy is given and the
/// luck of its choice is counted by other gates.
pub(super) fn order_matters(lab: &Lab<'_>, best: usize, dice: &mut Dice) -> GateResult {
    let most = lab.study.rules.permutation_p;
    let mut measured = || -> Measured {
        let days = lab.timeline.out_of_sample();
        let own = sharpe_or_nothing(lab.evaluation(best).ok_or("the strategy could not be run")?.on(&days));
        let spec = lab.spec_of(best).ok_or("the strategy is not known")?;
        let mut as_good = 0;
        for _ in 0..PERMUTATIONS {
            let bars = permuted(&spec.instrument, &lab.bars, dice)?;
            as_good += usize::from(over(&spec, &bars, &days)? >= own);
        }
        let found = Found::at_most(float(as_good + 1) / float(PERMUTATIONS + 1), most.into());
        let measured = format!("{} ({as_good} of {PERMUTATIONS} earn as much as {})", found.measured, figure(own));
        Ok(Found { measured, ..found })
    };
    let required = format!("a chance of at most {most} that the same moves in another order earn as much");
    result(Gate::Permutation, required, ReasonCode::OrderDoesNotMatter, measured())
}

/// Sharpe ratio on these days of other bars.
fn over(spec: &BacktestSpec, bars: &Bars, days: &std::ops::Range<usize>) -> Result<f64, String> {
    let columns = Columns::of(&spec.instrument, bars);
    let of = evaluate(spec, bars, &columns).map_err(|error| error.to_string())?;
    Ok(sharpe_or_nothing(of.on(days)))
}
