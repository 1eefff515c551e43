//! What a listener relies on, with an API server that answers from a table.

use std::sync::Arc;

use assayer_crds::Bot;
use axum::{
    Router,
    body::{Body, BodyDataStream},
    http::{Request, StatusCode, header},
};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::{Events, signals::Signal};
use crate::api::{
    bots::Bots,
    tests::{app_with, bot},
};

struct World {
    app: Router,
    bots: Arc<Bots>,
    events: Arc<Events>,
    ended: CancellationToken,
}

fn world() -> World {
    let (bots, ended) = (Arc::new(Bots::default()), CancellationToken::new());
    let events = Arc::new(Events::new(ended.clone()));
    bots.ruled(&std::collections::BTreeMap::new());
    bots.listed(vec![of("desk", "1"), of("other", "1")]);
    let app = app_with(|app| {
        app.bots = Arc::clone(&bots);
        app.events = Arc::clone(&events);
    });
    World { app, bots, events, ended }
}

/// A Bot that is another one with each amount.
fn of(namespace: &str, amount: &str) -> Bot {
    let mut bot = bot(namespace);
    bot["metadata"]["creationTimestamp"] = json!(format!("2026-11-22T07:00:0{amount}Z"));
    serde_json::from_value(bot).unwrap()
}

async fn stream(app: &Router, last: Option<&str>) -> BodyDataStream {
    let mut request = Request::get("/api/events").header(header::AUTHORIZATION, "Bearer good");
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    response.into_body().into_data_stream()
}

/// The next event: its kind, its id, its data.
async fn next(stream: &mut BodyDataStream) -> Option<(String, String, Value)> {
    loop {
        let text = String::from_utf8(stream.next().await?.unwrap().to_vec()).unwrap();
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        if let Some(event) = field("event: ") {
            let data = serde_json::from_str(&field("data: ").unwrap()).unwrap();
            return Some((event, field("id: ").unwrap_or_default(), data));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_listener_is_told_of_the_bots_that_they_may_read_and_of_no_other() {
    let world = world();
    let mut stream = stream(&world.app, None).await;
    assert_eq!(next(&mut stream).await.unwrap().0, "refetch", "who comes new reads everything first");
    world.bots.applied(of("other", "2"));
    world.bots.applied(of("desk", "2"));
    world.bots.applied(of("desk", "3"));
    let (event, _, data) = next(&mut stream).await.unwrap();
    assert_eq!(event, "bots");
    assert_eq!(data["changed"].as_array().map(Vec::len), Some(1), "the latest of each alone: {data}");
    assert_eq!((&data["changed"][0]["namespace"], &data["gone"]), (&json!("desk"), &json!([])));
    assert_eq!(data["changed"][0]["createdAt"], "2026-11-22T07:00:03Z");
    world.bots.deleted(&of("other", "2"));
    world.bots.deleted(&of("desk", "3"));
    let (_, _, data) = next(&mut stream).await.unwrap();
    assert_eq!(data["gone"], json!([{"namespace": "desk", "name": "spx-cross"}]));
}

#[tokio::test(start_paused = true)]
async fn who_comes_again_is_told_to_read_anew_only_if_they_missed_something() {
    let world = world();
    let mut first = stream(&world.app, None).await;
    let (_, id, _) = next(&mut first).await.unwrap();
    let mut again = stream(&world.app, Some(&id)).await;
    world.bots.applied(of("desk", "2"));
    assert_eq!(next(&mut again).await.unwrap().0, "bots");
    let mut late = stream(&world.app, Some(&id)).await;
    assert_eq!(next(&mut late).await.unwrap().0, "refetch");
}

#[tokio::test(start_paused = true)]
async fn a_reader_who_is_too_slow_is_told_to_read_anew() {
    let world = world();
    let mut stream = stream(&world.app, None).await;
    assert_eq!(next(&mut stream).await.unwrap().0, "refetch");
    for round in 0..300 {
        world.bots.applied(of("desk", &(round % 10).to_string()));
    }
    assert_eq!(next(&mut stream).await.unwrap().0, "refetch");
}

#[tokio::test(start_paused = true)]
async fn a_signal_goes_to_those_who_may_read_what_it_is_about() {
    let world = world();
    let mut stream = stream(&world.app, None).await;
    next(&mut stream).await;
    // `ann` may get in desk; listing Integrations and the system's status are not theirs.
    world.events.signals.send(Signal::System).unwrap();
    world.events.signals.send(Signal::Integrations("desk".into())).unwrap();
    world.bots.applied(of("desk", "2"));
    assert_eq!(next(&mut stream).await.unwrap().0, "bots");
    let everyone = app_with(|app| {
        app.events = Arc::clone(&world.events);
        app.anonymous_read = true;
    });
    let mut stream = self::stream(&everyone, None).await;
    next(&mut stream).await;
    world.events.signals.send(Signal::Integrations("desk".into())).unwrap();
    let (event, _, data) = next(&mut stream).await.unwrap();
    assert_eq!((event.as_str(), data), ("integrations", json!({"namespaces": ["desk"]})));
}

#[tokio::test(start_paused = true)]
async fn streams_end_with_the_process() {
    let world = world();
    let mut stream = stream(&world.app, None).await;
    next(&mut stream).await;
    world.ended.cancel();
    assert!(next(&mut stream).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_its_session_and_says_so() {
    let mut app = None;
    let _ = app_with(|given| app = Some(given.clone()));
    let (tell, mut told) = tokio::sync::mpsc::channel(8);
    let ends = tokio::time::Instant::now() + std::time::Duration::from_hours(1);
    let listener = super::Listener { token: None, ends: Some(ends), last: None, tell };
    let app = app.unwrap();
    super::listen(&app, crate::api::access::Caller::Anyone, listener, super::Heard::new(&app)).await;
    assert_eq!(tokio::time::Instant::now(), ends);
    let mut events = Vec::new();
    while let Some(event) = told.recv().await {
        events.push(format!("{event:?}"));
    }
    assert!(events.len() == 2 && events[1].contains("signedOut"), "{events:?}");
}
