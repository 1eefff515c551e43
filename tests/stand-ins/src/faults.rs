//! Failing on demand: which requests fail next, how, and how often.
//!
//! In: faults as JSON, requests. Out: the fault that applies to a request. Pure but for its own table.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::ledger::Parameters;

/// How a request fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The vendor's answer to a key that it does not know (401).
    Unauthorized,
    /// The account has no money left (402).
    InsufficientFunds,
    /// The plan or licence does not cover the request (403).
    License,
    /// The account is locked (403).
    Locked,
    /// The range ends after what is available (422).
    OutOfRange,
    /// Too many requests (429, with Retry-After).
    RateLimited,
    /// The vendor's own failure, as plain text (500).
    ServerError,
    /// Down for maintenance or overloaded (503).
    Unavailable,
    /// The vendor's own upstream was too slow (504).
    GatewayTimeout,
    /// The key is good, but not for this (a scope that it lacks).
    Forbidden,
    /// What the account may use in a day or a month is used up.
    Quota,
    /// The request itself is wrong, whatever it says.
    BadRequest,
    /// The vendor has more to do than it can (its own status for that).
    Overloaded,
    /// An error in an answer whose status is 200.
    ErrorInSuccess,
    /// The right answer, said to be delayed.
    Delayed,
    /// To be sent again later, with the ticket that the answer gives.
    Ticket,
    /// The same, and only after a person has proven to be one.
    Captcha,
    /// Taken, and not done: the good answer says so of the one order.
    Undone,
    /// A redirect to `/elsewhere` (307).
    Redirect,
    /// The right answer, `after_ms` later.
    Slow,
    /// Never an answer; the connection stays open.
    Hang,
    /// Never an answer; the connection is closed.
    Drop,
    /// The first half of the right body, ended as if it were whole.
    Truncate,
    /// The first half of the right body, then the connection is cut.
    Close,
    /// A run of bars is not there, and not counted either.
    Gaps,
    /// The right answer of a language model, whose words are the order's `text`.
    Says,
    /// Some bars are there twice, and counted twice.
    Duplicates,
    /// Some bars have a low above their close.
    Ohlc,
    /// Some prices are no multiple of the tick.
    OffTick,
    /// The last bars are left out of the answer, but counted.
    Fewer,
}

/// Which requests a fault is for; what is absent matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Match {
    /// Part of the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Parameters of query or form, each with this very value.
    #[serde(skip_serializing_if = "Parameters::is_empty")]
    pub params: Parameters,
    /// Fingerprint of the key that signs the request in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// An order to fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which requests.
    #[serde(default, rename = "match")]
    pub matching: Match,
    /// How.
    #[serde(rename = "fault")]
    pub kind: Kind,
    /// How many requests more; null is until cleared.
    #[serde(default)]
    pub times: Option<u64>,
    /// Milliseconds before anything happens, at most 600,000.
    #[serde(default)]
    pub after_ms: u64,
    /// Seconds in the Retry-After of `rate_limited`.
    #[serde(default = "one")]
    pub retry_after_s: u64,
    /// What a language model is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Requests that failed by it; counted here, not set by the caller.
    #[serde(default, skip_deserializing)]
    pub hits: u64,
}

const fn one() -> u64 {
    1
}

/// The faults in force, the first that matches wins. Clones share the table.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Fault>>>);

impl Faults {
    /// Puts these in force instead of all others; the error names the field, the value and the remedy.
    pub fn replace(&self, faults: Vec<Fault>) -> Result<(), String> {
        Self::check(&faults)?;
        *self.table() = faults;
        Ok(())
    }

    /// Puts these in force after all others.
    pub fn add(&self, faults: Vec<Fault>) -> Result<(), String> {
        Self::check(&faults)?;
        self.table().extend(faults);
        Ok(())
    }

    /// Ends those that are for the key of this fingerprint; without one, all.
    pub fn clear(&self, key: Option<&str>) {
        self.table().retain(|fault| key.is_some() && fault.matching.key.as_deref() != key);
    }

    fn table(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(faults: &[Fault]) -> Result<(), String> {
        for fault in faults {
            if fault.kind == Kind::Slow && fault.after_ms == 0 {
                return Err("after_ms is 0: a slow fault needs the milliseconds that it waits".to_owned());
            }
            if (fault.kind == Kind::Says) != fault.text.is_some() {
                return Err("text is what a model says: says needs it, and no other fault takes it".to_owned());
            }
            if fault.after_ms > 600_000 {
                return Err(format!("after_ms is {}: at most 600000", fault.after_ms));
            }
        }
        Ok(())
    }

    /// The faults in force, spent ones too.
    pub fn list(&self) -> Vec<Fault> {
        self.table().clone()
    }

    /// The fault that this request meets, if it is signed in with the key of this fingerprint; uses up one of its times.
    pub fn meet(&self, path: &str, params: &Parameters, key: Option<&str>) -> Option<Fault> {
        let mut faults = self.table();
        let fault = faults.iter_mut().find(|fault| fault.times != Some(0) && fault.matching.covers(path, params, key))?;
        fault.times = fault.times.map(|n| n - 1);
        fault.hits += 1;
        Some(fault.clone())
    }
}

impl Match {
    fn covers(&self, path: &str, params: &Parameters, key: Option<&str>) -> bool {
        self.path.as_ref().is_none_or(|part| path.contains(part.as_str()))
            && self.key.as_deref().is_none_or(|wanted| key == Some(wanted))
            && self.params.iter().all(|(name, value)| params.get(name) == Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_meets_only_what_it_matches_and_only_so_often() {
        let faults = Faults::default();
        let order = r#"[{"match":{"path":"get_range","params":{"symbols":"SPX"},"key":"sha256:1"},
            "fault":"license","times":1}]"#;
        faults.replace(serde_json::from_str(order).unwrap()).unwrap();
        let spx = Parameters::from([("symbols".to_owned(), "SPX".to_owned())]);

        let (bars, key) = ("/v0/timeseries.get_range", Some("sha256:1"));
        assert!(faults.meet("/v0/metadata.get_cost", &spx, key).is_none());
        assert!(faults.meet(bars, &Parameters::new(), key).is_none());
        assert!(faults.meet(bars, &spx, Some("sha256:2")).is_none() && faults.meet(bars, &spx, None).is_none());
        assert_eq!(faults.meet(bars, &spx, key).map(|f| f.kind), Some(Kind::License));
        assert!(faults.meet(bars, &spx, key).is_none(), "it was ordered once");
        assert_eq!(faults.list()[0].hits, 1);
    }

    #[test]
    fn orders_for_one_key_come_and_go_beside_the_others() {
        let order = |key: &str| serde_json::from_value(serde_json::json!({"match": {"key": key}, "fault": "license"})).unwrap();
        let faults = Faults::default();
        faults.replace(vec![order("sha256:1")]).unwrap();
        faults.add(vec![order("sha256:2"), order("sha256:1")]).unwrap();
        faults.clear(Some("sha256:1"));
        assert_eq!(faults.list(), [order("sha256:2")]);
        faults.clear(None);
        assert!(faults.list().is_empty());
    }

    #[test]
    fn a_mistyped_order_is_refused() {
        assert!(serde_json::from_str::<Fault>(r#"{"fault":"hang","time":1}"#).is_err());
        assert!(serde_json::from_str::<Fault>(r#"{"fault":"explode"}"#).is_err());
        let slow = serde_json::from_str(r#"{"fault":"slow"}"#).unwrap();
        assert!(Faults::default().replace(vec![slow]).unwrap_err().contains("after_ms"));
    }
}
