//! The gateway against the vendors' stand-ins and a real Postgres.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod ai;
mod broker;
mod client;
mod cost;
mod fallback;
mod forward;
mod handshake;
mod kept;
mod pace;
mod policy;
mod sessions;
mod simulated;
mod streams;
mod world;
