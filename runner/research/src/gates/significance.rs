//! Gates over all trials of the search: how far luck explains the best of them. Pure.
//!
//! The formulas and their sources stand in `assayer-significance`; what is said here is what they are asked about.

use assayer_contract::{
    ReasonCode,
    research::{Gate, GateResult},
};
use assayer_significance::{
    Bootstrap, Clusters, Invalid, Moments, Trials, chance_of_signs, clusters, deflated_sharpe, probability_of_overfitting,
    superior_predictive_ability,
};

use super::{Found, Measured, result};
use crate::{
    figures::{figure, float},
    lab::Lab,
};

/// Blocks that days are cut into for the probability of overfitting: the sixteen of its authors.
const BLOCKS: usize = 16;
/// Resamples of the test of superior ability.
const RESAMPLES: usize = 1_000;
/// Mean length of their blocks in days: two trading weeks, longer than most positions are held.
const MEAN_BLOCK: u32 = 10;

/// The returns of all trials that traded out of sample, and which of them are one idea.
pub(crate) struct Luck {
    of_all: Result<(Trials, Clusters), String>,
    /// Ideas of this search and every earlier trial of the lineage, which is counted as an idea of its own.
    pub(crate) assumed_trials: u64,
}

fn unknown(invalid: Invalid) -> String {
    invalid.to_string()
}

impl Luck {
    pub(crate) fn of(lab: &Lab<'_>) -> Self {
        let days = lab.timeline.out_of_sample();
        let series = (0..lab.tried.len()).filter_map(|place| lab.evaluation(place)).map(|of| of.on(&days).to_vec());
        // What never traded shows no idea.
        let traded: Vec<Vec<f64>> = series.filter(|daily| Moments::of(daily).is_ok()).collect();
        let of_all = Trials::new(traded).and_then(|trials| clusters(&trials).map(|found| (trials, found))).map_err(unknown);
        let ideas = of_all.as_ref().map_or(lab.tried.len(), |(_, found)| found.count);
        Self { of_all, assumed_trials: (ideas as u64).saturating_add(lab.study.lineage.trials) }
    }

    /// Different ideas of this search.
    pub(crate) fn ideas(&self) -> Option<usize> {
        self.of_all.as_ref().ok().map(|(_, found)| found.count)
    }

    /// The Sharpe ratio against the best of so many trials by luck. Ratios of trials without skill differ at least by their own error,
    /// whose variance is one over the days (Lo, "The Statistics of Sharpe Ratios", Financial Analysts Journal 58 (2002)), however alike
    /// the trials of this search are.
    pub(crate) fn deflated_sharpe(&self, lab: &Lab<'_>, best: usize) -> GateResult {
        let least = lab.study.rules.deflated_sharpe;
        let measured = || -> Measured {
            let (trials, found) = self.of_all.as_ref().map_err(Clone::clone)?;
            let of = lab.evaluation(best).ok_or("the strategy could not be run")?;
            let moments = Moments::of(of.on(&lab.timeline.out_of_sample())).map_err(unknown)?;
            let variance = found.variance.max(1.0 / float(trials.periods()));
            let assumed = float(usize::try_from(self.assumed_trials).unwrap_or(usize::MAX));
            let deflated = deflated_sharpe(&moments, variance, assumed).map_err(unknown)?;
            Ok(Found::at_least(deflated.probability, least.into()))
        };
        let required = format!("at least {least}, after {} trials", self.assumed_trials);
        result(Gate::DeflatedSharpe, required, ReasonCode::DeflatedSharpeTooLow, measured())
    }

    /// The probability of overfitting over ideas: among trials of one idea, which are equally good on a plateau, ranks are a toss of the
    /// coin. Not trading is an idea as well, so that there is always one to choose against.
    pub(crate) fn overfitting(&self, lab: &Lab<'_>) -> GateResult {
        let most = lab.study.rules.pbo;
        let measured = || -> Measured {
            let (trials, found) = self.of_all.as_ref().map_err(Clone::clone)?;
            let ideas = Trials::new(by_idea(trials, found)).map_err(unknown)?;
            let overfitting = probability_of_overfitting(&ideas, BLOCKS).map_err(unknown)?;
            Ok(Found::at_most(overfitting.probability, most.into()))
        };
        let required = format!("at most {most}");
        result(Gate::Overfitting, required, ReasonCode::PboTooHigh, measured())
    }

    /// The best of the trials against cash, by the bootstrap and by blocks whose signs are drawn; the larger chance decides.
    pub(crate) fn superior_ability(&self, lab: &Lab<'_>) -> GateResult {
        let most = lab.study.rules.spa_p;
        let measured = || -> Measured {
            let (trials, _) = self.of_all.as_ref().map_err(Clone::clone)?;
            let bootstrap = Bootstrap { seed: lab.study.seed, resamples: RESAMPLES, mean_block: MEAN_BLOCK };
            let consistent = superior_predictive_ability(trials, &bootstrap).map_err(unknown)?.consistent;
            let by_signs = chance_of_signs(trials, &bootstrap).map_err(unknown)?;
            let found = Found::at_most(consistent.max(by_signs), most.into());
            let both = format!("{} (bootstrap {}, signs {})", found.measured, figure(consistent), figure(by_signs));
            Ok(Found { measured: both, ..found })
        };
        let required = format!("a chance of at most {most}, by bootstrap and by signs, that trials without skill look as good");
        result(Gate::SuperiorAbility, required, ReasonCode::SpaNotSignificant, measured())
    }
}

/// Returns of each idea, the mean of its trials', and of not trading.
fn by_idea(trials: &Trials, found: &Clusters) -> Vec<Vec<f64>> {
    let mut ideas = vec![vec![0.0; trials.periods()]; found.count + 1];
    for (returns, idea) in trials.series().iter().zip(&found.of) {
        let size = float(found.of.iter().filter(|other| *other == idea).count());
        for (sum, value) in ideas.get_mut(*idea).into_iter().flatten().zip(returns) {
            *sum += value / size;
        }
    }
    ideas
}
