//! Keeps the one session of a hub: opens it with a row, follows it, opens the next where it ends, and closes it when nobody reads.

mod follow;
mod opening;

use std::{sync::Arc, time::Duration};

use assayer_contract::{ReasonCode, Sha256Hash};
use assayer_providers::live::LiveError;
use chrono::{TimeDelta, Utc};
use http::StatusCode;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::opening::Failed;
use super::{
    hub::{Hub, Wanted},
    rules::Rules,
    wire::named,
};
use crate::{forward::Access, metrics::Metrics, record::Recorder, refusal::Refusal};

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

/// The way from one session to the next.
struct Course {
    /// Of all its openings.
    call_id: Uuid,
    attempt: i32,
    /// Before the next opening, where this one fails.
    pause: Duration,
    /// Why there is another.
    after: Option<String>,
}

impl Keeper {
    /// Until nobody reads, or going on is no use.
    pub(super) async fn run(self) {
        let mut course = Course { call_id: Uuid::now_v7(), attempt: 0, pause: self.rules.pause.0, after: None };
        while self.goes_on(&mut course).await {}
    }

    /// One session, and what follows from its end.
    async fn goes_on(&self, course: &mut Course) -> bool {
        sleep(self.rules.gather).await;
        let wanted = self.hub.wanted(self.oldest());
        let end = if wanted.is_empty() { End::Idle } else { self.session(course, &wanted).await };
        let why = match end {
            End::Idle => return !self.hub.end_unread(closed()),
            End::Wanting => {
                course.after = Some("another series was asked for".to_owned());
                return true;
            }
            End::Stopped(refusal) => {
                self.hub.end(refusal);
                return false;
            }
            End::Hole => named(ReasonCode::DataTruncated, "something is missing that a replay may have"),
            End::Broken(error) => error,
        };
        self.tries_again(course, &why).await
    }

    /// From its opening to its end.
    async fn session(&self, course: &mut Course, wanted: &[Wanted]) -> End {
        course.attempt += 1;
        let draft = self.draft(course.call_id, course.attempt, wanted, course.after.as_deref());
        match self.open(draft, wanted).await {
            Ok((client, came)) => {
                self.hub.begun(wanted, came);
                course.pause = self.rules.pause.0;
                self.follow(client, wanted, came).await
            }
            Err(Failed::Vendor(error)) => End::Broken(error),
            Err(Failed::Log(refusal)) => End::Stopped(refusal),
        }
    }

    /// After a pause, where that may be of use.
    async fn tries_again(&self, course: &mut Course, why: &LiveError) -> bool {
        let refusal = refusal(why);
        if why.is_final() {
            self.hub.end(refusal);
            return false;
        }
        let (attempt, reason) = (course.attempt, why.reason_code);
        tracing::warn!(dataset = self.dataset, attempt, %reason, why = why.message, "a live session ended");
        self.hub.trouble(&refusal);
        course.after = Some(format!("{reason}: {}", why.message));
        tokio::select! {
            () = sleep(jittered(course.pause, course.call_id, attempt)) => {}
            () = self.stop.cancelled() => {
                self.hub.end(stopping());
                return false;
            }
        }
        course.pause = (course.pause * 2).min(self.rules.pause.1);
        true
    }

    /// What is older is not asked for.
    fn oldest(&self) -> i64 {
        let oldest = Utc::now() - TimeDelta::from_std(self.rules.replay).unwrap_or(TimeDelta::MAX);
        oldest.timestamp_nanos_opt().unwrap_or_default()
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
