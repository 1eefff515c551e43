//! Whether a login may be tried now. In: how the last ones ended, and who needs it. Out: yes, or until when not and why. Pure.
//!
//! A vendor that limits logins or locks accounts must never be asked over and over: neither by a key that is wrong, nor by a session
//! that somebody else ends again and again, nor by a gateway that starts anew.

use assayer_contract::{Bearing, Outcome, ReasonCode};
use assayer_store::sign_ins::SignIn;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// Who needs a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It is to be kept open: the handshake in time, which is nobody's wish.
    Kept,
    /// A Bot's job calls the vendor.
    Called,
    /// A person asks for a handshake now.
    Asked,
}

/// A try to log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tried {
    /// When it ended.
    pub(super) at: DateTime<Utc>,
    /// Why it did not succeed; none where it did.
    pub(super) failure: Option<Failure>,
}

/// Why there is no session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) reason: ReasonCode,
    pub(super) message: String,
    /// Until then the vendor asked to be left alone.
    pub(super) not_before: Option<DateTime<Utc>>,
}

/// Why no login is tried now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pause {
    pub(super) reason: ReasonCode,
    pub(super) message: String,
    /// None where time alone does not help.
    pub(super) until: Option<DateTime<Utc>>,
}

/// So many sessions within an hour are no sign of anything.
const OPENED_FREELY: usize = 3;
/// A person may ask again after this, whatever the vendor said.
const ASKED_AGAIN: TimeDelta = TimeDelta::seconds(30);
/// After a refusal, a Bot's job tries again; doubled each time.
const REFUSED: (TimeDelta, TimeDelta) = (TimeDelta::minutes(5), TimeDelta::hours(1));
/// After any other failure.
const FAILED: (TimeDelta, TimeDelta) = (TimeDelta::seconds(5), TimeDelta::minutes(2));
/// After a session too many.
const OPENED: (TimeDelta, TimeDelta) = (TimeDelta::minutes(1), TimeDelta::minutes(30));

/// Of tries with one and the same credential, the newest first. With a `ticket`, only the vendor's own time counts.
pub(super) fn pause(tried: &[Tried], need: Need, ticket: bool, now: DateTime<Utc>) -> Option<Pause> {
    let newest = tried.first()?;
    if let Some(until) = newest.failure.as_ref().and_then(|failure| failure.not_before).filter(|until| *until > now) {
        return Some(newest.says(Some(until)));
    }
    if ticket {
        return None;
    }
    let Some(failure) = &newest.failure else { return too_many(tried, newest, now) };
    let in_a_row =
        tried.iter().map_while(|one| one.failure.as_ref()).filter(|one| one.is_refusal() == failure.is_refusal()).count();
    let until = match need {
        Need::Kept if failure.is_refusal() => return Some(newest.says(None)),
        Need::Asked => newest.at + ASKED_AGAIN,
        _ => newest.at + doubled(if failure.is_refusal() { REFUSED } else { FAILED }, in_a_row),
    };
    (until > now).then(|| newest.says(Some(until)))
}

fn too_many(tried: &[Tried], newest: &Tried, now: DateTime<Utc>) -> Option<Pause> {
    let recent = |one: &&Tried| one.failure.is_none() && now - one.at < TimeDelta::hours(1);
    let opened = tried.iter().filter(recent).count();
    let until = newest.at + doubled(OPENED, (opened + 1).checked_sub(OPENED_FREELY).filter(|more| *more > 0)?);
    (until > now).then(|| Pause {
        reason: ReasonCode::SignInLimit,
        message: format!("{opened} sessions were opened within an hour; the next is not before {}", written(until)),
        until: Some(until),
    })
}

/// The first of the two, doubled for each after the first time, at most the second.
fn doubled((first, longest): (TimeDelta, TimeDelta), times: usize) -> TimeDelta {
    let factor = 1_i32.checked_shl(u32::try_from(times.saturating_sub(1)).unwrap_or(u32::MAX)).filter(|factor| *factor > 0);
    factor.and_then(|factor| first.checked_mul(factor)).map_or(longest, |pause| pause.min(longest))
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl Tried {
    fn says(&self, until: Option<DateTime<Utc>>) -> Pause {
        let (reason, said) = match &self.failure {
            Some(failure) => (failure.reason, failure.message.as_str()),
            None => (ReasonCode::SignInLimit, "a session was opened"),
        };
        let next = until.map_or("when the Secret changes or somebody asks for a handshake".to_owned(), |until| {
            format!("not before {}", written(until))
        });
        let message = format!("the sign-in at {} failed: {said}; the next try is {next}", written(self.at));
        Pause { reason, message, until }
    }
}

impl Failure {
    /// Whether the vendor wants no call at all for a while.
    pub(super) fn leaves_alone(&self) -> bool {
        self.reason.bearing() == Bearing::Rate && self.not_before.is_some()
    }

    /// Whether the vendor said no to the credential itself.
    fn is_refusal(&self) -> bool {
        matches!(self.reason.bearing(), Bearing::Credential | Bearing::Plan)
    }
}

impl From<SignIn> for Tried {
    fn from(row: SignIn) -> Self {
        let wait = row.retry_after_s.and_then(TimeDelta::try_seconds);
        let failure = (row.outcome != Outcome::Success).then(|| Failure {
            reason: row.reason_code.unwrap_or(ReasonCode::UnknownOutcome),
            message: row.error_message.unwrap_or_else(|| ReasonCode::UnknownOutcome.title().to_owned()),
            not_before: wait.map(|wait| row.at + wait),
        });
        Self { at: row.at, failure }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    fn opened(at: i64) -> Tried {
        Tried { at: second(at), failure: None }
    }

    fn failed(at: i64, reason: ReasonCode, not_before: Option<i64>) -> Tried {
        let failure = Failure { reason, message: "no".to_owned(), not_before: not_before.map(second) };
        Tried { at: second(at), failure: Some(failure) }
    }

    /// Where time alone does not help.
    const NEVER: i64 = i64::MAX;

    fn wait(tried: &[Tried], need: Need, now: i64) -> Option<i64> {
        let pause = pause(tried, need, false, second(now))?;
        Some(pause.until.map_or(NEVER, |until| (until - second(0)).num_seconds()))
    }

    #[test]
    fn a_refused_credential_is_not_tried_again_by_time_alone_but_by_who_needs_it() {
        let refused = [failed(0, ReasonCode::ProviderAuth, None)];
        assert_eq!(wait(&refused, Need::Kept, 1_000_000), Some(NEVER));
        assert_eq!((wait(&refused, Need::Called, 299), wait(&refused, Need::Called, 300)), (Some(300), None));
        assert_eq!((wait(&refused, Need::Asked, 29), wait(&refused, Need::Asked, 30)), (Some(30), None));
        let again = [failed(300, ReasonCode::ProviderAuth, None), refused[0].clone()];
        assert_eq!(wait(&again, Need::Called, 400), Some(900));
        let often: Vec<_> = (0..20).map(|_| refused[0].clone()).collect();
        assert_eq!(wait(&often, Need::Called, 10), Some(3_600));
    }

    #[test]
    fn a_vendor_that_was_not_reached_is_tried_again_soon_and_then_less_and_less() {
        let failures = |times: usize| vec![failed(0, ReasonCode::ProviderUnreachable, None); times];
        let waits: Vec<_> = (1..=7).map(|times| wait(&failures(times), Need::Kept, 1)).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 120, 120].map(Some));
    }

    #[test]
    fn what_the_vendor_asks_holds_for_everybody_and_a_ticket_waits_for_nothing_else() {
        let captcha = [failed(0, ReasonCode::ProviderCaptcha, Some(3_600))];
        for need in [Need::Kept, Need::Called, Need::Asked] {
            assert_eq!((wait(&captcha, need, 3_599), wait(&captcha, need, 3_600)), (Some(3_600), None), "{need:?}");
        }
        let penalised = [failed(0, ReasonCode::ProviderRateLimited, Some(2))];
        assert!(pause(&penalised, Need::Kept, true, second(1)).is_some());
        assert_eq!(pause(&penalised, Need::Kept, true, second(2)), None);
    }

    #[test]
    fn sessions_that_end_again_and_again_are_opened_less_and_less() {
        let all: Vec<_> = (0..6).rev().map(opened).collect();
        assert_eq!(wait(&all[4..], Need::Called, 2), None);
        let waits: Vec<_> = [3, 2, 1, 0].map(|from| wait(&all[from..], Need::Asked, 10)).to_vec();
        assert_eq!(waits, [Some(2 + 60), Some(3 + 120), Some(4 + 240), Some(5 + 480)]);
        assert_eq!(wait(&all, Need::Called, 3_700), None, "an hour later they are forgotten");
    }
}
