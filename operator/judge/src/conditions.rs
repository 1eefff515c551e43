//! Verdicts as conditions. `Ready`, `Reconciling` and `Stalled` follow kstatus: a blocked promotion leaves a Bot ready. Pure.

use assayer_contract::{
    ReasonCode,
    condition::ConditionType,
    policy::{Policy, Requirement, StopPolicy},
};

use crate::{Acceptance, Evidence, Finding, Verdict};

/// One condition of a Bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Which.
    pub kind: ConditionType,
    /// `True` where proven, `False` where refuted, else `Unknown`.
    pub status: &'static str,
    /// Why.
    pub reason: ReasonCode,
    /// The same in a sentence.
    pub message: String,
}

pub(crate) fn of(acceptance: &Acceptance, evidence: &Evidence, findings: [Finding; 4]) -> Vec<Condition> {
    use ConditionType as T;
    let [market_data, not_genuine, roll_risk, promotable] = findings;
    let complete = match acceptance {
        Acceptance::Accepted(Policy { market_data: Requirement::Optional, .. }) if matches!(evidence, Evidence::Read(_)) => {
            Finding::titled(Verdict::Proven, ReasonCode::NotRequired)
        }
        _ => market_data.clone(),
    };
    let [ready, reconciling, stalled, accepted] = health(acceptance, evidence);
    let available = match evidence {
        Evidence::Read(_) => Finding::new(Verdict::Proven, ReasonCode::Accepted, "the log can be read"),
        Evidence::Unreadable(why) => Finding::new(Verdict::Refuted, ReasonCode::EvidenceUnavailable, why),
    };
    let all = [
        (T::Ready, ready),
        (T::Reconciling, reconciling),
        (T::Stalled, stalled),
        (T::Accepted, accepted),
        (T::EvidenceAvailable, available),
        (T::ProofComplete, complete),
        (T::MarketDataProven, market_data),
        (T::NotGenuine, not_genuine),
        (T::RollRisk, roll_risk),
        (T::Promotable, promotable),
    ];
    all.map(|(kind, f)| Condition { kind, status: f.verdict.status(), reason: f.reason, message: f.message }).into()
}

/// `Ready`, `Reconciling`, `Stalled`, `Accepted`.
fn health(acceptance: &Acceptance, evidence: &Evidence) -> [Finding; 4] {
    use Verdict::{Proven, Refuted};
    match (acceptance, evidence) {
        (Acceptance::Refused(reason, message), _) => {
            [Refuted, Refuted, Proven, Refuted].map(|verdict| Finding::new(verdict, *reason, message))
        }
        (Acceptance::Accepted(policy), evidence) => {
            let accepted = |verdict, text: &str| Finding::new(verdict, ReasonCode::Accepted, text);
            let valid = accepted(Proven, &format!("the spec is valid; the StagePolicy of {} binds it", policy.stage));
            let stalled = accepted(Refuted, "nothing needs anybody to act");
            match evidence {
                Evidence::Read(_) => [
                    match policy.stop {
                        StopPolicy::None => accepted(Proven, "its cycles are being run"),
                        stop => {
                            Finding::new(Proven, ReasonCode::Stopped, format!("stopped, as asked for: stopPolicy is {stop:?}"))
                        }
                    },
                    accepted(Refuted, "the status speaks of the present spec"),
                    stalled,
                    valid,
                ],
                Evidence::Unreadable(why) => {
                    let [ready, reconciling] =
                        [Refuted, Proven].map(|verdict| Finding::new(verdict, ReasonCode::EvidenceUnavailable, why));
                    [ready, reconciling, stalled, valid]
                }
            }
        }
    }
}
