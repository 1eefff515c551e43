//! Keeps the one session of a hub: opens it with a row, follows it, opens the next where it ends, and closes it when nobody reads.

use std::{sync::Arc, time::Duration};

use assayer_contract::{Outcome, ReasonCode, RequestRow, Sha256Hash};
use assayer_engine::calendar::Calendar;
use assayer_providers::{
    Credentials,
    live::{LiveError, key, moment},
};
use chrono::{TimeDelta, Utc};
use databento::live::Client;
use dbn::Schema;
use http::StatusCode;
use serde_json::json;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    hub::{Came, Hub, Wanted},
    rules::Rules,
    wire::{self, Broken, Opening, named},
};
use crate::{
    forward::{Access, draft},
    metrics::{Metrics, OfDataset},
    record::Recorder,
    refusal::Refusal,
};

/// An intent that is still open after this is closed as unknown; opening takes less.
const INTENT_LIFETIME: TimeDelta = TimeDelta::seconds(60);

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
            let why = match self.open(draft, &wanted).await {
                Ok((client, came)) => {
                    self.hub.begun(&wanted, came);
                    pause = self.rules.pause.0;
                    match self.follow(client, &wanted, came).await {
                        End::Idle if self.hub.end_unread(closed()) => return,
                        End::Idle => continue,
                        End::Stopped(refusal) => return self.hub.end(refusal),
                        End::Wanting => {
                            after = Some("another series was asked for".to_owned());
                            continue;
                        }
                        End::Hole => named(ReasonCode::DataTruncated, "something is missing that a replay may have"),
                        End::Broken(error) => error,
                    }
                }
                Err(Failed::Vendor(error)) => error,
                Err(Failed::Log(refusal)) => {
                    // Without a row nothing is sent, and without rows nothing is given out.
                    return self.hub.end(refusal);
                }
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

    /// The row of one opening, before it is sent.
    fn draft(&self, call_id: Uuid, attempt: i32, wanted: &[Wanted], after: Option<&str>) -> RequestRow {
        let one = |wanted: &Wanted| {
            let start = wanted.start.map(|start| start.to_string());
            json!({"schema": wanted.schema.as_str(), "stype_in": wanted.stype_in.as_str(), "symbol": wanted.key.2, "start": start})
        };
        let params = json!({"subscriptions": wanted.iter().map(one).collect::<Vec<_>>(), "after": after});
        let symbols: Vec<_> = wanted.iter().map(|one| one.key.2.as_str()).collect();
        let schema = wanted.first().map_or(Schema::Ohlcv1M, |one| one.schema);
        let row = draft::of_user(&self.user, "databento", "LIVE", Utc::now());
        let row = RequestRow {
            id: if attempt == 1 { call_id } else { row.id },
            call_id,
            attempt,
            source: Some(assayer_contract::Source::MarketData),
            endpoint: format!("live.{}", schema.as_str()),
            request_fingerprint: Sha256Hash::of([self.dataset.as_str(), &params.to_string()].join("\n").as_bytes()),
            params,
            symbol: Some(symbols.join(",")),
            dataset: Some(self.dataset.clone()),
            schema: Some(schema.to_string()),
            start_ts: wanted.iter().filter_map(|one| one.start).min().map(moment),
            ..draft::with_access(row, &self.access)
        };
        RequestRow { endpoint_override: self.access.live_endpoint.clone(), ..row }
    }

    /// Intent, session, outcome.
    async fn open(&self, draft: RequestRow, wanted: &[Wanted]) -> Result<(Client, Came), Failed> {
        let credentials: &Credentials = &self.access.credentials;
        let key = key(credentials).map_err(|error| Failed::Vendor(named(error.reason_code(), &error.to_string())))?;
        let deadline = Utc::now() + INTENT_LIFETIME;
        self.recorder.intent(draft.clone(), deadline).await.map_err(|error| Failed::Log(error.into()))?;
        let opening = Opening {
            address: &self.address,
            key,
            dataset: &self.dataset,
            agent: format!("traceparent={}", draft.traceparent()),
            subscriptions: wanted.iter().map(|one| wire::subscription(one.schema, one.stype_in, &one.key.2, one.start)).collect(),
        };
        let begun = Instant::now();
        let opened = wire::open(opening, &self.rules).await;
        let now = Utc::now();
        let draft = RequestRow { latency_ms: i64::try_from(begun.elapsed().as_millis()).ok(), ..draft };
        let (row, opened) = match opened {
            Ok(client) => {
                let id = Some(client.session_id().to_owned()).filter(|id| !id.is_empty());
                let row = RequestRow {
                    vendor_request_id: id,
                    ..draft::ended(draft, Outcome::Success, assayer_contract::Sent::Yes, now)
                };
                (row, Ok(client))
            }
            Err(Broken { sent, error }) => {
                let row = draft::ended(draft, Outcome::Failed, sent, now);
                let row = draft::failed(row, error.reason_code, &credentials.scrub(&error.message));
                (RequestRow { error_code: error.error_code.map(str::to_owned), ..row }, Err(Failed::Vendor(error)))
            }
        };
        let came = Came { row: row.id, at: now, begun: now };
        self.metrics.count(&row);
        self.recorder.outcome(row, deadline).await.map_err(|error| Failed::Log(error.into()))?;
        opened.map(|client| (client, came))
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

    /// Heartbeats say that the session lives, bars that the market does: two ages, told apart.
    fn look(&self, came: Came, since_heard: Duration) {
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

enum Failed {
    Vendor(LiveError),
    Log(Refusal),
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
