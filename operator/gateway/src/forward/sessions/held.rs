//! What is held of one credential: its session, and what is known of those before. In: what became of logins and calls. Out: what may
//! be used now. In memory only, and pure but for its lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assayer_contract::{Bearing, Outcome, ReasonCode, RequestRow};
use assayer_providers::{AccountKind, Token};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::pause::{Failure, Need, Pause, Tried, pause};

/// A token that ends so soon may end on its way.
const MARGIN: TimeDelta = TimeDelta::seconds(2);
/// After a renewal that failed, the next try; the token is used meanwhile.
const RENEW_AGAIN: TimeDelta = TimeDelta::minutes(1);
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
        state.tried.get_or_insert(tried);
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
        state.ticket = ticket;
        let all = state.tried.get_or_insert_default();
        all.insert(0, tried);
        all.truncate(REMEMBERED);
    }

    /// A renewal failed: the session goes on to its end, and is tried to be prolonged again before.
    pub(super) fn renew_later(&self, no: u64, now: DateTime<Utc>, not_before: Option<DateTime<Utc>>) {
        if let Some(open) = self.state().open.as_mut().filter(|open| open.no == no) {
            open.token.renew_at = not_before.map_or(now + RENEW_AGAIN, |until| until.max(now + RENEW_AGAIN));
        }
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

    /// What a call with this token says of it. Whether the token was refused.
    pub(super) fn learn(&self, no: u64, row: &RequestRow, now: DateTime<Utc>) -> bool {
        let proven = row.outcome == Outcome::Success || row.reason_code == Some(ReasonCode::BrokerEnvironmentMismatch);
        if let Some(said) = row.environment.as_deref().filter(|_| proven).and_then(AccountKind::named) {
            self.state().said = Some(said);
        }
        let Some(reason) = row.reason_code.filter(|_| row.outcome == Outcome::Failed) else { return false };
        if let Some(wait) = row.retry_after_s.and_then(TimeDelta::try_seconds).filter(|_| reason.bearing() == Bearing::Rate) {
            let message = row.error_message.clone().unwrap_or_else(|| reason.title().to_owned());
            self.state().left_alone = Some(Failure { reason, message, not_before: Some(now + wait) });
        }
        if reason == ReasonCode::ProviderAuth {
            self.lost(no);
        }
        reason == ReasonCode::ProviderAuth
    }
}
