//! Failing on demand: at which bar, or at which login, and how. In: orders as JSON. Out: the one that applies. Pure but for its table.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::clock::MINUTE;

/// How a session fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The login is answered with "Authentication failed."
    Unauthorized,
    /// The login is answered with the want of a live licence.
    License,
    /// The login is answered with too many connections.
    ConnectionLimit,
    /// The connection is closed in place of an answer to the login.
    Drop,
    /// The login is never answered.
    Hang,
    /// The connection is closed before the bar at `at`.
    Disconnect,
    /// The connection is closed in the middle of the bar at `at`.
    Tear,
    /// Bars of `minutes` from `at` on are lost: neither sent nor replayed, nor are their intervals ended.
    Gap,
    /// Bars of `minutes` from `at` on are skipped in this session, which says so afterwards; a replay has them.
    Skip,
    /// From `at` on no bar is sent and no interval ended in this session; heartbeats are.
    Silence,
    /// From `at` on nothing is sent in this session, and it stays open.
    Mute,
    /// Before the bar at `at` an error with `code` and `text`, after which the connection is closed.
    Error,
    /// A replay begins `minutes` later than asked, without a word.
    AgedOut,
    /// A replay begins `minutes` earlier than asked.
    Overlap,
    /// Bars come `minutes` late.
    Delayed,
}

/// An order to fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// How.
    #[serde(rename = "fault")]
    pub kind: Kind,
    /// Start of the bar, nanoseconds since 1970, at which it happens; a later one if that is not sent. Not for logins and replays.
    #[serde(default)]
    pub at: u64,
    /// For how many minutes.
    #[serde(default = "one")]
    pub minutes: u64,
    /// How many times more; null is until cleared. What is lost stays lost.
    #[serde(default = "once")]
    pub times: Option<u64>,
    /// Code of an error.
    #[serde(default)]
    pub code: u8,
    /// Text of an error.
    #[serde(default)]
    pub text: String,
    /// How often it happened; counted here, not set by the caller.
    #[serde(default, skip_deserializing)]
    pub hits: u64,
}

const fn one() -> u64 {
    1
}

#[allow(clippy::unnecessary_wraps, reason = "the default of a field that may be null")]
const fn once() -> Option<u64> {
    Some(1)
}

impl Fault {
    /// Happens once, at this bar.
    pub fn at(kind: Kind, at: u64, minutes: u64) -> Self {
        Self { kind, at, minutes, times: once(), code: 0, text: String::new(), hits: 0 }
    }

    /// Whether the bar is among those that it takes away.
    fn loses(&self, bar: u64) -> bool {
        self.kind == Kind::Gap && (self.at..self.at + self.minutes * MINUTE).contains(&bar)
    }
}

/// The orders in force. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Faults(Arc<Mutex<Vec<Fault>>>);

impl Faults {
    fn table(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, faults: Vec<Fault>) {
        self.table().extend(faults);
    }

    pub(super) fn clear(&self) {
        self.table().clear();
    }

    pub(super) fn list(&self) -> Vec<Fault> {
        self.table().clone()
    }

    /// Whether this bar is lost for ever.
    pub(super) fn lost(&self, bar: u64) -> bool {
        let mut table = self.table();
        let fault = table.iter_mut().find(|fault| fault.loses(bar));
        fault.map(|fault| fault.hits += 1).is_some()
    }

    /// What happens at a login, or to a replay.
    pub(super) fn meet(&self, kinds: &[Kind]) -> Option<Fault> {
        self.use_up(|fault| kinds.contains(&fault.kind))
    }

    /// What happens at this bar.
    pub(super) fn at(&self, bar: u64) -> Option<Fault> {
        const AT_BARS: [Kind; 6] = [Kind::Disconnect, Kind::Tear, Kind::Skip, Kind::Silence, Kind::Mute, Kind::Error];
        self.use_up(|fault| AT_BARS.contains(&fault.kind) && fault.at <= bar)
    }

    /// How late bars come.
    pub(super) fn delay(&self) -> u64 {
        self.table()
            .iter()
            .filter(|fault| fault.kind == Kind::Delayed)
            .map(|fault| fault.minutes * MINUTE)
            .max()
            .unwrap_or_default()
    }

    fn use_up(&self, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let mut table = self.table();
        let fault = table.iter_mut().find(|fault| fault.times != Some(0) && wanted(fault))?;
        fault.times = fault.times.map(|times| times - 1);
        fault.hits += 1;
        Some(fault.clone())
    }
}
