//! How old an answer may be before it proves nothing any more, and what rows know of it. Pure.

use std::time::Duration;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When answers of a source count. What is none or false is not asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freshness {
    /// So long after it was received an answer counts.
    pub within: Option<Duration>,
    /// An answer counts until what it tells of is released anew.
    pub until_release: bool,
    /// An answer counts only if it was received in the regular hours of US options: those of the New York Stock Exchange.
    pub in_regular_hours: bool,
    /// The newest bar of an answer that reaches to the present may be missing for so long, while its market is open.
    pub max_delay: Option<Duration>,
    /// Of live bars by the minute: the newest one may have ended so long ago, while its market is open.
    pub bar_max_age: Option<Duration>,
    /// A live session that gives no sign of life for so long is dead.
    pub heartbeat_max_age: Option<Duration>,
}

/// A release of economic figures, by its vendor's word.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Release {
    /// The vendor's own number or name of it.
    pub id: String,
    /// Days on which it came or comes out, ascending: the last of those that the answer names. None where it names none.
    pub dates: Vec<NaiveDate>,
}
