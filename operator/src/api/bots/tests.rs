//! What the console relies on of the list of Bots, with an API server that answers from a table.

use std::{collections::BTreeMap, sync::Arc};

use assayer_crds::{Bot, StagePolicy};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{
    Bots,
    watch::{Kind, Name},
};
use crate::api::tests::{app_with, bot};

fn judged(namespace: &str) -> Bot {
    let at = "2026-11-22T07:00:00Z";
    let condition = |kind: &str, status: &str, reason: &str| json!({"type": kind, "status": status, "reason": reason, "message": "said", "lastTransitionTime": at});
    let mut bot = bot(namespace);
    bot["status"] = json!({
        "stage": "LAB", "proof": "MD✓ AI✗",
        "activity": {"state": "Idle", "reasonCode": "CADENCE_WAIT", "message": "the next slot is at 07:20", "since": at},
        "lastJob": {"id": super::super::tests::UID, "jobType": "BACKTEST", "status": "SUCCEEDED", "completedAt": at,
            "traceId": super::super::tests::UID},
        "blockers": [{"reasonCode": "SESSIONS_TOO_FEW", "message": "1 of 3", "measured": "1", "required": "3", "suggestedFix": "Wait."}],
        "conditions": [condition("MarketDataProven", "True", "Proven"), condition("MacroProven", "Unknown", "NotRequired"),
            condition("AIProven", "False", "ProviderAuth"), condition("Promotable", "False", "SessionsTooFew")],
    });
    serde_json::from_value(bot).unwrap()
}

fn unjudged(namespace: &str) -> Bot {
    serde_json::from_value(bot(namespace)).unwrap()
}

fn policies() -> BTreeMap<String, StagePolicy> {
    let policy = serde_json::from_value(json!({
        "apiVersion": "assayer.dev/v1alpha1", "kind": "StagePolicy", "metadata": {"name": "lab"},
        "spec": {
            "stage": "LAB",
            "sources": {
                "marketData": {"requirement": "Required", "providers": ["databento"]},
                "macro": {"requirement": "Optional", "providers": ["fred"]},
                "ai": {"requirement": "Required", "providers": ["openai"]},
                "broker": {"requirement": "Disabled", "reason": "LAB touches no broker"},
            },
            "cadence": {"backtest": "20m"}, "jobTimeout": "10m",
            "budgets": {"maxConcurrentBacktests": 4, "maxDataUsdPerDay": "0"},
            "promotion": {"requires": {"sessions": 3}},
        },
    }));
    BTreeMap::from([("lab".to_owned(), policy.unwrap())])
}

fn app(bots: &Arc<Bots>, anonymous: bool) -> Router {
    app_with(|app| {
        app.bots = Arc::clone(bots);
        app.anonymous_read = anonymous;
    })
}

fn known(all: Vec<Bot>) -> Arc<Bots> {
    let bots = Arc::new(Bots::default());
    bots.ruled(&policies());
    bots.listed(all);
    bots
}

async fn ask(app: Router, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Value) {
    let request = headers.iter().fold(Request::get("/api/bots"), |request, (name, value)| request.header(*name, *value));
    let (parts, body) = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
    let bytes = to_bytes(body, 1 << 24).await.unwrap();
    (parts.status, parts.headers, serde_json::from_slice(&bytes).unwrap_or_default())
}

#[tokio::test(start_paused = true)]
async fn a_caller_sees_the_bots_of_their_namespaces_and_nothing_of_others() {
    let bots = known(vec![judged("desk"), judged("other")]);
    let (status, _, list) = ask(app(&bots, false), &[("authorization", "Bearer good")]).await;
    assert_eq!(status, 200);
    let shown: Vec<_> = list["bots"].as_array().unwrap().iter().map(|bot| bot["namespace"].as_str().unwrap()).collect();
    assert_eq!(shown, ["desk"]);
    assert!(!list.to_string().contains("other"), "{list}");
    assert_eq!(list["namespacesNotShown"], Value::Null, "how much there is beyond is not for them to know");
    assert!(list["namespacesNotShownReason"].is_string());
    assert_eq!(ask(app(&bots, false), &[]).await.0, 401);
    let (_, _, list) = ask(app(&bots, true), &[]).await;
    assert_eq!((list["bots"].as_array().unwrap().len(), &list["namespacesNotShown"]), (2, &json!(0)));
}

#[tokio::test(start_paused = true)]
async fn the_row_of_a_bot_says_what_it_does_why_and_what_is_proven() {
    let (_, _, list) = ask(app(&known(vec![judged("desk")]), true), &[]).await;
    let bot = &list["bots"][0];
    assert_eq!(bot["botId"], super::super::tests::UID);
    assert_eq!((&bot["strategyFamily"], &bot["instrument"]["symbol"]), (&json!("smaCross"), &json!("SPX")));
    assert_eq!(bot["botNow"]["reasonCode"], "CADENCE_WAIT");
    assert_eq!((&bot["proof"]["line"], &bot["proof"]["status"]), (&json!("MD✓ AI✗"), &json!("SUCCEEDED")));
    assert_eq!((&bot["promotable"]["status"], &bot["promotable"]["reasonCode"]), (&json!("False"), &json!("SESSIONS_TOO_FEW")));
    assert_eq!(bot["blockers"][0]["required"], "3");
    assert_eq!(bot["autonomy"], Value::Null);
    let mark = |source: &str| {
        let all = bot["sources"].as_array().unwrap();
        let one = all.iter().find(|one| one["source"] == source).unwrap();
        (one["mark"].as_str().unwrap().to_owned(), one["reasonCode"].as_str().unwrap().to_owned())
    };
    assert_eq!(mark("marketData"), ("proven".into(), "PROVEN".into()));
    assert_eq!(mark("macro"), ("notApplicable".into(), "NOT_REQUIRED".into()));
    assert_eq!(mark("ai"), ("refuted".into(), "PROVIDER_AUTH".into()));
    assert_eq!(mark("news"), ("notApplicable".into(), "SOURCE_DISABLED".into()), "the policy does not name it");
    assert_eq!(mark("broker"), ("notApplicable".into(), "SOURCE_DISABLED".into()));
    assert!(bot["sources"][5]["message"].as_str().unwrap().ends_with("LAB touches no broker"), "{bot}");
}

#[tokio::test(start_paused = true)]
async fn of_a_bot_that_nobody_judged_everything_is_null_with_its_reason() {
    let (_, _, list) = ask(app(&known(vec![unjudged("desk")]), true), &[]).await;
    let bot = &list["bots"][0];
    for field in ["stage", "botNow", "proof", "promotable", "blockers"] {
        assert_eq!(bot[field], Value::Null, "{field}");
    }
    assert!(bot["unknownReason"].as_str().is_some_and(|why| why.contains("controller")));
    assert!(bot["sources"].as_array().unwrap().iter().all(|one| one["mark"] == "unknown"), "{bot}");
}

#[tokio::test(start_paused = true)]
async fn who_has_the_list_already_is_told_so_until_a_bot_changes() {
    let bots = known(vec![unjudged("desk")]);
    let (_, headers, _) = ask(app(&bots, true), &[]).await;
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    assert_eq!(headers[header::CACHE_CONTROL], "private, no-cache");
    let again = ask(app(&bots, true), &[("if-none-match", &tag)]).await;
    assert_eq!((again.0.as_u16(), again.1[header::ETAG].to_str().unwrap()), (304, tag.as_str()));
    let mut touched = unjudged("desk");
    touched.metadata.resource_version = Some("2".into());
    bots.applied(touched);
    assert_eq!(ask(app(&bots, true), &[("if-none-match", &tag)]).await.0, 304, "nothing that is shown has changed");
    bots.applied(judged("desk"));
    assert_eq!(ask(app(&bots, true), &[("if-none-match", &tag)]).await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn before_the_first_list_nobody_is_told_that_there_are_no_bots_and_after_the_last_how_old_it_is() {
    let bots = Arc::new(Bots::default());
    bots.ruled(&policies());
    let (status, _, problem) = ask(app(&bots, true), &[]).await;
    assert_eq!((status.as_u16(), &problem["reasonCode"]), (503, &json!("CLUSTER_UNAVAILABLE")));
    bots.listed(vec![judged("desk")]);
    let broke = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    bots.broken(Kind::Bots, "the Kubernetes API server does not answer", broke);
    bots.broken(Kind::Bots, "again", broke + chrono::TimeDelta::seconds(9));
    let (_, _, list) = ask(app(&bots, true), &[]).await;
    assert_eq!((list["asOf"].as_str(), list["bots"].as_array().unwrap().len()), (Some("2027-01-15T08:00:00Z"), 1));
    assert_eq!(list["stale"]["reason"], "the Kubernetes API server does not answer");
    bots.listed(vec![judged("desk")]);
    assert_eq!(ask(app(&bots, true), &[]).await.2["stale"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn who_listens_is_told_what_changed_and_what_is_gone_once() {
    let bots = known(vec![judged("desk"), judged("other")]);
    let (number, mut changes) = bots.listen();
    bots.listed(vec![unjudged("desk")]);
    let change = changes.try_recv().unwrap();
    let names = |all: &[Name]| all.iter().map(|(namespace, _)| namespace.clone()).collect::<Vec<_>>();
    assert_eq!(change.number, number + 1);
    assert_eq!(names(&change.changed.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()), ["desk"]);
    assert_eq!(names(&change.gone), ["other"]);
    bots.listed(vec![unjudged("desk")]);
    bots.deleted(&unjudged("other"));
    assert!(changes.try_recv().is_err(), "nothing changed");
    bots.ruled(&BTreeMap::new());
    assert_eq!(changes.try_recv().unwrap().changed.len(), 1, "a policy says what a source without a condition means");
}

#[tokio::test]
async fn a_list_that_is_sent_in_pieces_is_whole() {
    for count in [0, 1, 64, 65, 129] {
        let all = (0..count).map(|number| {
            let mut bot = unjudged("desk");
            bot.metadata.name = Some(format!("bot-{number}"));
            bot
        });
        let (_, _, list) = ask(app(&known(all.collect()), true), &[]).await;
        assert_eq!(list["bots"].as_array().map(Vec::len), Some(count));
    }
}
