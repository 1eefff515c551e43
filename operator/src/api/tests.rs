//! What a caller relies on, with an API server that answers from a table and a database that is down.

use axum::{
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode, header},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;

pub(super) const UID: &str = "0192f0c1-7a3b-7000-8000-000000000001";

pub(super) fn bot(namespace: &str) -> Value {
    json!({
        "apiVersion": "assayer.dev/v1alpha1", "kind": "Bot",
        "metadata": {"name": "spx-cross", "namespace": namespace, "uid": UID},
        "spec": {
            "instrument": {"dataset": "SAMPLE.INDEX", "symbol": "SPX", "schema": "ohlcv-1d", "tickSize": "0.01", "multiplier": 5},
            "strategy": {"smaCross": {"fast": 50, "slow": 200}},
            "execution": {"fillAt": "NextOpen", "slippageTicks": 1, "feePerContract": "0.62"},
            "capital": {"amount": "10000", "currency": "USD"},
        },
    })
}

/// Knows the token `good`, however it goes on, of the user `ann`, who may read in namespace `desk`; each of `namespaces` has a Bot spx-cross.
fn answer(namespaces: &[&str], path: &str, query: &str, body: &Value) -> (u16, Value) {
    let text = |pointer| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    match path {
        "/apis/authentication.k8s.io/v1/tokenreviews" => {
            let good = text("/spec/token").starts_with("good");
            let user = if good { json!({"username": "ann"}) } else { Value::Null };
            (201, json!({"spec": {"token": ""}, "status": {"authenticated": good, "user": user}}))
        }
        "/apis/authorization.k8s.io/v1/subjectaccessreviews" => {
            let namespace = text("/spec/resourceAttributes/namespace");
            let allowed = text("/spec/user") == "ann" && namespace == "desk" && text("/spec/resourceAttributes/verb") == "get";
            (201, json!({"spec": {}, "status": {"allowed": allowed}}))
        }
        "/apis/assayer.dev/v1alpha1/bots" => {
            assert!(query.contains("metadata.name"), "{query}");
            (200, json!({"metadata": {}, "items": namespaces.iter().map(|n| bot(n)).collect::<Vec<_>>()}))
        }
        _ => match namespaces.iter().find(|n| path == format!("/apis/assayer.dev/v1alpha1/namespaces/{n}/bots/spx-cross")) {
            Some(namespace) => (200, bot(namespace)),
            None => {
                (404, json!({"kind": "Status", "status": "Failure", "reason": "NotFound", "message": "not found", "code": 404}))
            }
        },
    }
}

/// An API server that is away: every connection is refused.
fn without_cluster() -> Router {
    as_itself(no_cluster(), false)
}

pub(super) fn no_cluster() -> Client {
    let service = tower::service_fn(|_: Request<kube::client::Body>| async move {
        Err::<Response<Body>, _>(std::io::Error::from(std::io::ErrorKind::ConnectionRefused))
    });
    Client::new(service, "default")
}

/// One whose callers are served by the same client as itself.
fn as_itself(client: Client, anonymous_read: bool) -> Router {
    let of_caller = client.clone();
    around(client, AsCaller::by(move |_| Ok(of_caller.clone())), anonymous_read)
}

pub(crate) fn around(client: Client, as_caller: AsCaller, anonymous_read: bool) -> Router {
    router(parts(client, as_caller, anonymous_read))
}

pub(super) fn parts(client: Client, as_caller: AsCaller, anonymous_read: bool) -> App {
    // Nothing listens on port 1.
    let pool = PgPool::connect_lazy("postgres://nobody@127.0.0.1:1/none").unwrap();
    App {
        pool,
        client,
        as_caller,
        anonymous_read,
        installed: crate::environment::Environment::Dev.into(),
        metrics: Arc::default(),
        remembered: Arc::default(),
        looks: Arc::default(),
        system: Arc::new(system::Watched::new("assayer")),
        sessions: Arc::new(session::Sessions::new(None, false).unwrap()),
        oidc: None,
        console: None,
        bots: Arc::default(),
        events: Arc::new(events::Events::new(CancellationToken::new())),
    }
}

/// One that somebody has changed before it serves, with an API server that knows no Bot.
pub(super) fn app_with(change: impl FnOnce(&mut App)) -> Router {
    let client = cluster(&[]);
    let of_caller = client.clone();
    let mut app = parts(client, AsCaller::by(move |_| Ok(of_caller.clone())), false);
    change(&mut app);
    router(app)
}

pub(crate) fn app(anonymous_read: bool, namespaces: &'static [&'static str]) -> Router {
    as_itself(cluster(namespaces), anonymous_read)
}

pub(super) fn cluster(namespaces: &'static [&'static str]) -> Client {
    let service = tower::service_fn(move |request: Request<kube::client::Body>| async move {
        let (path, query) = (request.uri().path().to_owned(), request.uri().query().unwrap_or_default().to_owned());
        let body = request.into_body().collect_bytes().await?;
        let (status, answer) = answer(namespaces, &path, &query, &serde_json::from_slice(&body).unwrap_or_default());
        Ok::<_, kube::Error>(Response::builder().status(status).body(Body::from(answer.to_string())).unwrap())
    });
    Client::new(service, "default")
}

pub(super) async fn ask(app: Router, method: &str, path: &str, token: Option<&str>) -> (StatusCode, header::HeaderMap, Value) {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (parts.status, parts.headers, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

pub(super) async fn refusal(app: Router, path: &str, token: Option<&str>) -> (u16, String, Value) {
    let (status, headers, problem) = ask(app, "GET", path, token).await;
    assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(problem["status"], status.as_u16());
    assert!(problem["suggestedFix"].as_str().is_some_and(|fix| !fix.is_empty()), "{problem}");
    (status.as_u16(), problem["reasonCode"].as_str().unwrap().to_owned(), problem)
}

#[tokio::test(start_paused = true)]
async fn without_a_token_the_caller_is_told_how_to_get_one() {
    let (status, headers, problem) = ask(app(false, &["desk"]), "GET", "/api/_proof/bot/desk/spx-cross", None).await;
    assert_eq!(status, 401);
    assert_eq!(headers[header::WWW_AUTHENTICATE], r#"Bearer realm="assayer""#);
    assert_eq!(problem["reasonCode"], "UNAUTHENTICATED");
    assert!(problem["suggestedFix"].as_str().unwrap().contains("kubectl create token"), "{problem}");
    let (status, code, _) = refusal(app(false, &["desk"]), "/api/_proof/bot/desk/spx-cross", Some("stale")).await;
    assert_eq!((status, code.as_str()), (401, "UNAUTHENTICATED"));
}

#[tokio::test(start_paused = true)]
async fn who_may_not_get_the_bot_is_told_which_right_is_missing() {
    let (status, code, problem) = refusal(app(false, &["other"]), "/api/_proof/bot/other/spx-cross", Some("good")).await;
    assert_eq!((status, code.as_str()), (403, "NOT_ALLOWED"));
    assert!(
        problem["detail"].as_str().unwrap().contains("ann may not get bots.assayer.dev \"spx-cross\" in namespace \"other\"")
    );
}

#[tokio::test(start_paused = true)]
async fn who_may_get_the_bot_gets_as_far_as_the_log() {
    for path in ["desk/spx-cross", "desk%2Fspx-cross", "spx-cross"] {
        let (status, code, _) = refusal(app(false, &["desk"]), &format!("/api/_proof/bot/{path}"), Some("good")).await;
        assert_eq!((status, code.as_str()), (503, "EVIDENCE_UNAVAILABLE"), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_in_two_namespaces_is_ambiguous_only_for_who_may_read_both() {
    let (status, code, problem) = refusal(app(true, &["desk", "other"]), "/api/_proof/bot/spx-cross", None).await;
    assert_eq!((status, code.as_str()), (409, "AMBIGUOUS_NAME"));
    assert!(problem["detail"].as_str().unwrap().contains("desk/spx-cross, other/spx-cross"), "{problem}");
    let (status, _, _) = refusal(app(false, &["desk", "other"]), "/api/_proof/bot/spx-cross", Some("good")).await;
    assert_eq!(status, 503, "only desk's is theirs to see, so they get as far as the log");
    let (status, code, problem) = refusal(app(false, &["other"]), "/api/_proof/bot/spx-cross", Some("good")).await;
    assert_eq!((status, code.as_str()), (404, "NOT_FOUND"));
    assert!(!problem.to_string().contains("other"), "{problem}");
}

#[tokio::test(start_paused = true)]
async fn every_way_to_say_no_is_a_problem_with_its_reason_and_a_fix() {
    let there = || app(true, &["desk"]);
    let proof = "/api/_proof/databento";
    for (app, method, path, status, code, names) in [
        (there(), "GET", "/api/_proof/bot/desk/nobody", 404, "NOT_FOUND", "desk/nobody"),
        (there(), "GET", "/api/_proof/bot/SPX", 400, "REQUEST_INVALID", "SPX"),
        (there(), "GET", "/api/_proof/bot/a%2Cmetadata.name=b", 400, "REQUEST_INVALID", "metadata.name=b"),
        (there(), "GET", "/api/_proof/bot/desk/%2e%2e", 400, "REQUEST_INVALID", "the Bot's name"),
        (there(), "GET", "/api/_proof/bot/../spx-cross", 400, "REQUEST_INVALID", "the namespace"),
        (there(), "GET", "/api/_proof/bot/%FF", 400, "REQUEST_INVALID", "UTF-8"),
        (there(), "GET", "/api/elsewhere", 404, "NOT_FOUND", "/api/elsewhere"),
        (there(), "POST", "/api/_proof/bot/spx-cross", 405, "REQUEST_INVALID", "POST"),
        (there(), "DELETE", proof, 405, "REQUEST_INVALID", "DELETE"),
        (there(), "GET", "/api/system/status?limit=0", 400, "REQUEST_INVALID", "limit"),
        (there(), "GET", "/api/_proof/databento?limit=0", 400, "REQUEST_INVALID", "limit"),
        (there(), "GET", "/api/_proof/databento?limit=501", 400, "REQUEST_INVALID", "limit"),
        (there(), "GET", "/api/_proof/databento?limit=ten", 400, "REQUEST_INVALID", "limit"),
        (there(), "GET", "/api/_proof/databento?limit=1&limit=2", 400, "REQUEST_INVALID", "limit"),
        (there(), "GET", "/api/_proof/databento?bot=SPX", 400, "REQUEST_INVALID", "bot: "),
        (there(), "GET", "/api/_proof/databento?before=now", 400, "REQUEST_INVALID", "before"),
        (there(), "GET", "/api/_proof/databento?colour=red", 400, "REQUEST_INVALID", "colour"),
        // Time stands still here, so either limit may be the first to pass.
        (there(), "GET", proof, 503, "EVIDENCE_UNAVAILABLE", ""),
        (app(false, &["desk"]), "GET", proof, 401, "UNAUTHENTICATED", "Authorization"),
        (without_cluster(), "GET", proof, 503, "CLUSTER_UNAVAILABLE", "API server"),
    ] {
        let token = (status == 503).then_some("good");
        let (answered, headers, problem) = ask(app, method, path, token).await;
        assert_eq!((answered.as_u16(), problem["reasonCode"].as_str()), (status, Some(code)), "{method} {path}: {problem}");
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json", "{path}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{path}");
        assert!(problem["detail"].as_str().unwrap().contains(names), "{path}: {problem}");
        for field in ["title", "suggestedFix"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{path}: {problem}");
        }
        if status == 405 {
            assert_eq!(headers[header::ALLOW], "GET,HEAD", "{path}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_rows_of_every_namespace_need_a_right_of_their_own() {
    let (status, code, problem) = refusal(app(false, &["desk"]), "/api/_proof/databento", Some("good")).await;
    assert_eq!((status, code.as_str()), (403, "NOT_ALLOWED"));
    let fix = problem["suggestedFix"].as_str().unwrap();
    assert!(fix.contains("kubectl create clusterrolebinding") && fix.ends_with("--user=ann"), "{fix}");
}

#[tokio::test(start_paused = true)]
async fn a_token_and_a_right_are_asked_for_once_in_ten_seconds_and_a_refusal_each_time() {
    let asked: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&asked);
    let service = tower::service_fn(move |request: Request<kube::client::Body>| {
        let log = Arc::clone(&log);
        async move {
            let path = request.uri().path().to_owned();
            log.lock().unwrap().push(path.rsplit('/').next().unwrap().to_owned());
            let body = request.into_body().collect_bytes().await?;
            let (status, answer) = answer(&["desk"], &path, "", &serde_json::from_slice(&body).unwrap_or_default());
            Ok::<_, kube::Error>(Response::builder().status(status).body(Body::from(answer.to_string())).unwrap())
        }
    });
    let app = as_itself(Client::new(service, "default"), false);
    let reviews = |kind: &str| asked.lock().unwrap().iter().filter(|path| *path == kind).count();
    for _ in 0..3 {
        ask(app.clone(), "GET", "/api/_proof/bot/desk/nobody", Some("good")).await;
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    assert_eq!((reviews("tokenreviews"), reviews("subjectaccessreviews")), (1, 1));
    for _ in 0..2 {
        ask(app.clone(), "GET", "/api/_proof/bot/other/nobody", Some("good")).await;
        ask(app.clone(), "GET", "/api/_proof/bot/desk/nobody", Some("stale")).await;
    }
    assert_eq!((reviews("tokenreviews"), reviews("subjectaccessreviews")), (3, 3), "refusals are asked for again");
    tokio::time::advance(Duration::from_secs(11)).await;
    ask(app, "GET", "/api/_proof/bot/desk/nobody", Some("good")).await;
    assert_eq!((reviews("tokenreviews"), reviews("subjectaccessreviews")), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn the_description_is_served_to_anyone() {
    let (status, _, description) = ask(app(false, &[]), "GET", "/api/openapi.json", None).await;
    assert_eq!(status, 200);
    assert_eq!(description, openapi::document());
    for path in ["/api/_proof/bot/{botId}", "/api/_proof/bot/{namespace}/{name}", "/api/_proof/databento"] {
        assert!(description["paths"][path]["get"]["responses"]["200"].is_object(), "{path}");
    }
}
