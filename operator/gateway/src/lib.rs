//! The one way out for a Bot's job: identify, permit, write the intent, call the vendor, measure, write the outcome, answer.
//!
//! In: HTTP requests of runner pods. Out: the vendors' answers, each after its row is committed. A library as well as a binary, so
//! that tests run it within their own process.

pub mod access;
mod by_clock;
mod calendar;
pub mod forward;
mod handshakes;
pub mod identity;
mod limits;
pub mod metrics;
mod notify;
pub mod record;
pub mod refusal;
mod routes;
mod serve;
pub mod simulated;
mod standing;
pub mod streams;
mod watch;

pub use serve::{GatewayError, Settings, serve};
