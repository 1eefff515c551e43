//! What is connected and not used, case by case.

use std::time::Duration;

use assayer_crds::StagePolicy;
use assayer_judge::{IntegrationEvidence, IntegrationFacts, judge_integration};
use assayer_store::integration_use::{LastUse, Used};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

pub(in crate::api::integrations) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

/// An Integration in namespace `desk`, connected or not, and used so many minutes ago.
pub(in crate::api::integrations) fn looked(provider: &str, connected: bool, used: Option<i64>) -> Looked {
    let integration = serde_json::from_value(json!({
        "apiVersion": "assayer.dev/v1alpha1", "kind": "Integration",
        "metadata": {"name": provider, "namespace": "desk", "uid": Uuid::from_u128(11), "generation": 1},
        "spec": {"provider": provider, "credentials": {"secretRef": {"name": provider}}},
    }))
    .unwrap();
    let row = json!({
        "id": Uuid::from_u128(1), "created_at": now(), "call_id": Uuid::nil(), "attempt": 1, "sent": "yes", "outcome": "success",
        "gateway_set": "", "writer": "", "writer_epoch": 0, "seq": 0, "group_no": 0, "trace_id": Uuid::nil(), "user_id": "u",
        "source": null, "provider": provider, "operation": "verify", "method": "GET", "endpoint": "x", "params": {},
        "request_fingerprint": assayer_contract::Sha256Hash::of(b""),
    });
    let success: assayer_contract::RequestRow = serde_json::from_value(row).unwrap();
    let facts = IntegrationFacts { success: connected.then(|| success.into()), ..IntegrationFacts::default() };
    let judgement = judge_integration(&IntegrationEvidence::Read(facts), Duration::from_mins(15), now());
    let last = used.map(|minutes| LastUse {
        at: now() - TimeDelta::minutes(minutes),
        bot_id: Uuid::from_u128(7),
        bot_namespace: Some("desk".to_owned()),
        bot_name: Some("spx-cross".to_owned()),
        trace_id: Uuid::nil(),
    });
    Looked { integration, judgement, used: Used { last_hour: i64::from(last.is_some()), last_day: 3, last } }
}

pub(in crate::api::integrations) fn policies(change: impl Fn(&mut Value)) -> Policies {
    let mut spec = json!({
        "stage": "LAB", "sources": {"marketData": {"requirement": "Required", "providers": ["databento"]}},
        "cadence": {"backtest": "20m"}, "jobTimeout": "10m", "promotion": {"requires": {"sessions": 3}},
        "budgets": {"maxConcurrentBacktests": 4, "maxDataUsdPerDay": "5"},
    });
    change(&mut spec);
    read([("LAB", spec)])
}

/// Policies of these stages with these sources.
pub(in crate::api::integrations) fn policies_of(stages: &[(&str, Value)]) -> Policies {
    read(stages.iter().map(|(stage, sources)| {
        let mut spec = json!({"stage": stage, "sources": sources});
        if *stage == "LAB" {
            spec["cadence"] = json!({"backtest": "20m"});
            spec["jobTimeout"] = json!("10m");
            spec["promotion"] = json!({"requires": {"sessions": 3}});
            spec["budgets"] = json!({"maxConcurrentBacktests": 4, "maxDataUsdPerDay": "5"});
        }
        (*stage, spec)
    }))
}

fn read<'a>(specs: impl IntoIterator<Item = (&'a str, Value)>) -> Policies {
    let read = |(stage, spec): (&str, Value)| {
        let metadata = json!({"name": stage.to_lowercase()});
        let policy = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "StagePolicy", "metadata": metadata, "spec": spec});
        let policy: StagePolicy = serde_json::from_value(policy).unwrap();
        (policy.spec.stage, Ok(policy.spec.rules().unwrap()))
    };
    specs.into_iter().map(read).collect()
}

/// A Bot in namespace `desk` that was made so many hours ago.
pub(in crate::api::integrations) fn bot(hours: i64, stop: &str) -> Bot {
    serde_json::from_value(json!({
        "apiVersion": "assayer.dev/v1alpha1", "kind": "Bot",
        "metadata": {"name": "spx-cross", "namespace": "desk", "creationTimestamp": now() - TimeDelta::hours(hours)},
        "spec": {
            "instrument": {"dataset": "SAMPLE.INDEX", "symbol": "SPX", "schema": "ohlcv-1d", "tickSize": "0.01", "multiplier": 5},
            "strategy": {"smaCross": {"fast": 50, "slow": 200}}, "capital": {"amount": "10000", "currency": "USD"},
            "execution": {"slippageTicks": 25, "feePerContract": "0.62"}, "stopPolicy": stop,
        },
    }))
    .unwrap()
}

fn said(one: &Looked, policies: &Policies, bots: &[Bot]) -> Option<(Word, ReasonCode)> {
    let why = why(one, &one.integration.name_any(), policies, bots, now())?;
    assert!(!why.message.is_empty());
    Some((why.verdict, why.reason))
}

#[test]
fn what_is_used_or_not_connected_needs_no_reason() {
    assert_eq!(said(&looked("databento", true, Some(5)), &policies(|_| ()), &[bot(5, "None")]), None);
    assert_eq!(said(&looked("databento", false, None), &policies(|_| ()), &[bot(5, "None")]), None);
}

#[test]
fn what_no_policy_requires_or_no_bot_needs_may_stay_unused() {
    let (plain, unused) = (policies(|_| ()), looked("databento", true, None));
    assert_eq!(said(&looked("fred", true, None), &plain, &[bot(5, "None")]), Some((Word::Pass, ReasonCode::NotRequired)));
    assert_eq!(said(&looked("slack", true, None), &plain, &[bot(5, "None")]), Some((Word::Pass, ReasonCode::NotRequired)));
    assert_eq!(said(&unused, &plain, &[]), Some((Word::Pass, ReasonCode::NotRequired)));
    let elsewhere = Bot { metadata: assayer_namespace("other"), ..bot(5, "None") };
    assert_eq!(said(&unused, &plain, &[elsewhere]), Some((Word::Pass, ReasonCode::NotRequired)));
    let optional = policies(|spec| spec["sources"]["marketData"]["requirement"] = json!("Optional"));
    assert_eq!(said(&unused, &optional, &[bot(5, "None")]), Some((Word::Pass, ReasonCode::NotRequired)));
    let of_another = policies(|spec| spec["sources"]["marketData"]["providers"] = json!(["massive"]));
    assert_eq!(said(&unused, &of_another, &[bot(5, "None")]), Some((Word::Pass, ReasonCode::NotRequired)));
}

#[test]
fn of_several_for_one_provider_only_the_first_is_used() {
    let unused = looked("databento", true, None);
    let why = why(&unused, "another", &policies(|_| ()), &[bot(5, "None")], now()).unwrap();
    assert_eq!((why.verdict, why.reason), (Word::Pass, ReasonCode::NotRequired));
    assert!(why.message.contains("Integration another serves databento"), "{}", why.message);
}

fn assayer_namespace(namespace: &str) -> kube::api::ObjectMeta {
    kube::api::ObjectMeta { namespace: Some(namespace.to_owned()), ..Default::default() }
}

#[test]
fn a_stopped_bot_uses_nothing_and_a_bot_of_an_unknown_policy_tells_nothing() {
    let unused = looked("databento", true, None);
    assert_eq!(said(&unused, &policies(|_| ()), &[bot(5, "Hold")]), Some((Word::Pass, ReasonCode::Stopped)));
    let held = policies(|spec| spec["stopPolicy"] = json!("Hold"));
    assert_eq!(said(&unused, &held, &[bot(5, "None")]), Some((Word::Pass, ReasonCode::Stopped)));
    assert_eq!(said(&unused, &Policies::new(), &[bot(5, "None")]), Some((Word::Unknown, ReasonCode::PolicyMissing)));
}

#[test]
fn what_a_working_bot_needs_must_have_been_used_within_its_cycle_once_it_has_had_the_time() {
    let plain = policies(|_| ());
    assert_eq!(
        said(&looked("databento", true, None), &plain, &[bot(5, "None")]),
        Some((Word::Fail, ReasonCode::IntegrationUnused))
    );
    assert_eq!(
        said(&looked("databento", true, Some(31)), &plain, &[bot(5, "None")]),
        Some((Word::Fail, ReasonCode::IntegrationUnused))
    );
    assert_eq!(
        said(&looked("databento", true, None), &plain, &[bot(0, "None")]),
        Some((Word::Unknown, ReasonCode::AwaitingFirstCycle))
    );
    let daily = policies(|spec| spec["cadence"]["backtest"] = json!("24h"));
    assert_eq!(
        said(&looked("databento", true, Some(600)), &daily, &[bot(50, "None")]),
        Some((Word::Pass, ReasonCode::CadenceWait))
    );
}
