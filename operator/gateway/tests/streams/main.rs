//! Live bars from the vendor's stand-in to readers, and what the log says of each.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod liveness;
mod minutes;
mod reading;
mod sessions;
mod vendor;
#[allow(dead_code, reason = "shared with other tests, each of which uses a part")]
#[path = "../world/mod.rs"]
mod world;
