//! Opening and prolonging one session. In: a credential's access, and who needs it. Out: an open session, or why there is none. One
//! login at a time, and none that `pause` forbids.

use std::{sync::Arc, time::Duration};

use assayer_contract::ReasonCode;
use assayer_providers::{Login, Provider, Session, SignedIn};
use assayer_store::{handshakes, sign_ins};
use chrono::Utc;
use secrecy::ExposeSecret;
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    By, Sessions, TOKEN,
    attempt::{Attempt, Ended},
    held::{Held, Now, Open},
    pause::{Pause, Tried},
    refused, unfit,
};
use crate::{forward::Access, refusal::Refusal};

/// How long a login may go on, with the waits that a vendor asks for.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// Attempts of one login: a vendor that hands out ticket after ticket does not want it.
const ATTEMPTS: i32 = 3;

/// What opens and keeps the session of one credential.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) provider: &'static dyn Provider,
    pub(super) session: &'static dyn Session,
    pub(super) access: Access,
    pub(super) held: Arc<Held>,
    pub(super) endpoint: &'static str,
}

impl Sessions {
    /// Opens or prolongs the session, once for all who wait, whether or not they go on waiting.
    pub(super) async fn opened(self: &Arc<Self>, door: Door, by: By) -> Result<Open, Refusal> {
        let held = Arc::clone(&door.held);
        let this = Arc::clone(self);
        let within = by.within;
        let task = self.running.spawn(async move { this.open(&door, &by).await });
        let failed = |text| Err(refused(ReasonCode::ProviderTimeout, text));
        let late = || failed(format!("no session was opened within {} s", within.as_secs_f64()));
        let opened = match tokio::time::timeout(within, task).await {
            Ok(Ok(opened)) => opened,
            Ok(Err(error)) => {
                tracing::error!(%error, "a sign-in ended without an answer; its intent will be closed as unknown");
                Err(refused(ReasonCode::UnknownOutcome, "the gateway failed while it signed in"))
            }
            Err(_) => late(),
        };
        // What cannot be prolonged now is good until it ends.
        match (opened, held.now(Utc::now())) {
            (Err(_), Now::Good(open) | Now::Ending(open)) => Ok(open),
            (opened, _) => opened,
        }
    }

    async fn open(&self, door: &Door, by: &By) -> Result<Open, Refusal> {
        let _one = door.held.flight.lock().await;
        match door.held.now(Utc::now()) {
            Now::Good(open) => Ok(open),
            Now::None => self.log_in(door, by).await,
            Now::Ending(open) => self.prolong(door, by, open).await,
        }
    }

    async fn prolong(&self, door: &Door, by: &By, open: Open) -> Result<Open, Refusal> {
        let Some(renewal) = door.session.renewal() else {
            let again = self.log_in(door, by).await;
            if again.is_err() {
                door.held.renew_later(open.no, None, Utc::now());
            }
            return again;
        };
        let signed_in = door.session.sign_in(&door.access.credentials, &open.token.secret).map_err(|error| unfit(&error))?;
        let scrubbed = door.access.credentials.clone().with(TOKEN, open.token.secret.clone());
        let access = Access { credentials: scrubbed, ..door.access.clone() };
        let attempt = door.attempt(&access, renewal, signed_in, by, None);
        match self.attempt(attempt).await {
            Ok(token) => Ok(door.held.opened(token)),
            Err(Ended::Failed { failure, .. }) if failure.reason == ReasonCode::ProviderAuth => {
                door.held.lost(open.no);
                self.log_in(door, by).await
            }
            Err(Ended::Failed { failure, .. }) => {
                door.held.renew_later(open.no, Some(&failure), Utc::now());
                Err(refused(failure.reason, failure.message))
            }
            Err(Ended::Unrecorded(refusal)) => {
                door.held.renew_later(open.no, None, Utc::now());
                Err(refusal)
            }
        }
    }

    /// One login, with its ticket where the vendor wants to see one, and again where that is soon.
    async fn log_in(&self, door: &Door, by: &By) -> Result<Open, Refusal> {
        let (until, mut repeats) = (Instant::now() + PATIENCE, None);
        loop {
            if let Some(pause) = door.held.pause(by.need, Utc::now()) {
                let soon =
                    pause.until.and_then(|at| (at - Utc::now()).to_std().ok()).filter(|wait| Instant::now() + *wait < until);
                match soon.filter(|_| door.held.has_ticket()) {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return Err(pause.into()),
                }
            }
            let ticket = door.held.ticket();
            let ticket = ticket.as_ref().map(ExposeSecret::expose_secret);
            let login = door.session.login(&door.access.credentials, ticket).map_err(|error| unfit(&error))?;
            let attempt = door.attempt(&door.access, login, SignedIn::default(), by, repeats);
            match self.attempt(attempt).await {
                Ok(token) => {
                    door.held.note(Tried { at: Utc::now(), failure: None }, None);
                    return Ok(door.held.opened(token));
                }
                Err(Ended::Unrecorded(refusal)) => return Err(refusal),
                Err(Ended::Failed { id, failure, ticket }) => {
                    let (first, no) = repeats.map_or((id, 1), |(first, no)| (first, no));
                    let again = ticket.is_some() && no < ATTEMPTS;
                    door.held.note(Tried { at: Utc::now(), failure: Some(failure.clone()) }, ticket.filter(|_| again));
                    if !again {
                        return Err(refused(failure.reason, failure.message));
                    }
                    repeats = Some((first, no + 1));
                }
            }
        }
    }

    /// Reads what the log says of earlier logins, once: a gateway that starts anew does not begin anew with a vendor.
    pub(super) async fn remember(&self, door: &Door) -> Result<(), Refusal> {
        if door.held.remembers() {
            return Ok(());
        }
        let through = &door.access.through;
        let (tried, left_alone) = match (through.id, through.generation, through.secret_version.as_deref()) {
            (Some(id), Some(generation), Some(version)) => {
                let now = Utc::now();
                let tried = sign_ins::newest(&self.pool, id, door.endpoint, version, now).await?;
                (
                    tried.into_iter().map(Tried::from).collect(),
                    handshakes::last(&self.pool, id, generation, now).await?.wait_until,
                )
            }
            _ => (Vec::new(), None),
        };
        door.held.remember(tried, left_alone);
        Ok(())
    }
}

impl Door {
    fn attempt<'a>(
        &self,
        access: &'a Access,
        request: Login,
        signed_in: SignedIn,
        by: &'a By,
        repeats: Option<(Uuid, i32)>,
    ) -> Attempt<'a> {
        let (user, trace_id) = (&*by.user, by.trace_id);
        Attempt { provider: self.provider, session: self.session, access, request, signed_in, user, trace_id, repeats }
    }
}

impl From<Pause> for Refusal {
    fn from(pause: Pause) -> Self {
        refused(pause.reason, pause.message)
    }
}
