//! What is held of one credential: its session, and what is known of those before. In: what became of logins and calls. Out: what may
//! be used now. In memory only, and pure but for its lock.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use assayer_contract::{Bearing, Outcome, ReasonCode, RequestRow};
use assayer_providers::{AccountKind, Token};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::pause::{Failure, Need, Pause, Tried, pause};

/// A token that ends so soon may end on its way.
const MARGIN: TimeDelta = TimeDelta::seconds(2);
/// After a renewal that failed, the next try; the token is used meanwhile.
const RENEW_AGAIN: TimeDelta = TimeDelta::minutes(1);
/// For so long, what was refused to a new token says nothing of the session.
const DENIED: TimeDelta = TimeDelta::minutes(5);
/// Tries that are remembered.
const REMEMBERED: usize = 20;

/// One credential.
#[derive(Default)]
pub(super) struct Held {
    /// One login or renewal at a time.
    pub(super) flight: Arc<tokio::sync::Mutex<()>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: Option<Open>,
    last_no: u64,
    /// None until the log has been read.
    tried: Option<Vec<Tried>>,
    /// What the vendor wants to see in the next login.
    ticket: Option<SecretString>,
    /// Until when the vendor wants no call at all, and why.
    left_alone: Option<Failure>,
    /// What the broker itself says is traded.
    said: Option<AccountKind>,
    /// Endpoints at which even a new token was refused, and when.
    denied: BTreeMap<String, DateTime<Utc>>,
}

/// An open session. `Token` hides its secret.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) token: Token,
    /// Rises with every token.
    pub(super) no: u64,
}

/// What there is of a session now.
pub(super) enum Now {
    /// It may be used.
    Good(Open),
    /// It may be used, and it is time to prolong it.
    Ending(Open),
    /// There is none.
    None,
}

impl Held {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session, as it is now.
    pub(super) fn now(&self, now: DateTime<Utc>) -> Now {
        match self.state().open.clone().filter(|open| open.token.expires_at - MARGIN > now) {
            Some(open) if open.token.renew_at <= now => Now::Ending(open),
            Some(open) => Now::Good(open),
            None => Now::None,
        }
    }

    /// When the session is to be prolonged, while there is one.
    pub(super) fn renew_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.state().open.as_ref().filter(|open| open.token.expires_at > now).map(|open| open.token.renew_at)
    }

    /// Whether the log has been read.
    pub(super) fn remembers(&self) -> bool {
        self.state().tried.is_some()
    }

    /// What the log says of earlier tries, the newest first, and until when the vendor asked to be left alone.
    pub(super) fn remember(&self, tried: Vec<Tried>, left_alone: Option<DateTime<Utc>>) {
        let mut state = self.state();
        if state.tried.is_some() {
            return;
        }
        state.tried = Some(tried);
        if let Some(until) = left_alone {
            let message = "the vendor limits the rate of calls".to_owned();
            state.left_alone = Some(Failure { reason: ReasonCode::ProviderRateLimited, message, not_before: Some(until) });
        }
    }

    /// Why no login may be tried now.
    pub(super) fn pause(&self, need: Need, now: DateTime<Utc>) -> Option<Pause> {
        let state = self.state();
        pause(state.tried.as_deref().unwrap_or_default(), need, state.ticket.is_some(), now)
    }

    /// Why the vendor is not called at all now.
    pub(super) fn left_alone(&self, now: DateTime<Utc>) -> Option<Failure> {
        self.state().left_alone.clone().filter(|failure| failure.not_before.is_some_and(|until| until > now))
    }

    /// Whether the next login has a ticket to show.
    pub(super) fn has_ticket(&self) -> bool {
        self.state().ticket.is_some()
    }

    /// The ticket for the next login; it opens once.
    pub(super) fn ticket(&self) -> Option<SecretString> {
        self.state().ticket.take()
    }

    /// A login or a renewal gave this token.
    pub(super) fn opened(&self, token: Token) -> Open {
        let mut state = self.state();
        state.last_no += 1;
        let open = Open { token, no: state.last_no };
        state.open = Some(open.clone());
        open
    }

    /// A login ended so.
    pub(super) fn note(&self, tried: Tried, ticket: Option<SecretString>) {
        let mut state = self.state();
        // A ticket shortens what the vendor asks; without one it asks it of everybody.
        if let Some(failure) = tried.failure.as_ref().filter(|failure| ticket.is_none() && failure.leaves_alone()) {
            state.left_alone = Some(failure.clone());
        }
        state.ticket = ticket;
        let all = state.tried.get_or_insert_default();
        all.insert(0, tried);
        all.truncate(REMEMBERED);
    }

    /// A renewal failed: the session goes on to its end, and is tried to be prolonged again before.
    pub(super) fn renew_later(&self, no: u64, failure: Option<&Failure>, now: DateTime<Utc>) {
        let mut state = self.state();
        if let Some(failure) = failure.filter(|failure| failure.leaves_alone()) {
            state.left_alone = Some(failure.clone());
        }
        let not_before = failure.and_then(|failure| failure.not_before);
        if let Some(open) = state.open.as_mut().filter(|open| open.no == no) {
            open.token.renew_at = not_before.map_or(now + RENEW_AGAIN, |until| until.max(now + RENEW_AGAIN));
        }
    }

    /// Whether nothing is lost by forgetting it: the log tells what it knows.
    pub(super) fn is_idle(&self, now: DateTime<Utc>) -> bool {
        let state = self.state();
        let open = state.open.as_ref().is_some_and(|open| open.token.expires_at > now);
        let left_alone = state.left_alone.as_ref().is_some_and(|failure| failure.not_before > Some(now));
        let tried = state.tried.iter().flatten().next().is_some_and(|tried| now - tried.at < TimeDelta::hours(1));
        !open && !left_alone && !tried
    }

    /// The vendor does not accept this token any more.
    pub(super) fn lost(&self, no: u64) {
        let mut state = self.state();
        if state.open.as_ref().is_some_and(|open| open.no == no) {
            state.open = None;
        }
    }

    /// What the broker said is traded, if it has.
    pub(super) fn said(&self) -> Option<AccountKind> {
        self.state().said
    }

    /// What a call with this token says of it. Whether the token was refused, so that another may be asked for.
    pub(super) fn learn(&self, no: u64, row: &RequestRow, now: DateTime<Utc>) -> bool {
        if row.outcome == Outcome::Success {
            self.state().denied.remove(&row.endpoint);
        }
        let proven = row.outcome == Outcome::Success || row.reason_code == Some(ReasonCode::BrokerEnvironmentMismatch);
        if let Some(said) = row.environment.as_deref().filter(|_| proven).and_then(AccountKind::named) {
            self.state().said = Some(said);
        }
        let Some(reason) = row.reason_code.filter(|_| row.outcome == Outcome::Failed) else { return false };
        if let Some(wait) = row.retry_after_s.and_then(TimeDelta::try_seconds).filter(|_| reason.bearing() == Bearing::Rate) {
            let message = row.error_message.clone().unwrap_or_else(|| reason.title().to_owned());
            self.state().left_alone = Some(Failure { reason, message, not_before: Some(now + wait) });
        }
        let denied = self.state().denied.get(&row.endpoint).is_some_and(|at| now - *at < DENIED);
        let refused = reason == ReasonCode::ProviderAuth && !denied;
        if refused && row.attempt > 1 {
            // A token that was made for this very call: what is refused is the call.
            self.state().denied.insert(row.endpoint.clone(), now);
        } else if refused {
            self.lost(no);
        }
        refused
    }
}
