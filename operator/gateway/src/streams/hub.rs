//! What a session and its readers share. In: events of the session, readers that come and go. Out: series to read, and whether there is
//! anything wrong with them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use assayer_contract::ReasonCode;
use assayer_providers::live::{Behind, Gap, Placed, Series, Step, Subscription};
use chrono::{DateTime, Utc};
use dbn::{SType, Schema};
use tokio::sync::watch;
use uuid::Uuid;

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

/// Something that readers should know.
pub(super) type Complaint = (ReasonCode, String);

/// One dataset by one credential.
pub(super) struct Hub {
    state: Mutex<State>,
    changed: watch::Sender<()>,
    health: watch::Sender<Option<Complaint>>,
}

#[derive(Default)]
struct State {
    members: BTreeMap<SeriesKey, Member>,
    /// How often opening failed, and why last.
    troubles: u64,
    trouble: Option<Refusal>,
    /// Why there will be no session any more.
    over: Option<Refusal>,
    /// The row of the session under way, or of the last.
    row: Option<Uuid>,
}

struct Member {
    schema: Schema,
    stype_in: SType,
    series: Series<Came>,
    readers: usize,
    /// Where it is to begin, if it has not begun.
    since: Option<i64>,
    begun: bool,
    instrument: Option<u32>,
}

/// A reader's place in a hub, given up when it is dropped.
pub(super) struct Place {
    hub: Arc<Hub>,
    keys: Vec<SeriesKey>,
    troubles: u64,
}

impl Hub {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), changed: watch::Sender::new(()), health: watch::Sender::new(None) })
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

    pub(super) fn health(&self) -> watch::Receiver<Option<Complaint>> {
        self.health.subscribe()
    }

    /// Notes what is wrong, or that nothing is.
    pub(super) fn complain(&self, complaint: Option<Complaint>) {
        // The text tells ages, which change: what counts is the reason.
        self.health.send_if_modified(|old| {
            let other = old.as_ref().map(|(reason, _)| *reason) != complaint.as_ref().map(|(reason, _)| *reason);
            if other {
                *old = complaint;
            }
            other
        });
    }

    /// A place for one more reader; none where there will be no session any more.
    pub(super) fn enter(self: &Arc<Self>, one: &Subscription, held: usize) -> Option<Place> {
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
                readers: 0,
                since: None,
                begun: false,
                instrument: None,
            });
            member.readers += 1;
            let start = one.since.map(|since| member.series.after(since));
            // Of two readers that wait for a series to begin, the one that wants more.
            member.since = [member.since, start].into_iter().flatten().min();
            keys.push(key);
        }
        let troubles = state.troubles;
        drop(state);
        self.tell();
        Some(Place { hub: Arc::clone(self), keys, troubles })
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
        state.row = Some(came.row);
        state.trouble = None;
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
        self.complain(None);
        self.tell();
    }

    /// Opening failed, and will be tried again.
    pub(super) fn trouble(&self, refusal: &Refusal) {
        let mut state = self.state();
        state.troubles += 1;
        state.trouble = Some(refusal.clone());
        drop(state);
        self.complain(Some((ReasonCode::DataStale, refusal.message.clone())));
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

    /// End of the newest bar of each series that is read.
    pub(super) fn newest(&self) -> Vec<(SeriesKey, Option<i64>)> {
        let state = self.state();
        let read = state.members.iter().filter(|(_, member)| member.begun && member.readers > 0);
        read.map(|(key, member)| (key.clone(), member.series.newest_end())).collect()
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

impl Member {
    fn take(&mut self, key: &SeriesKey, event: &Event, came: Came, only: Option<Schema>) -> Option<Step> {
        match event {
            Event::Mapping { stype_in, symbol, instrument_id } if *stype_in == self.stype_in && *symbol == key.2 => {
                self.instrument = Some(*instrument_id);
                None
            }
            Event::Bar(schema, bar) if *schema == self.schema && self.instrument == Some(bar.instrument_id) => {
                Some(self.series.bar(*bar, came))
            }
            // Where the vendor does not say of which schema, it can only be the one that there is.
            Event::Ended(schema, end) if schema.or(only) == Some(self.schema) => Some(self.series.ended(*end, came)),
            Event::Skipped => {
                self.series.skipped();
                None
            }
            Event::AgedOut => {
                self.series.aged_out();
                None
            }
            _ => None,
        }
    }
}

impl Place {
    /// Waits until all series have begun; or why they do not.
    pub(super) async fn begun(&self) -> Result<(), Refusal> {
        let mut changes = self.hub.changes();
        loop {
            changes.borrow_and_update();
            {
                let state = self.hub.state();
                if let Some(over) = &state.over {
                    return Err(over.clone());
                }
                if self.keys.iter().all(|key| state.members.get(key).is_some_and(|member| member.begun)) {
                    return Ok(());
                }
                if let Some(trouble) = state.trouble.as_ref().filter(|_| state.troubles > self.troubles) {
                    return Err(trouble.clone());
                }
            }
            // The sender is a part of the hub, which this holds.
            let _ = changes.changed().await;
        }
    }

    pub(super) fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Where each series is to be read from, and what cannot be had of it.
    pub(super) fn join(&self, since: Option<i64>) -> Vec<(u64, Option<Gap>)> {
        let state = self.hub.state();
        self.keys.iter().map(|key| state.members.get(key).map_or((0, None), |member| member.series.join(since))).collect()
    }

    /// The next items of the series at `index` from a number on, at most so many.
    pub(super) fn read(&self, index: usize, from: u64, most: usize) -> Result<Vec<Placed<Came>>, Behind> {
        let state = self.hub.state();
        let Some(member) = self.keys.get(index).and_then(|key| state.members.get(key)) else { return Ok(Vec::new()) };
        let mut items = Vec::new();
        for number in from..from.saturating_add(most as u64) {
            match member.series.get(number)? {
                Some(placed) => items.push(placed),
                None => break,
            }
        }
        Ok(items)
    }

    /// Why no more will come.
    pub(super) fn over(&self) -> Option<Refusal> {
        self.hub.state().over.clone()
    }

    /// The row of the session under way, or of the last.
    pub(super) fn session(&self) -> Option<Uuid> {
        self.hub.state().row
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.hub.state();
        for key in &self.keys {
            if let Some(member) = state.members.get_mut(key) {
                member.readers = member.readers.saturating_sub(1);
            }
        }
        drop(state);
        self.hub.tell();
    }
}
