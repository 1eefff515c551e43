//! Keeps the one session of a hub: opens it with a row, follows it, opens the next where it ends, and closes it when nobody reads.

mod look;
mod opening;

use std::{sync::Arc, time::Duration};

use assayer_contract::{ReasonCode, Sha256Hash};
use assayer_providers::live::LiveError;
use chrono::{TimeDelta, Utc};
use databento::live::Client;
use dbn::Schema;
use http::StatusCode;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::{look::OpenSession, opening::Failed};
use super::{
    hub::{Came, Hub, Wanted},
    rules::Rules,
    wire::{self, named},
};
use crate::{
    forward::Access,
    metrics::{Metrics, OfDataset},
    record::Recorder,
    refusal::Refusal,
};

/// What a session is kept with.
pub(super) struct Keeper {
    pub(super) hub: Arc<Hub>,
    pub(super) recorder: Recorder,
    pub(super) metrics: Metrics,
    pub(super) rules: Rules,
    pub(super) access: Access,
    pub(super) dataset: String,
    pub(super) address: String,
    /// Who caused it: the reader that it was opened for.
    pub(super) user: String,
    pub(super) stop: CancellationToken,
}

/// Why a session ended.
enum End {
    /// Nobody reads.
    Idle,
    /// A reader wants a series that it does not have.
    Wanting,
    /// A series has a hole.
    Hole,
    /// This gateway may not go on.
    Stopped(Refusal),
    Broken(LiveError),
}

impl Keeper {
    /// Until nobody reads, or going on is no use.
    pub(super) async fn run(self) {
        let call_id = Uuid::now_v7();
        let (mut attempt, mut pause, mut after) = (0, self.rules.pause.0, None);
        loop {
            sleep(self.rules.gather).await;
            let wanted = self.hub.wanted(self.oldest());
            if wanted.is_empty() {
                if self.hub.end_unread(closed()) {
                    return;
                }
                continue;
            }
            attempt += 1;
            let draft = self.draft(call_id, attempt, &wanted, after.as_deref());
            let end = match self.open(draft, &wanted).await {
                Ok((client, came)) => {
                    self.hub.begun(&wanted, came);
                    pause = self.rules.pause.0;
                    self.follow(client, &wanted, came).await
                }
                Err(Failed::Vendor(error)) => End::Broken(error),
                Err(Failed::Log(refusal)) => End::Stopped(refusal),
            };
            let why = match end {
                End::Idle if self.hub.end_unread(closed()) => return,
                End::Idle => continue,
                End::Stopped(refusal) => return self.hub.end(refusal),
                End::Wanting => {
                    after = Some("another series was asked for".to_owned());
                    continue;
                }
                End::Hole => named(ReasonCode::DataTruncated, "something is missing that a replay may have"),
                End::Broken(error) => error,
            };
            let refusal = refusal(&why);
            if why.is_final() {
                return self.hub.end(refusal);
            }
            tracing::warn!(dataset = self.dataset, attempt, reason = %why.reason_code, why = why.message, "a live session ended");
            self.hub.trouble(&refusal);
            after = Some(format!("{}: {}", why.reason_code, why.message));
            tokio::select! {
                () = sleep(jittered(pause, call_id, attempt)) => {}
                () = self.stop.cancelled() => return self.hub.end(stopping()),
            }
            pause = (pause * 2).min(self.rules.pause.1);
        }
    }

    /// What is older is not asked for.
    fn oldest(&self) -> i64 {
        let oldest = Utc::now() - TimeDelta::from_std(self.rules.replay).unwrap_or(TimeDelta::MAX);
        oldest.timestamp_nanos_opt().unwrap_or_default()
    }

    /// Takes what the vendor sends until there is a reason to stop.
    async fn follow(&self, mut client: Client, wanted: &[Wanted], came: Came) -> End {
        let _open = OpenSession::count(&self.metrics, &self.dataset);
        let mut schemas: Vec<_> = wanted.iter().map(|one| one.schema).collect();
        schemas.dedup();
        let only = if let [only] = schemas.as_slice() { Some(*only) } else { None };
        let (mut changes, mut active) = (self.hub.changes(), self.recorder.active());
        let every = (self.rules.heartbeat_max_age / 4).min(Duration::from_secs(1));
        let (mut heard, mut look, mut read) = (Instant::now(), Instant::now() + every, Instant::now());
        loop {
            tokio::select! {
                next = timeout_at(heard + self.rules.heartbeat_max_age, wire::next(&mut client)) => {
                    let Ok(next) = next else { return End::Broken(self.dead()) };
                    match next {
                        Ok(Some(events)) if events.is_empty() => {}
                        Ok(Some(events)) => {
                            heard = Instant::now();
                            if let Some(end) = self.take(&events, Came { at: Utc::now(), ..came }, only) {
                                return end;
                            }
                        }
                        Ok(None) => {
                            return End::Broken(named(ReasonCode::ProviderUnreachable, "the vendor closed the connection"));
                        }
                        Err(error) => return End::Broken(error),
                    }
                }
                _ = changes.changed() => if self.hub.is_wanting() { return End::Wanting },
                () = sleep_until(look) => {
                    look = Instant::now() + every;
                    self.look(came, heard.elapsed());
                    if self.hub.readers() > 0 {
                        read = Instant::now();
                    } else if read.elapsed() >= self.rules.idle {
                        return End::Idle;
                    }
                }
                _ = active.wait_for(|active| !active) => return End::Stopped(inactive()),
                () = self.stop.cancelled() => return End::Stopped(stopping()),
            }
        }
    }

    fn take(&self, events: &[wire::Event], came: Came, only: Option<Schema>) -> Option<End> {
        let taken = self.hub.take(events, came, only);
        let of = OfDataset { dataset: self.dataset.clone() };
        self.metrics.stream_bars.get_or_create(&of).inc_by(taken.bars);
        self.metrics.stream_known.get_or_create(&of).inc_by(taken.known);
        if taken.hole {
            return Some(End::Hole);
        }
        events.iter().find_map(|event| match event {
            wire::Event::Error(error) => Some(End::Broken(error.clone())),
            wire::Event::AgedOut => {
                Some(End::Broken(named(ReasonCode::ProviderRange, "the vendor keeps less than was to be replayed")))
            }
            _ => None,
        })
    }

    fn dead(&self) -> LiveError {
        let message = format!("no sign of life for {} s", self.rules.heartbeat_max_age.as_secs_f64());
        named(ReasonCode::DataStale, &message)
    }
}

/// What readers are told of an error of a session.
pub(super) fn refusal(error: &LiveError) -> Refusal {
    let status = match error.reason_code {
        ReasonCode::ProviderAuth | ReasonCode::IntegrationKeyMalformed | ReasonCode::IntegrationKeyMissing => {
            StatusCode::UNAUTHORIZED
        }
        ReasonCode::DataLicenseRequired | ReasonCode::ProviderAccountLocked => StatusCode::FORBIDDEN,
        ReasonCode::ProviderRejectedRequest => StatusCode::UNPROCESSABLE_ENTITY,
        ReasonCode::ProviderRateLimited => StatusCode::TOO_MANY_REQUESTS,
        ReasonCode::ProviderTimeout => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::BAD_GATEWAY,
    };
    Refusal::new(status, error.reason_code, error.message.clone())
}

pub(super) fn closed() -> Refusal {
    Refusal::new(StatusCode::BAD_GATEWAY, ReasonCode::DataStale, "the live session was closed: ask again with since")
}

pub(super) fn stopping() -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, ReasonCode::EvidenceUnavailable, "the gateway stops: ask again with since")
}

fn inactive() -> Refusal {
    let message = "the request log cannot be written by this gateway now: ask again with since";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, ReasonCode::EvidenceUnavailable, message)
}

/// Between the whole pause and half of it, so that gateways which lost a vendor together do not come back together.
fn jittered(pause: Duration, call_id: Uuid, attempt: i32) -> Duration {
    let hash = Sha256Hash::of_parts([call_id.as_bytes().as_slice(), &attempt.to_be_bytes()]);
    let spread = hash.as_bytes().first().copied().map_or(0, u32::from);
    pause / 2 + pause * spread / 510
}
