//! Every vendor as its documents have it, and bodies that nobody documents.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod ai;
mod alpaca;
mod cancels;
mod databento_classify;
mod databento_errors;
mod databento_measure;
mod discord;
mod finnhub;
mod fmp;
mod fred;
mod hostile_bodies;
mod ironbeam;
mod json_bodies;
mod marketaux;
mod massive;
mod news_and_orders_torn;
mod news_api;
mod slack;
mod supabase;
mod tables;
mod tradovate;
mod unusual_whales;
mod webhook;
