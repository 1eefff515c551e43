//! How every API says no: RFC 9457 `application/problem+json` with a `reasonCode`. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ReasonCode;

/// Media type of a [`Problem`].
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An RFC 9457 problem. `title` is the same for every problem of one `reasonCode`; `detail` is about this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Always `about:blank`: the reason code says which problem it is.
    #[serde(rename = "type")]
    pub type_: String,
    /// HTTP status.
    pub status: u16,
    /// What the reason code means, in a few words.
    pub title: String,
    /// What happened here: the field, the value, the numbers.
    pub detail: String,
    /// The closed vocabulary that status, rows and console use alike.
    pub reason_code: ReasonCode,
    /// What to do about it.
    pub suggested_fix: String,
    /// Trace under which the refusal was recorded, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<Uuid>,
}

impl Problem {
    /// A problem with the reason's own title and fix.
    pub fn new(status: u16, reason_code: ReasonCode, detail: impl Into<String>) -> Self {
        Self {
            type_: "about:blank".to_owned(),
            status,
            title: reason_code.title().to_owned(),
            detail: detail.into(),
            reason_code,
            suggested_fix: reason_code.suggested_fix().to_owned(),
            trace_id: None,
        }
    }

    /// The same problem with a remedy for this very case.
    #[must_use]
    pub fn with_fix(mut self, suggested_fix: impl Into<String>) -> Self {
        self.suggested_fix = suggested_fix.into();
        self
    }

    /// The same problem, naming the trace that recorded it.
    #[must_use]
    pub fn with_trace(mut self, trace_id: Uuid) -> Self {
        self.trace_id = Some(trace_id);
        self
    }
}
