//! The verdict over everything.

use serde_json::{Value, json};

use super::{
    super::unused::tests::{bot, looked, now, policies, policies_of},
    *,
};

fn compliance(jobs: i64, failed: i64, offending: &[Uuid]) -> Compliance {
    let went_on = i64::try_from(offending.len()).unwrap();
    Compliance { stage: Stage::Lab, source: Source::MarketData, jobs, failed, went_on, offending: offending.to_vec() }
}

fn proof(looked: &[Looked], compliance: Vec<Compliance>) -> Value {
    let (policies, bots) = (policies(|_| ()), [bot(5, "None")]);
    let since = now() - WINDOW;
    let found = Found { looked, policies: &policies, bots: &bots, compliance, since, now: now() };
    serde_json::to_value(IntegrationsProof::new(found)).unwrap()
}

#[test]
fn only_required_sources_are_looked_at() {
    assert_eq!(required(&policies(|_| ())), [(Stage::Lab, Source::MarketData)]);
    let with_news = policies(|spec| {
        spec["sources"]["news"] = json!({"requirement": "Required", "providers": ["finnhub"]});
        spec["sources"]["macro"] = json!({"requirement": "Optional", "providers": ["fred"]});
    });
    assert_eq!(required(&with_news), [(Stage::Lab, Source::MarketData), (Stage::Lab, Source::News)]);
}

#[test]
fn everything_in_order_passes_and_is_counted() {
    let all = [looked("databento", true, Some(5)), looked("fred", true, None), looked("fmp", false, None)];
    let answer = proof(&all, vec![compliance(12, 2, &[])]);
    assert_eq!((answer["verdict"].as_str(), answer["verdict_reasons"].as_array().unwrap().len()), (Some("PASS"), 0));
    let totals = &answer["totals"];
    assert_eq!(
        (&totals["integrations"], &totals["connected"], &totals["used"], &totals["uses_1h"]),
        (&json!(3), &json!(2), &json!(1), &json!(1))
    );
    assert_eq!(answer["connected_unused"][0]["provider"], "fred");
    assert_eq!(answer["connected_unused"][0]["reason_code"], "NOT_REQUIRED");
    assert!(answer["integrations"][2]["connected"].is_null(), "nothing is known of it: {answer}");
}

#[test]
fn a_job_that_went_on_or_a_required_connection_that_nobody_uses_fails_and_nothing_to_look_at_is_unknown() {
    let used = [looked("databento", true, Some(5))];
    let offender = Uuid::from_u128(9);
    let answer = proof(&used, vec![compliance(12, 2, &[offender])]);
    assert_eq!((answer["verdict"].as_str(), &answer["fail_closed"][0]["offending_job_ids"]), (Some("FAIL"), &json!([offender])));
    let answer = proof(&[looked("databento", true, None)], vec![compliance(12, 2, &[])]);
    assert_eq!((answer["verdict"].as_str(), answer["connected_unused"][0]["verdict"].as_str()), (Some("FAIL"), Some("FAIL")));
    for (compliance, says) in [(vec![compliance(0, 0, &[])], "no job of LAB"), (Vec::new(), "no StagePolicy requires")] {
        let answer = proof(&used, compliance);
        assert_eq!(answer["verdict"], "UNKNOWN");
        assert!(answer["verdict_reasons"][0].as_str().unwrap().contains(says), "{answer}");
    }
}

#[test]
fn each_integration_tells_at_which_stages_the_gates_close_without_it() {
    let with_paper = policies_of(&[
        (
            "LAB",
            json!({"marketData": {"requirement": "Required", "providers": ["databento"]},
            "macro": {"requirement": "Disabled", "reason": "nobody reads it"}}),
        ),
        (
            "PAPER",
            json!({"marketData": {"requirement": "Required", "providers": ["databento"]},
            "macro": {"requirement": "Required", "providers": ["fred"]},
            "broker": {"requirement": "Required", "providers": ["tradovate"]}}),
        ),
    ]);
    let looked = [looked("databento", true, Some(5)), looked("fred", true, None), looked("tradovate", false, None)];
    let (bots, since) = ([bot(5, "None")], now() - WINDOW);
    let compliance =
        vec![compliance(12, 2, &[]), Compliance { stage: Stage::Paper, source: Source::Broker, ..compliance(0, 0, &[]) }];
    let found = Found { looked: &looked, policies: &with_paper, bots: &bots, compliance, since, now: now() };
    let answer = serde_json::to_value(IntegrationsProof::new(found)).unwrap();
    let closed = |at: usize| &answer["integrations"][at]["fail_closed"];
    assert_eq!(closed(0), &json!({"LAB": true, "PAPER": true, "SHADOW": null, "CANARY": null, "LIVE": null}));
    assert_eq!((&closed(1)["LAB"], &closed(1)["PAPER"]), (&json!(false), &json!(true)));
    assert_eq!((&closed(2)["LAB"], &closed(2)["PAPER"]), (&json!(false), &json!(true)));
    let why = &answer["integrations"][1]["fail_closed_reasons"]["LAB"];
    assert_eq!(why, "sources.macro is Disabled in the StagePolicy of LAB: nobody reads it");
    let unused = &answer["connected_unused"][0];
    assert_eq!(
        (&unused["provider"], &unused["reason_code"], &unused["reason"]),
        (&json!("fred"), &json!("SOURCE_DISABLED"), why)
    );

    assert_eq!((&answer["fail_closed"][1]["bots"], &answer["fail_closed"][1]["verdict"]), (&json!(0), &json!("UNKNOWN")));
    assert_eq!(answer["verdict"], "PASS", "where no Bot stands and no job was, nobody went on: {answer}");
}
