//! `GET /api/events`: what changes, told as it happens (server-sent events). In: who listens. Out: Bots that they may read, as they change,
//! and that the status of the system or of Integrations is worth asking for again. Not pure.

pub(crate) mod described;
mod listen;
pub(crate) mod signals;

use std::{convert::Infallible, sync::Arc, time::Duration};

use assayer_contract::{Problem, ReasonCode};
use axum::{
    extract::{FromRequestParts, State},
    http::{HeaderName, HeaderValue, request::Parts},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use chrono::Utc;
use futures::stream;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, broadcast, mpsc},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::{
    listen::{Heard, Listener, listen},
    signals::Signal,
};
use super::{
    App, Refusal,
    access::{Caller, shown},
};

/// Path of this handler.
pub(crate) const PATH: &str = "/api/events";
/// Streams that one process keeps open.
const STREAMS: usize = 512;
/// Events that wait for a slow reader; what does not fit in waits with those who tell, who then tell them to read everything anew.
const WAITING: usize = 8;
/// Between two signs of life of a stream on which nothing happens.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What is told, and to how many.
pub(crate) struct Events {
    /// Names this process in the ids of events: another one counts its own.
    process: Uuid,
    signals: broadcast::Sender<Signal>,
    room: Arc<Semaphore>,
    ended: CancellationToken,
}

impl Events {
    /// Told until `ended`.
    pub(crate) fn new(ended: CancellationToken) -> Self {
        let room = Arc::new(Semaphore::new(STREAMS));
        Self { process: Uuid::now_v7(), signals: broadcast::channel(64).0, room, ended }
    }

    fn id(&self, number: u64) -> String {
        format!("{}-{number}", self.process.simple())
    }

    fn seat(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        Arc::clone(&self.room).try_acquire_owned().map_err(|_| {
            let detail = format!("{STREAMS} streams of events are open, and one process keeps no more");
            let fix = "Close other windows of the console, or run more replicas of the API.";
            Problem::new(503, ReasonCode::EvidenceUnavailable, detail).with_fix(fix).into()
        })
    }
}

/// Opens a stream.
pub(crate) async fn show(State(app): State<App>, mut parts: Parts) -> Result<Response, Refusal> {
    let caller = Caller::from_request_parts(&mut parts, &app).await?;
    let session = match caller {
        Caller::Anyone => None,
        Caller::User(_) => Some(shown(&parts, &app)?),
    };
    // One that is over already was refused above.
    let left = session.as_ref().and_then(|session| session.ends).and_then(|ends| (ends - Utc::now()).to_std().ok());
    let last = parts.headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let seat = app.events.seat()?;
    let (tell, told) = mpsc::channel(WAITING);
    let listener =
        Listener { token: session.map(|session| session.token), ends: left.map(|left| Instant::now() + left), last, tell };
    let heard = Heard::new(&app);
    tokio::spawn(async move {
        listen(&app, caller, listener, heard).await;
        drop(seat);
    });
    let events = stream::unfold(told, |mut told| async move { Some((Ok::<Event, Infallible>(told.recv().await?), told)) });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    // A proxy that collects answers would keep events back.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

#[cfg(test)]
mod tests;
