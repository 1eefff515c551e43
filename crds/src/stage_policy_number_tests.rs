//! The numbers that the desk chose for each stage, against the policies that the chart installs.

use kube::CustomResourceExt;
use serde_json::{Value, json};

fn installed() -> Value {
    let values = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../charts/assayer/values.yaml"));
    serde_saphyr::from_str::<Value>(values).unwrap()["stagePolicies"].take()
}

#[test]
fn every_number_that_a_policy_can_say_is_the_desks() {
    let policies = installed();
    let of = |stage: &str, pointer: &str| policies[stage].pointer(pointer).cloned().unwrap_or_default();
    let market_data = |field: &str| format!("/sources/marketData/{field}");
    for (pointer, value) in [
        (market_data("retries"), json!(3)),
        (market_data("cooldown"), json!("60s")),
        (market_data("maxLatency"), json!("30s")),
        (market_data("quality/minBarRatio"), json!({"rth": "0.995", "eth": "0.90"})),
        (market_data("quality/maxMissingRatio"), json!("0")),
        ("/sources/macro/requirement".to_owned(), json!("Optional")),
        ("/sources/ai/requirement".to_owned(), json!("Optional")),
        ("/sources/broker/requirement".to_owned(), json!("Disabled")),
        ("/ai".to_owned(), json!({"mode": "Advisory", "dailyTokens": 200_000})),
        ("/cadence".to_owned(), json!({"backtest": "20m", "improve": "20m", "evolve": "2h", "audit": "24h"})),
        ("/budgets/maxConcurrentBacktests".to_owned(), json!(4)),
        ("/budgets/maxImprovementsPerHour".to_owned(), json!(3)),
        ("/budgets/maxEvolutionsPerHour".to_owned(), json!(1)),
        ("/budgets/maxTrialsPerDayPerRoot".to_owned(), json!(500)),
        ("/budgets/holdoutReadsPerQuarterPerRoot".to_owned(), json!(4)),
        ("/research/improveRoundsBeforeEvolve".to_owned(), json!(4)),
    ] {
        assert_eq!(of("LAB", &pointer), value, "LAB {pointer}");
    }
    for (stage, delay, tokens) in
        [("PAPER", "2s", 100_000), ("SHADOW", "1s", 100_000), ("CANARY", "1s", 50_000), ("LIVE", "1s", 50_000)]
    {
        for (pointer, value) in [
            (market_data("requirement"), json!("Required")),
            (market_data("barMaxAge"), json!("75s")),
            (market_data("heartbeatMaxAge"), json!("30s")),
            (market_data("maxDelay"), json!(delay)),
            (market_data("retries"), json!(2)),
            ("/sources/broker/requirement".to_owned(), json!("Required")),
            ("/sources/broker/maxLatency".to_owned(), json!("2s")),
            // Of reading: the gateway repeats no order.
            ("/sources/broker/retries".to_owned(), json!(2)),
            ("/sources/macro/freshness".to_owned(), json!({"basis": "release"})),
            ("/sources/optionsFlow/validDuring".to_owned(), json!("rth")),
            ("/sources/optionsFlow/freshness".to_owned(), json!({"within": "5m"})),
            ("/sources/news/freshness".to_owned(), json!({"within": "15m"})),
            ("/ai".to_owned(), json!({"mode": "Advisory", "dailyTokens": tokens})),
        ] {
            assert_eq!(of(stage, &pointer), value, "{stage} {pointer}");
        }
        assert_eq!(of(stage, "/sources/marketData/fallback"), Value::Null, "nothing stands in where money is");
    }
}

/// Each has its reason beside it in the chart.
#[test]
fn where_the_chart_says_another_number_it_is_this_one() {
    let policies = installed();
    let of = |pointer: &str| policies["LAB"].pointer(pointer).cloned().unwrap_or_default();
    assert_eq!(of("/sources/marketData/quality/minSessions"), json!(60), "the samples have no 500, and buying two years costs");
    assert_eq!(of("/budgets/maxDataUsdPerDay"), json!("0"), "not 5: nothing is bought before somebody has seen a price");
    assert_eq!(of("/budgets/maxAiUsdPerDay"), Value::Null, "not 2: without prices no model would be asked");
    assert_eq!(of("/promotion"), json!({"requires": {"sessions": 3}}), "the gates of research stand in each of its reports");
}

/// What the schema has no field for, since nothing would obey it yet, is refused and not silently kept.
#[test]
fn what_no_stage_obeys_yet_has_no_field() {
    let schema = serde_json::to_string(&super::StagePolicy::crd()).unwrap();
    for field in
        ["stateMaxAge", "route", "fusion", "risk", "stageRisk", "soak", "demotion", "apiReserve", "freezeWindows", "scan"]
    {
        assert!(!schema.contains(&format!("\"{field}\"")), "{field} is there: set it for each stage and compare it above");
    }
}
