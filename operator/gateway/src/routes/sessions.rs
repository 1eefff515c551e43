//! `POST /v1/sessions`: the result of a backtest, accepted only where every request that fed it is a success of this very job.

use assayer_contract::{ReasonCode, SessionReport};
use assayer_store::{
    StoreError,
    gateway_jobs::{self, Added},
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use uuid::Uuid;

use super::{
    App,
    job::{invalid, living, respond},
};
use crate::refusal::Refusal;

pub(super) async fn add(
    State(app): State<App>,
    headers: HeaderMap,
    report: Result<Json<SessionReport>, JsonRejection>,
) -> Response {
    let work = async {
        let job = living(&app, &headers).await?.job;
        let Json(report) = report.map_err(|error| invalid(error.status(), error.body_text()))?;
        if report.request_ids.is_empty() {
            return Err(invalid(StatusCode::UNPROCESSABLE_ENTITY, "requestIds is empty: name the rows that fed the session"));
        }
        if report.strategy_hash.to_string() != job.strategy_hash {
            let message = format!("strategyHash is {}: the job's strategy is {}", report.strategy_hash, job.strategy_hash);
            return Err(invalid(StatusCode::UNPROCESSABLE_ENTITY, message));
        }
        match gateway_jobs::add_session(&app.pool, Uuid::now_v7(), &job, &report).await {
            Ok(Added::Stands(id)) => Ok((StatusCode::CREATED, Json(json!({ "id": id })))),
            Ok(Added::Conflict) => {
                let message = format!("job {} has a session already, with another result", job.id);
                Err(Refusal::new(StatusCode::CONFLICT, ReasonCode::RequestInvalid, message))
            }
            Ok(Added::NotEvidence(id)) => {
                let message = format!("requestIds names {id}, which is no successful call of job {}", job.id);
                Err(invalid(StatusCode::UNPROCESSABLE_ENTITY, message))
            }
            Err(StoreError::Refused(error)) => {
                Err(invalid(StatusCode::UNPROCESSABLE_ENTITY, format!("the session cannot be stored: {error}")))
            }
            Err(error) => Err(error.into()),
        }
    };
    respond(work.await)
}
