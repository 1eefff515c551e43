//! Bots as the console shows them. In: the watches of Bots and StagePolicies, who asks. Out: the Bots that they may read. Not pure.

pub(crate) mod act;
mod actions;
mod answer;
pub(crate) mod described;
pub(crate) mod follow;
pub(crate) mod list;
pub(crate) mod one;
pub(crate) mod readable;
mod run;
pub(crate) mod sources;
pub(crate) mod watch;

pub(crate) use self::watch::Bots;

#[cfg(test)]
mod tests;
