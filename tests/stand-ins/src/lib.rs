//! Stand-ins for providers: each speaks its vendor's protocol as the vendor documents it, from committed data.
//!
//! In: HTTP requests of the vendor's own clients, orders to fail under `/__stand-in/`. Out: the vendor's answers, and
//! a ledger of every request that arrived. One process is one vendor, or all, each below its name. [`shell`] holds what all vendors share
//! (counting, failing on demand, keys); a vendor is a router and a few functions, see [`shell::Vendor`].

pub mod bars;
pub mod databento;
pub mod faults;
mod headlines;
pub mod keys;
pub mod ledger;
mod sessions;
pub mod shell;
pub mod synthetic;
pub mod vendors;

/// From one list: the file of each vendor, and by which name each API in it is served.
macro_rules! vendors {
    ($($file:ident: $($name:literal = $($vendor:ident)::+),+;)+) => {
        $(pub mod $file;)+

        /// All but Databento's, which is made of files.
        const VENDORS: &[(&str, fn(keys::Keys) -> shell::Vendor)] = &[$($(($name, $file::$($vendor)::+)),+),+];
    };
}

vendors! {
    fmp: "fmp" = vendor;
    fred: "fred" = vendor;
    massive: "massive" = vendor;
    unusual_whales: "unusualWhales" = vendor;
    finnhub: "finnhub" = vendor;
    marketaux: "marketaux" = vendor;
    news_api: "newsApi" = vendor;
    alpaca: "alpaca" = trading, "alpacaNews" = news;
    tradovate: "tradovate" = vendor;
    ironbeam: "ironbeam" = vendor;
    discord: "discord" = vendor;
    slack: "slack" = vendor;
    webhook: "webhook" = vendor;
    supabase: "supabase" = vendor;
    ai: "openai" = openai::vendor,
        "anthropic" = anthropic::vendor,
        "groq" = groq::vendor,
        "xai" = xai::vendor,
        "gemini" = gemini::vendor,
        "openRouter" = open_router::vendor;
}
