//! Answers of the API server that are remembered for seconds, so that a console that asks often does not ask it as often. In: a
//! token's hash, never the token. Out: what the API server said. A token or right that is taken away works this much longer.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use assayer_contract::Sha256Hash;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use k8s_openapi::api::authentication::v1::UserInfo;
use tokio::time::Instant;

use super::access::Right;

/// How long an answer is remembered at most.
pub(crate) const KEEP: Duration = Duration::from_secs(10);
/// Answers of one kind that are remembered at once.
const MOST: usize = 1_024;

/// What is remembered.
#[derive(Default)]
pub(crate) struct Remembered {
    /// Users by the hash of their token. Refused tokens are not remembered.
    pub(crate) users: Shelf<Sha256Hash, Arc<UserInfo>>,
    /// Rights that the user of a token has.
    pub(crate) rights: Shelf<(Sha256Hash, Right), ()>,
}

/// A bounded map whose entries end by themselves.
pub(crate) struct Shelf<K, V>(Mutex<BTreeMap<K, (V, Instant)>>);

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord + Clone, V: Clone> Shelf<K, V> {
    /// The value, unless its time is over.
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        self.lock().get(key).filter(|(_, until)| Instant::now() < *until).map(|(value, _)| value.clone())
    }

    /// Keeps the value this long. Where there is no room, the one that ends first makes way.
    pub(crate) fn put(&self, key: K, value: V, keep: Duration) {
        if keep.is_zero() {
            return;
        }
        let now = Instant::now();
        let mut entries = self.lock();
        if entries.len() >= MOST {
            entries.retain(|_, (_, until)| now < *until);
        }
        if entries.len() >= MOST {
            let first = entries.iter().min_by_key(|(_, (_, until))| *until).map(|(key, _)| key.clone());
            first.and_then(|key| entries.remove(&key));
        }
        entries.insert(key, (value, now + keep));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<K, (V, Instant)>> {
        // Every change is one call, so a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long an accepted token is remembered: never beyond its own expiry. The API server has checked the token; here its `exp` is
/// only read. A token without one that can be read is remembered no longer than the others.
pub(crate) fn keep(token: &str, now: DateTime<Utc>) -> Duration {
    match expiry(token) {
        Some(expiry) => (expiry - now).to_std().map_or(Duration::ZERO, |left| left.min(KEEP)),
        None => KEEP,
    }
}

/// When a token ends, where it says so.
pub(crate) fn expiry(token: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(claims(token)?.get("exp")?.as_i64()?, 0)
}

/// What a token says of itself. Whether that is so is the API server's to check.
pub(crate) fn claims(token: &str) -> Option<serde_json::Value> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&claims).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &serde_json::Value) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    #[test]
    fn a_token_is_never_remembered_beyond_its_expiry() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let expiring = |seconds: i64| keep(&token(&serde_json::json!({"exp": 1_800_000_000 + seconds})), now);
        assert_eq!(expiring(3), Duration::from_secs(3));
        assert_eq!(expiring(3_600), KEEP);
        assert_eq!(expiring(-1), Duration::ZERO);
        assert_eq!(keep("an-opaque-token", now), KEEP);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_remembered_ends_and_never_grows_beyond_its_bound() {
        let shelf = Shelf::default();
        shelf.put(0, "x", Duration::from_secs(2));
        shelf.put(1, "never", Duration::ZERO);
        assert_eq!((shelf.get(&0), shelf.get(&1)), (Some("x"), None));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(shelf.get(&0), None);
        for key in 0..2 * MOST {
            shelf.put(key, "y", KEEP);
        }
        assert_eq!(shelf.lock().len(), MOST);
        assert_eq!(shelf.get(&(2 * MOST - 1)), Some("y"));
    }
}
