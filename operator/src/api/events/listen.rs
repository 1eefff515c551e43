//! One stream of events, from its beginning to its end. In: changes, signals, the caller's rights, asked again and again. Out: events. It
//! ends with the session, with the process, or where nobody can say any more what the caller may read. Not pure.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{body::Bytes, response::sse::Event};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::{
    sync::{
        broadcast::{self, error::RecvError},
        mpsc,
    },
    time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout},
};

use super::signals::Signal;
use crate::api::{
    App, Refusal,
    access::{Caller, Right, authenticate, may},
    bots::{
        readable::{Readable, readable},
        watch::{Change, Name},
    },
    system,
};

/// Between two looks whether the caller may still read what they are told.
const RECHECK: Duration = Duration::from_secs(15);
/// Changes within this time are one event.
const TOGETHER: Duration = Duration::from_millis(200);
/// A reader who takes nothing for so long has left.
const PATIENCE: Duration = Duration::from_mins(1);
const TOO_FAST: &str = "events came faster than they were read";
/// How long a browser waits before it comes again.
const RETRY: Duration = Duration::from_secs(2);

/// Who listens.
pub(super) struct Listener {
    /// Their token; none where anyone may read.
    pub(super) token: Option<SecretString>,
    /// When their session ends.
    pub(super) ends: Option<Instant>,
    /// The last event that they have, if they come again.
    pub(super) last: Option<String>,
    /// Where events go.
    pub(super) tell: mpsc::Sender<Event>,
}

/// What a listener hears from the moment in which the stream was asked for.
pub(super) struct Heard {
    /// The number of the last change before.
    pub(super) number: u64,
    /// Changes of Bots.
    pub(super) changes: broadcast::Receiver<Arc<Change>>,
    /// Signals.
    pub(super) signals: broadcast::Receiver<Signal>,
}

impl Heard {
    /// From now on.
    pub(super) fn new(app: &App) -> Self {
        let (number, changes) = app.bots.listen();
        Self { number, changes, signals: app.events.signals.subscribe() }
    }
}

/// The stream is over.
struct Over;

impl Listener {
    async fn tell(&self, event: Event) -> Result<(), Over> {
        timeout(PATIENCE, self.tell.send(event)).await.map_err(|_| Over)?.map_err(|_| Over)
    }

    async fn refetch(&self, id: String, why: &str) -> Result<(), Over> {
        self.tell(Event::default().event("refetch").id(id).retry(RETRY).data(json!({"reason": why}).to_string())).await
    }

    async fn over(&self) {
        match self.ends {
            Some(ends) => sleep_until(ends).await,
            None => std::future::pending().await,
        }
    }
}

/// Tells until there is nobody or nothing to tell.
pub(super) async fn listen(app: &App, caller: Caller, listener: Listener, heard: Heard) {
    let ending = async {
        tokio::select! {
            () = listener.over() => {
                let _ = listener.tell(signed_out("the session has ended")).await;
            }
            () = app.events.ended.cancelled() => {}
            () = listener.tell.closed() => {}
        }
    };
    tokio::select! {
        () = ending => {}
        // An end of its own needs no word: the reader comes again and is told why, or reads anew.
        _ = tell_all(app, &caller, &listener, heard) => {}
    }
}

async fn tell_all(app: &App, caller: &Caller, listener: &Listener, heard: Heard) -> Result<(), Over> {
    let Heard { mut number, mut changes, mut signals } = heard;
    let now = app.events.id(number);
    if listener.last.as_ref() != Some(&now) {
        listener.refetch(now, "what happened before is not told").await?;
    }
    let mut may_read = rights(app, caller).await.map_err(|_| Over)?;
    let mut recheck = interval(RECHECK);
    recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
    recheck.reset();
    loop {
        tokio::select! {
            _ = recheck.tick() => {
                still_known(app, listener).await?;
                let present = rights(app, caller).await.map_err(|_| Over)?;
                if present != may_read {
                    may_read = present;
                    listener.refetch(app.events.id(number), "what you may read has changed").await?;
                }
            }
            change = changes.recv() => match change {
                Ok(first) => {
                    let all = together(first, &mut changes).await;
                    number = all.last().map_or(number, |change| change.number);
                    let latest = latest(&all);
                    if latest.keys().any(|(namespace, _)| may_read.is_new(namespace)) {
                        may_read = rights(app, caller).await.map_err(|_| Over)?;
                    }
                    if let Some(text) = bots(latest, &may_read.bots) {
                        listener.tell(Event::default().event("bots").id(app.events.id(number)).data(text)).await?;
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    (number, changes) = app.bots.listen();
                    listener.refetch(app.events.id(number), TOO_FAST).await?;
                }
                Err(RecvError::Closed) => return Ok(()),
            },
            signal = signals.recv() => match signal {
                Ok(signal) => told(app, caller, listener, signal).await?,
                Err(RecvError::Lagged(_)) => {
                    listener.refetch(app.events.id(number), TOO_FAST).await?;
                }
                Err(RecvError::Closed) => return Ok(()),
            },
        }
    }
}

/// A change and those that come with it.
async fn together(first: Arc<Change>, changes: &mut broadcast::Receiver<Arc<Change>>) -> Vec<Arc<Change>> {
    sleep(TOGETHER).await;
    let mut all = vec![first];
    while let Ok(next) = changes.try_recv() {
        all.push(next);
    }
    all
}

/// What a caller may read, and of which namespaces that was asked.
#[derive(PartialEq, Eq)]
struct Rights {
    bots: Readable,
    asked: std::collections::BTreeSet<String>,
}

impl Rights {
    fn is_new(&self, namespace: &str) -> bool {
        self.bots != Readable::Every && !self.asked.contains(namespace)
    }
}

async fn rights(app: &App, caller: &Caller) -> Result<Rights, Refusal> {
    let asked = app.bots.namespaces();
    Ok(Rights { bots: readable(app, caller, asked.clone()).await?, asked })
}

/// A token that the API server does not accept any more ends the stream.
async fn still_known(app: &App, listener: &Listener) -> Result<(), Over> {
    let Some(token) = &listener.token else { return Ok(()) };
    if authenticate(app, token.expose_secret()).await.map_err(|_| Over)?.is_some() {
        return Ok(());
    }
    listener.tell(signed_out("the API server does not accept the token any more")).await?;
    Err(Over)
}

fn signed_out(why: &str) -> Event {
    Event::default().event("signedOut").data(json!({"reason": why}).to_string())
}

/// Of each Bot only what is so now: gone, where there is nothing.
fn latest(changes: &[Arc<Change>]) -> BTreeMap<Name, Option<Bytes>> {
    let mut latest = BTreeMap::new();
    for change in changes {
        latest.extend(change.changed.iter().map(|(name, json)| (name.clone(), Some(json.clone()))));
        latest.extend(change.gone.iter().map(|name| (name.clone(), None)));
    }
    latest
}

/// The Bots are JSON already, so they are put in as they are.
fn bots(latest: BTreeMap<Name, Option<Bytes>>, readable: &Readable) -> Option<String> {
    let (mut changed, mut gone) = (Vec::new(), Vec::new());
    for ((namespace, name), json) in latest.into_iter().filter(|((namespace, _), _)| readable.has(namespace)) {
        match json {
            Some(json) => changed.push(String::from_utf8_lossy(&json).into_owned()),
            None => gone.push(json!({"namespace": namespace, "name": name})),
        }
    }
    let nothing = changed.is_empty() && gone.is_empty();
    (!nothing).then(|| format!(r#"{{"changed":[{}],"gone":{}}}"#, changed.join(","), serde_json::Value::Array(gone)))
}

async fn told(app: &App, caller: &Caller, listener: &Listener, signal: Signal) -> Result<(), Over> {
    let (right, event) = match signal {
        Signal::System => (system::RIGHT, Event::default().event("system").data("{}")),
        Signal::Integrations(namespace) => {
            let data = json!({"namespaces": [namespace]}).to_string();
            (Right::Integrations(Some(namespace)), Event::default().event("integrations").data(data))
        }
    };
    if may(app, caller, &right).await.map_err(|_| Over)? { listener.tell(event).await } else { Ok(()) }
}
