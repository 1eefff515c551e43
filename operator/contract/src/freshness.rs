//! How old an answer may be before it proves nothing any more. In: a StagePolicy's spec. Pure.

use std::time::Duration;

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
}
