//! What a kubelet and Prometheus rely on.

use axum::Router;
use kube::Client;

use super::router as probes_router;
use crate::api::{
    as_caller::AsCaller,
    router,
    tests::{app, ask, cluster, no_cluster, parts, refusal},
};

/// What a caller reaches and what a kubelet reaches of one process.
fn with_probes(client: Client, anonymous_read: bool) -> (Router, Router) {
    let of_caller = client.clone();
    let app = parts(client, AsCaller::by(move |_| Ok(of_caller.clone())), anonymous_read);
    (router(app.clone()), probes_router(app))
}

#[tokio::test(start_paused = true)]
async fn a_process_without_its_database_is_alive_and_not_ready() {
    let (_, probes) = with_probes(cluster(&[]), false);
    assert_eq!(ask(probes.clone(), "GET", "/healthz", None).await.0, 200);
    let (status, code, _) = refusal(probes, "/readyz", None).await;
    assert_eq!((status, code.as_str()), (503, "EVIDENCE_UNAVAILABLE"));
}

#[tokio::test(start_paused = true)]
async fn what_is_for_the_cluster_is_not_where_people_come_in() {
    for path in ["/healthz", "/readyz", "/metrics"] {
        let (status, code, _) = refusal(app(true, &["desk"]), path, None).await;
        assert_eq!((status, code.as_str()), (404, "NOT_FOUND"), "{path}");
    }
    let (_, probes) = with_probes(cluster(&["desk"]), true);
    assert_eq!(ask(probes, "GET", "/api/openapi.json", None).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn metrics_count_answers_by_route_and_name_no_bot() {
    let (app, probes) = with_probes(cluster(&["desk"]), true);
    ask(app, "GET", "/api/_proof/bot/desk/nobody", None).await;
    let (_, _, text) = ask(probes, "GET", "/metrics", None).await;
    let text = text.as_str().unwrap();
    let line = r#"assayer_api_answer_seconds_count{route="/api/_proof/bot/{namespace}/{name}",status="404"} 1"#;
    assert!(text.contains(line), "{text}");
    assert!(!text.contains("nobody"), "{text}");
    assert!(text.contains(r#"assayer_api_authentications_total{result="Anyone"} 1"#), "{text}");

    let (app, probes) = with_probes(no_cluster(), false);
    ask(app, "GET", "/api/_proof/bot/desk/spx-cross", Some("good")).await;
    let (_, _, text) = ask(probes, "GET", "/metrics", None).await;
    let text = text.as_str().unwrap();
    for line in [r#"authentications_total{result="Unavailable"} 1"#, r#"failures_total{of="ApiServer"} 1"#] {
        assert!(text.contains(line), "{text}");
    }
}
