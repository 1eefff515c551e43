use assayer_contract::policy::{AiMode, TokenPrice};
use assayer_providers::Request;
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn call(provider: &str, path: &str, body: &Value) -> Call {
    let body = body.to_string();
    let request = Request { method: "POST", path, query: "", content_type: Some("application/json"), body: body.as_bytes() };
    assayer_providers::find(provider).unwrap().classify(&request).unwrap()
}

fn chat(more: &Value) -> Call {
    let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "x"}]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call("openai", "chat/completions", &body)
}

fn price(sent: &str, received: &str) -> TokenPrice {
    TokenPrice { sent: sent.to_owned(), received: received.to_owned() }
}

fn rules(max_usd_per_day: Option<&str>) -> AiRules {
    let prices = [("m".to_owned(), price("2.5", "10"))].into();
    AiRules { mode: AiMode::Advisory, daily_tokens: 1_000, max_usd_per_day: max_usd_per_day.map(str::to_owned), prices }
}

#[test]
fn a_call_may_use_the_bytes_of_its_body_and_the_longest_of_each_answer_that_it_asks_for() {
    let tokens = |call: &Call| most(call, 70, &rules(None)).map(|most| most.tokens);
    assert_eq!(tokens(&chat(&json!({"max_completion_tokens": 100}))), Ok(170));
    assert_eq!(tokens(&chat(&json!({"max_completion_tokens": 100, "max_tokens": 300, "n": 2}))), Ok(670));
    let config = json!({"contents": [], "generationConfig": {"maxOutputTokens": 100, "candidateCount": 3}});
    assert_eq!(tokens(&call("gemini", "v1beta/models/m:generateContent", &config)), Ok(370));
    let message = json!({"model": "m", "messages": [], "max_tokens": 5});
    assert_eq!(tokens(&call("anthropic", "v1/messages", &message)), Ok(75));
}

#[test]
fn a_request_that_does_not_say_how_long_its_answer_may_be_is_not_made() {
    for more in [json!({}), json!({"max_tokens": null}), json!({"max_tokens": "many"}), json!({"max_tokens": 9, "n": "x"})] {
        assert!(most(&chat(&more), 70, &rules(None)).unwrap_err().contains("such as max_tokens"), "{more}");
    }
    for config in [json!({"contents": []}), json!({"contents": [], "generationConfig": {"candidateCount": 1}})] {
        assert!(most(&call("gemini", "v1beta/models/m:generateContent", &config), 70, &rules(None)).is_err());
    }
}

#[test]
fn with_a_budget_in_dollars_every_model_that_may_answer_needs_a_price_and_the_dearest_counts() {
    let of = |rules: &AiRules, call: &Call| most(call, 1_000_000, rules).map(|most| most.usd);
    let plain = chat(&json!({"max_tokens": 100_000}));
    assert_eq!(of(&rules(Some("9")), &plain), Ok(Some("3.5".parse().unwrap())));
    let other = chat(&json!({"model": "other", "max_tokens": 1}));
    assert!(of(&rules(Some("9")), &other).unwrap_err().contains("no price of \"other\""));
    assert_eq!(of(&rules(None), &other), Ok(None), "without a budget in dollars tokens alone are counted");
    let list = json!({"model": "m", "models": ["m", "dear"], "max_tokens": 100_000, "messages": []});
    let several = call("openRouter", "chat/completions", &list);
    assert!(of(&rules(Some("9")), &several).is_err());
    let mut dearer = rules(Some("9"));
    dearer.prices.insert("dear".to_owned(), price("3", "20"));
    assert_eq!(of(&dearer, &several), Ok(Some(5.into())));
}

#[test]
fn a_row_is_settled_at_what_was_used_or_at_the_price_that_the_vendor_says() {
    let most = most(&chat(&json!({"max_tokens": 100})), 200, &rules(Some("9"))).unwrap();
    let row = most.on(super::super::draft::of_user("", "", "", Utc::now()));
    assert_eq!((row.tokens_most, row.cost_usd.as_deref()), (Some(300), Some("0.0015")));
    let settled = |row: RequestRow| {
        let mut row = row;
        most.settle(&mut row);
        row.cost_usd
    };
    let answered = RequestRow { outcome: Outcome::Success, tokens_in: Some(20), tokens_out: Some(10), ..row.clone() };
    assert_eq!(settled(answered.clone()).as_deref(), Some("0.00015"));
    assert_eq!(settled(RequestRow { cost_usd: Some("0.7".to_owned()), ..answered.clone() }).as_deref(), Some("0.7"));
    assert_eq!(settled(RequestRow { tokens_out: None, ..answered }), row.cost_usd, "what nobody knows stays the most");
    assert_eq!(settled(row.clone()), row.cost_usd);
}

proptest! {
    #[test]
    fn what_is_let_through_is_never_more_than_the_budget(
        calls in prop::collection::vec((1_u64..400, 1_usize..400), 1..40), tokens in 0_u64..3_000, cents in 0_u32..100
    ) {
        let budget = Decimal::new(cents.into(), 4);
        let rules = AiRules { daily_tokens: tokens, ..rules(Some(&budget.to_string())) };
        let mut used = AiUse::default();
        for (out, bytes) in calls {
            let most = most(&chat(&json!({"max_tokens": out})), bytes, &rules).unwrap();
            if within(&most, &used, &rules, Stage::Lab).is_ok() {
                used = AiUse { tokens: used.tokens + most.tokens, usd: used.usd + most.usd.unwrap() };
            }
        }
        prop_assert!(used.tokens <= i64::try_from(tokens).unwrap() && used.usd <= budget);
    }
}
