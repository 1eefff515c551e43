//! A series of bars that Bots of a namespace work on, and what the log says of it, as far as starts are judged by it. Pure.

use std::fmt;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::ReasonCode;

/// A series of bars for the Bots of one namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Feed {
    /// The namespace, and with it whose key asks.
    pub namespace: String,
    /// The vendor's dataset.
    pub dataset: String,
    /// The vendor's name of the bars' length.
    pub schema: String,
    /// The symbol.
    pub symbol: String,
}

/// What the log says of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedRows {
    /// The jobs on it that ended last, the newest first.
    pub ended: Vec<FeedJob>,
    /// The jobs on it that are queued or running.
    pub open: Vec<FeedJob>,
    /// The newest answer that held bars, of the last days.
    pub bars: Option<LastBars>,
    /// When the newest test call through a market data Integration of the namespace succeeded.
    pub tested_at: Option<DateTime<Utc>>,
}

/// A job that works on a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedJob {
    /// Its id.
    pub id: Uuid,
    /// Name of its Bot.
    pub bot: String,
    /// Name of the Kubernetes Job.
    pub job_name: String,
    /// Hash of the policy that binds it.
    pub policy_hash: String,
    /// When it ended, or was planned where it has not.
    pub at: DateTime<Utc>,
    /// Whether it did its work.
    pub succeeded: bool,
    /// Why it failed, if for the sake of market data or of nothing that was asked of a vendor.
    pub reason: Option<ReasonCode>,
    /// The same in a sentence.
    pub message: Option<String>,
}

/// An answer that held bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastBars {
    /// The row.
    pub request_id: Uuid,
    /// Registry name of the vendor.
    pub provider: String,
    /// When it was complete.
    pub at: DateTime<Utc>,
    /// End of the newest bar in it; `None` where nobody measured it.
    pub last_bar: Option<DateTime<Utc>>,
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.dataset, self.schema, self.symbol)
    }
}
