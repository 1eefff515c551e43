//! What users rely on in a backtest: worked out by hand, against TA-Lib, and what holds for any strategy on any bars.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod bar_buckets;
mod families;
mod golden;
mod graph;
mod orders;
mod properties;
mod quality;
mod quick;
mod refusals;
mod rolls;
mod schema;
mod sessions;
mod support;
