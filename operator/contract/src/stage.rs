//! The ladder that a Bot climbs, and the kinds of source it may use. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

/// A rung of the ladder. A Bot begins in `LAB`; nothing in `LAB` may touch a broker.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, Display, EnumString, EnumIter,
)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "UPPERCASE")]
pub enum Stage {
    /// Research on recorded data.
    Lab,
    /// The broker's own demo account, on live data.
    Paper,
    /// The live account, read-only: orders pass every check and are withheld.
    Shadow,
    /// The live account, one micro contract.
    Canary,
    /// The live account, size earned slowly.
    Live,
}

/// A kind of outside source. Each row of the request log belongs to exactly one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, Display, EnumString, EnumIter,
)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
pub enum Source {
    /// Prices: bars, trades, quotes, their symbology and metadata.
    MarketData,
    /// Economic series and calendars.
    Macro,
    /// Options trades and positioning.
    OptionsFlow,
    /// Headlines.
    News,
    /// Language models.
    Ai,
    /// Accounts, orders and fills.
    Broker,
}
