//! Databento's Live gateway: a TCP server that speaks the vendor's line protocol and then DBN records.
//!
//! In: connections of any client of that protocol, orders to fail, a clock. Out: the bars of the catalogue as they come due, by a
//! clock of its own, and a book of every session that was asked for. README.md lists what is assumed.

mod arrivals;
mod clock;
mod control;
mod faults;
mod lines;
mod publisher;
mod session;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;

pub use arrivals::{Arrivals, Session, Subscribed};
pub use clock::Clock;
pub(super) use control::router;
pub use faults::{Fault, Kind};

use super::Catalogue;
use crate::keys::Keys;
use arrivals::Book;
use faults::Faults;

/// When the vendor says that an interval is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// At the end of each.
    #[default]
    Always,
    /// At the end of each in which anything was traded.
    Trading,
    /// Never.
    Never,
}

/// How the vendor behaves, changeable while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Manner {
    /// When it says that an interval is over.
    pub ends: Ends,
    /// Minutes that can be replayed.
    pub replay_minutes: u64,
    /// Milliseconds between heartbeats; none is what the client asks for.
    pub heartbeat_ms: Option<u64>,
}

impl Default for Manner {
    fn default() -> Self {
        Self { ends: Ends::Always, replay_minutes: 24 * 60, heartbeat_ms: None }
    }
}

/// The gateway's state. Clones share it.
#[derive(Clone)]
pub struct Live {
    pub(super) catalogue: Arc<Catalogue>,
    keys: Keys,
    clock: Clock,
    faults: Faults,
    book: Book,
    manner: Arc<Mutex<Manner>>,
}

impl Live {
    /// A gateway of this catalogue, for these keys, by this clock.
    pub fn new(catalogue: Arc<Catalogue>, keys: Keys, clock: Clock) -> Self {
        Self { catalogue, keys, clock, faults: Faults::default(), book: Book::default(), manner: Arc::default() }
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Puts an order to fail in force, after all others.
    pub fn fail(&self, fault: Fault) {
        self.faults.add(vec![fault]);
    }

    /// Ends all orders to fail.
    pub fn mend(&self) {
        self.faults.clear();
    }

    /// Every session that was asked for.
    pub fn arrivals(&self) -> Arrivals {
        self.book.list()
    }

    /// Changes how it behaves; sessions that are open go on as they began.
    pub fn behave(&self, manner: Manner) {
        *self.guard() = manner;
    }

    fn manner(&self) -> Manner {
        *self.guard()
    }

    fn guard(&self) -> MutexGuard<'_, Manner> {
        self.manner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves every connection until its task is ended.
    pub async fn serve(self, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((socket, _)) => {
                    tokio::spawn(session::serve(socket, self.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}
