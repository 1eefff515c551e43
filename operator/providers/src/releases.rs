//! When economic figures are released. In: the days that an answer names, in any order. Out: what a row keeps of them. Pure.

use std::collections::{BTreeMap, BTreeSet};

use assayer_contract::Release;
use chrono::NaiveDate;

/// Releases that a row keeps.
const MOST: usize = 64;
/// Days of each that it keeps: the last ones, since the next is looked for.
const MOST_DAYS: usize = 64;

/// Releases by their ids, each with its days.
pub(crate) fn of(days: impl IntoIterator<Item = (String, Option<NaiveDate>)>) -> Vec<Release> {
    let mut by_id = BTreeMap::<String, BTreeSet<NaiveDate>>::new();
    for (id, day) in days {
        by_id.entry(id).or_default().extend(day);
    }
    let kept = |days: BTreeSet<NaiveDate>| days.iter().skip(days.len().saturating_sub(MOST_DAYS)).copied().collect();
    by_id.into_iter().take(MOST).map(|(id, days)| Release { id, dates: kept(days) }).collect()
}
