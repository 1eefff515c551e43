//! Vendors by name, for specs, and the kind of source that each is. Pure. Tests of gateway and controller compare both with the
//! registry.

use assayer_contract::Source;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoEnumIterator, IntoStaticStr};

/// Vendors that the gateway knows.
#[derive(
    Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema, EnumIter, IntoStaticStr,
)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
#[allow(missing_docs, reason = "the registry says what each is, and which keys its Secret holds")]
pub enum Provider {
    Alpaca,
    AlpacaNews,
    Anthropic,
    Databento,
    Discord,
    Finnhub,
    Fmp,
    Fred,
    Gemini,
    Groq,
    Ironbeam,
    Marketaux,
    Massive,
    NewsApi,
    OpenRouter,
    Openai,
    Slack,
    Supabase,
    Tradovate,
    UnusualWhales,
    Webhook,
    Xai,
}

impl Provider {
    /// Its name in the registry, in rows and in paths.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The kind of source that it is; none of what takes messages or keeps the user's own data.
    pub fn source(self) -> Option<Source> {
        match self {
            Self::Databento | Self::Massive => Some(Source::MarketData),
            Self::Fmp | Self::Fred => Some(Source::Macro),
            Self::UnusualWhales => Some(Source::OptionsFlow),
            Self::AlpacaNews | Self::Finnhub | Self::Marketaux | Self::NewsApi => Some(Source::News),
            Self::Anthropic | Self::Gemini | Self::Groq | Self::OpenRouter | Self::Openai | Self::Xai => Some(Source::Ai),
            Self::Alpaca | Self::Ironbeam | Self::Tradovate => Some(Source::Broker),
            Self::Discord | Self::Slack | Self::Supabase | Self::Webhook => None,
        }
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_has_one_name_in_specs_and_in_rows() {
        for provider in Provider::all() {
            assert_eq!(serde_json::to_value(provider).unwrap(), provider.name());
        }
    }
}
