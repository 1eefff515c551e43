//! What is told of a stream of live bars beside the bars themselves. Pure.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

/// Why bars of a stretch of time may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Display, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum GapCause {
    /// The vendor ended a later interval without having ended these.
    Unconfirmed,
    /// The vendor said that it left records out.
    Skipped,
    /// The vendor's replay does not reach back so far.
    NotReplayed,
    /// A bar came when its time had been accounted for without it.
    Late,
    /// The gateway does not hold what the reader asked for.
    NotHeld,
}

/// A stretch of time of which a reader of a stream may not have all bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StreamGap {
    /// Start of the first bar that may be missing.
    pub start: DateTime<Utc>,
    /// End of the last, exclusive.
    pub end: DateTime<Utc>,
    /// Why.
    pub cause: GapCause,
}
