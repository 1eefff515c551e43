//! One step of research over bars that are given: strategies are made of a strategy, tried, and the best is held against every gate.
//!
//! In: a Bot's spec, its bars, the policy's rules, what the lineage has tried before, what a model suggested, a seed. Out: a report with every trial and what
//! each gate says. Pure: no I/O, no clock, no randomness but what follows from the seed. Numbered rules that the tests hold it to:
//! 1. The same inputs give the same report, bit for bit, in any process.
//! 2. Every gate answers Proven, Refuted or Unknown, and only where all are Proven is there a challenger.
//! 3. A search never sees the held-out bars; [`hold_out`] alone reads them.
//! 4. Every strategy that was run is a trial, and counts as one.
//! 5. What a language model suggested is an input like any other: the record of it gives the same report again, without the model.

mod dice;
mod error;
mod evaluate;
mod evolve;
mod figures;
mod folds;
mod gates;
mod genes;
mod held_out;
mod improve;
mod lab;
mod permuted;
mod regimes;
mod report;
mod suggestions;
mod timeline;

#[cfg(test)]
extern crate self as assayer_research;
#[cfg(test)]
mod planted_tests;
#[cfg(test)]
mod same_everywhere_tests;
#[cfg(test)]
#[path = "../tests/research/support/mod.rs"]
mod support;

pub use error::ResearchError;
pub use held_out::hold_out;
pub use suggestions::{Prompt, prompt, read};

use assayer_contract::{Lineage, ResearchReport, ResearchRules, ResearchStep, research::Suggestions};
use assayer_engine::{BacktestSpec, Bars};

use dice::Dice;
use lab::Lab;

/// What a step of research is made of.
#[derive(Clone, Copy, Debug)]
pub struct Study<'a> {
    /// The Bot's own spec: its strategy is what a challenger must beat.
    pub spec: &'a BacktestSpec,
    /// All bars, the held-out ones included; a search looks at the others only.
    pub bars: &'a Bars,
    /// The policy's rules.
    pub rules: &'a ResearchRules,
    /// What was tried before.
    pub lineage: &'a Lineage,
    /// What everything random follows from.
    pub seed: u64,
    /// What a language model suggested: an evolution breeds from what was accepted, and the report repeats it whole.
    pub suggestions: Option<&'a Suggestions>,
}

/// Makes strategies, tries them and holds the best against every gate but the hold-out. An error means that not even the Bot's own
/// strategy could be tried; what a single trial fails with stands in the report.
pub fn search(step: ResearchStep, study: &Study<'_>) -> Result<ResearchReport, ResearchError> {
    let mut lab = Lab::open(step, study)?;
    let mut dice = Dice::new(study.seed);
    let best = match step {
        ResearchStep::Improve => improve::search(&mut lab, &mut dice),
        ResearchStep::Evolve => evolve::search(&mut lab, &mut dice),
    };
    report::of(&mut lab, best, &mut dice)
}
