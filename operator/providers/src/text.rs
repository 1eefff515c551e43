//! Cleaning of text that came from outside. In: any text. Out: text that a row and a terminal can hold. Pure.

/// Longest text that goes into a row, in characters.
pub(crate) const LONGEST: usize = 1_000;

/// The text without control characters (NUL among them), white space collapsed, at most `longest` characters.
pub(crate) fn clean(text: &str, longest: usize) -> String {
    let words = text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty());
    let mut chars = words.enumerate().flat_map(|(n, word)| (n > 0).then_some(' ').into_iter().chain(word.chars()));
    let mut clean: String = chars.by_ref().take(longest).collect();
    if chars.next().is_some() {
        clean.pop();
        clean.push('…');
    }
    clean
}

/// Whether the text is an https URL that could be called as it is: with a host, without a user, white space or a fragment.
pub(crate) fn is_https_url(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    !host.is_empty() && !host.contains('@') && rest.bytes().all(|b| b.is_ascii_graphic() && b != b'#' && b != b'\\')
}

/// Whether a token can stand in a header: one word of at most 16 KiB.
pub(crate) fn is_sendable(token: &str) -> bool {
    token.len() <= 16 << 10 && is_word(token)
}

/// Whether it has printable ASCII only, and no spaces.
pub(crate) fn is_word(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic())
}

/// The beginning of a body as text: more than ever goes into a row, and never all of a large one.
pub(crate) fn head(body: &[u8]) -> String {
    String::from_utf8_lossy(body.get(..4_096).unwrap_or(body)).into_owned()
}

/// The first 200 bytes of a body, cleaned, for a message that says what was there instead.
pub(crate) fn excerpt(body: &[u8]) -> String {
    clean(&String::from_utf8_lossy(body.get(..200).unwrap_or(body)), 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_single_spaces() {
        assert_eq!(clean("\u{0}a\r\n\t b\u{0}", 100), "a b");
    }

    #[test]
    fn long_text_is_cut_with_an_ellipsis_within_the_limit() {
        assert_eq!(clean(&"ä".repeat(50), 10), format!("{}…", "ä".repeat(9)));
    }

    #[test]
    fn a_url_that_could_not_be_called_or_names_a_user_is_none() {
        assert!(is_https_url("https://hooks.example/a/b?c=d") && is_https_url("https://hooks.example"));
        let others =
            ["http://hooks.example/", "https://", "https:///a", "https://a@b/", "https://a b/", "https://a/#b", "hooks.example"];
        assert!(others.into_iter().all(|text| !is_https_url(text)));
    }
}
