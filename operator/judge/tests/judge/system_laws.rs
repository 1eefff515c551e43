//! Laws of the system's status: what is taken away never makes it better.

use super::*;

fn any_served() -> impl Strategy<Value = Served> {
    use IntegrationState::{Connected, Degraded, NotConfigured, NotConnected};
    let states = prop_oneof![Just(NotConfigured), Just(NotConnected), Just(Degraded), Just(Connected), Just(Connected)];
    (states, any::<bool>()).prop_map(|(state, untestable)| Served { untestable, ..served(state, ReasonCode::ProviderAuth) })
}

fn any_serving() -> impl Strategy<Value = Serving> {
    let providers = prop_oneof![Just("databento"), Just("massive"), Just("fred"), Just("openai")];
    let key = providers.prop_map(|provider| ("desk".to_owned(), provider.to_owned()));
    prop::collection::btree_map(key, any_served(), 0..5)
}

fn any_workers() -> impl Strategy<Value = Workers> {
    let beat = || {
        prop::option::of(prop_oneof![Just(life("one", 1)), Just(life("one", 40)), Just(life("two", 1)), Just(life("one", 90))])
    };
    (beat(), beat(), beat(), beat(), any::<bool>()).prop_map(|(writer, run, jobs, intents, led)| Workers {
        log: Log::Read(writer),
        leader: if led { Ok("one".into()) } else { Err("nobody".into()) },
        planner: run.map(|run| PlannerFact { run, every: Some(Duration::from_secs(15)) }),
        timeouts: [("jobs", jobs), ("intents", intents)].into_iter().filter_map(|(worker, beat)| Some((worker, beat?))).collect(),
        limits: alive().limits,
    })
}

/// A policy with these requirements of market data, macro and AI.
fn asking([market_data, macros, ai]: [Requirement; 3]) -> Acceptance {
    match policy(market_data) {
        Acceptance::Accepted(policy) => {
            let sources = BTreeMap::from([(Source::Macro, rule(macros, "fred")), (Source::Ai, rule(ai, "openai"))]);
            Acceptance::Accepted(Box::new(Policy { sources, ..*policy }))
        }
        refused @ Acceptance::Refused(..) => refused,
    }
}

fn requirement(required: bool) -> Requirement {
    if required { Requirement::Required } else { Requirement::Optional }
}

/// The same with one thing less.
fn weaker(workers: &Workers, serving: &Serving, which: usize) -> (Workers, Serving) {
    let (mut workers, mut serving) = (workers.clone(), serving.clone());
    match which {
        0 => workers.log = Log::Unreadable("gone".into()),
        1 => workers.log = Log::Read(None),
        2 => workers.leader = Err("gone".into()),
        3 => workers.planner = None,
        4 => drop(workers.timeouts.remove("jobs")),
        5 => drop(workers.timeouts.remove("intents")),
        6 => drop(serving.pop_first()),
        7 => drop(serving.pop_last()),
        8 => workers.limits.said.clear(),
        _ => serving
            .values_mut()
            .for_each(|one| *one = served(one.state.min(IntegrationState::Degraded), ReasonCode::ProviderError)),
    }
    (workers, serving)
}

fn of_bot(system: &System) -> Readiness {
    worst(system.bots.iter().flatten())
}

proptest! {
    #[test]
    fn taking_evidence_away_never_makes_anything_better(
        workers in any_workers(), serving in any_serving(), needs: [bool; 3], which in 0_usize..10,
    ) {
        let acceptance = asking(needs.map(requirement));
        let before = judged_with(&workers, &acceptance, &serving);
        let (workers, serving) = weaker(&workers, &serving, which);
        let after = judged_with(&workers, &acceptance, &serving);
        prop_assert!(after.status >= before.status && of_bot(&after) >= of_bot(&before), "{:?} {:?}", before, after);
        for (before, after) in before.gates.iter().zip(&after.gates) {
            prop_assert!(after.verdict != Verdict::Proven || before.verdict == Verdict::Proven, "{:?} {:?}", before, after);
        }
    }

    #[test]
    fn requiring_something_more_never_makes_anything_better(
        workers in any_workers(), serving in any_serving(), needs: [bool; 3], more in 0_usize..3,
    ) {
        let mut all = needs;
        all[more] = true;
        let [before, after] = [needs, all].map(|needs| judged_with(&workers, &asking(needs.map(requirement)), &serving));
        prop_assert!(after.status >= before.status && of_bot(&after) >= of_bot(&before));
    }

    #[test]
    fn the_system_is_as_bad_as_its_worst_bot_at_least_and_every_open_gate_names_what_it_rests_on(
        workers in any_workers(), serving in any_serving(), needs: [bool; 3],
    ) {
        let judged = judged_with(&workers, &asking(needs.map(requirement)), &serving);
        prop_assert!(judged.status >= of_bot(&judged));
        prop_assert_eq!(judged.status, worst(judged.blockers.iter().map(|(one, _): &(Impediment, _)| one)));
        prop_assert!(judged.gates.iter().all(|gate| gate.verdict != Verdict::Proven || !gate.evidence.is_empty()));
    }
}
