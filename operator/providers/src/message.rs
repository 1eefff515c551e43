//! What people are told through a vendor. In: what changed. Out: a request that says it, with nothing in it that calls anybody, links
//! anywhere or is taken for a mark-up. Pure.

use serde_json::{Value, json};

/// Longest text of an object or a vendor in a message, in characters.
const LONGEST: usize = 300;

/// A message for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// What it is about, in a few words.
    pub title: String,
    /// The changes that it tells one by one.
    pub changes: Vec<Change>,
    /// Changes that it only counts.
    pub more: usize,
    /// Earlier messages of which nobody knows whether they arrived.
    pub unknown: usize,
}

/// A change of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The object, such as `Bot desk/es-trend`.
    pub object: String,
    /// The condition, such as `ProofComplete`.
    pub topic: String,
    /// Whether it holds.
    pub holds: bool,
    /// Why, as a code.
    pub reason_code: String,
    /// The same in a sentence; may quote anybody.
    pub message: String,
    /// What to do about it.
    pub fix: String,
    /// Where the rows are: a URL of this installation, or the path where nobody knows its address. Of the installation's own making.
    pub proof: String,
}

/// A request that sends a message, below the vendor's base.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Query without `?`.
    pub query: &'static str,
    /// JSON that is posted.
    pub body: Value,
}

/// How a vendor takes text.
pub(crate) struct Style {
    /// Most characters of a message.
    pub(crate) longest: usize,
    /// Makes any text plain.
    pub(crate) plain: fn(&str) -> String,
    /// Shows a code, of capitals, digits and `_`.
    pub(crate) code: fn(&str) -> String,
}

impl Message {
    /// All of it in one text: as many changes as there is room for, and a count of the others.
    pub(crate) fn text(&self, style: &Style) -> String {
        let plain = |text: &str| (style.plain)(&inert(text));
        let mut text = plain(&self.title);
        if self.unknown > 0 {
            text +=
                &plain(&format!("\n{} earlier: nobody knows whether it arrived; it is not sent again.", messages(self.unknown)));
        }
        let mut told = 0;
        // Room for the last line is kept.
        let room = style.longest.saturating_sub(100);
        for change in &self.changes {
            let block = change.text(style);
            if text.chars().count() + block.chars().count() > room {
                break;
            }
            text += &block;
            told += 1;
        }
        match self.changes.len() - told + self.more {
            0 => text,
            more => text + &plain(&format!("\n… and {more} more.")),
        }
    }

    /// The same for a program.
    pub(crate) fn json(&self) -> Value {
        let change = |change: &Change| {
            json!({"object": inert(&change.object), "topic": change.topic, "holds": change.holds, "reasonCode": change.reason_code,
                "message": inert(&change.message), "suggestedFix": change.fix, "proof": change.proof})
        };
        let changes: Vec<_> = self.changes.iter().map(change).collect();
        json!({"title": self.title, "changes": changes, "more": self.more, "unknownEarlier": self.unknown})
    }
}

fn messages(count: usize) -> String {
    if count == 1 { "1 message".to_owned() } else { format!("{count} messages") }
}

impl Change {
    fn text(&self, style: &Style) -> String {
        let plain = |text: &str| (style.plain)(&inert(text));
        let (object, topic) = (plain(&self.object), plain(&self.topic));
        if self.holds {
            return format!("\n{object}: {topic} again. {}", plain(&self.message));
        }
        let (code, message, fix) = ((style.code)(&self.reason_code), plain(&self.message), plain(&self.fix));
        format!("\n{object}: not {topic}, {code}: {message}\nWhat to do: {fix}\nProof: {}", link(&self.proof, plain))
    }
}

/// A URL stands as it is, so that it can be followed.
fn link(proof: &str, plain: impl Fn(&str) -> String) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:/".contains(c);
    let is_url = proof.starts_with("https://") || proof.starts_with("http://");
    if is_url && proof.chars().all(is_plain) { proof.to_owned() } else { plain(proof) }
}

/// One line, without what is not seen and yet changes how the rest is read.
fn inert(text: &str) -> String {
    let hidden = |c: &char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let lines: Vec<_> = text
        .split('\n')
        .map(|line| crate::text::clean(&line.chars().filter(|c| !hidden(c)).collect::<String>(), LONGEST))
        .collect();
    lines.join(if text.starts_with('\n') { "\n" } else { " " })
}

#[cfg(test)]
mod tests {
    use assayer_contract::ReasonCode;
    use http::Method;

    use super::*;
    use crate::{ALL, Category, Provider, Request};

    const HOSTILE: &str = "@everyone <!channel> <@U1> **b** [a](https://evil.example) `c` </x>&\u{202e}\n# h";

    fn change(holds: bool, message: &str) -> Change {
        Change {
            object: "Bot desk/spx-cross".to_owned(),
            topic: "ProofComplete".to_owned(),
            holds,
            reason_code: "PROVIDER_AUTH".to_owned(),
            message: message.to_owned(),
            fix: ReasonCode::ProviderAuth.suggested_fix().to_owned(),
            proof: "/api/_proof/bot/desk/spx-cross".to_owned(),
        }
    }

    fn message(changes: Vec<Change>) -> Message {
        Message { title: "Assayer: 1 change in desk".to_owned(), changes, more: 0, unknown: 0 }
    }

    fn who_take_messages() -> impl Iterator<Item = &'static dyn Provider> {
        ALL.iter().copied().filter(|provider| provider.facts().category == Category::Notification)
    }

    /// What its own client would be let through with.
    fn sent(provider: &dyn Provider, message: &Message) -> Value {
        let told = provider.message(message).unwrap();
        let body = told.body.to_string();
        let request = Request {
            method: Method::POST.as_str(),
            path: "",
            query: told.query,
            content_type: Some("application/json"),
            body: body.as_bytes(),
        };
        let call = provider.classify(&request).unwrap_or_else(|refused| panic!("{}: {}", provider.name(), refused.message));
        assert!(call.changes && !call.is_safe_to_repeat(), "{call:?}");
        told.body
    }

    #[test]
    fn whoever_takes_messages_is_sent_the_reason_and_what_to_do() {
        for provider in who_take_messages() {
            let body = sent(provider, &message(vec![change(false, "the key is wrong")])).to_string();
            for part in ["PROVIDER_AUTH", "the key is wrong", "spx", "ProofComplete"] {
                assert!(body.contains(part), "{} lacks {part}: {body}", provider.name());
            }
        }
        assert!(
            ALL.iter()
                .filter(|provider| provider.facts().category != Category::Notification)
                .all(|other| { other.message(&message(Vec::new())).is_none() })
        );
    }

    #[test]
    fn the_proof_is_a_link_where_the_address_is_known_and_nothing_else_is() {
        let (url, evil) = ("https://assayer.example/api/_proof/bot/desk/spx-cross", "https://evil.example/[a](b)_*c");
        for (name, field) in [("discord", "content"), ("slack", "text")] {
            let provider = crate::find(name).unwrap();
            let of = |proof: &str| {
                let change = Change { proof: proof.to_owned(), ..change(false, "no") };
                sent(provider, &message(vec![change]))[field].as_str().unwrap().to_owned()
            };
            assert!(of(url).contains(url), "{}", of(url));
            assert!(name == "slack" || !of(evil).contains(evil), "{}", of(evil));
        }
    }

    #[test]
    fn hostile_text_calls_nobody_and_marks_nothing_up() {
        for provider in who_take_messages() {
            let body = sent(provider, &message(vec![change(false, HOSTILE)]));
            assert!(!body.to_string().contains('\u{202e}'), "{body}");
            match provider.name() {
                "discord" => {
                    let content = body["content"].as_str().unwrap();
                    assert_eq!(body["allowed_mentions"], json!({"parse": []}));
                    for live in [" @everyone", "**b**", "[a](", "https://", " `c`", "<@U1>", "\n# h"] {
                        assert!(!content.contains(live), "{live}: {content}");
                    }
                }
                "slack" => {
                    let text = body["text"].as_str().unwrap();
                    assert!(!text.contains(['<', '>']) && text.contains("&lt;!channel&gt;") && text.contains("&amp;"), "{text}");
                    assert_eq!((&body["mrkdwn"], &body["unfurl_links"]), (&json!(false), &json!(false)));
                }
                _ => assert!(body["changes"][0]["message"].is_string(), "{body}"),
            }
        }
    }

    #[test]
    fn a_storm_is_one_message_within_the_vendors_limit_and_counts_the_rest() {
        let storm = Message { more: 900, ..message(vec![change(false, &HOSTILE.repeat(20)); 100]) };
        for provider in who_take_messages() {
            let body = sent(provider, &storm);
            match provider.name() {
                "discord" => assert!(body["content"].as_str().unwrap().chars().count() <= 2_000),
                "slack" => assert!(body["text"].as_str().unwrap().ends_with(" more.")),
                _ => assert_eq!(body["more"], 900),
            }
        }
    }

    #[test]
    fn what_holds_again_asks_nobody_to_do_anything_and_what_may_be_lost_is_said() {
        let recovered = Message { unknown: 1, ..message(vec![change(true, "a call succeeded")]) };
        let provider = crate::find("slack").unwrap();
        let text = sent(provider, &recovered)["text"].as_str().unwrap().to_owned();
        assert!(text.contains("ProofComplete again") && !text.contains("What to do"), "{text}");
        assert!(text.contains("1 message earlier: nobody knows whether it arrived"), "{text}");
    }
}
