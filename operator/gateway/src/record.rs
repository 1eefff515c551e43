//! The way into the request log. In: intents, outcomes and refusals from many calls at once. Out: an answer to each of them after
//! its group is committed, or at once why it is not. One task writes; nothing is sent without a committed intent.

mod writer;

use std::time::Duration;

use assayer_contract::{ReasonCode, RequestRow};
use assayer_store::log::Intent;
use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot, watch};

pub use writer::{Fenced, Writer, WriterSettings};

/// Pause between two tries to store an outcome while the database is away.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// What is to be written.
enum Item {
    Intent(Box<Intent>),
    Row(Box<RequestRow>),
}

/// An item and who waits for it.
struct Entry {
    item: Item,
    done: oneshot::Sender<Result<(), RecordError>>,
}

/// Why something was not written. Where it was an intent, nothing may be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The database cannot be reached, or this gateway does not hold its set yet.
    #[error("the request log cannot be written: {0}")]
    Unavailable(String),
    /// The task that writes has ended: this gateway is stopping, or was fenced before.
    #[error("this gateway writes the request log no more")]
    Stopped,
    /// Another gateway has taken over.
    #[error("another gateway has taken over the request log")]
    Fenced,
    /// The database refuses the row itself, for example because its intent has been closed as unknown.
    #[error("the request log refuses the row: {0}")]
    Refused(String),
}

impl RecordError {
    /// The reason code of this error.
    pub fn reason_code(&self) -> ReasonCode {
        match self {
            Self::Fenced => ReasonCode::WriterFenced,
            Self::Unavailable(_) | Self::Stopped | Self::Refused(_) => ReasonCode::EvidenceUnavailable,
        }
    }
}

/// Handle on the task that writes.
#[derive(Clone)]
pub struct Recorder {
    entries: mpsc::Sender<Entry>,
    active: watch::Receiver<bool>,
}

impl Recorder {
    /// Writes what is about to be sent. Nothing may be sent unless this succeeds.
    pub async fn intent(&self, draft: RequestRow, deadline: DateTime<Utc>) -> Result<(), RecordError> {
        self.write(Item::Intent(Box::new(Intent { draft, deadline }))).await
    }

    /// Writes a row that has no intent: a refusal.
    pub async fn row(&self, row: RequestRow) -> Result<(), RecordError> {
        self.write(Item::Row(Box::new(row))).await
    }

    /// Writes how a call ended; while the database is away, tries again until the intent's deadline.
    pub async fn outcome(&self, row: RequestRow, deadline: DateTime<Utc>) -> Result<(), RecordError> {
        loop {
            match self.write(Item::Row(Box::new(row.clone()))).await {
                Err(RecordError::Unavailable(_)) if Utc::now() < deadline => tokio::time::sleep(RETRY_PAUSE).await,
                result => return result,
            }
        }
    }

    /// Whether this gateway can write: it holds its set, and the database answered its last sign of life.
    pub fn active(&self) -> watch::Receiver<bool> {
        self.active.clone()
    }

    async fn write(&self, item: Item) -> Result<(), RecordError> {
        let (done, written) = oneshot::channel();
        self.entries.send(Entry { item, done }).await.map_err(|_| RecordError::Stopped)?;
        written.await.map_err(|_| RecordError::Stopped)?
    }
}
