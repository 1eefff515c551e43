//! Where the handshakes of each Integration stand in this process. In: what began and ended. Out: what is to begin. Pure, but for the
//! clock that timers use; what has been made is in the log, and this only saves asking it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use assayer_crds::Integration;
use tokio::time::Instant;
use uuid::Uuid;

/// What is under way, and when to look again.
#[derive(Default)]
pub(super) struct Plan {
    /// When to look at an Integration of this generation again; `None` while one is under way.
    looks: BTreeMap<Uuid, (i64, Option<Instant>)>,
    /// On demand: those that are under way.
    asked: BTreeSet<(Uuid, &'static str, Uuid)>,
    /// On demand: the newest that were made.
    answered: BTreeMap<(Uuid, &'static str), Uuid>,
}

/// A task that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Done {
    /// The Integration of this generation was looked at, and is to be looked at again then.
    Looked(Uuid, i64, Instant),
    /// The handshake that this annotation asked for by this trace was made, now or before; or could not be tried.
    Answered(Uuid, &'static str, Uuid, bool),
}

impl Plan {
    /// Notes that an Integration is being looked at.
    pub(super) fn looks_at(&mut self, id: Uuid, generation: i64) {
        self.looks.insert(id, (generation, None));
    }

    /// Whether the handshake that this annotation asks for is to be made; if so, notes that it is under way.
    pub(super) fn takes_on(&mut self, id: Uuid, annotation: &'static str, trace: Uuid) -> bool {
        self.answered.get(&(id, annotation)) != Some(&trace) && self.asked.insert((id, annotation, trace))
    }

    /// Whether to look at an Integration now: one whose spec has changed at once.
    pub(super) fn is_due(&self, id: Uuid, generation: i64) -> bool {
        match self.looks.get(&id) {
            Some((_, None)) => false,
            Some((known, Some(at))) => *known != generation || *at <= Instant::now(),
            None => true,
        }
    }

    /// Notes what has ended. Without knowing what did, everything begins anew.
    pub(super) fn note(&mut self, done: Option<&Done>) {
        match done.copied() {
            Some(Done::Looked(id, generation, at)) => {
                self.looks.insert(id, (generation, Some(at)));
            }
            Some(Done::Answered(id, annotation, trace, made)) => {
                self.asked.remove(&(id, annotation, trace));
                if made {
                    self.answered.insert((id, annotation), trace);
                }
            }
            None => *self = Self::default(),
        }
    }

    /// Forgets Integrations that are gone; answers which are there.
    pub(super) fn forget_all_but(&mut self, all: &[Arc<Integration>]) -> BTreeSet<Uuid> {
        let there: BTreeSet<_> = all.iter().filter_map(|one| one.identified()).map(|(id, _)| id).collect();
        self.looks.retain(|id, _| there.contains(id));
        self.answered.retain(|(id, _), _| there.contains(id));
        there
    }
}
