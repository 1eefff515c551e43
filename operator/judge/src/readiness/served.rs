//! What serves a provider, as far as its rows say. In: an Integration and its newest rows. Out: how ready it is. Pure.

use std::{collections::BTreeMap, time::Duration};

use assayer_contract::{IntegrationRows, ReasonCode};
use chrono::{DateTime, Utc};

use super::{Proof, Readiness};
use crate::{IntegrationEvidence, IntegrationJudgement, IntegrationState, Verdict, judge_integration};

/// What serves a provider in a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// Name of the Integration.
    pub integration: String,
    /// What its rows prove.
    pub state: IntegrationState,
    /// Why.
    pub reason: ReasonCode,
    /// The same in a sentence.
    pub message: String,
    /// Whether it is known to be so.
    pub verdict: Verdict,
    /// Whether its keys are there and its vendor has no harmless call that would prove them: then only a Bot's call can.
    pub untestable: bool,
    /// Its newest handshake.
    pub handshake: Option<Proof>,
}

/// What serves each provider, by namespace and the provider's registry name.
pub type Serving = BTreeMap<(String, String), Served>;

impl Served {
    /// What the newest rows of an Integration, all made under its present spec, say of starting. `None`: it has none.
    pub fn by_rows(integration: String, rows: Option<IntegrationRows>, connected_for: Duration, now: DateTime<Utc>) -> Self {
        let evidence = IntegrationEvidence::Read(rows.unwrap_or_default().into());
        Self::of(integration, &judge_integration(&evidence, connected_for, now))
    }

    /// What the judgement of an Integration says of starting.
    pub fn of(integration: String, judgement: &IntegrationJudgement) -> Self {
        let handshake = judgement.last_verified.as_ref();
        let unsupported = handshake.is_some_and(|last| last.reason == Some(ReasonCode::VerifyUnsupported));
        let refuted = [&judgement.configured, &judgement.connected].iter().any(|finding| finding.verdict == Verdict::Refuted);
        Self {
            integration,
            state: judgement.state,
            reason: judgement.reason,
            message: judgement.message.clone(),
            verdict: match judgement.state {
                IntegrationState::Connected => Verdict::Proven,
                IntegrationState::Degraded => Verdict::Refuted,
                _ if refuted => Verdict::Refuted,
                _ => Verdict::Unknown,
            },
            untestable: unsupported && judgement.configured.verdict == Verdict::Proven,
            handshake: handshake.map(|last| Proof { kind: "requests", id: last.id.to_string(), at: Some(last.at) }),
        }
    }

    pub(super) fn readiness(&self) -> Readiness {
        match self.state {
            IntegrationState::Connected => Readiness::Ok,
            IntegrationState::Degraded => Readiness::Degraded,
            IntegrationState::NotConnected if self.untestable => Readiness::Degraded,
            IntegrationState::NotConnected | IntegrationState::NotConfigured => Readiness::Blocked,
        }
    }
}
