//! A reader's place in a hub: what it reads there, and that it does.

use std::{sync::Arc, time::Duration};

use assayer_providers::live::{Behind, Gap, Placed};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Came, Hub, SeriesKey,
    age::{Age, oldest},
};
use crate::refusal::Refusal;

/// A reader's place in a hub, given up when it is dropped.
pub(in crate::streams) struct Place {
    pub(super) hub: Arc<Hub>,
    pub(super) keys: Vec<SeriesKey>,
    /// How many there were when it came.
    pub(super) troubles: u64,
    pub(super) heartbeat_max_age: Duration,
}

impl Place {
    /// Waits until all series have begun; or why they do not.
    pub(in crate::streams) async fn begun(&self) -> Result<(), Refusal> {
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
                if let Some(trouble) = state.trouble.as_ref().filter(|_| state.troubles > self.troubles && state.begun.is_none())
                {
                    return Err(trouble.clone());
                }
            }
            // The sender is a part of the hub, which this holds.
            let _ = changes.changed().await;
        }
    }

    pub(in crate::streams) fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Where each series is to be read from, and what cannot be had of it.
    pub(in crate::streams) fn join(&self, since: Option<i64>) -> Vec<(u64, Option<Gap>)> {
        let state = self.hub.state();
        self.keys.iter().map(|key| state.members.get(key).map_or((0, None), |member| member.series.join(since))).collect()
    }

    /// The next items of the series at `index` from a number on, at most so many.
    pub(in crate::streams) fn read(&self, index: usize, from: u64, most: usize) -> Result<Vec<Placed<Came>>, Behind> {
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

    /// How many troubles there have been, the last of them, and whether a session is under way again.
    pub(in crate::streams) fn troubles(&self) -> (u64, Option<Refusal>, bool) {
        let state = self.hub.state();
        (state.troubles, state.trouble.clone(), state.begun.is_some())
    }

    /// The oldest of the newest bars of its series.
    pub(in crate::streams) fn oldest_age(&self, now: DateTime<Utc>) -> Option<Age> {
        let state = self.hub.state();
        oldest(&state, self.keys.iter().filter_map(|key| state.members.get_key_value(key)), now)
    }

    /// Why no more will come.
    pub(in crate::streams) fn over(&self) -> Option<Refusal> {
        self.hub.state().over.clone()
    }

    /// The row of the session under way, or of the last.
    pub(in crate::streams) fn session(&self) -> Option<Uuid> {
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
        if let Some(places) = state.patience.get_mut(&self.heartbeat_max_age) {
            *places -= 1;
            if *places == 0 {
                state.patience.remove(&self.heartbeat_max_age);
            }
        }
        drop(state);
        self.hub.tell();
    }
}
