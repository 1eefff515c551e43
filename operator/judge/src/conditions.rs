//! Verdicts as conditions. `Ready`, `Reconciling` and `Stalled` follow kstatus: a blocked promotion leaves a Bot ready. Pure.

use assayer_contract::{
    ReasonCode,
    condition::ConditionType,
    policy::{Requirement, StopPolicy},
};

use crate::{Acceptance, Evidence, Finding, Verdict, readiness::Impediment, sources::SourceFinding};

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

pub(crate) fn of(
    acceptance: &Acceptance,
    evidence: &Evidence,
    findings: [Finding; 5],
    sources: &[SourceFinding],
) -> Vec<Condition> {
    use ConditionType as T;
    let [market_data, not_genuine, fallback, roll_risk, promotable] = findings;
    let complete = complete(acceptance, evidence, &market_data, sources);
    let [ready, reconciling, stalled, accepted] = health(acceptance, evidence);
    let available = match evidence {
        Evidence::Read(_) => Finding::new(Verdict::Proven, ReasonCode::Accepted, "the log can be read"),
        Evidence::Unreadable(why) => Finding::new(Verdict::Refuted, ReasonCode::EvidenceUnavailable, why),
    };
    let sources = sources.iter().filter_map(SourceFinding::condition);
    let before = [
        (T::Ready, ready),
        (T::Reconciling, reconciling),
        (T::Stalled, stalled),
        (T::Accepted, accepted),
        (T::EvidenceAvailable, available),
        (T::ProofComplete, complete),
        (T::MarketDataProven, market_data),
    ];
    let after = [(T::NotGenuine, not_genuine), (T::Fallback, fallback), (T::RollRisk, roll_risk), (T::Promotable, promotable)];
    let all = before.into_iter().chain(sources).chain(after);
    all.map(|(kind, f)| Condition { kind, status: f.verdict.status(), reason: f.reason, message: f.message }).collect()
}

/// The meet of all sources that the stage requires; the first that is not proven says why.
fn complete(acceptance: &Acceptance, evidence: &Evidence, market_data: &Finding, sources: &[SourceFinding]) -> Finding {
    let (Acceptance::Accepted(policy), Evidence::Read(_)) = (acceptance, evidence) else { return market_data.clone() };
    let of_market = (policy.market_data.requirement, market_data);
    let all = std::iter::once(of_market).chain(sources.iter().map(|one| (one.requirement, &one.finding)));
    let required: Vec<_> = all.filter(|(requirement, _)| *requirement == Requirement::Required).collect();
    let open = required.iter().find(|(_, finding)| finding.verdict != Verdict::Proven).or(required.first());
    open.map_or_else(|| Finding::titled(Verdict::Proven, ReasonCode::NotRequired), |(_, finding)| (*finding).clone())
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
            let held_by = match evidence {
                Evidence::Read(facts) if policy.stop == StopPolicy::None => {
                    facts.blocked().or_else(|| facts.impediments.iter().find(|one| one.is_on_trial()))
                }
                _ => None,
            };
            if let Some(one) = held_by {
                return held(one, valid);
            }
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

/// Nothing starts but a trial: either that passes by itself, or it waits for somebody to act.
fn held(one: &Impediment, valid: Finding) -> [Finding; 4] {
    use Verdict::{Proven, Refuted};
    let [reconciling, stalled] = if one.passes_by_itself() { [Proven, Refuted] } else { [Refuted, Proven] };
    // Of what is being tried, nobody knows whether it works again.
    let ready = if one.is_on_trial() { Verdict::Unknown } else { Refuted };
    let [ready, reconciling, stalled] =
        [ready, reconciling, stalled].map(|verdict| Finding::new(verdict, one.reason, &one.message));
    [ready, reconciling, stalled, valid]
}
