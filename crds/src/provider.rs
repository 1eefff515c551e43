//! Vendors by name, for specs. Pure. A test of the gateway compares them with the registry.

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
