//! The trials of one search, each strategy once, within the budget. In: strategies. Out: what they did. Pure.

use std::collections::BTreeMap;

use assayer_contract::{
    ReasonCode, ResearchStep, Sha256Hash, canonical_hash,
    research::{Refusal, Suggestions},
};
use assayer_engine::{
    BacktestSpec, Bars, ENGINE_VERSION, InvalidField, Mark, Strategy,
    backtest::{self, Columns},
};
use serde::Serialize;

use crate::{
    ResearchError, Study,
    evaluate::{Evaluation, evaluate},
    figures::{float, median, sharpe_or_nothing},
    genes::{Kind, complexity, steps},
    timeline::{Timeline, visible},
};

/// What a rule or a parameter takes from the score, in units of the Sharpe ratio: of two that do as well the simpler one is bred from.
const COST_OF_COMPLEXITY: f64 = 0.02;

/// The trials so far.
pub(crate) struct Lab<'a> {
    pub(crate) study: &'a Study<'a>,
    pub(crate) step: ResearchStep,
    /// Bars without those that are held out.
    pub(crate) bars: Bars,
    pub(crate) columns: Columns,
    pub(crate) data_hash: Sha256Hash,
    pub(crate) rules_hash: Sha256Hash,
    pub(crate) timeline: Timeline,
    pub(crate) tried: Vec<Tried>,
    places: BTreeMap<Sha256Hash, usize>,
    /// Hash of the suggestions that it breeds from.
    suggestions: Option<Sha256Hash>,
}

/// A strategy that was tried.
pub(crate) struct Tried {
    pub(crate) id: Sha256Hash,
    pub(crate) strategy: Strategy,
    pub(crate) hash: Sha256Hash,
    pub(crate) parents: Vec<Sha256Hash>,
    pub(crate) made_by: String,
    pub(crate) complexity: usize,
    pub(crate) outcome: Result<Evaluation, Refusal>,
}

/// What makes a trial the same as another.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    spec: &'a BacktestSpec,
    data_hash: Sha256Hash,
    engine_version: &'static str,
    rules_hash: Sha256Hash,
    step: ResearchStep,
    seed: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestions: Option<Sha256Hash>,
}

impl<'a> Lab<'a> {
    /// With the Bot's own strategy as the first trial.
    pub(crate) fn open(step: ResearchStep, study: &'a Study<'a>) -> Result<Self, ResearchError> {
        check(study)?;
        let all = study.bars.as_slice().len();
        let seen = visible(all, study.rules);
        let bars = study.bars.first(seen).ok_or(assayer_significance::Invalid::TooFew { what: "bars", have: 0, need: 1 })?;
        let mut days = Vec::with_capacity(seen);
        let columns = Columns::of(&study.spec.instrument, &bars);
        backtest::result(study.spec, &bars, &mut |mark: Mark| days.push(mark.day))?;
        let timeline = Timeline::new(&bars, &days, study.rules)?;
        let (data_hash, rules_hash) = (bars.hash(&study.spec.instrument), canonical_hash(study.rules)?);
        let suggestions = study.suggestions.map(Suggestions::accepted_hash).transpose()?.flatten();
        let (tried, places) = (Vec::new(), BTreeMap::new());
        let mut lab = Self { study, step, bars, columns, data_hash, rules_hash, timeline, tried, places, suggestions };
        lab.try_one(study.spec.strategy.clone(), Vec::new(), "the Bot's own".to_owned());
        Ok(lab)
    }

    /// How many strategies may still be tried.
    pub(crate) fn left(&self) -> usize {
        (self.study.rules.trials_per_job as usize).saturating_sub(self.tried.len())
    }

    /// Tries a strategy and gives its place; the place that it has where it was tried before in this search. None where the strategy is
    /// not valid, or the budget is used up.
    pub(crate) fn try_one(&mut self, strategy: Strategy, parents: Vec<Sha256Hash>, made_by: String) -> Option<usize> {
        let hash = canonical_hash(&strategy).ok()?;
        if let Some(place) = self.places.get(&hash) {
            return Some(*place);
        }
        if self.left() == 0 || strategy.validate(&self.study.spec.instrument).is_err() {
            return None;
        }
        let spec = BacktestSpec { strategy, ..self.study.spec.clone() };
        let outcome = evaluate(&spec, &self.bars, &self.columns)
            .map_err(|error| Refusal { reason_code: ReasonCode::EngineError, message: error.to_string() });
        let (id, complexity) = (self.identity(&spec)?, complexity(&spec.strategy));
        let place = self.tried.len();
        self.places.insert(hash, place);
        self.tried.push(Tried { id, strategy: spec.strategy, hash, parents, made_by, complexity, outcome });
        Some(place)
    }

    fn identity(&self, spec: &BacktestSpec) -> Option<Sha256Hash> {
        let Self { data_hash, rules_hash, step, suggestions, .. } = *self;
        let seed = self.study.seed.to_string();
        canonical_hash(&Identity { spec, data_hash, engine_version: ENGINE_VERSION, rules_hash, step, seed, suggestions }).ok()
    }

    pub(crate) fn get(&self, place: usize) -> Option<&Tried> {
        self.tried.get(place)
    }

    /// The study's backtest with a strategy that was tried.
    pub(crate) fn spec_of(&self, place: usize) -> Option<BacktestSpec> {
        let tried = self.get(place)?;
        Some(BacktestSpec { strategy: tried.strategy.clone(), ..self.study.spec.clone() })
    }

    pub(crate) fn evaluation(&self, place: usize) -> Option<&Evaluation> {
        self.get(place)?.outcome.as_ref().ok()
    }

    /// Whether the lineage, or this search, knows the strategy.
    pub(crate) fn knows(&self, strategy: &Strategy) -> bool {
        let hash = canonical_hash(strategy).ok();
        hash.is_none_or(|hash| self.places.contains_key(&hash) || self.study.lineage.tried.contains(&hash))
    }

    /// Whether the strategy may be proposed: it could be run, is not the Bot's own, and was not refused before.
    pub(crate) fn is_new(&self, place: usize) -> bool {
        let new = |tried: &Tried| tried.outcome.is_ok() && !self.study.lineage.tried.contains(&tried.hash);
        place != 0 && self.get(place).is_some_and(new)
    }

    /// Sharpe ratio out of sample; nothing where it did not trade, and none where it could not be run.
    pub(crate) fn out_of_sample(&self, place: usize) -> Option<f64> {
        self.evaluation(place).map(|of| sharpe_or_nothing(of.on(&self.timeline.out_of_sample())))
    }

    /// What a strategy is bred by.
    pub(crate) fn score(&self, place: usize) -> Option<f64> {
        let (of, tried) = (self.evaluation(place)?, self.get(place)?);
        let [inside, outside] =
            [self.timeline.in_sample(), self.timeline.out_of_sample()].map(|days| sharpe_or_nothing(of.on(&days)));
        Some(inside.min(outside) - COST_OF_COMPLEXITY * float(tried.complexity))
    }

    /// Tries every strategy that is one step of a measure away; their places, or none where the budget does not reach.
    pub(crate) fn neighbours(&mut self, place: usize) -> Option<Vec<usize>> {
        let center = self.get(place)?;
        let (strategy, hash) = (center.strategy.clone(), center.hash);
        let mut places = Vec::new();
        for step in steps(&strategy, &[Kind::Measure]) {
            let tried = self.try_one(step.strategy.clone(), vec![hash], format!("step {}", step.told));
            match tried {
                Some(place) => places.push(place),
                None if step.strategy.validate(&self.study.spec.instrument).is_err() => {}
                None => return None,
            }
        }
        Some(places)
    }

    /// Median of the Sharpe ratios out of sample of a strategy and its neighbours. One that could not be run earns nothing.
    pub(crate) fn median(&mut self, place: usize) -> Option<f64> {
        let neighbours = self.neighbours(place)?;
        let all = neighbours.into_iter().chain([place]);
        median(all.map(|place| self.out_of_sample(place).unwrap_or(0.0)).collect())
    }
}

/// Refuses rules that contradict each other, or would open what nothing was measured for.
fn check(study: &Study<'_>) -> Result<(), InvalidField> {
    let rules = study.rules;
    let at_least = |field: &'static str, value: u32, least: u32| {
        let remedy = format!("choose a whole number from {least} on");
        if value >= least { Ok(()) } else { Err(InvalidField { field: field.into(), value: value.to_string(), remedy }) }
    };
    at_least("research.trialsPerJob", rules.trials_per_job, 4)?;
    at_least("research.folds", rules.folds, 2)?;
    at_least("research.foldsPositive", rules.folds_positive, 1)?;
    at_least("research.oosTrades", rules.oos_trades, 1)?;
    at_least("research.costMultiple", rules.cost_multiple, 1)?;
    at_least("research.lateBars", rules.late_bars, 1)?;
    at_least("research.prefixChecks", rules.prefix_checks, 1)?;
    let remedy = format!("choose at most folds ({})", rules.folds);
    let positive = rules.folds_positive;
    let field = "research.foldsPositive";
    if positive <= rules.folds { Ok(()) } else { Err(InvalidField { field: field.into(), value: positive.to_string(), remedy }) }
}
