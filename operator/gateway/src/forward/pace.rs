//! When a call may go: one line for each credential, by what its vendor allows and how its calls ended. In: who asks. Out: a pass
//! that holds room for one exchange, or why there is none. What is decided is pure, in `pace/`.
//!
//! What was sent before a restart is counted from the log when a credential is first used, and so is a vendor's wish to be left alone.

mod circuit;
mod tries;
mod window;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use assayer_contract::{Outcome, ReasonCode, RequestRow, Sha256Hash};
use assayer_providers::{Call, Facts, Limit, Provider};
use assayer_store::{PgPool, pace};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use http::StatusCode;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{Instant, sleep, timeout},
};
use uuid::Uuid;

pub(super) use self::tries::{LEAST, Patience, Tries};
use self::{
    circuit::{Circuit, Ending, FAILURES, Shut},
    window::{Share, Window},
};
use super::Access;
use crate::refusal::Refusal;

/// Exchanges at once; more wait before their intent. Their answers, 64 MiB each at most, must fit into the pod's memory.
const EXCHANGES: usize = 12;
/// No call waits longer for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Handshakes that people may ask for of one credential.
const ON_DEMAND: Limit = Limit { requests: 6, per: Duration::from_mins(1) };
/// While another call finds out whether the vendor is back.
const TRIAL: Duration = Duration::from_secs(1);

/// Who asks for a turn.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) provider: &'static dyn Provider,
    pub(super) access: &'a Access,
    pub(super) purpose: Purpose,
    pub(super) patience: Patience,
    /// How long its answer may take; it waits no longer for its turn.
    pub(super) within: Duration,
}

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A job's work, or a message.
    Work,
    /// What takes an order back. It may use all that the vendor allows. (What else reduces a position cannot be told from the request.)
    Exit,
    /// A handshake in time. It may use half of what is reserved, and goes although the circuit is open: it is how one finds out.
    Handshake,
    /// A handshake that somebody asks for: the same, but only so often.
    OnDemand,
}

impl Purpose {
    /// Of a job's call.
    pub(super) fn of(call: &Call) -> Self {
        if call.cancels { Self::Exit } else { Self::Work }
    }

    fn is_handshake(self) -> bool {
        matches!(self, Self::Handshake | Self::OnDemand)
    }

    fn share(self) -> Share {
        match self {
            Self::Work => Share::Ordinary,
            Self::Handshake | Self::OnDemand => Share::Handshake,
            Self::Exit => Share::Exit,
        }
    }
}

/// The lines of all credentials.
pub(super) struct Pace {
    pool: PgPool,
    active: watch::Receiver<bool>,
    room: Arc<Semaphore>,
    lanes: Mutex<BTreeMap<Sha256Hash, Arc<Lane>>>,
}

/// One credential at one vendor.
struct Lane {
    facts: &'static Facts,
    /// Ordinary calls wait one behind the other.
    line: tokio::sync::Mutex<()>,
    /// Integrations whose earlier calls are counted.
    counted: tokio::sync::Mutex<BTreeSet<Uuid>>,
    state: Mutex<State>,
}

struct State {
    window: Window,
    on_demand: Window,
    circuit: Circuit,
}

/// Leave to make one exchange, for as long as it is held.
pub(super) struct Pass {
    lane: Arc<Lane>,
    tries: bool,
    gone: bool,
    ended: bool,
    _room: OwnedSemaphorePermit,
}

impl Pace {
    pub(super) fn new(pool: PgPool, active: watch::Receiver<bool>) -> Self {
        Self { pool, active, room: Arc::new(Semaphore::new(EXCHANGES)), lanes: Mutex::default() }
    }

    /// Waits for the turn of a call, and then for room.
    pub(super) async fn turn(&self, ask: Ask<'_>) -> Result<Pass, Refusal> {
        let lane = self.lane(ask);
        self.count_earlier(&lane, ask.access.through.id).await?;
        let mut left = ask.within.min(LONGEST_WAIT);
        loop {
            lane.in_line(ask, &mut left).await?;
            let closed = |_| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, ReasonCode::EvidenceUnavailable, "the gateway stops");
            let room = Arc::clone(&self.room).acquire_owned().await.map_err(closed)?;
            if let Some(tries) = lane.admit(ask, Instant::now())? {
                return Ok(Pass { lane, tries, gone: false, ended: false, _room: room });
            }
        }
    }

    fn lane(&self, ask: Ask<'_>) -> Arc<Lane> {
        let (facts, base) = (ask.provider.facts(), ask.access.base.as_str());
        let credential = ask.access.credentials.fingerprint(facts);
        let id = Sha256Hash::of_parts([facts.name.as_bytes(), credential.as_bytes(), base.as_bytes()]);
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lanes.entry(id).or_insert_with(|| Arc::new(Lane::new(facts))))
    }

    /// Only the gateway that writes the log knows that it holds all rows; what another asks for is refused at its intent.
    async fn count_earlier(&self, lane: &Lane, integration: Option<Uuid>) -> Result<(), Refusal> {
        let Some(integration) = integration.filter(|_| *self.active.borrow()) else { return Ok(()) };
        let mut counted = lane.counted.lock().await;
        if counted.contains(&integration) {
            return Ok(());
        }
        let (now, longest) = (Utc::now(), lane.facts.limits.iter().map(|limit| limit.per).max().unwrap_or_default());
        let most = lane.facts.limits.iter().map(|limit| limit.requests).max().unwrap_or_default();
        let since = now - TimeDelta::from_std(longest).unwrap_or_default();
        let earlier = pace::earlier(&self.pool, integration, since, most.into(), now).await?;
        lane.add(&earlier, now);
        counted.insert(integration);
        Ok(())
    }
}

impl Lane {
    fn new(facts: &'static Facts) -> Self {
        let state = State { window: Window::new(facts.limits), on_demand: Window::new(&[ON_DEMAND]), circuit: Circuit::new() };
        let (line, counted) = (tokio::sync::Mutex::default(), tokio::sync::Mutex::default());
        Self { facts, line, counted, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, earlier: &pace::Earlier, now: DateTime<Utc>) {
        let at = |time: &DateTime<Utc>| Instant::now().checked_sub((now - *time).to_std().unwrap_or_default());
        let mut state = self.state();
        state.window.add_earlier(earlier.sent_at.iter().filter_map(at));
        if let Some(asked) = &earlier.left_alone {
            let wait = (asked.until - now).to_std().unwrap_or_default();
            state.circuit.note_rate(asked.reason, Some(wait), Instant::now());
        }
    }

    /// Waits until the limits have room, behind all who came before.
    async fn in_line(&self, ask: Ask<'_>, left: &mut Duration) -> Result<(), Refusal> {
        let began = Instant::now();
        let _first = if ask.purpose == Purpose::Work {
            Some(timeout(*left, self.line.lock()).await.map_err(|_| self.too_long(ask, Duration::from_secs(1)))?)
        } else {
            None
        };
        *left = left.saturating_sub(began.elapsed());
        loop {
            let wait = self.state().window.wait(ask.purpose.share(), Instant::now());
            let Some(wait) = wait else { return Ok(()) };
            *left = left.checked_sub(wait).ok_or_else(|| self.too_long(ask, wait))?;
            sleep(wait).await;
        }
    }

    /// Whether the call tries an open circuit; `None` where another took its turn meanwhile.
    fn admit(&self, ask: Ask<'_>, now: Instant) -> Result<Option<bool>, Refusal> {
        let mut state = self.state();
        if state.window.wait(ask.purpose.share(), now).is_some() {
            return Ok(None);
        }
        if let Some(wait) = state.on_demand.wait(Share::Exit, now).filter(|_| ask.purpose == Purpose::OnDemand) {
            return Err(asked_too_often(wait));
        }
        let admitted = state.circuit.admit(ask.purpose.is_handshake(), ask.patience.cooldown, now);
        let tries = admitted.map_err(|shut| self.shut(shut, now))?;
        state.window.admit();
        if ask.purpose == Purpose::OnDemand {
            state.on_demand.goes(now);
        }
        Ok(Some(tries))
    }

    fn too_long(&self, ask: Ask<'_>, wait: Duration) -> Refusal {
        let limits = self.facts.limits.iter();
        let limits: Vec<_> =
            limits.map(|limit| format!("{} in {} s", ask.purpose.share().of(limit.requests), limit.per.as_secs())).collect();
        let message = format!(
            "with this credential {} may be called {} at most, and the next turn is {:.1} s away",
            self.facts.title,
            limits.join(" and "),
            wait.as_secs_f64()
        );
        Refusal::new(StatusCode::TOO_MANY_REQUESTS, ReasonCode::RateLimitedLocally, message).after(wait)
    }

    fn shut(&self, shut: Shut, now: Instant) -> Refusal {
        let title = self.facts.title;
        let (status, reason, wait, why) = match shut {
            Shut::LeftAlone { reason, until, asked: Some(asked) } => {
                let why = format!("the vendor asks to wait {} s", asked.as_secs());
                (StatusCode::TOO_MANY_REQUESTS, reason, until - now, why)
            }
            Shut::LeftAlone { reason, until, asked: None } => {
                let why = "the vendor limits the rate of calls and says no time".to_owned();
                (StatusCode::TOO_MANY_REQUESTS, reason, until - now, why)
            }
            Shut::Open { until } => {
                let why = format!("{title} failed {FAILURES} times in a row, or again when it was tried");
                (StatusCode::SERVICE_UNAVAILABLE, ReasonCode::CircuitOpen, until - now, why)
            }
            Shut::Trying => {
                let why = format!("{title} failed {FAILURES} times in a row, and another call tries whether it is back");
                (StatusCode::SERVICE_UNAVAILABLE, ReasonCode::CircuitOpen, TRIAL, why)
            }
        };
        let until = (Utc::now() + wait).to_rfc3339_opts(SecondsFormat::Secs, true);
        Refusal::new(status, reason, format!("{why}: nothing is sent with this credential before {until}")).after(wait)
    }
}

impl Pass {
    /// Notes that the call is on its way from now on.
    pub(super) fn goes(&mut self) {
        self.gone = true;
        self.lane.state().window.goes(Instant::now());
    }

    /// Notes how the exchange ended, by its row.
    pub(super) fn ended(&mut self, row: &RequestRow) {
        self.ended = true;
        let (mut state, now) = (self.lane.state(), Instant::now());
        state.circuit.ended(self.tries, Ending::of(row), now);
        let asked = row.retry_after_s.map(|seconds| Duration::from_secs(seconds.unsigned_abs()));
        let reason = row.reason_code.filter(|_| row.outcome != Outcome::Success);
        if reason.is_some() || row.outcome == Outcome::Success {
            state.circuit.note_rate(reason, asked, now);
        }
    }
}

impl Drop for Pass {
    /// What was not made after all leaves its turn to the next.
    fn drop(&mut self) {
        let mut state = self.lane.state();
        if !self.gone {
            state.window.give_back();
        }
        if !self.ended {
            state.circuit.ended(self.tries, Ending::NotMade, Instant::now());
        }
    }
}

fn asked_too_often(wait: Duration) -> Refusal {
    let (most, seconds) = (ON_DEMAND.requests, wait.as_secs() + 1);
    let message = format!("the credential was checked on demand {most} times within a minute: ask again in {seconds} s");
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, ReasonCode::RateLimitedLocally, message).after(wait)
}
