//! A language model's words. In: text. Out: suggestions, each a strategy or the field that keeps it from being one. Pure.

use assayer_contract::{
    ReasonCode, canonical_hash,
    research::{RefusedSuggestion, Suggestion, SuggestionsWanted},
};
use assayer_engine::Strategy;
use serde::Deserialize;
use serde_json::Value;

use super::is_of_the_family;
use crate::Study;

/// Bytes of an answer that are read, at most: many more than any number of suggestions takes.
const LONGEST: usize = 64 << 10;
/// Refusals that are kept one by one.
const REFUSALS: usize = 16;
/// Characters of a name.
const NAME: std::ops::RangeInclusive<usize> = 1..=60;
/// What a name may hold besides letters and digits.
const NAME_MARKS: &str = " -_.,+/()";

/// Why a suggestion is refused: the field, the reason, a sentence.
type Why = (String, ReasonCode, String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    suggestions: Vec<Value>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    strategy: Value,
}

/// The suggestions of an answer, or why it has none that can be read.
pub(super) fn list(words: &str) -> Result<Vec<Value>, String> {
    if words.len() > LONGEST {
        return Err(format!("the answer has {} bytes: at most {LONGEST} are read", words.len()));
    }
    let answer: Answer =
        serde_json::from_str(unfenced(words)).map_err(|error| format!("the answer is not what was asked for: {error}"))?;
    Ok(answer.suggestions)
}

/// Without the code fence that some models put around JSON whatever they are told.
fn unfenced(words: &str) -> &str {
    let words = words.trim();
    let inner = words.strip_prefix("```json").or_else(|| words.strip_prefix("```")).and_then(|rest| rest.strip_suffix("```"));
    inner.unwrap_or(words)
}

/// Which of them may be bred from, and why the others may not.
pub(super) fn sorted(
    study: &Study<'_>,
    wanted: &SuggestionsWanted,
    list: Vec<Value>,
) -> (Vec<Suggestion>, Vec<RefusedSuggestion>) {
    let (mut accepted, mut refused) = (Vec::<Suggestion>::new(), Vec::new());
    for (place, said) in (1..).zip(list) {
        let found = if place > wanted.at_most {
            Err(invalid("suggestions", format!("{} were asked for at most", wanted.at_most)))
        } else {
            suggestion(study, &said).and_then(|found| new(study, &accepted, found))
        };
        match found {
            Ok(found) => accepted.push(found),
            Err((field, reason, message)) if refused.len() < REFUSALS => {
                refused.push(RefusedSuggestion::new(place, &field, reason, &message, &said));
            }
            Err(_) => break,
        }
    }
    (accepted, refused)
}

fn invalid(field: impl Into<String>, message: impl Into<String>) -> Why {
    (field.into(), ReasonCode::SuggestionInvalid, message.into())
}

fn suggestion(study: &Study<'_>, said: &Value) -> Result<Suggestion, Why> {
    let Named { name, strategy } = typed(said, "")?;
    let fits = NAME.contains(&name.chars().count()) && name.chars().all(|c| c.is_ascii_alphanumeric() || NAME_MARKS.contains(c));
    if !fits {
        return Err(invalid("name", format!("use 1 to {} letters, digits or any of \"{NAME_MARKS}\"", NAME.end())));
    }
    let strategy: Strategy = typed(&strategy, "strategy")?;
    strategy.validate(&study.spec.instrument).map_err(|error| invalid(error.field.clone(), error.to_string()))?;
    if !is_of_the_family(study, &strategy) {
        let (field, own) = (format!("strategy.{}", strategy.family.name()), study.spec.strategy.family.name());
        return Err(invalid(field, format!("the rules keep to the family {own}")));
    }
    // Written anew, so that what is kept is the strategy and nothing that was beside it.
    let unwritten = |error: String| invalid("strategy", error);
    let written = serde_json::to_value(&strategy).map_err(|error| unwritten(error.to_string()))?;
    let strategy_hash = canonical_hash(&strategy).map_err(|error| unwritten(error.to_string()))?;
    Ok(Suggestion { name, strategy: written, strategy_hash })
}

/// What was tried before is no suggestion.
fn new(study: &Study<'_>, accepted: &[Suggestion], found: Suggestion) -> Result<Suggestion, Why> {
    let own = canonical_hash(&study.spec.strategy).is_ok_and(|own| own == found.strategy_hash);
    let again = accepted.iter().any(|other| other.strategy_hash == found.strategy_hash);
    let why = if own {
        "it is the Bot's own strategy"
    } else if again {
        "it was suggested already"
    } else if study.lineage.tried.contains(&found.strategy_hash) {
        "it was tried before"
    } else {
        return Ok(found);
    };
    Err(("strategy".to_owned(), ReasonCode::SuggestionKnown, why.to_owned()))
}

/// A value of this type, all of whose fields are known. An error names the field, below `at`.
fn typed<'a, T: Deserialize<'a>>(said: &'a Value, at: &str) -> Result<T, Why> {
    let field = |path: String| match (at, path.as_str()) {
        ("", ".") => "suggestions".to_owned(),
        ("", _) => path,
        (_, ".") => at.to_owned(),
        _ => format!("{at}.{path}"),
    };
    let (mut track, mut unknown) = (serde_path_to_error::Track::new(), None);
    let found = {
        let tracked = serde_path_to_error::Deserializer::new(said, &mut track);
        serde_ignored::deserialize(tracked, |path| unknown = unknown.take().or(Some(path.to_string())))
    };
    let found = found.map_err(|error: serde_json::Error| invalid(field(track.path().to_string()), error.to_string()))?;
    match unknown {
        Some(path) => Err(invalid(field(path.replace('?', "").replace("..", ".")), "nobody knows this field")),
        None => Ok(found),
    }
}
