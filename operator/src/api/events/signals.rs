//! That something is worth asking for again. In: the status of the system, looked at while somebody listens; a watch of Integrations. Out:
//! signals to all streams, without content: what is to be read is read with the reader's own rights. Not pure.

use std::time::Duration;

use assayer_crds::Integration;
use kube::{
    Api, ResourceExt,
    runtime::watcher::{self, Event, watcher},
};
use tokio::time::sleep;

use crate::{
    api::{
        App,
        bots::follow::{each, paused},
    },
    installation::Judged,
};

/// Between two looks at the system.
const LOOK: Duration = Duration::from_secs(5);

/// What is worth asking for again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// The status of the system.
    System,
    /// The Integrations of a namespace.
    Integrations(String),
}

/// Signals for as long as the process lives.
pub(crate) async fn run(app: App) {
    tokio::join!(system(&app), integrations(&app));
}

async fn system(app: &App) {
    let mut last = None;
    loop {
        sleep(LOOK).await;
        if app.events.signals.receiver_count() == 0 {
            last = None;
            continue;
        }
        // One that cannot be read is worth asking for: the refusal says why.
        let present = app.system.judged(app).await.map(|judged| gist(&judged)).unwrap_or_default();
        if last.replace(present.clone()).is_some_and(|last| last != present) {
            send(app, Signal::System);
        }
    }
}

/// What a reader would call a change: not that evidence is newer.
fn gist(judged: &Judged) -> String {
    let system = &judged.system;
    let blockers: Vec<_> =
        system.blockers.iter().map(|(one, bots)| (one.readiness, one.reason, &one.scope, bots.len())).collect();
    let gates: Vec<_> = system.gates.iter().map(|gate| (gate.name, gate.verdict, gate.reason)).collect();
    format!("{:?}{blockers:?}{gates:?}", system.status)
}

async fn integrations(app: &App) {
    let mut pauses = paused();
    loop {
        let events = watcher(Api::<Integration>::all(app.client.clone()), watcher::Config::default());
        let error = each(events, |event| match event {
            Event::Apply(one) | Event::InitApply(one) | Event::Delete(one) => {
                send(app, Signal::Integrations(one.namespace().unwrap_or_default()));
            }
            Event::Init | Event::InitDone => {}
        })
        .await;
        tracing::warn!(%error, "the watch of Integrations broke");
        pauses.wait().await;
    }
}

fn send(app: &App, signal: Signal) {
    // An error says that nobody listens.
    let _ = app.events.signals.send(signal);
}
