//! Counts what arrived: one entry for every login. In: what happens to sessions. Out: the entries, without any credential.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// A line of subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subscribed {
    /// Schema.
    pub schema: String,
    /// Symbology of the symbols.
    pub stype_in: String,
    /// Symbols.
    pub symbols: Vec<String>,
    /// Where the replay begins, nanoseconds since 1970; none is live only.
    pub start: Option<u64>,
}

/// One session, from its login on.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Session {
    /// Rises by one with every login.
    pub no: u64,
    /// Dataset.
    pub dataset: String,
    /// Fingerprint of the key, where it is known.
    pub key: Option<String>,
    /// What the client calls itself.
    pub client: String,
    /// Whether it was let in.
    pub accepted: bool,
    /// What it subscribed to.
    pub subscriptions: Vec<Subscribed>,
    /// Whether it was started.
    pub started: bool,
    /// Bars sent.
    pub bars: u64,
    /// Ends of intervals sent.
    pub ends: u64,
    /// Heartbeats sent.
    pub heartbeats: u64,
    /// Why it ended; none while it is open.
    pub ended: Option<String>,
}

/// The counted sessions.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Arrivals {
    /// Logins.
    pub sessions: u64,
    /// Those that are open now.
    pub open: u64,
    /// Lines of subscription.
    pub subscriptions: u64,
    /// Bars sent.
    pub bars: u64,
    /// All of them, oldest first.
    pub all: Vec<Session>,
}

/// The book of one process. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Book(Arc<Mutex<Vec<Session>>>);

impl Book {
    fn all(&self) -> MutexGuard<'_, Vec<Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a session; its number.
    pub(super) fn arrived(&self, session: Session) -> u64 {
        let mut all = self.all();
        let no = all.len() as u64 + 1;
        all.push(Session { no, ..session });
        no
    }

    pub(super) fn note(&self, no: u64, change: impl FnOnce(&mut Session)) {
        if let Some(session) = self.all().iter_mut().rev().find(|session| session.no == no) {
            change(session);
        }
    }

    pub(super) fn list(&self) -> Arrivals {
        let all = self.all().clone();
        Arrivals {
            sessions: all.len() as u64,
            open: all.iter().filter(|session| session.accepted && session.ended.is_none()).count() as u64,
            subscriptions: all.iter().map(|session| session.subscriptions.len() as u64).sum(),
            bars: all.iter().map(|session| session.bars).sum(),
            all,
        }
    }
}
