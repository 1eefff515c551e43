//! Sessions with vendors that give a token for a login. In: an access, and who needs it. Out: the same access signed in, or why not.
//!
//! One session a credential, shared by all that use it: whoever needs it first opens it, all others wait for that one login. It is
//! prolonged before it ends, and opened anew only where it has ended or the vendor no longer knows it; `pause` says how often. Tokens
//! live here and nowhere else.

mod attempt;
mod held;
mod pause;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use assayer_contract::{Bearing, ReasonCode, RequestRow, Sha256Hash};
use assayer_providers::{AccountKind, CredentialError, Login, Provider, Session, SignedIn};
use assayer_store::{PgPool, handshakes, sign_ins};
use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use secrecy::ExposeSecret;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use self::pause::Need;

use self::{
    attempt::{Attempt, Ended},
    held::{Held, Now, Open},
    pause::{Failure, Pause, Tried},
};
use super::{Access, NoAccess};
use crate::{metrics::Metrics, own_name::OwnName, record::Recorder, refusal::Refusal};

/// How long a login may go on, with the waits that a vendor asks for.
const PATIENCE: Duration = Duration::from_secs(30);
/// Attempts of one login: a vendor that hands out ticket after ticket does not want it.
const ATTEMPTS: i32 = 3;
/// The token's name among what is scrubbed.
const TOKEN: &str = "session token";

/// The sessions of all credentials.
pub(super) struct Sessions {
    http: reqwest::Client,
    recorder: Recorder,
    metrics: Metrics,
    pool: PgPool,
    own: Arc<OwnName>,
    running: TaskTracker,
    /// Makes what credentials are told apart by worthless elsewhere.
    salt: [Uuid; 2],
    held: Mutex<HashMap<Sha256Hash, Arc<Held>>>,
}

/// Who needs a session, and how long they wait for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct By {
    pub(super) need: Need,
    pub(super) trace_id: Uuid,
    pub(super) within: Duration,
}

/// The session that a call is made with.
#[derive(Clone)]
pub(super) struct Lease {
    held: Arc<Held>,
    no: u64,
}

/// What opens and keeps the session of one credential.
#[derive(Clone)]
struct Door {
    provider: &'static dyn Provider,
    session: &'static dyn Session,
    access: Access,
    held: Arc<Held>,
    endpoint: &'static str,
}

impl Sessions {
    pub(super) fn new(
        http: reqwest::Client,
        recorder: Recorder,
        metrics: Metrics,
        pool: PgPool,
        own: Arc<OwnName>,
        running: TaskTracker,
    ) -> Self {
        let salt = [Uuid::new_v4(), Uuid::new_v4()];
        Self { http, recorder, metrics, pool, own, running, salt, held: Mutex::default() }
    }

    /// The access with what signs its requests in; of a provider without sessions it has that already.
    pub(super) async fn join(
        self: &Arc<Self>,
        provider: &'static dyn Provider,
        access: Access,
        by: By,
    ) -> Result<(Access, Option<Lease>), NoAccess> {
        let Some(session) = provider.session() else { return Ok((access, None)) };
        let through = access.through.clone();
        let joined = self.joined(provider, session, access, by).await;
        joined.map(|(access, lease)| (access, Some(lease))).map_err(|refusal| NoAccess { refusal, through })
    }

    /// Prolongs the session of this access, if there is one and it is time. When to come again.
    pub(super) async fn keep(
        self: &Arc<Self>,
        provider: &'static dyn Provider,
        access: Access,
        trace_id: Uuid,
    ) -> Option<DateTime<Utc>> {
        let session = provider.session()?;
        let login = session.login(&access.credentials, None).ok()?;
        let held = self.known(&self.key(provider, &access, &login))?;
        let due = held.renew_at(Utc::now())?;
        if due <= Utc::now() {
            let door = Door { provider, session, access, held: Arc::clone(&held), endpoint: login.path };
            let by = By { need: Need::Kept, trace_id, within: PATIENCE };
            let _ = self.opened(door, by).await;
        }
        held.renew_at(Utc::now())
    }

    async fn joined(
        self: &Arc<Self>,
        provider: &'static dyn Provider,
        session: &'static dyn Session,
        access: Access,
        by: By,
    ) -> Result<(Access, Lease), Refusal> {
        let login = session.login(&access.credentials, None).map_err(|error| unfit(&error))?;
        let held = self.of(self.key(provider, &access, &login));
        let door = Door { provider, session, access, held: Arc::clone(&held), endpoint: login.path };
        self.remember(&door).await?;
        if let Some(failure) = held.left_alone(Utc::now()) {
            return Err(refused(failure.reason, left_alone(&failure)));
        }
        let open = match held.now(Utc::now()) {
            Now::Good(open) => open,
            Now::Ending(_) | Now::None => self.opened(door.clone(), by).await?,
        };
        let access = signed_in(session, door.access, &open, held.said())?;
        let mismatch = access.signed_in.expects.zip(held.said()).filter(|(expected, said)| expected != said);
        if let Some((expected, said)) = mismatch.filter(|_| by.need == Need::Called) {
            return Err(refused(ReasonCode::BrokerEnvironmentMismatch, mismatched(expected, said)));
        }
        Ok((access, Lease { held, no: open.no }))
    }

    /// Opens or prolongs the session, once for all who wait, whether or not they go on waiting.
    async fn opened(self: &Arc<Self>, door: Door, by: By) -> Result<Open, Refusal> {
        let held = Arc::clone(&door.held);
        let this = Arc::clone(self);
        let task = self.running.spawn(async move { this.open(&door, by).await });
        let failed = |text| Err(refused(ReasonCode::ProviderTimeout, text));
        let late = || failed(format!("no session was opened within {} s", by.within.as_secs_f64()));
        let opened = match tokio::time::timeout(by.within, task).await {
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

    async fn open(&self, door: &Door, by: By) -> Result<Open, Refusal> {
        let _one = door.held.flight.lock().await;
        match door.held.now(Utc::now()) {
            Now::Good(open) => Ok(open),
            Now::None => self.log_in(door, by).await,
            Now::Ending(open) => self.prolong(door, by, open).await,
        }
    }

    async fn prolong(&self, door: &Door, by: By, open: Open) -> Result<Open, Refusal> {
        let Some(renewal) = door.session.renewal() else {
            let again = self.log_in(door, by).await;
            if again.is_err() {
                door.held.renew_later(open.no, Utc::now(), None);
            }
            return again;
        };
        let signed_in = door.session.sign_in(&door.access.credentials, &open.token.secret).map_err(|error| unfit(&error))?;
        let scrubbed = door.access.credentials.clone().with(TOKEN, open.token.secret.clone());
        let access = Access { credentials: scrubbed, ..door.access.clone() };
        let attempt = door.attempt(&access, renewal, signed_in, by.trace_id, None);
        match self.attempt(attempt).await {
            Ok(token) => Ok(door.held.opened(token)),
            Err(Ended::Failed { failure, .. }) if failure.reason == ReasonCode::ProviderAuth => {
                door.held.lost(open.no);
                self.log_in(door, by).await
            }
            Err(Ended::Failed { failure, .. }) => {
                door.held.renew_later(open.no, Utc::now(), failure.not_before);
                Err(refused(failure.reason, failure.message))
            }
            Err(Ended::Unrecorded(refusal)) => {
                door.held.renew_later(open.no, Utc::now(), None);
                Err(refusal)
            }
        }
    }

    /// One login, with its ticket where the vendor wants to see one, and again where that is soon.
    async fn log_in(&self, door: &Door, by: By) -> Result<Open, Refusal> {
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
            let attempt = door.attempt(&door.access, login, SignedIn::default(), by.trace_id, repeats);
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
    async fn remember(&self, door: &Door) -> Result<(), Refusal> {
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

    /// What a credential is known by: everything that its login sends, and where, under a salt that dies with this process.
    fn key(&self, provider: &dyn Provider, access: &Access, login: &Login) -> Sha256Hash {
        let [first, second] = &self.salt;
        let body = login.body.as_ref().map_or("", ExposeSecret::expose_secret);
        let parts = [provider.name(), access.base.as_str(), login.path, body];
        let hashes = parts.map(|part| Sha256Hash::of(part.as_bytes()));
        Sha256Hash::of_parts(
            [first.as_bytes().as_slice(), second.as_bytes()]
                .into_iter()
                .chain(hashes.iter().map(|hash| hash.as_bytes().as_slice())),
        )
    }

    fn known(&self, key: &Sha256Hash) -> Option<Arc<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn of(&self, key: Sha256Hash) -> Arc<Held> {
        Arc::clone(self.held.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default())
    }
}

impl Door {
    fn attempt<'a>(
        &self,
        access: &'a Access,
        request: Login,
        signed_in: SignedIn,
        trace_id: Uuid,
        repeats: Option<(Uuid, i32)>,
    ) -> Attempt<'a> {
        Attempt { provider: self.provider, session: self.session, access, request, signed_in, trace_id, repeats }
    }
}

impl Lease {
    /// Takes note of what a call says of the session. Whether the vendor refused its token, so that another may be asked for.
    pub(super) fn learn(&self, row: &RequestRow) -> bool {
        self.held.learn(self.no, row, Utc::now())
    }
}

/// The access as its token signs it in; what the broker has said of itself stands in each row.
fn signed_in(session: &dyn Session, access: Access, open: &Open, said: Option<AccountKind>) -> Result<Access, Refusal> {
    let signed_in = session.sign_in(&access.credentials, &open.token.secret).map_err(|error| unfit(&error))?;
    let environment = signed_in.environment.or(said);
    let credentials = access.credentials.with(TOKEN, open.token.secret.clone());
    Ok(Access { credentials, signed_in: SignedIn { environment, ..signed_in }, ..access })
}

/// What a broker's answer is worth that says another kind of account than the credential.
pub(super) fn mismatched(expected: AccountKind, said: AccountKind) -> String {
    format!("the broker says that the account is {}; the Secret says {}", said.name(), expected.name())
}

fn left_alone(failure: &Failure) -> String {
    let until = failure.not_before.map(|until| until.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default();
    format!("the vendor asked not to be called before {until}: {}", failure.message)
}

fn unfit(error: &CredentialError) -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, error.reason_code(), error.to_string())
}

fn refused(reason: ReasonCode, message: impl Into<String>) -> Refusal {
    let status = match reason.bearing() {
        Bearing::Credential | Bearing::Configuration => StatusCode::UNAUTHORIZED,
        Bearing::Plan => StatusCode::FORBIDDEN,
        Bearing::Rate => StatusCode::TOO_MANY_REQUESTS,
        Bearing::Vendor | Bearing::Nothing => StatusCode::BAD_GATEWAY,
    };
    Refusal::new(status, reason, message)
}

impl From<Pause> for Refusal {
    fn from(pause: Pause) -> Self {
        refused(pause.reason, pause.message)
    }
}
