//! `GET /v1/job`, `GET /v1/job/requests`, `POST /v1/job/report`: what a pod is to do, what its rows say, and how it ended.

use assayer_contract::{JobAssignment, JobReport, ReasonCode, RequestSummary, wire};
use assayer_store::{
    gateway_jobs::{self, Added, GatewayJob},
    log::rows,
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    response::{IntoResponse, Response},
};
use chrono::Utc;
use http::{HeaderMap, StatusCode};
use uuid::Uuid;

use super::App;
use crate::{forward::Target, identity::Caller, refusal::Refusal};

/// Stands for a provider in the row of a job that is told nothing.
const ITSELF: &str = "gateway";

/// The first time that a pod asks, the job counts as started. One that is blocked is told nothing and does not start: its calls would be
/// refused for the same.
pub(super) async fn assignment(State(app): State<App>, headers: HeaderMap) -> Response {
    let caller = match living(&app, &headers).await {
        Ok(caller) => caller,
        Err(refusal) => return refusal.problem(None),
    };
    if let Err(refusal) = app.standing.allows(&caller.job).await {
        let to = Target { provider: ITSELF, method: "GET", path: wire::JOB_PATH };
        return app.forwarder.refuse_unread(&caller, to, refusal).await;
    }
    let work = async {
        gateway_jobs::started(&app.pool, Uuid::now_v7(), caller.job.id, caller.as_pod()).await?;
        Ok(Json(assigned(caller.job)))
    };
    respond(work.await)
}

pub(super) async fn requests(State(app): State<App>, headers: HeaderMap) -> Response {
    let work = async {
        let job = app.identity.prove(&headers).await?.job;
        let rows = rows::of_job(&app.pool, job.trace_id, job.id).await?;
        Ok(Json(rows.into_iter().map(RequestSummary::from).collect::<Vec<_>>()))
    };
    respond(work.await)
}

/// A job ends once; the same report may come again after a lost answer.
pub(super) async fn report(
    State(app): State<App>,
    headers: HeaderMap,
    report: Result<Json<JobReport>, JsonRejection>,
) -> Response {
    let work = async {
        let caller = app.identity.prove(&headers).await?;
        let Json(report) = report.map_err(|error| invalid(error.status(), error.body_text()))?;
        if report.succeeded == report.reason_code.is_some() {
            let message = "reasonCode: give one where succeeded is false, and none where it is true";
            return Err(invalid(StatusCode::UNPROCESSABLE_ENTITY, message));
        }
        if caller.job.status.is_final() && !caller.job.ended {
            return Err(over(&caller.job));
        }
        match gateway_jobs::ended(&app.pool, Uuid::now_v7(), caller.job.id, caller.as_pod(), &report).await? {
            Added::Stands(_) => Ok(StatusCode::NO_CONTENT),
            Added::Conflict | Added::NotEvidence(_) => Err(over(&caller.job)),
        }
    };
    respond(work.await)
}

/// A proven caller whose job may still act.
pub(super) async fn living(app: &App, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let caller = app.identity.prove(headers).await?;
    if caller.job.is_over(Utc::now()) { Err(over(&caller.job)) } else { Ok(caller) }
}

pub(super) fn respond<T: IntoResponse>(result: Result<T, Refusal>) -> Response {
    result.map_or_else(|refusal| refusal.problem(None), IntoResponse::into_response)
}

pub(super) fn invalid(status: StatusCode, message: impl Into<String>) -> Refusal {
    Refusal::new(status, ReasonCode::RequestInvalid, message)
}

fn over(job: &GatewayJob) -> Refusal {
    let message = format!("job {} has ended, with another report or past its deadline {}", job.id, job.deadline);
    Refusal::new(StatusCode::CONFLICT, ReasonCode::JobFinished, message)
}

fn assigned(job: GatewayJob) -> JobAssignment {
    JobAssignment {
        job_id: job.id,
        trace_id: job.trace_id,
        job_type: job.job_type,
        stage: job.stage,
        bot_namespace: job.bot_namespace,
        bot_name: job.bot_name,
        bot_id: job.bot_id,
        due_slot: job.due_slot,
        body: job.body,
    }
}
