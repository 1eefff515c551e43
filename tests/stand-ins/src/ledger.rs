//! Counts what arrived: one entry for every request to the vendor's API, made before anything else happens to it.
//!
//! In: requests and what was answered. Out: the entries, without any credential. Holds the newest entries in memory;
//! the count is exact even when old entries have been dropped.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, request::Parts};
use chrono::{SecondsFormat, Utc};
use serde::Serialize;

/// Entries that are kept; older ones are dropped but stay counted.
const KEPT: usize = 100_000;

/// Names of parameters that hold credentials at one vendor or another.
const CREDENTIALS: [&str; 11] =
    ["key", "apikey", "api_key", "api_token", "token", "access_token", "secret", "sec", "password", "sig", "p-ticket"];

/// Parameters of a query or a form, sorted by name.
pub type Parameters = BTreeMap<String, String>;

/// One request that arrived.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Rises by one with every request of this process, also over resets.
    pub no: u64,
    /// When its head was read, RFC 3339 with microseconds.
    pub received_at: String,
    /// HTTP method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Query parameters without credentials.
    pub query: Parameters,
    /// Form parameters without credentials.
    pub form: Parameters,
    /// Values of the headers that say something and are no credential.
    pub headers: BTreeMap<String, String>,
    /// Names of all headers that came, sorted, lower case.
    pub header_names: Vec<String>,
    /// Fingerprint of the key, if one was given.
    pub key: Option<String>,
    /// The fault that was applied on demand.
    pub fault: Option<String>,
    /// Status answered; none while, or if never, answered.
    pub status: Option<u16>,
    /// The vendor's id of the request, as answered.
    pub request_id: Option<String>,
    /// Bytes of body answered so far.
    pub bytes: u64,
    /// Whether the whole answer was handed to the connection.
    pub complete: bool,
}

/// The counted requests.
#[derive(Debug, Serialize)]
pub struct Listing {
    /// Requests since the last reset, listed or not.
    pub count: u64,
    /// The entries asked for, oldest first.
    pub requests: Vec<Entry>,
}

#[derive(Default)]
struct Inner {
    last: u64,
    count: u64,
    entries: VecDeque<Entry>,
}

/// The ledger of one process. Clones share it.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Inner>>);

impl Ledger {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a request whose head has been read; returns its number.
    pub fn received(&self, head: &Parts, key: Option<String>) -> u64 {
        let mut header_names: Vec<_> = head.headers.keys().map(ToString::to_string).collect();
        header_names.sort();
        let mut inner = self.inner();
        inner.last += 1;
        inner.count += 1;
        let entry = Entry {
            no: inner.last,
            received_at: Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true),
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: without_credentials(parameters(head.uri.query().unwrap_or_default().as_bytes())),
            form: Parameters::new(),
            headers: of_interest(&head.headers),
            header_names,
            key,
            fault: None,
            status: None,
            request_id: None,
            bytes: 0,
            complete: false,
        };
        inner.entries.push_back(entry);
        if inner.entries.len() > KEPT {
            inner.entries.pop_front();
        }
        inner.last
    }

    /// Changes an entry, if it has not been dropped meanwhile.
    pub fn note(&self, no: u64, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.inner().entries.iter_mut().rev().find(|entry| entry.no == no) {
            change(entry);
        }
    }

    /// The entries after a number, and the count of all since the last reset.
    pub fn since(&self, no: u64) -> Listing {
        let inner = self.inner();
        let requests = inner.entries.iter().filter(|entry| entry.no > no).cloned().collect();
        Listing { count: inner.count, requests }
    }

    /// Forgets all entries and counts from zero; numbers go on.
    pub fn reset(&self) {
        let mut inner = self.inner();
        inner.count = 0;
        inner.entries.clear();
    }
}

/// Reads `a=b&c=d`; of a name that comes twice the last value counts.
pub fn parameters(encoded: &[u8]) -> Parameters {
    form_urlencoded::parse(encoded).into_owned().collect()
}

/// Drops the parameters whose name says credential.
pub fn without_credentials(mut all: Parameters) -> Parameters {
    all.retain(|name, _| !CREDENTIALS.contains(&name.to_ascii_lowercase().as_str()));
    all
}

/// The key among these parameters: that of the first name that says credential.
pub fn credential(all: &Parameters) -> Option<String> {
    let named = |wanted: &str| all.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.clone());
    CREDENTIALS.into_iter().find_map(named)
}

fn of_interest(headers: &HeaderMap) -> BTreeMap<String, String> {
    let wanted = |name: &str| {
        matches!(name, "accept" | "content-length" | "content-type" | "traceparent" | "tracestate" | "user-agent")
            || (name.starts_with("x-") && name.ends_with("-id"))
    };
    let all = headers.iter().filter(|(name, _)| wanted(name.as_str()));
    all.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned()))).collect()
}
