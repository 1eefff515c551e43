//! Vendors by name, for specs, and the kind of source that each is. Pure. Tests of gateway and controller compare both with the
//! registry.

use assayer_contract::Source;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoEnumIterator, IntoStaticStr};

/// From one list: the enum, and the kind of source that each vendor is.
macro_rules! providers {
    ($($Name:ident: $source:expr,)+) => {
        /// Vendors that the gateway knows.
        #[derive(
            Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema, EnumIter, IntoStaticStr,
        )]
        #[serde(rename_all = "camelCase")]
        #[strum(serialize_all = "camelCase")]
        #[allow(missing_docs, reason = "the registry says what each is, and which keys its Secret holds")]
        pub enum Provider {
            $($Name,)+
        }

        impl Provider {
            /// The kind of source that it is; none of what takes messages or keeps the user's own data.
            pub fn source(self) -> Option<Source> {
                match self {
                    $(Self::$Name => $source,)+
                }
            }
        }
    };
}

providers! {
    Alpaca: Some(Source::Broker),
    AlpacaNews: Some(Source::News),
    Anthropic: Some(Source::Ai),
    Databento: Some(Source::MarketData),
    Discord: None,
    Finnhub: Some(Source::News),
    Fmp: Some(Source::Macro),
    Fred: Some(Source::Macro),
    Gemini: Some(Source::Ai),
    Groq: Some(Source::Ai),
    Ironbeam: Some(Source::Broker),
    Marketaux: Some(Source::News),
    Massive: Some(Source::MarketData),
    NewsApi: Some(Source::News),
    OpenRouter: Some(Source::Ai),
    Openai: Some(Source::Ai),
    Slack: None,
    Supabase: None,
    Tradovate: Some(Source::Broker),
    UnusualWhales: Some(Source::OptionsFlow),
    Webhook: None,
    Xai: Some(Source::Ai),
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
