//! Cleaning of text that came from outside. In: any text. Out: text that a row and a terminal can hold. Pure.

/// Longest text that goes into a row, in characters.
pub(crate) const LONGEST: usize = 1_000;

/// The text without control characters (NUL among them), white space collapsed, at most `longest` characters.
pub(crate) fn clean(text: &str, longest: usize) -> String {
    let mut out = String::new();
    let spaced = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    for (count, c) in spaced.scan(true, collapse).flatten().enumerate() {
        if count + 1 == longest {
            out.push('…');
            return out;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out
}

/// Lets a space through only where the last character was none.
#[expect(clippy::unnecessary_wraps, reason = "the signature of Iterator::scan")]
fn collapse(after_space: &mut bool, c: char) -> Option<Option<char>> {
    let drop = c == ' ' && *after_space;
    *after_space = c == ' ';
    Some((!drop).then_some(c))
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
