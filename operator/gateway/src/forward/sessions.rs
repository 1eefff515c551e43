//! Sessions with vendors that give a token for a login. In: an access, and who needs it. Out: the same access signed in, or why not.
//!
//! One session a credential, shared by all that use it: whoever needs it first opens it, all others wait for that one login. It is
//! prolonged before it ends, and opened anew only where it has ended or the vendor no longer knows it; `pause` says how often. Tokens
//! live here and nowhere else.

mod attempt;
mod door;
mod held;
mod pause;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use assayer_contract::{Bearing, ReasonCode, RequestRow, Sha256Hash, wire::VERIFY_LOOP};
use assayer_providers::{AccountKind, CredentialError, Login, Provider, Session, SignedIn};
use assayer_store::PgPool;
use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use secrecy::ExposeSecret;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use self::pause::Need;

use self::{
    door::{Door, PATIENCE},
    held::{Held, Now, Open},
    pause::Failure,
};
use super::{Access, NoAccess};
use crate::{metrics::Metrics, record::Recorder, refusal::Refusal};

/// The token's name among what is scrubbed.
const TOKEN: &str = "session token";

/// The sessions of all credentials.
pub(super) struct Sessions {
    http: reqwest::Client,
    recorder: Recorder,
    metrics: Metrics,
    pool: PgPool,
    running: TaskTracker,
    /// Makes what credentials are told apart by worthless elsewhere.
    salt: [Uuid; 2],
    held: Mutex<HashMap<Sha256Hash, Arc<Held>>>,
}

/// Who needs a session, and how long they wait for it.
#[derive(Clone, Debug)]
pub(super) struct By {
    pub(super) need: Need,
    /// The user that a login for it is recorded under.
    pub(super) user: Arc<str>,
    pub(super) trace_id: Uuid,
    pub(super) within: Duration,
}

/// The session that a call is made with.
#[derive(Clone)]
pub(super) struct Lease {
    held: Arc<Held>,
    no: u64,
}

impl Sessions {
    pub(super) fn new(http: reqwest::Client, recorder: Recorder, metrics: Metrics, pool: PgPool, running: TaskTracker) -> Self {
        let salt = [Uuid::new_v4(), Uuid::new_v4()];
        Self { http, recorder, metrics, pool, running, salt, held: Mutex::default() }
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

    /// Prolongs the session of this access, if there is one and it is time, as the handshakes in time do. When to come again.
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
            let by = By { need: Need::Kept, user: VERIFY_LOOP.into(), trace_id, within: PATIENCE };
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
        let need = by.need;
        let open = match held.now(Utc::now()) {
            Now::Good(open) => open,
            Now::Ending(_) | Now::None => self.opened(door.clone(), by).await?,
        };
        let access = signed_in(session, door.access, &open, held.said())?;
        let mismatch = access.signed_in.expects.zip(held.said()).filter(|(expected, said)| expected != said);
        if let Some((expected, said)) = mismatch.filter(|_| need == Need::Called) {
            return Err(refused(ReasonCode::BrokerEnvironmentMismatch, mismatched(expected, said)));
        }
        Ok((access, Lease { held, no: open.no }))
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
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Utc::now();
        held.retain(|_, one| Arc::strong_count(one) > 1 || !one.is_idle(now));
        Arc::clone(held.entry(key).or_default())
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
