//! What the log proves of an Integration. In: its newest rows, the time. Out: its state, and two conditions. Pure.
//!
//! Rules that the tests hold it to:
//! 1. It is connected only by a success that is younger than `connectedFor`, and after which nothing failed.
//! 2. Losing a success, seeing one more failure, or waiting never makes it more connected.
//! 3. Only what bears on the connection closes it: what a Bot asks wrongly does not.

use std::time::Duration;

use assayer_contract::{Bearing, CredentialCheck, IntegrationRows, Operation, Outcome, ReasonCode, RequestRow};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{Finding, Verdict};

/// How far the clocks of two processes may be apart. A success from a later time proves nothing.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(1);

/// What could be read of an Integration's evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "one a judgement, never kept")]
pub enum IntegrationEvidence {
    /// The log cannot be read now; why.
    Unreadable(String),
    /// The log was read.
    Read(IntegrationFacts),
}

/// The newest rows that bear on an Integration, all made under its present spec.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntegrationFacts {
    /// The newest handshake.
    pub verify: Option<Attempt>,
    /// The newest success, of whatever purpose.
    pub success: Option<Attempt>,
    /// The newest failure that bears on the connection.
    pub failure: Option<Attempt>,
    /// The newest handshake that the vendor answered with a no to the credential or its plan.
    pub turned_away: Option<Attempt>,
    /// The newest call that the vendor's plan did not cover, and that has not been covered since.
    pub denial: Option<Attempt>,
}

/// A row, as far as it bears on an Integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The row's id; ids rise with time.
    pub id: Uuid,
    /// When it ended, or when it began where that is not known.
    pub at: DateTime<Utc>,
    /// Why it was made.
    pub operation: Operation,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not succeed, or what is wrong with its success.
    pub reason: Option<ReasonCode>,
    /// The vendor's name of the endpoint.
    pub endpoint: String,
    /// What the vendor or the gateway said.
    pub message: Option<String>,
    /// Its trace.
    pub trace_id: Uuid,
    /// What was found of the keys, where they were read.
    pub check: Option<CredentialCheck>,
}

/// What is proven of an Integration, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IntegrationState {
    /// A key is missing or malformed, or the gateway cannot read the Secret.
    NotConfigured,
    /// No row proves that the vendor accepts the credential now.
    NotConnected,
    /// The vendor accepted the credential lately, but not all of the newest attempts succeeded.
    Degraded,
    /// The last handshake or call succeeded, within `connectedFor`.
    Connected,
}

/// Everything that is said of an Integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationJudgement {
    /// The state.
    pub state: IntegrationState,
    /// Why.
    pub reason: ReasonCode,
    /// The same in a sentence.
    pub message: String,
    /// Whether every key is there and has its form.
    pub configured: Finding,
    /// Whether the last handshake or call succeeded, within `connectedFor`.
    pub connected: Finding,
    /// What was found of the keys when they were last read.
    pub check: Option<CredentialCheck>,
    /// The newest handshake.
    pub last_verified: Option<Attempt>,
}

impl From<IntegrationRows> for IntegrationFacts {
    fn from(rows: IntegrationRows) -> Self {
        let IntegrationRows { verify, success, failure, turned_away, denial } = rows;
        let [verify, success, failure, turned_away, denial] =
            [verify, success, failure, turned_away, denial].map(|row| row.map(Attempt::from));
        Self { verify, success, failure, turned_away, denial }
    }
}

impl From<RequestRow> for Attempt {
    fn from(row: RequestRow) -> Self {
        Self {
            id: row.id,
            at: row.completed_at.unwrap_or(row.created_at),
            operation: row.operation,
            outcome: row.outcome,
            reason: row.reason_code.or((row.delayed == Some(true)).then_some(ReasonCode::DataDelayed)),
            endpoint: row.endpoint,
            message: row.error_message,
            trace_id: row.trace_id,
            check: row.credential_check,
        }
    }
}

/// Judges one Integration, of which a success counts for `connected_for`.
pub fn judge_integration(evidence: &IntegrationEvidence, connected_for: Duration, now: DateTime<Utc>) -> IntegrationJudgement {
    let facts = match evidence {
        IntegrationEvidence::Read(facts) => facts,
        IntegrationEvidence::Unreadable(why) => return unreadable(why),
    };
    let look = Look { facts, connected_for, now };
    let configured = look.configured();
    let connected = if configured.verdict == Verdict::Proven { look.connected() } else { configured.clone() };
    let (state, why) = look.state(&configured, &connected);
    IntegrationJudgement {
        state,
        reason: why.reason,
        message: why.message,
        configured,
        connected,
        check: look.newest_first().into_iter().find_map(|attempt| attempt.check.clone()),
        last_verified: facts.verify.clone(),
    }
}

fn unreadable(why: &str) -> IntegrationJudgement {
    let unknown = Finding::new(Verdict::Unknown, ReasonCode::EvidenceUnavailable, why);
    IntegrationJudgement {
        state: IntegrationState::NotConnected,
        reason: unknown.reason,
        message: unknown.message.clone(),
        configured: unknown.clone(),
        connected: unknown,
        check: None,
        last_verified: None,
    }
}

struct Look<'a> {
    facts: &'a IntegrationFacts,
    connected_for: Duration,
    now: DateTime<Utc>,
}

impl Look<'_> {
    fn newest_first(&self) -> Vec<&Attempt> {
        let IntegrationFacts { verify, success, failure, turned_away, denial } = self.facts;
        let mut all: Vec<_> = [verify, success, failure, turned_away, denial].into_iter().flatten().collect();
        all.sort_by_key(|attempt| std::cmp::Reverse(attempt.id));
        all
    }

    /// The newest attempt that says anything of the keys.
    fn configured(&self) -> Finding {
        for attempt in self.newest_first() {
            match attempt.reason {
                // Nobody knows what is in a Secret that nobody can read.
                Some(ReasonCode::SecretForbidden) => return attempt.finding(Verdict::Unknown),
                Some(reason) if reason.bearing() == Bearing::Configuration => return attempt.finding(Verdict::Refuted),
                _ => {}
            }
            if attempt.outcome == Outcome::Success || attempt.check.as_ref().is_some_and(CredentialCheck::is_usable) {
                return Finding::new(Verdict::Proven, ReasonCode::Accepted, "every key is there and has its form");
            }
        }
        Finding::titled(Verdict::Unknown, ReasonCode::AwaitingHandshake)
    }

    /// Of an Integration that is configured.
    fn connected(&self) -> Finding {
        if let Some(failure) = self.since_success(self.facts.failure.as_ref()) {
            // The key is there now, and no handshake can say more than that: what was missing before says nothing of it.
            let unsupported = |verify: &&Attempt| verify.reason == Some(ReasonCode::VerifyUnsupported) && verify.id > failure.id;
            if let (Bearing::Configuration, Some(verify)) = (failure.bearing(), self.facts.verify.as_ref().filter(unsupported)) {
                return verify.finding(Verdict::Unknown);
            }
            let nobody_knows = failure.bearing() == Bearing::Rate || failure.outcome == Outcome::Unknown;
            return failure.finding(if nobody_knows { Verdict::Unknown } else { Verdict::Refuted });
        }
        let lately = within(self.connected_for);
        match &self.facts.success {
            Some(_) if self.recent() => Finding::new(Verdict::Proven, ReasonCode::Proven, format!("a call succeeded {lately}")),
            Some(_) => Finding::new(Verdict::Unknown, ReasonCode::HandshakeStale, format!("no call succeeded {lately}")),
            None => match &self.facts.verify {
                Some(verify) if verify.reason == Some(ReasonCode::VerifyUnsupported) => verify.finding(Verdict::Unknown),
                _ => Finding::titled(Verdict::Unknown, ReasonCode::AwaitingHandshake),
            },
        }
    }

    fn state(&self, configured: &Finding, connected: &Finding) -> (IntegrationState, Finding) {
        use IntegrationState::{Connected, Degraded, NotConfigured, NotConnected};
        if configured.verdict == Verdict::Refuted || configured.reason == ReasonCode::SecretForbidden {
            return (NotConfigured, configured.clone());
        }
        // What the vendor says no to when nothing else is asked, it says no to whatever is asked.
        if let Some(no) = self.since_success(self.facts.turned_away.as_ref()) {
            return (NotConnected, no.finding(Verdict::Refuted));
        }
        if configured.verdict != Verdict::Proven || !self.recent() {
            return (NotConnected, connected.clone());
        }
        match self.since_success(self.facts.failure.as_ref()).or(self.facts.denial.as_ref()) {
            Some(attempt) => (Degraded, attempt.finding(Verdict::Refuted)),
            None => (Connected, connected.clone()),
        }
    }

    /// The attempt, if nothing succeeded after it.
    fn since_success<'a>(&self, attempt: Option<&'a Attempt>) -> Option<&'a Attempt> {
        let success = self.facts.success.as_ref();
        attempt.filter(|attempt| success.is_none_or(|success| success.id < attempt.id))
    }

    fn recent(&self) -> bool {
        let lifetime = TimeDelta::from_std(self.connected_for).unwrap_or(TimeDelta::MAX);
        self.facts.success.as_ref().is_some_and(|success| {
            let age = self.now - success.at;
            age <= lifetime && age >= -CLOCK_TOLERANCE
        })
    }
}

impl Attempt {
    fn bearing(&self) -> Bearing {
        self.reason.map_or(Bearing::Nothing, ReasonCode::bearing)
    }

    fn finding(&self, verdict: Verdict) -> Finding {
        let reason = self.reason.unwrap_or(ReasonCode::UnknownOutcome);
        let said = self.message.as_deref().unwrap_or(reason.title());
        // Of what was refused, nothing was asked of an endpoint.
        let asked = self.outcome != Outcome::Refused && !self.endpoint.is_empty();
        Finding::new(verdict, reason, if asked { format!("{}: {said}", self.endpoint) } else { said.to_owned() })
    }
}

fn within(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds % 3_600 == 0 => format!("within {}h", seconds / 3_600),
        seconds if seconds % 60 == 0 => format!("within {}m", seconds / 60),
        seconds => format!("within {seconds}s"),
    }
}
