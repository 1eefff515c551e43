//! What a search finds, what it refuses, and what it keeps to.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod folds;
mod search;
mod suggestions;
mod support;
