//! The stand-in's own side of live data. In: orders as JSON. Out: what arrived.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;

use super::{Arrivals, Fault, Live, Manner};

/// `/__stand-in/live…`.
pub(in crate::databento) fn router(live: Live) -> Router {
    Router::new()
        .route("/__stand-in/live/sessions", get(sessions))
        .route("/__stand-in/live/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/__stand-in/live/manner", put(behave))
        .route("/__stand-in/live/clock", post(move_on).put(stand).delete(follow))
        .with_state(live)
}

async fn sessions(State(live): State<Live>) -> Json<Arrivals> {
    Json(live.arrivals())
}

async fn faults(State(live): State<Live>) -> Json<Vec<Fault>> {
    Json(live.faults.list())
}

async fn add_fault(State(live): State<Live>, Json(fault): Json<Fault>) -> StatusCode {
    live.fail(fault);
    StatusCode::NO_CONTENT
}

async fn clear_faults(State(live): State<Live>) -> StatusCode {
    live.mend();
    StatusCode::NO_CONTENT
}

async fn behave(State(live): State<Live>, Json(manner): Json<Manner>) -> StatusCode {
    live.behave(manner);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    advance_minutes: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stand {
    now: u64,
    bar: u64,
}

async fn stand(State(live): State<Live>, Json(order): Json<Stand>) -> StatusCode {
    live.clock().stand(order.now, order.bar);
    StatusCode::NO_CONTENT
}

async fn follow(State(live): State<Live>) -> StatusCode {
    live.clock().follow();
    StatusCode::NO_CONTENT
}

/// Only a clock that stands stays where it was moved.
async fn move_on(State(live): State<Live>, Json(order): Json<Move>) -> Json<u64> {
    live.clock().advance(order.advance_minutes);
    Json(live.clock().now())
}
