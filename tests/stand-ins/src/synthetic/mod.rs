//! What nobody traded: seeded bars of futures with the sessions, rolls and ticks of CME's micro contracts, and of a market whose moves last.
//!
//! In: a seed and a range of days. Out: for each root its contracts with one-minute bars, and the contract that each continuous
//! symbol stands for on each day. Pure and in whole numbers, so that two runs give the same bytes.

mod contracts;
mod market;
mod random;
mod sessions;
pub mod trends;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::bars::Bar;

/// What `catalogue.json` says of a synthetic dataset.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The same seed gives the same bars.
    pub seed: u64,
    /// First day, in UTC.
    pub first: NaiveDate,
    /// First day after the last.
    pub end: NaiveDate,
    /// Roots to make.
    pub roots: Vec<RootName>,
}

/// The roots that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RootName {
    /// Micro E-mini S&P 500.
    Mes,
    /// Micro E-mini Nasdaq-100.
    Mnq,
    /// Micro gold.
    Mgc,
}

/// One contract.
#[derive(Debug)]
pub struct Contract {
    /// As the exchange writes it, for example `MESZ5`.
    pub symbol: String,
    /// Its number.
    pub instrument_id: u32,
    /// First day on which it has bars.
    pub first: NaiveDate,
    /// First day after its last.
    pub end: NaiveDate,
    /// Its bars, ascending.
    pub bars: Vec<Bar>,
}

/// A symbol that rolls from contract to contract.
#[derive(Debug)]
pub struct Continuous {
    /// For example `MES.v.0`.
    pub symbol: String,
    /// From a day to before another, in UTC: the contract's place in the list.
    pub intervals: Vec<(NaiveDate, NaiveDate, usize)>,
}

/// Makes the roots' contracts and their continuous symbols.
pub fn make(order: &Order) -> (Vec<Contract>, Vec<Continuous>) {
    let (mut all, mut continuous) = (Vec::new(), Vec::new());
    for root in &order.roots {
        let root = market::Root::of(*root);
        let listed = contracts::listed(&root, order.first, order.end);
        let made = market::trade(&root, &listed, order);
        continuous.extend(contracts::continuous(&root, &listed, &made, order, all.len()));
        all.extend(made);
    }
    (all, continuous)
}

/// The days from the first to before the second.
fn days(first: NaiveDate, end: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    first.iter_days().take_while(move |day| *day < end)
}

#[cfg(test)]
mod tests;
