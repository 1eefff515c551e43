//! Sessions with brokers, from who needs one to the committed rows, against the stand-in brokers and a real Postgres.

mod ironbeam;
mod tradovate;

use crate::broker::Broker;
use crate::world::Answer;

/// The row that an answer names.
async fn row(broker: &Broker, answer: &Answer) -> assayer_contract::RequestRow {
    answer.row(&broker.pool).await
}
