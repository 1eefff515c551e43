//! Cleaning of text that came from outside. In: any text. Out: text that a row and a terminal can hold. Pure.

/// Longest text that goes into a row, in characters.
pub(crate) const LONGEST: usize = 1_000;

/// The text without control characters (NUL among them), white space collapsed, at most `longest` characters.
pub(crate) fn clean(text: &str, longest: usize) -> String {
    let words: Vec<_> = text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    let clean = words.join(" ");
    if clean.chars().count() <= longest { clean } else { clean.chars().take(longest.saturating_sub(1)).chain(['…']).collect() }
}

/// The beginning of a body as text: more than ever goes into a row, and never all of a large one.
pub(crate) fn head(body: &[u8]) -> String {
    String::from_utf8_lossy(body.get(..4_096).unwrap_or(body)).into_owned()
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
}
