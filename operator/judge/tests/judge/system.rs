//! Whether Bots may start, and the installation as a whole: examples here, the rules over any evidence in `system_laws`.

#[path = "system_laws.rs"]
mod laws;

use std::{collections::BTreeMap, time::Duration};

use crate::given::*;
use assayer_contract::{
    ReasonCode, Source, Stage,
    policy::{Policy, Requirement},
};
use assayer_judge::{
    Acceptance, Evidence, Facts, IntegrationState, State, Verdict,
    limits::{Limits, LimitsFact},
    readiness::{Candidate, Impediment, Log, Proof, Readiness, Scope, Served, Serving, SignOfLife, impediments, worst},
    system::{Gate, PlannerFact, System, Workers, system},
};
use chrono::TimeDelta;
use proptest::prelude::*;

fn life(by: &str, seconds_ago: i64) -> SignOfLife {
    SignOfLife { by: by.into(), at: now() - TimeDelta::seconds(seconds_ago), id: "1".into() }
}

fn alive() -> Workers {
    Workers {
        log: Log::Read(Some(life("gateway", 1))),
        leader: Ok("one".into()),
        planner: Some(PlannerFact { run: life("one", 10), every: Some(Duration::from_secs(15)) }),
        timeouts: BTreeMap::from([("jobs", life("one", 15)), ("intents", life("gateway", 10))]),
        limits: Limits { present: Ok("now".into()), said: vec![said("gateway", 5, "now")] },
    }
}

/// The last word of a gateway; an empty hash is its farewell.
fn said(by: &str, seconds_ago: i64, hash: &str) -> LimitsFact {
    LimitsFact { by: life(by, seconds_ago), hash: (!hash.is_empty()).then(|| hash.to_owned()) }
}

fn served(state: IntegrationState, reason: ReasonCode) -> Served {
    let verdict = if state == IntegrationState::Connected { Verdict::Proven } else { Verdict::Refuted };
    let handshake = Some(Proof { kind: "requests", id: "7".into(), at: Some(now()) });
    Served { integration: "it".into(), state, reason, message: reason.title().into(), verdict, untestable: false, handshake }
}

fn serving(provider: &str, served: Served) -> Serving {
    BTreeMap::from([(("desk".to_owned(), provider.to_owned()), served)])
}

fn connected() -> Serving {
    serving("databento", served(IntegrationState::Connected, ReasonCode::Proven))
}

fn bot(acceptance: &Acceptance) -> Candidate<'_> {
    Candidate { namespace: "desk", name: "spx-cross", acceptance, feed: None }
}

fn judged_with(workers: &Workers, acceptance: &Acceptance, serving: &Serving) -> System {
    system(workers, &[bot(acceptance)], serving, now())
}

fn gate<'a>(system: &'a System, name: &str) -> &'a Gate {
    system.gates.iter().find(|gate| gate.name == name).unwrap()
}

#[test]
fn a_missing_key_of_a_required_source_blocks_by_its_name_and_where() {
    let missing = served(IntegrationState::NotConfigured, ReasonCode::IntegrationKeyMissing);
    let system = judged_with(&alive(), &policy(Requirement::Required), &serving("databento", missing));
    let (first, bots) = system.blockers.first().unwrap();
    assert_eq!((system.status, first.reason, bots.as_slice()), (Readiness::Blocked, ReasonCode::IntegrationKeyMissing, &[0][..]));
    let named = Scope::Integration { namespace: "desk".into(), provider: "databento".into(), name: Some("it".into()) };
    assert_eq!((&first.scope, first.source), (&named, Some(Source::MarketData)));
    assert_eq!(gate(&system, "dataFeedsHealthy").verdict, Verdict::Refuted);
}

#[test]
fn a_broken_source_that_no_bot_requires_is_in_nobodys_way() {
    let refused = served(IntegrationState::NotConnected, ReasonCode::ProviderAuth);
    let system = judged_with(&alive(), &policy(Requirement::Optional), &serving("databento", refused));
    assert_eq!((system.status, system.blockers.len()), (Readiness::Ok, 0));
    let feeds = gate(&system, "dataFeedsHealthy");
    assert_eq!((feeds.verdict, feeds.required, feeds.reason), (Verdict::Unknown, false, ReasonCode::NotRequired));
}

#[test]
fn in_lab_neither_a_broker_nor_a_model_is_required_and_their_gates_are_not_open() {
    let system = judged_with(&alive(), &policy(Requirement::Required), &connected());
    assert_eq!(system.status, Readiness::Ok);
    for name in ["brokerConnected", "llmConnected"] {
        let gate = gate(&system, name);
        assert_eq!((gate.verdict, gate.required), (Verdict::Unknown, false), "{name}");
    }
}

fn at_stage(stage: Stage) -> Acceptance {
    match policy(Requirement::Required) {
        Acceptance::Accepted(policy) => Acceptance::Accepted(Box::new(Policy { stage, ..*policy })),
        refused @ Acceptance::Refused(..) => refused,
    }
}

fn enforcing(said: Vec<LimitsFact>) -> Workers {
    Workers { limits: Limits { present: Ok("now".into()), said }, ..alive() }
}

#[test]
fn the_risk_engine_is_connected_where_every_living_gateway_enforces_the_present_limits() {
    let writer = || said("gateway", 30, "now");
    for (others, open, named) in [
        (vec![], true, ""),
        (vec![said("standby", 5, "now")], true, ""),
        (vec![said("gone", 121, "old")], true, ""),
        (vec![said("stopped", 5, "")], true, ""),
        (vec![said("standby", 5, "old")], false, "standby enforces the limits old, and those of the StagePolicies are now"),
        (vec![said("standby", 31, "now")], false, "standby last said at"),
    ] {
        let workers = enforcing(std::iter::once(writer()).chain(others).collect());
        for (stage, required) in [(Stage::Lab, false), (Stage::Paper, true)] {
            let system = judged_with(&workers, &at_stage(stage), &connected());
            let gate = gate(&system, "riskEngineConnected");
            let verdict = if open { Verdict::Proven } else { Verdict::Refuted };
            assert_eq!((gate.verdict, gate.required), (verdict, required), "{gate:?}");
            assert!(gate.message.contains(named), "{gate:?}");
            let blocked = system.blockers.iter().any(|(one, _)| one.reason == ReasonCode::LimitsUnproven);
            assert_eq!(blocked, required && !open, "only who trades needs it");
        }
    }
}

#[test]
fn limits_that_nobody_says_or_knows_are_not_enforced() {
    let unknown = Workers { limits: Limits { present: Err("unreadable".into()), ..alive().limits }, ..alive() };
    let silent = "gateway writes the log and does not say which limits it enforces";
    for (workers, verdict, named) in [
        (enforcing(vec![]), Verdict::Refuted, silent),
        (enforcing(vec![said("standby", 1, "now")]), Verdict::Refuted, silent),
        (Workers { log: Log::Read(None), ..alive() }, Verdict::Refuted, "no gateway holds the request log"),
        (Workers { log: Log::Unreadable("away".into()), ..alive() }, Verdict::Unknown, "away"),
        (unknown, Verdict::Unknown, "unreadable"),
    ] {
        let system = judged_with(&workers, &at_stage(Stage::Paper), &connected());
        let gate = gate(&system, "riskEngineConnected");
        assert_eq!((gate.verdict, system.status), (verdict, Readiness::Blocked));
        assert!(gate.message.contains(named), "{gate:?}");
    }
}

#[test]
fn one_provider_that_is_connected_is_enough_and_the_best_of_others_says_why_not() {
    let acceptance = match policy(Requirement::Required) {
        Acceptance::Accepted(policy) => {
            let market_data = assayer_contract::policy::SourceRule {
                providers: vec!["massive".into(), "databento".into()],
                ..policy.market_data
            };
            Acceptance::Accepted(Box::new(Policy { market_data, ..*policy }))
        }
        refused @ Acceptance::Refused(..) => refused,
    };
    let of = |serving: &Serving| impediments(bot(&acceptance), serving, &alive().log, now());
    assert_eq!(of(&connected()), []);
    let degraded = serving("databento", served(IntegrationState::Degraded, ReasonCode::ProviderError));
    assert_eq!(of(&degraded).first().unwrap().readiness, Readiness::Degraded);
    let refused = serving("databento", served(IntegrationState::NotConnected, ReasonCode::ProviderAuth));
    assert_eq!(of(&refused).first().unwrap().reason, ReasonCode::ProviderAuth, "rather than that the other is missing");
    assert_eq!(of(&Serving::new()).first().unwrap().reason, ReasonCode::IntegrationMissing);
}

#[test]
fn where_only_a_bots_call_can_prove_a_key_the_bot_may_make_it() {
    let untested = Served { untestable: true, ..served(IntegrationState::NotConnected, ReasonCode::VerifyUnsupported) };
    let found = impediments(bot(&policy(Requirement::Required)), &serving("databento", untested), &alive().log, now());
    assert_eq!(worst(&found), Readiness::Degraded);
}

#[test]
fn a_worker_that_is_silent_closes_its_gate_and_blocks() {
    let silent_planner = PlannerFact { run: life("one", 36), every: Some(Duration::from_secs(15)) };
    let another_leads = Workers { leader: Ok("two".into()), ..alive() };
    let nobody_leads = Workers { leader: Err("nobody holds the Lease".into()), ..alive() };
    for (workers, closed) in [
        (Workers { planner: Some(silent_planner), ..alive() }, "supervisorLoopActive"),
        (Workers { planner: None, ..alive() }, "supervisorLoopActive"),
        (another_leads, "supervisorLoopActive"),
        (nobody_leads, "supervisorLoopActive"),
        (Workers { timeouts: BTreeMap::from([("jobs", life("one", 15))]), ..alive() }, "timeoutWorkerActive"),
        (
            Workers { timeouts: BTreeMap::from([("jobs", life("one", 61)), ("intents", life("gateway", 1))]), ..alive() },
            "timeoutWorkerActive",
        ),
    ] {
        let system = judged_with(&workers, &policy(Requirement::Required), &connected());
        assert_ne!(gate(&system, closed).verdict, Verdict::Proven, "{closed}: {workers:?}");
        assert_eq!(system.status, Readiness::Blocked);
        assert_eq!(system.bots, [vec![]], "a Bot's job that runs needs neither");
    }
    let open = judged_with(&alive(), &policy(Requirement::Required), &connected());
    assert!(["supervisorLoopActive", "timeoutWorkerActive"].iter().all(|name| gate(&open, name).verdict == Verdict::Proven));
}

#[test]
fn a_log_that_nobody_writes_or_reads_blocks_every_bot() {
    for (log, reason) in [
        (Log::Read(Some(life("gateway", 61))), ReasonCode::GatewayUnreachable),
        (Log::Read(None), ReasonCode::GatewayUnreachable),
        (Log::Unreadable("away".into()), ReasonCode::EvidenceUnavailable),
    ] {
        let workers = Workers { log, ..alive() };
        let system = judged_with(&workers, &policy(Requirement::Required), &Serving::new());
        assert_eq!(system.bots.first().and_then(|all| all.first()).unwrap().reason, reason);
    }
}

#[test]
fn a_blocked_bot_is_idle_for_the_reason_and_says_whether_somebody_has_to_act() {
    for (state, reason, stalled) in [
        (IntegrationState::NotConfigured, ReasonCode::IntegrationKeyMissing, "True"),
        (IntegrationState::NotConnected, ReasonCode::ProviderAuth, "True"),
        (IntegrationState::NotConnected, ReasonCode::ProviderUnreachable, "False"),
        (IntegrationState::NotConnected, ReasonCode::AwaitingHandshake, "False"),
    ] {
        let found =
            impediments(bot(&policy(Requirement::Required)), &serving("databento", served(state, reason)), &alive().log, now());
        let judgement = judged(&Evidence::Read(Facts { impediments: found, ..Facts::default() }));
        assert_eq!((judgement.activity.state, judgement.activity.reason), (State::Idle, reason));
        assert_eq!((condition(&judgement, "Ready").0, condition(&judgement, "Stalled").0), ("False", stalled), "{reason}");
        assert_eq!(condition(&judgement, "Promotable").1, reason);
        assert_eq!(judgement.blockers.first().unwrap().reason, reason);
    }
}
