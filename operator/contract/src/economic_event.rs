//! An event of an economic calendar. Pure.

use chrono::{DateTime, Utc};

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EconomicEvent {
    /// When its figure is due.
    pub at: DateTime<Utc>,
    /// Country, as the vendor names it.
    pub country: String,
    /// Name.
    pub name: String,
    /// The vendor's own word for how much it moves.
    pub impact: Option<String>,
    /// The figure as the vendor writes it, once it is out.
    pub actual: Option<String>,
    /// What was expected.
    pub estimate: Option<String>,
    /// The figure before.
    pub previous: Option<String>,
}
