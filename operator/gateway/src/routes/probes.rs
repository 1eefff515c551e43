//! `/readyz` and `/metrics`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header::CONTENT_TYPE};

use super::App;

/// Ready: this gateway can write the log now and sees pods and Integrations. A standby is alive, not ready, and so is a gateway whose
/// database is away.
pub(super) async fn ready(State(app): State<App>) -> Response {
    let waits_for = if !*app.recorder.active().borrow() {
        "the request log: the database, or the gateway that holds the set"
    } else if !app.watches.iter().all(crate::watch::Watch::has_caught_up) {
        "the API server: pods and Integrations are not known yet"
    } else {
        return "ok".into_response();
    };
    (StatusCode::SERVICE_UNAVAILABLE, format!("waiting for {waits_for}")).into_response()
}

pub(super) async fn metrics(State(app): State<App>) -> Response {
    match app.metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
