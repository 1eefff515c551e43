//! Three-valued answers. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the evidence says of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Verdict {
    /// Evidence shows it to be false.
    Refuted,
    /// There is no evidence either way. Opens nothing.
    Unknown,
    /// Evidence shows it to be true.
    Proven,
}

impl Verdict {
    /// The status of a condition: one to one.
    pub fn status(self) -> &'static str {
        match self {
            Self::Refuted => "False",
            Self::Unknown => "Unknown",
            Self::Proven => "True",
        }
    }

    /// The same in one character.
    pub fn mark(self) -> char {
        match self {
            Self::Refuted => '✗',
            Self::Unknown => '?',
            Self::Proven => '✓',
        }
    }
}
