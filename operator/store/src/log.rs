//! The request log. In: intents and rows of one writer. Out: groups that are committed whole, chained by digest and fenced by an
//! epoch, and the rows read back. Not pure, but for [`chain`] and [`clean`].

pub mod chain;
pub mod clean;
pub mod epoch;
pub mod group;
pub mod open;
pub mod rows;
#[cfg(test)]
pub(crate) mod tests;

pub use chain::Head;
pub use epoch::Epoch;
pub use group::{Group, Intent, Sealed};
