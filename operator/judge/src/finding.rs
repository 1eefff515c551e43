//! A verdict with its reason. Pure.

use assayer_contract::{ReasonCode, Verdict};

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
