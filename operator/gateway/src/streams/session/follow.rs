//! A session under way. In: what the vendor sends, who reads, the time. Out: events for the hub, figures; and why the session ended.

use std::time::Duration;

use assayer_contract::ReasonCode;
use assayer_providers::live::LiveError;
use chrono::Utc;
use databento::live::Client;
use dbn::Schema;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{End, Keeper, inactive, stopping};
use crate::{
    metrics::{Metrics, OfDataset},
    streams::{
        hub::{Came, Wanted},
        wire::{self, Event, named},
    },
};

/// Between two looks at how old things are; a quarter of the session's patience where that is less.
const LOOK: Duration = Duration::from_secs(1);

/// What is noted of a session while it is followed.
struct Noted {
    came: Came,
    /// The one schema that was asked for, where it is one.
    only: Option<Schema>,
    /// When the vendor last gave a sign of life.
    heard: Instant,
    /// When the next look is due.
    look: Instant,
    /// When somebody was last seen to read.
    read: Instant,
}

impl Keeper {
    /// Takes what the vendor sends until there is a reason to stop.
    pub(super) async fn follow(&self, mut client: Client, wanted: &[Wanted], came: Came) -> End {
        let _open = OpenSession::count(&self.metrics, &self.dataset);
        let (mut changes, mut active) = (self.hub.changes(), self.recorder.active());
        let now = Instant::now();
        let mut noted = Noted { came, only: only(wanted), heard: now, look: now, read: now };
        loop {
            let end = tokio::select! {
                next = timeout_at(noted.heard + self.heartbeat_max_age(), wire::next(&mut client)) => match next {
                    Ok(next) => self.heard(next, &mut noted),
                    Err(_) => Some(self.dead()),
                },
                _ = changes.changed() => self.hub.is_wanting().then_some(End::Wanting),
                () = sleep_until(noted.look) => self.look(&mut noted),
                _ = active.wait_for(|active| !active) => Some(End::Stopped(inactive())),
                () = self.stop.cancelled() => Some(End::Stopped(stopping())),
            };
            if let Some(end) = end {
                return end;
            }
        }
    }

    /// The policy's, of the strictest that reads.
    fn heartbeat_max_age(&self) -> Duration {
        self.hub.heartbeat_max_age().unwrap_or(self.rules.heartbeat_max_age)
    }

    fn heard(&self, next: Result<Option<Vec<Event>>, LiveError>, noted: &mut Noted) -> Option<End> {
        match next {
            Ok(Some(events)) if events.is_empty() => None,
            Ok(Some(events)) => {
                noted.heard = Instant::now();
                self.take(&events, noted)
            }
            Ok(None) => Some(End::Broken(named(ReasonCode::ProviderUnreachable, "the vendor closed the connection"))),
            Err(error) => Some(End::Broken(error)),
        }
    }

    fn take(&self, events: &[Event], noted: &Noted) -> Option<End> {
        let taken = self.hub.take(events, Came { at: Utc::now(), ..noted.came }, noted.only);
        let of = OfDataset { dataset: self.dataset.clone() };
        self.metrics.stream_bars.get_or_create(&of).inc_by(taken.bars);
        self.metrics.stream_known.get_or_create(&of).inc_by(taken.known);
        if taken.hole {
            return Some(End::Hole);
        }
        events.iter().find_map(|event| match event {
            Event::Error(error) => Some(End::Broken(error.clone())),
            Event::AgedOut => {
                Some(End::Broken(named(ReasonCode::ProviderRange, "the vendor keeps less than was to be replayed")))
            }
            _ => None,
        })
    }

    /// Heartbeats say that the session lives, bars that the market does: two ages, told apart. Readers are told of the second by their
    /// own policies.
    fn look(&self, noted: &mut Noted) -> Option<End> {
        let now = Instant::now();
        noted.look = now + LOOK.min(self.heartbeat_max_age() / 4);
        let of = OfDataset { dataset: self.dataset.clone() };
        self.metrics.stream_heartbeat_age.get_or_create(&of).set(noted.heard.elapsed().as_secs_f64());
        let age = self.hub.oldest_age(Utc::now()).map_or(0.0, |oldest| oldest.over.as_seconds_f64());
        self.metrics.stream_bar_age.get_or_create(&of).set(age);
        if self.hub.readers() > 0 {
            noted.read = now;
        }
        (noted.read.elapsed() >= self.rules.idle).then_some(End::Idle)
    }

    fn dead(&self) -> End {
        let message = format!("no sign of life for {} s", self.heartbeat_max_age().as_secs_f64());
        End::Broken(named(ReasonCode::DataStale, &message))
    }
}

fn only(wanted: &[Wanted]) -> Option<Schema> {
    let mut schemas: Vec<_> = wanted.iter().map(|one| one.schema).collect();
    schemas.dedup();
    if let [only] = schemas.as_slice() { Some(*only) } else { None }
}

/// Counts a session as open while it lives.
struct OpenSession<'a>(&'a Metrics, OfDataset);

impl<'a> OpenSession<'a> {
    fn count(metrics: &'a Metrics, dataset: &str) -> Self {
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
