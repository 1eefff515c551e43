//! Bars that a gateway keeps, so that only what is new is asked of their vendor: what it tells a runner of them. Pure.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Calls by provider and endpoint whose answers are kept by the day, and that kept days may answer.
pub const ENDPOINTS: [(&str, &str); 1] = [("databento", "timeseries.get_range")];

/// What the runner wants to have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptQuery {
    /// How the symbol of the job is meant, in the vendor's words.
    pub stype_in: String,
    /// Start of the first bar that is wanted.
    pub start: DateTime<Utc>,
    /// No bar that starts at this time or later is wanted.
    pub end: DateTime<Utc>,
}

/// How far what is kept reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptAnswer {
    /// Every bar from the wanted start to this time is kept: a midnight (UTC), or the wanted end. None: there is nothing of use.
    pub until: Option<DateTime<Utc>>,
}
