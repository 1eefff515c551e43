//! The chart against the registry of providers and the custom resources.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod providers;
mod samples;
