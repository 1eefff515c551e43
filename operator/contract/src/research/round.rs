//! A round of research as rows tell of it. Pure.

use chrono::{DateTime, Utc};

use crate::JobType;

/// An improvement or evolution of the Bot's present strategy that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// Which of the two.
    pub job_type: JobType,
    /// The slot of its cycle.
    pub due_slot: DateTime<Utc>,
    /// Whether it did its work. One that did not counts for the cadence alone.
    pub succeeded: bool,
    /// Whether it found something better than the Bot's strategy.
    pub improved: bool,
    /// Whether that passed every gate.
    pub challenger: bool,
}
