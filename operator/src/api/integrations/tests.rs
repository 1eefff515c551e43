//! What a caller relies on who changes something, with an API server that answers from a table and a database that is down.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode, header},
};
use kube::Client;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::api::{as_caller::AsCaller, tests::around};

const KEY: &str = "db-0123456789abcdef0123456789abc";
const SECRET: &str = "/api/v1/namespaces/desk/secrets/market-data";
const EXTERNAL: &str = "/apis/external-secrets.io/v1/namespaces/desk/externalsecrets/vault-data";
const INTEGRATIONS: &str = "/apis/assayer.dev/v1alpha1/namespaces/desk/integrations";

/// A request that the API server received: with whose token, method, path with query, and body.
#[derive(Clone, Debug)]
struct Received {
    token: &'static str,
    line: String,
    body: String,
}

type Log = Arc<Mutex<Vec<Received>>>;

/// What the API server answers to a write of the Secret.
#[derive(Clone, Copy)]
enum Writing {
    Done,
    Forbidden,
    KeptElsewhere,
    Invalid,
}

fn answer(secret: Writing, path: &str, body: &Value) -> (u16, Value) {
    let failure = |code: u16, reason: &str, message: &str| {
        (code, json!({"kind": "Status", "status": "Failure", "reason": reason, "message": message, "code": code}))
    };
    match path {
        "/apis/authentication.k8s.io/v1/tokenreviews" => {
            let good = body["spec"]["token"] == "good";
            (201, json!({"spec": {"token": ""}, "status": {"authenticated": good, "user": {"username": "ann"}}}))
        }
        INTEGRATIONS => {
            let spec = json!({"provider": "databento", "credentials": {"secretRef": {"name": "market-data"}}});
            let metadata = json!({"name": "data", "namespace": "desk", "uid": "u", "generation": 1});
            (200, json!({"metadata": {}, "items": [{"metadata": metadata, "spec": spec}]}))
        }
        SECRET => match secret {
            Writing::Forbidden => failure(403, "Forbidden", "secrets is forbidden"),
            Writing::Invalid => failure(422, "Invalid", &format!("invalid: {body}")),
            Writing::Done => (200, body.clone()),
            Writing::KeptElsewhere => {
                let mut kept = body.clone();
                kept["metadata"]["ownerReferences"] =
                    json!([{"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "name": "vault-data", "uid": "e"}]);
                (200, kept)
            }
        },
        EXTERNAL => {
            let data =
                json!([{"secretKey": "DATABENTO_API_KEY", "remoteRef": {"key": "assayer/databento", "property": "apiKey"}}]);
            let store = json!({"kind": "ClusterSecretStore", "name": "vault"});
            (200, json!({"metadata": {"name": "vault-data"}, "spec": {"secretStoreRef": store, "data": data}}))
        }
        _ if path.starts_with(INTEGRATIONS) => {
            (200, json!({"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": {"name": "data"}}))
        }
        _ => failure(404, "NotFound", "not found"),
    }
}

fn client(secret: Writing, log: &Log, token: &'static str) -> Client {
    let log = Arc::clone(log);
    let service = tower::service_fn(move |request: Request<kube::client::Body>| {
        let log = Arc::clone(&log);
        async move {
            let line = format!("{} {}", request.method(), request.uri().path_and_query().unwrap());
            let path = request.uri().path().to_owned();
            let body = String::from_utf8(request.into_body().collect_bytes().await?.to_vec()).unwrap();
            log.lock().unwrap().push(Received { token, line, body: body.clone() });
            let (status, answer) = answer(secret, &path, &serde_json::from_str(&body).unwrap_or_default());
            Ok::<_, kube::Error>(Response::builder().status(status).body(Body::from(answer.to_string())).unwrap())
        }
    });
    Client::new(service, "default")
}

/// An API that lets anyone read, and the log of what its API server received.
fn app(secret: Writing) -> (Router, Log) {
    let log = Log::default();
    let of_caller = Arc::clone(&log);
    let as_caller = AsCaller::by(move |token| {
        assert_eq!(secrecy::ExposeSecret::expose_secret(&token), "good");
        Ok(client(secret, &of_caller, "the caller's"))
    });
    (around(client(secret, &log, "the API's own"), as_caller, true), log)
}

async fn post(app: Router, path: &str, token: Option<&str>, body: &str) -> (StatusCode, String) {
    let mut request = Request::builder().method("POST").uri(path).header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let response = app.oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.status, String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap())
}

fn credential(values: &Value) -> String {
    json!({"namespace": "desk", "provider": "databento", "values": values}).to_string()
}

fn writes(log: &Log) -> Vec<Received> {
    log.lock().unwrap().iter().filter(|received| received.line.starts_with("PATCH")).cloned().collect()
}

#[tokio::test(start_paused = true)]
async fn whoever_may_read_nobody_acts_without_a_token() {
    for path in ["/api/integrations/verify", "/api/integrations/test-call", "/api/integrations/credentials"] {
        for token in [None, Some("stale")] {
            let (app, log) = app(Writing::Done);
            let (status, problem) = post(app, path, token, &credential(&json!({"DATABENTO_API_KEY": KEY}))).await;
            assert_eq!(status, 401, "{path} {problem}");
            assert!(writes(&log).is_empty() && !problem.contains(KEY), "{problem}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_is_asked_for_by_annotations_with_the_callers_own_name_and_token() {
    for (path, annotation) in [("verify", "assayer.dev/verify-requested"), ("test-call", "assayer.dev/test-requested")] {
        let (app, log) = app(Writing::Done);
        let body = json!({"namespace": "desk", "provider": "databento"}).to_string();
        // The database is down, so the row is not seen.
        let (status, _) = post(app, &format!("/api/integrations/{path}"), Some("good"), &body).await;
        assert_eq!(status, 503);
        let written = writes(&log);
        assert_eq!((written.len(), written[0].token), (1, "the caller's"));
        assert!(written[0].line.starts_with(&format!("PATCH {INTEGRATIONS}/data?")), "{written:?}");
        let patch: Value = serde_json::from_str(&written[0].body).unwrap();
        let trace = patch["metadata"]["annotations"][annotation].as_str().unwrap();
        assert!(trace.parse::<uuid::Uuid>().is_ok(), "{patch}");
        assert_eq!(patch["metadata"]["annotations"][format!("{annotation}-by")], "ann", "the row is to name them");
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_none_or_has_no_integration_is_named() {
    for (provider, status, names) in [("nobody", 422, "nobody"), ("fred", 404, "namespace desk")] {
        let (app, log) = app(Writing::Done);
        let body = json!({"namespace": "desk", "provider": provider}).to_string();
        let (answered, problem) = post(app, "/api/integrations/verify", Some("good"), &body).await;
        assert_eq!(answered, status, "{problem}");
        assert!(problem.contains(names) && writes(&log).is_empty(), "{problem}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_credential_is_tried_dry_and_then_written_as_the_caller_and_is_in_no_answer() {
    let (app, log) = app(Writing::Done);
    let (status, answer) =
        post(app, "/api/integrations/credentials", Some("good"), &credential(&json!({"DATABENTO_API_KEY": format!("{KEY}\n")})))
            .await;
    assert_eq!(status, 200, "{answer}");
    assert!(!answer.contains(KEY), "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((&answer["secret"], &answer["keys"]), (&json!("market-data"), &json!(["DATABENTO_API_KEY"])));
    assert!(answer["verification"].is_null() && answer["verification_reason"].is_string(), "the database is down: {answer}");
    let written = writes(&log);
    assert!(written.iter().all(|received| received.token == "the caller's"), "{written:?}");
    let secrets: Vec<_> = written.iter().filter(|received| received.line.contains(SECRET)).collect();
    assert_eq!(secrets.len(), 2);
    assert!(secrets[0].line.contains("dryRun=All") && !secrets[1].line.contains("dryRun"), "{secrets:?}");
    for received in secrets {
        assert!(received.line.contains("fieldManager=assayer-credentials"), "{received:?}");
        let body: Value = serde_json::from_str(&received.body).unwrap();
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, KEY);
        assert_eq!(body["data"], json!({"DATABENTO_API_KEY": encoded}));
        assert_eq!((&body["kind"], &body["metadata"]["name"]), (&json!("Secret"), &json!("market-data")));
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_a_credential_is_refused_before_anything_is_written_and_no_value_comes_back() {
    let secret = "73517351735173517351";
    for (body, reason) in [
        (credential(&json!({"DATABENTO_API_KEY": secret})), "INTEGRATION_KEY_MALFORMED"),
        (credential(&json!({secret: "x"})), "REQUEST_INVALID"),
        (credential(&json!({})), "INTEGRATION_KEY_MISSING"),
        // A parser would quote these.
        (credential(&json!({"DATABENTO_API_KEY": 73_517_351_735_173_i64})), "REQUEST_INVALID"),
        (credential(&json!({"DATABENTO_API_KEY": [secret]})), "REQUEST_INVALID"),
        (format!("{{\"namespace\": \"desk\", \"provider\": \"databento\", \"{secret}\": 1}}"), "REQUEST_INVALID"),
        (format!("{{{secret}"), "REQUEST_INVALID"),
        (format!("\"{secret}\""), "REQUEST_INVALID"),
    ] {
        let (app, log) = app(Writing::Done);
        let (status, problem) = post(app, "/api/integrations/credentials", Some("good"), &body).await;
        assert!(status.is_client_error() && problem.contains(reason), "{status} {problem}");
        assert!(!problem.contains("7351735173517"), "{body}: {problem}");
        assert!(writes(&log).is_empty(), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_may_not_write_the_secret_is_given_the_command_without_the_values() {
    for (secret, status, says) in [
        (
            Writing::Forbidden,
            403,
            "--from-literal=DATABENTO_API_KEY=<DATABENTO_API_KEY> --dry-run=client -o yaml | kubectl apply",
        ),
        (Writing::KeptElsewhere, 409, "ExternalSecret vault-data"),
        (
            Writing::KeptElsewhere,
            409,
            "In ClusterSecretStore vault, set DATABENTO_API_KEY at assayer/databento, property apiKey.",
        ),
        // The API server quotes what it refuses.
        (Writing::Invalid, 409, "refuses Secret desk/market-data with 422"),
    ] {
        let (app, log) = app(secret);
        let (answered, problem) =
            post(app, "/api/integrations/credentials", Some("good"), &credential(&json!({"DATABENTO_API_KEY": KEY}))).await;
        assert_eq!(answered, status, "{problem}");
        assert!(problem.contains(says) && !problem.contains(KEY), "{problem}");
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, KEY);
        assert!(!problem.contains(&encoded), "{problem}");
        assert!(writes(&log).iter().all(|received| received.line.contains("dryRun=All")), "nothing was written");
    }
}
