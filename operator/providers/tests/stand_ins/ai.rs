//! Language models: what their answers say of the model and of its tokens, counted here by the stand-ins' rule.

use assayer_providers::{Charge, Measure};
use serde_json::Value;

use crate::{Contract, Sample, World, anthropic, gemini, groq, open_router, openai, provider, xai};

/// What a call asks, and what its answer is measured to be.
struct Asked {
    contract: &'static Contract,
    path: &'static str,
    /// Where the answer has its text, or its texts.
    texts: &'static str,
    /// Tokens of thinking in it.
    thought: usize,
    /// The model that is asked, and the one that answers.
    models: (&'static str, &'static str),
}

const ASKED: [Asked; 7] = [
    of(&openai::CONTRACT, "chat/completions", "/choices/0/message/content", 0, ("gpt-5-mini", "gpt-5-mini-2025-08-07")),
    of(&openai::CONTRACT, "responses", "/output/1/content/0/text", 16, ("gpt-5-mini", "gpt-5-mini-2025-08-07")),
    of(&anthropic::CONTRACT, "v1/messages", "/content/1/text", 16, ("claude-haiku-4-5", "claude-haiku-4-5-20251001")),
    of(
        &groq::CONTRACT,
        "openai/v1/chat/completions",
        "/choices/0/message/content",
        0,
        ("openai/gpt-oss-20b", "openai/gpt-oss-20b"),
    ),
    of(&xai::CONTRACT, "chat/completions", "/choices/0/message/content", 16, ("grok-4-fast", "grok-4-fast-reasoning")),
    of(
        &gemini::CONTRACT,
        "v1beta/models/gemini-flash-latest:generateContent",
        "/candidates/0/content/parts/0/text",
        16,
        ("gemini-flash-latest", "gemini-2.5-flash"),
    ),
    of(&open_router::CONTRACT, "chat/completions", "/choices/0/message/content", 0, ("openai/gpt-5-mini", "openai/gpt-5-mini")),
];

const fn of(
    contract: &'static Contract,
    path: &'static str,
    texts: &'static str,
    thought: usize,
    models: (&'static str, &'static str),
) -> Asked {
    Asked { contract, path, texts, thought, models }
}

async fn ask(contract: &'static Contract, sample: &Sample) -> (assayer_providers::Call, Value, Measure) {
    let answer = World::new(contract).call(contract.good, sample).await;
    assert!(answer.named.is_none(), "{}: {:?}", contract.name, answer.named);
    let call = answer.call.unwrap();
    let measure = provider(contract).measure(&call, &answer.body, &mut ()).unwrap();
    (call, serde_json::from_slice(&answer.body).unwrap(), measure)
}

#[tokio::test]
async fn the_model_that_answered_and_all_its_tokens_are_measured() {
    for Asked { contract, path, texts, thought, models: (asked, answered) } in ASKED {
        let sample = contract.calls.iter().find(|sample| sample.path == path).unwrap();
        let (call, answer, measure) = ask(contract, sample).await;
        let at = format!("{} {path}", contract.name);
        assert_eq!(call.charge, Charge::ByUse, "{at}");
        assert!(!call.is_safe_to_repeat(), "{at}");
        assert!(call.about.model.unwrap().starts_with(asked), "{at}");
        assert_eq!(measure.model.as_deref(), Some(answered), "{at}");
        let text = answer.pointer(texts).and_then(Value::as_str).unwrap();
        let answers = answer["choices"].as_array().map_or(1, Vec::len);
        assert_eq!(measure.tokens_out, i64::try_from(text.len().div_ceil(4) * answers + thought).ok(), "{at}");
        let prompt: Value = serde_json::from_str(sample.body).unwrap();
        let sent = ["messages", "contents", "system_instruction"].into_iter().filter_map(|name| prompt.get(name));
        let sent: usize = sent.map(|value| value.to_string().len().div_ceil(4)).sum();
        // Instructions and input are one prompt there.
        let sent = if path == "responses" { r#"["Answer in JSON.","Buy EURUSD?"]"#.len().div_ceil(4) } else { sent };
        assert_eq!(measure.tokens_in, i64::try_from(sent).ok(), "{at}");
        let cost = (contract.name == "openRouter").then(|| i64::try_from(sent + text.len().div_ceil(4)).unwrap());
        assert_eq!(measure.quoted_usd, cost.map(|tokens| rust_decimal::Decimal::new(tokens, 6)), "{at}");
    }
}

#[tokio::test]
async fn tokens_that_go_into_a_cache_are_tokens_that_were_sent() {
    let body = r#"{"model":"claude-haiku-4-5","max_tokens":9,"messages":[{"role":"user","content":"?"}],"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}]}"#;
    let sample = Sample { method: "POST", path: "v1/messages", query: "", body, items: Some(1) };
    let (_, answer, measure) = ask(&anthropic::CONTRACT, &sample).await;
    let [fresh, cached] = ["input_tokens", "cache_creation_input_tokens"].map(|name| answer["usage"][name].as_i64().unwrap());
    assert!(fresh > 0 && cached > 0);
    assert_eq!((measure.tokens_in, measure.tokens_out), (Some(fresh + cached), Some(9)));
}

#[tokio::test]
async fn tokens_are_counted_for_nothing_where_that_is_all_that_is_asked() {
    let sample = anthropic::CONTRACT.calls.last().unwrap();
    let (call, answer, measure) = ask(&anthropic::CONTRACT, sample).await;
    assert!(call.charge == Charge::Free && call.is_safe_to_repeat());
    assert_eq!((measure.tokens_in, measure.tokens_out), (answer["input_tokens"].as_i64(), None));
}
