//! Whether a result is more than luck: what a strategy must pass before it may challenge another.
//!
//! In: returns of trials, bar by bar or day by day, none of them annualised. Out: figures, each with what it was computed from, or the
//! reason why there is none; what cannot be computed is never 0. Pure: the same input and seed give the same bits on every machine,
//! since logarithms and normal quantiles come from `libm` and sums run in the order of the input.

mod bootstrap;
mod clusters;
mod folds;
mod invalid;
mod matrix;
mod moments;
mod overfitting;
mod sharpe;
mod signs;
mod superiority;

pub use bootstrap::{Bootstrap, Resample};
pub use clusters::{Clusters, SAME_IDEA, clusters};
pub use folds::{Fold, walk_forward};
pub use invalid::Invalid;
pub use matrix::Trials;
pub use moments::Moments;
pub use overfitting::{Overfitting, probability_of_overfitting};
pub use sharpe::{Deflated, deflated_sharpe, expected_maximum, probabilistic_sharpe};
pub use signs::chance_of_signs;
pub use superiority::{PValues, superior_predictive_ability};
