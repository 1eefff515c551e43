//! What the Bots of a stage may ask of language models. In: a StagePolicy's spec. Out: rules. Pure.

use std::collections::BTreeMap;

use assayer_contract::policy::{AiMode, AiRules, TokenPrice};
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the Bots of a stage may ask of language models.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Ai {
    /// What a model's word may do. Disabled: none is asked. Advisory: answers are recorded, have no weight and change no order.
    #[x_kube(validation = Rule::new("self in ['Disabled', 'Advisory']").message(
        "spec.ai.mode must be Disabled or Advisory: Veto and Fused come with the stages that obey them"
    ))]
    pub mode: Mode,
    /// Tokens, sent and received, that all Bots of the stage may use in one UTC day. A call that could go beyond is not made.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000_000))]
    pub daily_tokens: u32,
    /// Prices by the model's name as requests have it. With `budgets.maxAiUsdPerDay`, a model without a price is not asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 64))]
    pub prices: BTreeMap<String, Price>,
}

/// What a model's word may do.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
pub enum Mode {
    /// No model is asked.
    Disabled,
    /// Answers are recorded and change nothing.
    Advisory,
    /// Answers may suppress or reduce.
    Veto,
    /// Answers have a weight.
    Fused,
}

/// What a model costs, in USD for a million tokens.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    /// Of tokens that are sent.
    #[schemars(regex(pattern = r"^[0-9]{1,9}(\.[0-9]{1,6})?$"))]
    pub sent: String,
    /// Of tokens that are received.
    #[schemars(regex(pattern = r"^[0-9]{1,9}(\.[0-9]{1,6})?$"))]
    pub received: String,
}

/// The rules of a stage; without any, no model is asked.
pub(crate) fn rules(ai: Option<&Ai>, max_usd_per_day: Option<&String>) -> AiRules {
    let Some(ai) = ai.filter(|ai| ai.mode == Mode::Advisory) else { return AiRules::default() };
    let price = |(model, Price { sent, received }): (&String, &Price)| {
        (model.clone(), TokenPrice { sent: sent.clone(), received: received.clone() })
    };
    AiRules {
        mode: AiMode::Advisory,
        daily_tokens: ai.daily_tokens.into(),
        max_usd_per_day: max_usd_per_day.cloned(),
        prices: ai.prices.iter().map(price).collect(),
    }
}
