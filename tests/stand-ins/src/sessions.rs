//! Tokens that logins give, for vendors with sessions. In: a key that is good. Out: a token, until it ends or newer ones replace it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{header, request::Parts};
use chrono::{DateTime, TimeDelta, Utc};

/// The open sessions of all keys. Clones share them.
#[derive(Clone)]
pub(crate) struct Sessions {
    /// How many one key may have; another closes the oldest.
    most: usize,
    /// How long one lives.
    life: TimeDelta,
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    last: u64,
    /// By key, the oldest first.
    of_key: BTreeMap<String, VecDeque<Token>>,
}

/// One session.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) expires_at: DateTime<Utc>,
}

impl Sessions {
    pub(crate) fn new(most: usize, life: TimeDelta) -> Self {
        Self { most, life, open: Arc::default() }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new session of this key.
    pub(crate) fn begin(&self, key: &str) -> Token {
        let mut open = self.open();
        let token = self.token(&mut open, key);
        let all = open.of_key.entry(key.to_owned()).or_default();
        all.push_back(token.clone());
        while all.len() > self.most {
            all.pop_front();
        }
        token
    }

    /// The same session under a new token, from now on; none where it is not open.
    pub(crate) fn renew(&self, token: &str) -> Option<Token> {
        let key = key_of(token)?;
        let mut open = self.open();
        let new = self.token(&mut open, &key);
        let session = open.of_key.get_mut(&key)?.iter_mut().find(|session| session.is(token))?;
        *session = new.clone();
        Some(new)
    }

    /// The key whose session this token is, while it is open.
    pub(crate) fn key(&self, token: &str) -> Option<String> {
        let key = key_of(token)?;
        self.open().of_key.get(&key)?.iter().any(|session| session.is(token)).then_some(key)
    }

    fn token(&self, open: &mut Open, key: &str) -> Token {
        open.last += 1;
        // It tells whose it is, so that a request is known by its key before anything else is known of it.
        Token { text: format!("{}.{}", hex::encode(key), open.last), expires_at: Utc::now() + self.life }
    }
}

impl Token {
    fn is(&self, text: &str) -> bool {
        self.text == text && self.expires_at > Utc::now()
    }
}

/// `Authorization: Bearer`.
pub(crate) fn bearer(head: &Parts) -> Option<&str> {
    head.headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The key for which a token was given, whether or not it is still good.
pub(crate) fn key_of(token: &str) -> Option<String> {
    String::from_utf8(hex::decode(token.split_once('.')?.0).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_session_more_than_may_be_closes_the_oldest() {
        let sessions = Sessions::new(2, TimeDelta::minutes(80));
        let all: Vec<_> = (0..3).map(|_| sessions.begin("key").text).collect();
        let open: Vec<_> = all.iter().map(|token| sessions.key(token).is_some()).collect();
        assert_eq!(open, [false, true, true]);
        let renewed = sessions.renew(&all[1]).unwrap();
        assert!(sessions.key(&all[1]).is_none() && sessions.key(&renewed.text).as_deref() == Some("key"));
        assert!(sessions.key(&all[2]).is_some() && sessions.renew(&all[0]).is_none());
    }

    #[test]
    fn a_session_ends_with_its_time() {
        let sessions = Sessions::new(2, TimeDelta::zero());
        assert!(sessions.key(&sessions.begin("key").text).is_none());
    }
}
