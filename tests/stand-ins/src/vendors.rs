//! Every vendor by name. In: a name. Out: its API, to be put into a shell of its own.

use std::path::Path;

use crate::keys::Keys;
use crate::shell::Vendor;
use crate::{
    ai, alpaca, databento, discord, finnhub, fmp, fred, ironbeam, marketaux, massive, news_api, slack, supabase, tradovate,
    unusual_whales, webhook,
};

/// Names of all vendors, each the first segment of its paths where one process serves all.
#[rustfmt::skip]
pub const NAMES: &[&str] = &[
    "databento",
    "fmp",
    "fred",
    "massive",
    "unusualWhales",
    "finnhub",
    "marketaux",
    "newsApi",
    "alpaca",
    "alpacaNews",
    "tradovate",
    "ironbeam",
    "discord",
    "slack",
    "webhook",
    "supabase",
    "openai",
    "anthropic",
    "groq",
    "xai",
    "gemini",
    "openRouter",
];

/// The vendor of this name, from the data of this folder, with these keys; none where there is no such vendor.
pub fn vendor(name: &str, data: &Path, keys: Keys) -> anyhow::Result<Option<Vendor>> {
    Ok(Some(match name {
        "databento" => databento::vendor(databento::Catalogue::read(data)?, keys),
        "fmp" => fmp::vendor(keys),
        "fred" => fred::vendor(keys),
        "massive" => massive::vendor(keys),
        "unusualWhales" => unusual_whales::vendor(keys),
        "finnhub" => finnhub::vendor(keys),
        "marketaux" => marketaux::vendor(keys),
        "newsApi" => news_api::vendor(keys),
        "alpaca" => alpaca::trading(keys),
        "alpacaNews" => alpaca::news(keys),
        "tradovate" => tradovate::vendor(keys),
        "ironbeam" => ironbeam::vendor(keys),
        "discord" => discord::vendor(keys),
        "slack" => slack::vendor(keys),
        "webhook" => webhook::vendor(keys),
        "supabase" => supabase::vendor(keys),
        "openai" => ai::openai::vendor(keys),
        "anthropic" => ai::anthropic::vendor(keys),
        "groq" => ai::groq::vendor(keys),
        "xai" => ai::xai::vendor(keys),
        "gemini" => ai::gemini::vendor(keys),
        "openRouter" => ai::open_router::vendor(keys),
        _ => return Ok(None),
    }))
}
