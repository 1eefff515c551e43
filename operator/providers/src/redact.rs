//! Keys in a vendor's own words: some repeat a part of the key that they refuse. In: any text. Out: the text without them. Pure.

/// How the keys of vendors begin, and the shortest word that is taken for one.
const KEYS: [(&str, usize); 5] = [("db-", 20), ("sk-", 8), ("gsk_", 12), ("xai-", 12), ("AIza", 12)];
/// What is written in the place of a key.
const REDACTED: &str = "[redacted]";

/// The text without words that have the form of a key, whole, cut short or masked with asterisks.
pub(crate) fn keys(text: &str) -> String {
    let in_word = |c: char| c.is_ascii_alphanumeric() || "-_*".contains(c);
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c| !in_word(c)) {
        let word = piece.trim_end_matches(|c| !in_word(c));
        let rest = piece.get(word.len()..).unwrap_or_default();
        out.push_str(if is_key(word) { REDACTED } else { word });
        out.push_str(rest);
    }
    out
}

fn is_key(word: &str) -> bool {
    word.contains("***") || KEYS.iter().any(|(start, shortest)| word.starts_with(start) && word.len() >= *shortest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_out_whole_cut_or_masked_and_nothing_else_is() {
        for (said, kept) in [
            (
                "Incorrect API key provided: sk-proj-****************MxYA. You can",
                "Incorrect API key provided: [redacted]. You can",
            ),
            ("Incorrect API key provided: gs***tF. You can", "Incorrect API key provided: [redacted]. You can"),
            ("(sk-ant-api03-Ab_c-d) gsk_0123456789ab xai-0123456789", "([redacted]) [redacted] [redacted]"),
            ("key=AIzaSyA0123456789; db-0123456789abcdef0123456789abc!", "key=[redacted]; [redacted]!"),
            (
                "the model `gpt-5` does not exist, a risk-free 2 * 3, naïve sk-",
                "the model `gpt-5` does not exist, a risk-free 2 * 3, naïve sk-",
            ),
        ] {
            assert_eq!(keys(said), kept);
        }
    }
}
