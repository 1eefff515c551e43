//! How each vendor of language models is asked, and where its answer has the words, as their documents say. In: a prompt, an answer's body.
//! Out: path and body of a question, the words. Pure.

use assayer_contract::{ReasonCode, research::SuggestionsWanted};
use assayer_research::Prompt;
use serde_json::{Value, json};

/// A question as the vendor takes it.
pub(super) struct Question {
    /// Path below the vendor's base.
    pub(super) path: String,
    /// The body.
    pub(super) body: Value,
}

/// One of three shapes in which vendors speak.
#[derive(Clone, Copy)]
enum Shape {
    /// `chat/completions` below this path, as OpenAI has it and others took it over.
    Completions(&'static str),
    /// Anthropic's `v1/messages`.
    Messages,
    /// Gemini's `generateContent`.
    Contents,
}

fn shape(provider: &str) -> Option<Shape> {
    match provider {
        "openai" | "xai" | "openRouter" => Some(Shape::Completions("chat/completions")),
        "groq" => Some(Shape::Completions("openai/v1/chat/completions")),
        "anthropic" => Some(Shape::Messages),
        "gemini" => Some(Shape::Contents),
        _ => None,
    }
}

/// The question; none for a vendor that this runner does not know.
pub(super) fn question(wanted: &SuggestionsWanted, Prompt { system, user }: &Prompt) -> Option<Question> {
    let (model, most) = (&wanted.model, wanted.max_tokens);
    let message = |role: &str, content: &str| json!({"role": role, "content": content});
    Some(match shape(&wanted.provider)? {
        Shape::Completions(path) => Question {
            path: path.to_owned(),
            body: json!({
                "model": model, "max_completion_tokens": most, "response_format": {"type": "json_object"},
                "messages": [message("system", system), message("user", user)],
            }),
        },
        Shape::Messages => Question {
            path: "v1/messages".to_owned(),
            body: json!({"model": model, "max_tokens": most, "system": system, "messages": [message("user", user)]}),
        },
        Shape::Contents => Question {
            path: format!("v1beta/models/{model}:generateContent"),
            body: json!({
                "systemInstruction": {"parts": [{"text": system}]},
                "contents": [{"role": "user", "parts": [{"text": user}]}],
                "generationConfig": {"maxOutputTokens": most, "responseMimeType": "application/json"},
            }),
        },
    })
}

/// The words of an answer, whole; or why there are none.
pub(super) fn said(provider: &str, body: &[u8]) -> Result<String, (ReasonCode, String)> {
    let answer: Value = serde_json::from_slice(body).map_err(|error| unreadable(&error.to_string()))?;
    let (ended, words) = match shape(provider) {
        Some(Shape::Completions(_)) => {
            let words = answer.pointer("/choices/0/message/content").and_then(Value::as_str).map(str::to_owned);
            (answer.pointer("/choices/0/finish_reason"), words)
        }
        Some(Shape::Messages) => (answer.get("stop_reason"), joined(answer.get("content"))),
        Some(Shape::Contents) => {
            (answer.pointer("/candidates/0/finishReason"), joined(answer.pointer("/candidates/0/content/parts")))
        }
        None => (None, None),
    };
    match ended.and_then(Value::as_str) {
        Some("length" | "max_tokens" | "MAX_TOKENS") => {
            Err((ReasonCode::DataTruncated, "the answer was cut at research.aiSuggestions.maxTokens".to_owned()))
        }
        _ => words.ok_or_else(|| unreadable("there is no text where the vendor has it")),
    }
}

/// The texts of several parts; what a model thinks on its way is none of its answer.
fn joined(parts: Option<&Value>) -> Option<String> {
    let spoken = |part: &&Value| part.get("thought").and_then(Value::as_bool) != Some(true);
    let texts: Vec<_> = parts?.as_array()?.iter().filter(spoken).filter_map(|part| part.get("text")?.as_str()).collect();
    (!texts.is_empty()).then(|| texts.concat())
}

fn unreadable(why: &str) -> (ReasonCode, String) {
    (ReasonCode::SuggestionInvalid, format!("the answer of the model's vendor: {why}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn of(answer: &Value, provider: &str) -> Result<String, ReasonCode> {
        said(provider, answer.to_string().as_bytes()).map_err(|(reason, _)| reason)
    }

    #[test]
    fn the_words_are_where_each_vendor_has_them() {
        let completion = json!({"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "{}"}}]});
        for provider in ["openai", "xai", "openRouter", "groq"] {
            assert_eq!(of(&completion, provider).unwrap(), "{}");
        }
        let message = json!({"stop_reason": "end_turn",
            "content": [{"type": "thinking", "thinking": "…"}, {"type": "text", "text": "{"}, {"type": "text", "text": "}"}]});
        assert_eq!(of(&message, "anthropic").unwrap(), "{}");
        let parts = json!([{"text": "hm", "thought": true}, {"text": "{}"}]);
        let content = json!({"candidates": [{"finishReason": "STOP", "content": {"role": "model", "parts": parts}}]});
        assert_eq!(of(&content, "gemini").unwrap(), "{}");
    }

    #[test]
    fn an_answer_that_was_cut_is_truncated_and_one_without_words_is_none() {
        for (provider, answer) in [
            ("openai", json!({"choices": [{"finish_reason": "length", "message": {"content": "{"}}]})),
            ("anthropic", json!({"stop_reason": "max_tokens", "content": [{"type": "text", "text": "{"}]})),
            ("gemini", json!({"candidates": [{"finishReason": "MAX_TOKENS", "content": {"parts": [{"text": "{"}]}}]})),
        ] {
            assert_eq!(of(&answer, provider), Err(ReasonCode::DataTruncated));
            assert_eq!(of(&json!({}), provider), Err(ReasonCode::SuggestionInvalid));
            assert_eq!(
                of(&json!({"choices": [{"message": {"content": null}}], "content": [], "candidates": []}), provider),
                Err(ReasonCode::SuggestionInvalid)
            );
        }
    }
}
