//! Strategies that a language model suggests to a round. In: what the policy lets it ask. Out: what came of it, to be recorded. Pure.
//!
//! Advisory: what is accepted is one more parent to breed from, and stands in the report whole, so that the round can be made again from
//! what was recorded, without the model.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{HashError, ReasonCode, Sha256Hash, canonical_hash};

/// Characters of a model's words that are kept, at most.
pub const MAX_SAID: usize = 200;

/// What a round may ask a language model for, once: part of its job's body, and what the gateway holds its call to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuggestionsWanted {
    /// Registry name of the provider.
    pub provider: String,
    /// The model, as the vendor names it.
    pub model: String,
    /// Strategies, at most.
    pub at_most: u32,
    /// Tokens of the answer, at most.
    pub max_tokens: u32,
    /// Whether the policy requires language models, so that the round fails without an answer.
    pub required: bool,
}

/// What was asked of a language model, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Suggestions {
    /// Registry name of the provider.
    pub provider: String,
    /// The model that was asked.
    pub model: String,
    /// Strategies that were asked for, at most.
    pub asked: u32,
    /// The row of the call; null where the gateway did not say it.
    pub request_id: Option<Uuid>,
    /// Why there is no answer to read; null where there was one.
    pub reason_code: Option<ReasonCode>,
    /// The same in a sentence.
    pub message: Option<String>,
    /// Those that were bred from.
    pub accepted: Vec<Suggestion>,
    /// Hash of those, which every trial of the round has in its id; null where there are none.
    pub hash: Option<Sha256Hash>,
    /// Those that were not.
    pub refused: Vec<RefusedSuggestion>,
}

/// A strategy that a language model suggests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// What the model calls it: at most 60 letters, digits, spaces and `-_.,+/()`.
    pub name: String,
    /// The strategy.
    pub strategy: serde_json::Value,
    /// Its hash.
    pub strategy_hash: Sha256Hash,
}

/// A suggestion that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefusedSuggestion {
    /// Its place in the answer, from 1.
    pub place: u32,
    /// The field that is wrong, such as `strategy.smaCross.fast`.
    pub field: String,
    /// Why.
    pub reason_code: ReasonCode,
    /// The same in a sentence.
    pub message: String,
    /// What the model said, as JSON, its first [`MAX_SAID`] characters.
    pub said: String,
}

impl SuggestionsWanted {
    /// A record without anything in it.
    fn record(&self, request_id: Option<Uuid>) -> Suggestions {
        Suggestions {
            provider: self.provider.clone(),
            model: self.model.clone(),
            asked: self.at_most,
            request_id,
            reason_code: None,
            message: None,
            accepted: Vec::new(),
            hash: None,
            refused: Vec::new(),
        }
    }

    /// Nothing came that could be read.
    pub fn unanswered(&self, request_id: Option<Uuid>, reason: ReasonCode, message: &str) -> Suggestions {
        let message = Some(cut(message, 1_000));
        Suggestions { reason_code: Some(reason), message, ..self.record(request_id) }
    }

    /// What an answer held.
    pub fn answered(
        &self,
        request_id: Uuid,
        accepted: Vec<Suggestion>,
        refused: Vec<RefusedSuggestion>,
    ) -> Result<Suggestions, HashError> {
        let hash = hash(&accepted)?;
        Ok(Suggestions { accepted, hash, refused, ..self.record(Some(request_id)) })
    }
}

impl Suggestions {
    /// What every trial of a round has in its id: the hash of what was accepted; none of nothing.
    pub fn accepted_hash(&self) -> Result<Option<Sha256Hash>, HashError> {
        hash(&self.accepted)
    }

    /// Why this is not what these could have brought: others were asked, more were accepted, or the hashes are of something else.
    pub fn contradicts(&self, wanted: &SuggestionsWanted) -> Option<&'static str> {
        let asked = (&self.provider, &self.model, self.asked) == (&wanted.provider, &wanted.model, wanted.at_most);
        let whole = |one: &Suggestion| canonical_hash(&one.strategy).is_ok_and(|hash| hash == one.strategy_hash);
        if !asked {
            Some("suggestions: they are not of the provider, the model and the number that the job names")
        } else if self.accepted.len() > wanted.at_most as usize {
            Some("suggestions.accepted: more than were asked for")
        } else if self.request_id.is_none() && !self.accepted.is_empty() {
            Some("suggestions.requestId: what was accepted came by a call, which has a row")
        } else if !self.accepted_hash().is_ok_and(|hash| hash == self.hash) || !self.accepted.iter().all(whole) {
            Some("suggestions.hash: it is not that of what was accepted")
        } else {
            None
        }
    }
}

fn hash(accepted: &[Suggestion]) -> Result<Option<Sha256Hash>, HashError> {
    if accepted.is_empty() { Ok(None) } else { canonical_hash(&accepted).map(Some) }
}

/// The first characters, those of control replaced.
pub(crate) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

impl RefusedSuggestion {
    /// One at this place, with as much of the words as is kept.
    pub fn new(place: u32, field: &str, reason_code: ReasonCode, message: &str, said: &serde_json::Value) -> Self {
        let (field, message, said) = (cut(field, MAX_SAID), cut(message, MAX_SAID * 2), cut(&said.to_string(), MAX_SAID));
        Self { place, field, reason_code, message, said }
    }
}
