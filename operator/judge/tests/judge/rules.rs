//! Rules that hold over any evidence.

use crate::given::*;
use assayer_contract::{JobStatus, Outcome, ReasonCode, Sent, Source, policy::Requirement};
use assayer_judge::{Cycle, Evidence, Facts, Judgement, RowFact, judge};
use proptest::prelude::*;
use uuid::Uuid;

fn any_row() -> impl Strategy<Value = RowFact> {
    let source = prop_oneof![Just(None), Just(Some(Source::MarketData)), Just(Some(Source::Ai))];
    let outcome = prop_oneof![
        Just(Outcome::Success),
        Just(Outcome::Success),
        Just(Outcome::Failed),
        Just(Outcome::Refused),
        Just(Outcome::Unknown)
    ];
    let sent = prop_oneof![Just(Sent::Yes), Just(Sent::Yes), Just(Sent::No), Just(Sent::Unknown)];
    let symbol = prop_oneof![Just(None), Just(Some("SPX".to_owned())), Just(Some("EURUSD".to_owned()))];
    let provider = prop_oneof![Just("databento".to_owned()), Just("another".to_owned())];
    let counts = (prop::option::of(0_i64..3), prop::option::of(0_i64..3), any::<bool>(), any::<bool>());
    (any::<u128>(), source, outcome, sent, symbol, provider, counts).prop_map(
        |(id, source, outcome, sent, symbol, provider, (bar_count, record_count, measured, counts))| RowFact {
            record_count: record_count.filter(|_| counts),
            quality: measured.then(quality),
            endpoint: if counts { count().endpoint } else { bars().endpoint },
            id: Uuid::from_u128(id),
            source,
            outcome,
            sent,
            symbol,
            provider,
            bar_count,
            ..bars()
        },
    )
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let end = prop_oneof![
        Just(job(JobStatus::Succeeded, None)),
        Just(job(JobStatus::Failed, Some(ReasonCode::EngineError))),
        Just(job(JobStatus::TimedOut, Some(ReasonCode::JobTimeout))),
    ];
    let cycle = (end, prop::collection::vec(any_row(), 0..5)).prop_map(|(job, rows)| Cycle { job, rows });
    (prop::option::of(Just(job(JobStatus::Running, None))), prop::option::of(cycle), 0_i64..6).prop_map(
        |(open_job, last_cycle, passed)| {
            let sessions = vec![sessions(passed)];
            Facts { open_job, last_cycle, sessions, ..Facts::default() }
        },
    )
}

/// The same evidence with some of it gone.
fn less(facts: &Facts, keep: &[bool], keep_cycle: bool, fewer: i64) -> Facts {
    let mut less = facts.clone();
    for session in &mut less.sessions {
        session.count = (session.count - fewer).max(0);
    }
    if let Some(cycle) = &mut less.last_cycle {
        let mut keep = keep.iter().copied();
        cycle.rows.retain(|_| keep.next().unwrap_or(true));
    }
    less.last_cycle = less.last_cycle.filter(|_| keep_cycle);
    less
}

fn proven(judgement: &Judgement) -> Vec<String> {
    let gates = ["MarketDataProven", "AIProven", "ProofComplete", "Promotable"];
    let all = judgement.conditions.iter().filter(|c| c.status == "True").map(|c| c.kind.to_string());
    all.filter(|kind| gates.contains(&kind.as_str())).collect()
}

proptest! {
    #[test]
    fn losing_evidence_never_proves_anything(
        facts in any_facts(), keep in prop::collection::vec(any::<bool>(), 5), keep_cycle: bool, fewer in 0_i64..6, optional: bool,
    ) {
        let acceptance = with_source(Source::Ai, rule(if optional { Requirement::Optional } else { Requirement::Required }, "another"));
        let judge = |evidence: &Evidence| judge(&subject(), &acceptance, evidence, now());
        let before = proven(&judge(&Evidence::Read(facts.clone())));
        for evidence in [Evidence::Read(less(&facts, &keep, keep_cycle, fewer)), Evidence::Unreadable("gone".into())] {
            for kind in proven(&judge(&evidence)) {
                prop_assert!(before.contains(&kind), "{} was not proven before", kind);
            }
        }
    }

    #[test]
    fn the_same_evidence_gives_the_same_judgement(facts in any_facts()) {
        let evidence = Evidence::Read(facts);
        prop_assert_eq!(judged(&evidence), judged(&evidence));
    }

    #[test]
    fn promotable_means_that_every_condition_of_proof_is_true_and_nothing_blocks(facts in any_facts()) {
        let judgement = judged(&Evidence::Read(facts));
        let promotable = condition(&judgement, "Promotable").0 == "True";
        prop_assert_eq!(promotable, judgement.blockers.is_empty());
        prop_assert!(!promotable || condition(&judgement, "MarketDataProven").0 == "True");
    }
}
