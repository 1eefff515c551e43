//! What the Bots of a stage may ask of language models, and how much of it in a day. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a model's word may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AiMode {
    /// No model is asked.
    #[default]
    Disabled,
    /// Models are asked and their answers recorded; they have no weight and change no order.
    Advisory,
}

/// The rules, kept with each job from the moment in which it is planned. Without any, no model is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AiRules {
    /// What a model's word may do.
    pub mode: AiMode,
    /// Tokens, sent and received, that the stage may use in one UTC day.
    pub daily_tokens: u64,
    /// What the stage may pay for them, in USD: a decimal number. Absent: tokens alone are counted.
    pub max_usd_per_day: Option<String>,
    /// Prices by the model's name in the request.
    pub prices: BTreeMap<String, TokenPrice>,
}

/// What a model costs, in USD for a million tokens: decimal numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenPrice {
    /// Of tokens that are sent.
    pub sent: String,
    /// Of tokens that are received.
    pub received: String,
}
