//! What the log proves of a Bot, or of an Integration. In: the Bot, its policy, evidence read from rows, the time. Out: verdicts, conditions, blockers.
//!
//! Pure: the same inputs give the same judgement, so it can be replayed and explained. Numbered rules that the tests hold it to:
//! 1. Every gate answers Proven, Refuted or Unknown, and only Proven opens it.
//! 2. Taking evidence away never turns anything to Proven.
//! 3. A Bot is promotable only if every gate that its stage requires is Proven.

mod activity;
pub mod autonomy;
pub mod cadence;
mod conditions;
mod delay;
mod evidence;
pub mod feed;
mod finding;
mod freshness;
mod gates;
pub mod information;
mod integration;
pub mod limits;
mod market_data;
mod quality;
pub mod readiness;
mod release;
pub mod research;
mod source;
mod sources;
pub mod system;

pub use activity::{Activity, State};
pub use assayer_contract::Verdict;
pub use conditions::Condition;
pub use evidence::{Cycle, Denied, Evidence, Facts, JobFact, PodWaits, RowFact, SessionFact};
pub use finding::Finding;
pub use gates::Blocker;
pub use integration::{
    Attempt, IntegrationEvidence, IntegrationFacts, IntegrationJudgement, IntegrationState, judge_integration,
};

use assayer_contract::{ReasonCode, policy::Policy};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The Bot as far as its evidence is measured against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its UID.
    pub bot_id: Uuid,
    /// Dataset of its instrument.
    pub dataset: String,
    /// Symbol of its instrument.
    pub symbol: String,
    /// The vendor's name of its bars' length.
    pub schema: String,
}

/// Whether the Bot may be run at all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "one a judgement, never kept")]
pub enum Acceptance {
    /// Its spec is valid and this policy binds it.
    Accepted(Box<Policy>),
    /// It is not run: why, and in a sentence what to change.
    Refused(ReasonCode, String),
}

/// Everything that is said of a Bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The conditions, always in the same order: all but those of sources that the policy does not name.
    pub conditions: Vec<Condition>,
    /// The sources in a few characters: `MD✓`, `MD✗` or `MD?`, and behind it those that the policy names: `MD✓ Macro✗`. Where another
    /// vendor stood in for the first one, `MD✗ (fallback massive)`.
    pub proof: String,
    /// What keeps the Bot from its next stage, the first to clear first; empty only if it is promotable.
    pub blockers: Vec<Blocker>,
    /// What the Bot does now, and why.
    pub activity: Activity,
}

/// Judges one Bot.
pub fn judge(subject: &Subject, acceptance: &Acceptance, evidence: &Evidence, now: DateTime<Utc>) -> Judgement {
    let market_data = market_data::prove(subject, acceptance, evidence);
    let sources = sources::prove(acceptance, evidence, now);
    let gates = gates::of(acceptance, evidence, &market_data, &sources);
    let promotable = gates::promotable(&gates);
    let [not_genuine, fallback, roll_risk] =
        [source::not_genuine(evidence), source::fallback(evidence), source::roll_risk(subject)];
    let stood_in = match evidence {
        Evidence::Read(facts) => facts.last_cycle.as_ref().and_then(Cycle::stood_in),
        Evidence::Unreadable(_) => None,
    };
    Judgement {
        proof: format!(
            "MD{}{}{}",
            market_data.verdict.mark(),
            stood_in.map(|row| format!(" (fallback {})", row.provider)).unwrap_or_default(),
            sources.iter().filter_map(sources::SourceFinding::mark).collect::<String>()
        ),
        conditions: conditions::of(acceptance, evidence, [market_data, not_genuine, fallback, roll_risk, promotable], &sources),
        blockers: gates::blockers(&gates),
        activity: activity::of(subject, acceptance, evidence, now),
    }
}
