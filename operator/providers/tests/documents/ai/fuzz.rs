//! Arbitrary and spoilt bodies, paths and queries: none makes a parser panic, and none makes it count below zero.

use assayer_providers::{Request, find};
use http::{HeaderMap, StatusCode};
use proptest::prelude::*;

use super::{INFERENCES, VENDORS, post};

/// A good body of each kind, to be spoilt.
const SEEDS: [&str; 9] = [
    r#"{"object":"list","data":[{"id":"m"}],"models":[{"name":"m"}]}"#,
    r#"{"model":"m","choices":[{"index":0,"message":{"content":"x"},"error":null}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":6,"completion_tokens_details":{"reasoning_tokens":3},"cost":0.001}}"#,
    r#"{"model":"m","status":"completed","output":[{}],"error":null,"usage":{"input_tokens":1,"output_tokens":2}}"#,
    r#"{"model":"m","content":[{}],"usage":{"input_tokens":4294967295,"output_tokens":4294967295,"cache_read_input_tokens":4294967295}}"#,
    r#"{"candidates":[{}],"modelVersion":"m","usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"thoughtsTokenCount":3}}"#,
    r#"{"type":"error","error":{"type":"invalid_request_error","message":"sk-ant-api03-x","details":{"error_code":"y"}}}"#,
    r#"[{"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED","details":[{"reason":"R","retryDelay":"1e300s","violations":[{"quotaId":"PerDay"}]}]}}]"#,
    r#"{"code":"x","error":"Incorrect API key provided: xa***ef"}"#,
    r#"{"choices":[{"error":{"code":70000,"message":"x"}}],"error":{"code":-1e308,"message":[]}}"#,
];

/// Nothing here panics, and what is counted is not negative.
fn endure(body: &[u8], status: u16, headers: &HeaderMap) {
    for (vendor, path, good) in INFERENCES {
        let _ = post(vendor, path, "", body);
        let call = post(vendor, path, "", good.as_bytes()).unwrap();
        if let Ok(measure) = find(vendor).unwrap().measure(&call, body, &mut ()) {
            assert!([measure.items, measure.tokens_in, measure.tokens_out].into_iter().flatten().all(|count| count >= 0));
            assert!(measure.quoted_usd.is_none_or(|usd| !usd.is_sign_negative()));
        }
    }
    for provider in VENDORS.map(|vendor| find(vendor).unwrap()) {
        let verify = provider.facts().verify.unwrap();
        let get = Request { method: "GET", path: verify.path, query: verify.query, content_type: None, body: b"" };
        let _ = provider.measure(&provider.classify(&get).unwrap(), body, &mut ());
        if let Some(named) = provider.name_error(StatusCode::from_u16(status).unwrap(), headers, body) {
            assert!(!named.error_message.is_empty() && named.error_message.chars().count() <= 1_000);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_endured(bytes in prop::collection::vec(any::<u8>(), 0..500), status in 100u16..=999, wait in "[ -~]{0,20}") {
        let headers = HeaderMap::from_iter([("retry-after-ms".parse().unwrap(), wait.parse().unwrap())]);
        endure(&bytes, status, &headers);
    }

    #[test]
    fn spoilt_answers_are_endured(
        seed in prop::sample::select(SEEDS.as_slice()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:0-9eE.tfn\\".as_slice())]), 1..6),
        end in any::<prop::sample::Index>(),
        cut: bool,
        status in prop::sample::select([200u16, 400, 401, 403, 429, 500, 529].as_slice()),
    ) {
        let mut body = seed.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        body.truncate(if cut { end.index(body.len()) } else { body.len() });
        endure(&body, status, &HeaderMap::new());
    }

    #[test]
    fn nesting_without_an_end_is_endured(depth in 1usize..2_000, object: bool) {
        let body = if object { r#"{"error":"#.repeat(depth) } else { r#"{"choices":["#.to_owned() + &"[".repeat(depth) };
        endure(body.as_bytes(), 400, &HeaderMap::new());
        endure(body.as_bytes(), 200, &HeaderMap::new());
    }

    #[test]
    fn any_path_and_query_are_endured(path in "\\PC{0,60}", query in "\\PC{0,60}", method in prop::sample::select(["GET", "POST", "PUT"].as_slice())) {
        for provider in VENDORS.map(|vendor| find(vendor).unwrap()) {
            let _ = provider.classify(&Request { method, path: &path, query: &query, content_type: None, body: b"{}" });
        }
    }
}
