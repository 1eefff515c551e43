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

/// An API server on which `ann` may do this to Bots of `desk`, and nothing in other namespaces.
fn acting_as_ann(verbs: &'static [&'static str], anonymous: bool) -> Router {
    let service = tower::service_fn(move |request: Request<kube::client::Body>| async move {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let body: Value = serde_json::from_slice(&request.into_body().collect_bytes().await?).unwrap_or_default();
        let asked = &body["spec"]["resourceAttributes"];
        let (status, answer) = if path.ends_with("/tokenreviews") {
            (201, json!({"spec": {}, "status": {"authenticated": true, "user": {"username": "ann"}}}))
        } else if path.ends_with("/subjectaccessreviews") {
            let verb = asked["verb"].as_str().unwrap_or_default();
            let allowed = asked["namespace"] == "desk" && (verb == "get" || verbs.contains(&verb));
            (201, json!({"spec": {}, "status": {"allowed": allowed}}))
        } else if path.contains("/namespaces/desk/") && (method == "GET" || verbs.contains(&"patch")) {
            let mut changed = bot("desk");
            for pointer in ["/spec/stopPolicy", "/spec/resetAt", "/metadata/annotations"] {
                let (parent, field) = pointer.rsplit_once('/').unwrap();
                if let Some(value) = body.pointer(pointer) {
                    changed.pointer_mut(parent).unwrap()[field] = value.clone();
                }
            }
            (200, changed)
        } else {
            (
                403,
                json!({"kind": "Status", "status": "Failure", "reason": "Forbidden", "message": "ann cannot patch", "code": 403}),
            )
        };
        Ok::<_, kube::Error>(axum::http::Response::builder().status(status).body(Body::from(answer.to_string())).unwrap())
    });
    let client = kube::Client::new(service, "default");
    let of_caller = client.clone();
    crate::api::tests::around(client, crate::api::as_caller::AsCaller::by(move |_| Ok(of_caller.clone())), anonymous)
}

async fn call(app: &Router, method: &str, path: &str, token: bool) -> (u16, Value) {
    let request = Request::builder().method(method).uri(path);
    let request = if token { request.header("authorization", "Bearer good") } else { request };
    let (parts, body) = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status.as_u16(), serde_json::from_slice::<Value>(&bytes).unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_bot_is_held_with_the_callers_own_rights_and_a_refusal_names_the_command() {
    let app = acting_as_ann(&["patch"], true);
    let (status, held) = call(&app, "POST", "/api/bots/desk/spx-cross/hold", true).await;
    assert_eq!((status, &held["stop"]["bot"], &held["spec"]["stopPolicy"]), (200, &json!("Hold"), &json!("Hold")), "{held}");
    let (_, resumed) = call(&app, "POST", "/api/bots/desk/spx-cross/resume", true).await;
    assert_eq!(resumed["stop"]["bot"], "None");
    let (status, problem) = call(&app, "POST", "/api/bots/other/spx-cross/hold", true).await;
    assert_eq!((status, &problem["reasonCode"]), (403, &json!("NOT_ALLOWED")), "{problem}");
    assert!(problem["suggestedFix"].as_str().unwrap().contains("--clusterrole=assayer-bot-editor --user=ann"), "{problem}");
    for action in ["hold", "resume", "run", "reset"] {
        let (status, _) = call(&app, "POST", &format!("/api/bots/desk/spx-cross/{action}"), false).await;
        assert_eq!(status, 401, "{action}: nobody acts without a token, whoever may read");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_is_asked_for_under_a_trace_of_its_own_and_what_came_of_it_is_unknown_while_the_log_is_away() {
    let app = acting_as_ann(&["patch"], false);
    let (status, first) = call(&app, "POST", "/api/bots/desk/spx-cross/run", true).await;
    assert_eq!((status, &first["run"]["job"]), (200, &Value::Null), "{first}");
    assert_eq!(first["run"]["reasonCode"], "EVIDENCE_UNAVAILABLE");
    assert!(first["run"]["askedAt"].is_string() && first["spec"]["resetAt"].is_null(), "{first}");
    let (_, second) = call(&app, "POST", "/api/bots/desk/spx-cross/run", true).await;
    assert_ne!(first["run"]["traceId"], second["run"]["traceId"]);
    let (_, never) = call(&app, "GET", "/api/bots/desk/spx-cross", true).await;
    assert_eq!(never["run"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn a_reset_is_to_the_time_of_asking_and_a_refusal_names_the_role_with_the_verb() {
    let app = acting_as_ann(&["patch", "reset"], false);
    let (status, reset) = call(&app, "POST", "/api/bots/desk/spx-cross/reset", true).await;
    let at: chrono::DateTime<chrono::Utc> = reset["spec"]["resetAt"].as_str().unwrap().parse().unwrap();
    assert_eq!((status, (chrono::Utc::now() - at).num_seconds().abs() < 60), (200, true), "{at}");
    let (status, problem) = call(&app, "POST", "/api/bots/other/spx-cross/reset", true).await;
    assert_eq!(status, 403);
    assert!(problem["suggestedFix"].as_str().unwrap().contains("--clusterrole=assayer-bot-resetter --user=ann"), "{problem}");
}

#[tokio::test(start_paused = true)]
async fn what_a_caller_may_do_to_a_bot_is_said_before_they_try_and_why_not() {
    async fn said(app: &Router, token: bool) -> Vec<(String, bool, String)> {
        let (_, bot) = call(app, "GET", "/api/bots/desk/spx-cross", token).await;
        let one = |action: &Value| {
            let text = |field: &str| action[field].as_str().unwrap_or_default().to_owned();
            assert_eq!(action["allowed"] == true, action["suggestedFix"].is_null(), "{action}");
            (text("action"), action["allowed"] == true, text("reasonCode"))
        };
        bot["actions"].as_array().unwrap().iter().map(one).collect()
    }
    let names = |all: Vec<(String, bool, String)>, allowed| -> Vec<String> {
        all.into_iter().filter(|one| one.1 == allowed).map(|one| one.0).collect()
    };
    let editor = said(&acting_as_ann(&["patch"], false), true).await;
    assert_eq!(names(editor, true), ["hold", "resume", "run"]);
    assert_eq!(names(said(&acting_as_ann(&["reset"], false), true).await, true), [""; 0], "a reset is a change, too");
    assert_eq!(names(said(&acting_as_ann(&["patch", "reset"], true), true).await, false), [""; 0], "who shows a token may act");
    let nobody = said(&acting_as_ann(&["patch", "reset"], true), false).await;
    assert!(nobody.iter().all(|(_, allowed, reason)| !allowed && reason == "UNAUTHENTICATED"), "{nobody:?}");
}
