//! Three-valued answers. Pure.

use assayer_contract::ReasonCode;

/// What the evidence says of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

    pub(crate) fn mark(self) -> char {
        match self {
            Self::Refuted => '✗',
            Self::Unknown => '?',
            Self::Proven => '✓',
        }
    }
}

/// A verdict with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub reason: ReasonCode,
    /// The same in a sentence, with names and numbers.
    pub message: String,
    /// What was measured, where it can be said in a word.
    pub measured: Option<String>,
    /// What the policy requires, where it can be said in a word.
    pub required: Option<String>,
}

impl Finding {
    pub(crate) fn new(verdict: Verdict, reason: ReasonCode, message: impl Into<String>) -> Self {
        Self { verdict, reason, message: message.into(), measured: None, required: None }
    }

    /// With the code's own title as the message.
    pub(crate) fn titled(verdict: Verdict, reason: ReasonCode) -> Self {
        Self::new(verdict, reason, reason.title())
    }

    pub(crate) fn with_figures(mut self, measured: i64, required: i32) -> Self {
        self.measured = Some(measured.to_string());
        self.required = Some(required.to_string());
        self
    }
}
