//! What a search finds, what it refuses, and what it keeps to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod folds;
mod search;
mod suggestions;
mod support;
