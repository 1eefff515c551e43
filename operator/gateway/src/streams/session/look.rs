//! How old things are. In: what came, and when. Out: figures, and complaints to readers.

use std::time::Duration;

use assayer_contract::ReasonCode;
use assayer_engine::calendar::Calendar;
use assayer_providers::live::moment;
use chrono::{TimeDelta, Utc};

use super::Keeper;
use crate::{
    metrics::{Metrics, OfDataset},
    streams::hub::Came,
};

impl Keeper {
    /// Heartbeats say that the session lives, bars that the market does: two ages, told apart.
    pub(super) fn look(&self, came: Came, since_heard: Duration) {
        let now = Utc::now();
        let of = OfDataset { dataset: self.dataset.clone() };
        self.metrics.stream_heartbeat_age.get_or_create(&of).set(since_heard.as_secs_f64());
        let limit = TimeDelta::from_std(self.rules.bar_max_age).unwrap_or(TimeDelta::MAX);
        let ages = self.hub.newest().into_iter().map(|(key, end)| {
            // Of a session that has just begun nothing can be late yet.
            let since = end.map_or(came.begun, |end| moment(end).max(came.begun));
            (key, now - since)
        });
        let oldest = ages.filter(|(key, _)| self.trades(&key.2)).max_by_key(|(_, age)| *age);
        let age = oldest.as_ref().map_or(0.0, |(_, age)| age.as_seconds_f64());
        self.metrics.stream_bar_age.get_or_create(&of).set(age);
        let stale = oldest.filter(|(_, age)| *age > limit);
        self.hub.complain(stale.map(|(key, age)| {
            (ReasonCode::DataStale, format!("no bar of {} for {} s, though the session lives", key.2, age.num_seconds()))
        }));
    }

    /// Whether bars are to be expected now; where nobody knows, they are.
    fn trades(&self, symbol: &str) -> bool {
        let now = Utc::now();
        let sessions = Calendar::of(&self.dataset, symbol)
            .and_then(|calendar| calendar.sessions(now - TimeDelta::days(1), now + TimeDelta::days(1)));
        let nanos = now.timestamp_nanos_opt().unwrap_or_default();
        sessions.map_or(true, |sessions| sessions.iter().any(|one| one.open <= nanos && nanos < one.close))
    }
}

/// Counts a session as open while it lives.
pub(super) struct OpenSession<'a>(&'a Metrics, OfDataset);

impl<'a> OpenSession<'a> {
    pub(super) fn count(metrics: &'a Metrics, dataset: &str) -> Self {
        let of = OfDataset { dataset: dataset.to_owned() };
        metrics.stream_sessions.get_or_create(&of).inc();
        Self(metrics, of)
    }
}

impl Drop for OpenSession<'_> {
    fn drop(&mut self) {
        self.0.stream_sessions.get_or_create(&self.1).dec();
    }
}
