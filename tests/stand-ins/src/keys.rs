//! The keys that a vendor accepts, changeable while it runs.
//!
//! In: keys. Out: whether one is known, and fingerprints that are safe to show. Holds keys in memory only.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::{header, request::Parts};
use sha2::{Digest, Sha256};

/// The accepted keys. Clones share the same set. Has no `Debug`, so that no key can be printed through it.
#[derive(Clone, Default)]
pub struct Keys(Arc<RwLock<BTreeSet<String>>>);

impl Keys {
    /// Accepts exactly these keys from now on.
    pub fn replace(&self, keys: impl IntoIterator<Item = String>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = keys.into_iter().collect();
    }

    /// Accepts these keys, too.
    pub fn add(&self, keys: impl IntoIterator<Item = String>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).extend(keys);
    }

    /// Whether the vendor accepts this key.
    pub fn accept(&self, key: &str) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(key)
    }

    /// The accepted key of which this is true: of some logins only a function of the key comes.
    pub fn find(&self, right: impl Fn(&str) -> bool) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).iter().find(|key| right(key)).cloned()
    }

    /// Fingerprints of the accepted keys, sorted.
    pub fn fingerprints(&self) -> Vec<String> {
        let mut all: Vec<_> = self.0.read().unwrap_or_else(PoisonError::into_inner).iter().map(|key| fingerprint(key)).collect();
        all.sort();
        all
    }
}

/// The key in `Authorization: Bearer`.
pub fn bearer(head: &Parts) -> Option<String> {
    let value = head.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(|key| key.trim().to_owned())
}

/// The first eight hex digits of the key's SHA-256: enough to tell keys apart, not enough to use one.
pub fn fingerprint(key: &str) -> String {
    let mut digits = hex::encode(Sha256::digest(key.as_bytes()));
    digits.truncate(8);
    format!("sha256:{digits}")
}
