//! What a session and its readers share. In: events of the session, readers that come and go. Out: series to read, and whether there is
//! anything wrong with them.

mod age;
mod member;
mod place;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use assayer_engine::calendar::Calendar;
use assayer_providers::live::{Series, Step, Subscription};
use chrono::{DateTime, Utc};
use dbn::{SType, Schema};
use tokio::sync::watch;
use uuid::Uuid;

pub(super) use self::{age::Age, place::Place};

use self::member::Member;
use super::wire::Event;
use crate::refusal::Refusal;

/// Which series, in an order.
pub(super) type SeriesKey = (&'static str, &'static str, String);

/// What is noted of each item's arrival.
#[derive(Clone, Copy, Debug)]
pub(super) struct Came {
    /// The row of the session that brought it.
    pub(super) row: Uuid,
    /// When.
    pub(super) at: DateTime<Utc>,
    /// When that session had begun: what ended before is a replay.
    pub(super) begun: DateTime<Utc>,
}

/// A series that is asked of the vendor.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) key: SeriesKey,
    pub(super) schema: Schema,
    pub(super) stype_in: SType,
    pub(super) start: Option<i64>,
}

/// One dataset by one credential.
pub(super) struct Hub {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct State {
    members: BTreeMap<SeriesKey, Member>,
    /// How often a session ended or could not be opened, and why last.
    troubles: u64,
    trouble: Option<Refusal>,
    /// When the session under way began; none while there is none.
    begun: Option<DateTime<Utc>>,
    /// Places by how long a session may give no sign of life to them.
    patience: BTreeMap<Duration, usize>,
    /// Why there will be no session any more.
    over: Option<Refusal>,
    /// The row of the session under way, or of the last.
    row: Option<Uuid>,
}

impl Hub {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), changed: watch::Sender::new(()) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.changed.send_replace(());
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// A place for one more reader; none where there will be no session any more.
    pub(super) fn enter(self: &Arc<Self>, one: &Subscription, held: usize, heartbeat_max_age: Duration) -> Option<Place> {
        let mut state = self.state();
        if state.over.is_some() {
            return None;
        }
        let mut keys = Vec::new();
        for symbol in &one.symbols {
            let key = (one.schema.as_str(), one.stype_in.as_str(), symbol.clone());
            let member = state.members.entry(key.clone()).or_insert_with(|| Member {
                schema: one.schema,
                stype_in: one.stype_in,
                series: Series::new(one.length, held),
                length: one.length,
                readers: 0,
                since: None,
                begun: false,
                instrument: None,
                calendar: Calendar::of(&one.dataset, symbol).ok(),
            });
            member.readers += 1;
            let start = one.since.map(|since| member.series.after(since));
            // Of two readers that wait for a series to begin, the one that wants more.
            member.since = [member.since, start].into_iter().flatten().min();
            keys.push(key);
        }
        *state.patience.entry(heartbeat_max_age).or_default() += 1;
        let troubles = state.troubles;
        drop(state);
        self.tell();
        Some(Place { hub: Arc::clone(self), keys, troubles, heartbeat_max_age })
    }

    /// How long a session may give no sign of life, by the strictest that reads.
    pub(super) fn heartbeat_max_age(&self) -> Option<Duration> {
        self.state().patience.keys().next().copied()
    }

    /// Readers now.
    pub(super) fn readers(&self) -> usize {
        self.state().members.values().map(|member| member.readers).sum()
    }

    /// Whether somebody waits for a series that has not begun.
    pub(super) fn is_wanting(&self) -> bool {
        self.state().members.values().any(|member| !member.begun && member.readers > 0)
    }

    /// What the next session is to bring; nothing from before `oldest`. Series that nobody reads are let go.
    pub(super) fn wanted(&self, oldest: i64) -> Vec<Wanted> {
        let mut state = self.state();
        state.members.retain(|_, member| member.readers > 0);
        let wanted = |(key, member): (&SeriesKey, &Member)| {
            let resume = if member.begun { member.series.resume() } else { member.since };
            let start = resume.map(|start| if start == 0 { 0 } else { start.max(oldest) });
            Wanted { key: key.clone(), schema: member.schema, stype_in: member.stype_in, start }
        };
        state.members.iter().map(wanted).collect()
    }

    /// A session has begun.
    pub(super) fn begun(&self, wanted: &[Wanted], came: Came) {
        let mut state = self.state();
        (state.row, state.begun) = (Some(came.row), Some(came.begun));
        for one in wanted {
            if let Some(member) = state.members.get_mut(&one.key) {
                if !member.begun {
                    // What was asked for, and what the vendor was asked for in its place.
                    member.series.begin(member.since, came);
                }
                member.series.begin(one.start, came);
                (member.begun, member.instrument) = (true, None);
            }
        }
        drop(state);
        self.tell();
    }

    /// A session ended or could not be opened, and another will be.
    pub(super) fn trouble(&self, refusal: &Refusal) {
        let mut state = self.state();
        state.troubles += 1;
        (state.trouble, state.begun) = (Some(refusal.clone()), None);
        drop(state);
        self.tell();
    }

    /// There will be no session any more.
    pub(super) fn end(&self, refusal: Refusal) {
        self.state().over.get_or_insert(refusal);
        self.tell();
    }

    /// Ends it, unless somebody reads: whoever comes later finds it over, and begins another.
    pub(super) fn end_unread(&self, refusal: Refusal) -> bool {
        let mut state = self.state();
        let unread = state.members.values().all(|member| member.readers == 0);
        if unread {
            state.over.get_or_insert(refusal);
        }
        unread
    }

    /// Takes what the vendor sent.
    pub(super) fn take(&self, events: &[Event], came: Came, only: Option<Schema>) -> Taken {
        let mut taken = Taken::default();
        let mut state = self.state();
        for event in events {
            for (key, member) in state.members.iter_mut().filter(|(_, member)| member.begun) {
                let step = member.take(key, event, came, only);
                taken.hole |= step == Some(Step::Hole);
                if let Event::Bar(..) = event {
                    taken.bars += u64::from(step == Some(Step::Taken));
                    taken.known += u64::from(step == Some(Step::Known));
                }
            }
            if taken.hole {
                break;
            }
        }
        drop(state);
        self.tell();
        taken
    }
}

/// What became of some events.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Whether a series has a hole that a replay may close.
    pub(super) hole: bool,
    pub(super) bars: u64,
    pub(super) known: u64,
}
