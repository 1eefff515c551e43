//! Sessions with brokers, from who needs one to the committed rows, against the stand-in brokers and a real Postgres.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../broker/mod.rs"]
mod broker;
mod ironbeam;
mod tradovate;
#[allow(dead_code, reason = "shared with other tests")]
#[path = "../world/mod.rs"]
mod world;

use broker::Broker;
use world::Answer;

/// The row that an answer names.
async fn row(broker: &Broker, answer: &Answer) -> assayer_contract::RequestRow {
    answer.row(&broker.pool).await
}
