//! The strategy file: YAML with the fields of a Bot's `spec` that decide a back-test. In: text. Out: a spec, or what is wrong and
//! where. As strict as the API server: unknown fields are refused, and decimals must be quoted. Pure.

use assayer_engine::{BacktestSpec, Family};

/// Why a strategy file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StrategyFileError {
    /// Not YAML, or a field is missing or of the wrong kind.
    #[error("{error} (\"{line}\")")]
    Yaml {
        /// What is wrong, with line and column.
        error: String,
        /// The text of that line.
        line: String,
    },
    /// Fields that nothing would obey.
    #[error("unknown field {0}: remove it or correct its spelling")]
    UnknownField(String),
    /// A field of the strategy itself that nothing would obey.
    #[error("unknown field {field}: remove it, or correct its spelling; the families are {families}")]
    UnknownFamily {
        /// Path of the field.
        field: String,
        /// Names of the families.
        families: String,
    },
}

/// Reads the file's text. Ranges and relations between fields are the engine's to check.
pub(crate) fn parse(text: &str) -> Result<BacktestSpec, StrategyFileError> {
    // `no_schema` refuses an unquoted 0.25 for a decimal string, as the API server does: what works here can be pasted into a Bot.
    let options = serde_saphyr::options! { no_schema: true, with_snippet: false };
    let mut unknown = Vec::new();
    let spec = serde_saphyr::with_deserializer_from_str_with_options(text, options, |yaml| {
        serde_ignored::deserialize(yaml, |path| unknown.push(path.to_string()))
    });
    if unknown.is_empty() {
        return spec.map_err(|error| StrategyFileError::Yaml { line: line_of(&error, text), error: error.to_string() });
    }
    // Told first even if there is another error: a field that is misspelt is also missing under its right name.
    // `serde_ignored` writes a question mark for what may be left out.
    let field = unknown.join(", ").replace(".?", "");
    let of_strategy = field.strip_prefix("strategy.").is_some_and(|name| !name.contains('.'));
    Err(if of_strategy {
        StrategyFileError::UnknownFamily { field, families: Family::names().join(", ") }
    } else {
        StrategyFileError::UnknownField(field)
    })
}

/// The line that the error is about, so that the field and its value can be seen.
fn line_of(error: &serde_saphyr::Error, text: &str) -> String {
    let number = error.location().and_then(|location| usize::try_from(location.line()).ok()).unwrap_or(1);
    text.lines().nth(number.saturating_sub(1)).unwrap_or_default().trim().chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = include_str!("../examples/eurusd-breakout.yaml");

    fn complaint(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from), "the example has changed: {from}");
        parse(&GOOD.replace(from, to)).unwrap_err().to_string()
    }

    #[test]
    fn the_examples_are_read_and_valid() {
        for text in [GOOD, include_str!("../examples/spx-cross.yaml")] {
            parse(text).unwrap().validate().unwrap();
        }
    }

    #[test]
    fn an_unknown_field_is_named_with_its_path() {
        assert_eq!(
            complaint("entry:", "entri: 3\n    entry:"),
            "unknown field strategy.donchianBreakout.entri: remove it or correct its spelling"
        );
    }

    #[test]
    fn a_misspelt_field_is_named_rather_than_missed() {
        assert!(complaint("entry:", "entri:").starts_with("unknown field strategy.donchianBreakout.entri:"));
        assert!(complaint("capital:", "capitol:").starts_with("unknown field capitol:"));
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_shown_with_its_line() {
        assert_eq!(complaint("entry: 48", "entry: 4.5"), "invalid i32 at line 11, column 12 (\"entry: 4.5\")");
    }

    #[test]
    fn a_missing_field_is_named() {
        let message = complaint("  slippageTicks: 1\n", "");
        assert!(message.contains("slippageTicks") && message.contains("line"), "{message}");
        assert!(!message.contains('\n'), "{message}");
    }

    #[test]
    fn an_unknown_family_is_refused_with_the_known_ones() {
        let message = complaint("donchianBreakout", "donchian");
        assert!(message.contains("donchian") && message.contains("smaCross"), "{message}");
    }

    #[test]
    fn a_decimal_without_quotes_is_refused_as_the_api_server_refuses_it() {
        let message = complaint("\"0.00001\"", "0.00001");
        assert!(message.contains("quot") && message.contains("line"), "{message}");
    }

    #[test]
    fn a_decimal_that_would_have_to_be_rounded_is_refused() {
        assert!(complaint("\"0.00001\"", "\"0.0000000001\"").contains("more than nine digits"));
    }
}
