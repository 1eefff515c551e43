//! What calls say of themselves: which model is asked, and of its prompt a digest. What cannot be measured is refused.

use assayer_contract::{ReasonCode, Sha256Hash, Source};
use assayer_providers::{Charge, Request, find};
use serde_json::{Value, json};

use super::{INFERENCES, post};

#[test]
fn a_call_says_which_model_is_asked_and_of_its_prompt_only_a_digest() {
    for (vendor, path, body) in INFERENCES {
        let call = post(vendor, path, "", body.as_bytes()).unwrap();
        assert_eq!((call.provider, call.source, call.charge), (vendor, Some(Source::Ai), Charge::ByUse), "{vendor} {path}");
        assert_eq!(call.about.model.as_deref(), Some("m"), "{vendor} {path}");
        assert!(!call.is_safe_to_repeat() && !call.yields_bars && call.symbols.is_empty(), "{vendor} {path}");
        assert!(!call.params.to_string().contains("SECRET"), "{vendor} {path}: {}", call.params);
        let body: Value = serde_json::from_str(body).unwrap();
        for (name, value) in body.as_object().unwrap() {
            let row = &call.params[name];
            if ["messages", "input", "instructions", "system", "contents", "systemInstruction"].contains(&name.as_str()) {
                let text = value.to_string();
                let count = value.as_array().map_or(1, Vec::len);
                assert_eq!(
                    *row,
                    json!({"sha256": Sha256Hash::of(text.as_bytes()), "bytes": text.len(), "count": count}),
                    "{vendor} {name}"
                );
            } else {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                assert_eq!(*row, json!(text), "{vendor} {name}");
            }
        }
    }
}

#[test]
fn a_digest_is_the_same_for_any_spelling_of_the_same_prompt_and_another_for_another() {
    let digest = |messages: &str| {
        let body = format!(r#"{{"model":"m","messages":{messages}}}"#);
        post("openai", "chat/completions", "", body.as_bytes()).unwrap().params["messages"].clone()
    };
    let plain = digest(r#"[{"role":"user","content":"é"}]"#);
    assert_eq!(plain, digest(r#"[ {"content":"\u00e9", "role":"user"} ]"#));
    assert_ne!(plain, digest(r#"[{"role":"user","content":"e"}]"#));
}

#[test]
fn what_would_not_come_whole_and_what_nobody_could_read_is_refused_and_named() {
    let chat = |fields: &str| format!(r#"{{"model":"m","messages":[]{fields}}}"#);
    for (vendor, path, body, said) in [
        ("openai", "chat/completions", chat(r#","stream":true"#), "stream is true: the gateway measures whole answers only"),
        ("openai", "chat/completions", chat(r#","stream":"yes""#), "stream is \"yes\""),
        ("openai", "chat/completions", chat(r#","stream":false,"stream":true"#), "more than once"),
        ("openai", "responses", r#"{"model":"m","input":"x","background":true}"#.to_owned(), "background is true"),
        ("xai", "chat/completions", chat(r#","deferred":true"#), "deferred is true"),
        ("anthropic", "v1/messages", chat(r#","stream":1"#), "stream is 1"),
        ("anthropic", "v1/messages", chat(r#","mcp_servers":[]"#), "\"mcp_servers\" is not one of its fields"),
        ("groq", "openai/v1/chat/completions", chat(r#","api_key":"gsk_x""#), "\"api_key\" is not one of its fields"),
        ("openRouter", "chat/completions", "[]".to_owned(), "must be a JSON object"),
        ("gemini", "v1beta/models/m:generateContent", r#"{"contents":"#.to_owned(), "cannot be read"),
    ] {
        let refused = post(vendor, path, "", body.as_bytes()).unwrap_err();
        assert_eq!(refused.reason_code, ReasonCode::RequestInvalid, "{vendor} {body}");
        assert!(refused.message.contains(said), "{vendor}: {}", refused.message);
    }
    for (vendor, path, body) in INFERENCES {
        let whole = body.replacen('{', r#"{"stream":false,"#, 1);
        assert_eq!(post(vendor, path, "", whole.as_bytes()).is_ok(), vendor != "gemini", "{vendor}");
        let refused = post(vendor, path, "model=other", body.as_bytes()).unwrap_err();
        assert_eq!(refused.reason_code, ReasonCode::RequestInvalid, "{vendor} {path}");
    }
    for (vendor, path) in
        [("gemini", "v1beta/models/m:streamGenerateContent"), ("openai", "embeddings"), ("anthropic", "v1/complete")]
    {
        assert_eq!(post(vendor, path, "", b"{}").unwrap_err().reason_code, ReasonCode::EndpointUnknown, "{vendor} {path}");
    }
    let keyed = Request { method: "GET", path: "v1beta/models", query: "key=AIza", content_type: None, body: b"" };
    assert_eq!(find("gemini").unwrap().classify(&keyed).unwrap_err().reason_code, ReasonCode::RequestInvalid);
}
