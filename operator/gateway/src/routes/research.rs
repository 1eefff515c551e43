//! `POST /v1/research/trials`, `POST /v1/research`, `POST /v1/holdout`: what an improvement or evolution tried and found, and its wish to see
//! the hold-out. Rows are added for the round's own job only, within what it was granted.

use assayer_contract::{
    JobType, ReasonCode, ResearchReport, Trial,
    research::{MAX_FOLDS, Suggestions},
    round::HoldOutRequest,
    wire::MAX_TRIALS,
};
use assayer_store::{
    StoreError,
    gateway_jobs::GatewayJob,
    log::rows,
    research::{self, Noted, Permit},
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    response::Response,
};
use chrono::Utc;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    App,
    job::{invalid, living, over, respond},
    suggestions,
};
use crate::refusal::Refusal;

type Posted<T> = Result<Json<T>, JsonRejection>;

pub(super) async fn trials(State(app): State<App>, headers: HeaderMap, posted: Posted<Vec<Trial>>) -> Response {
    let work = async {
        let (job, trials) = round(&app, &headers, posted).await?;
        if trials.len() > MAX_TRIALS {
            let message = format!("{} trials in one post: at most {MAX_TRIALS}", trials.len());
            return Err(invalid(StatusCode::UNPROCESSABLE_ENTITY, message));
        }
        noted(&job, research::add_trials(&app.pool, &job, &trials).await?)
    };
    respond(work.await)
}

pub(super) async fn report(State(app): State<App>, headers: HeaderMap, posted: Posted<ResearchReport>) -> Response {
    let work = async {
        let (job, report) = round(&app, &headers, posted).await?;
        if !report.trials.is_empty() {
            return Err(invalid(StatusCode::UNPROCESSABLE_ENTITY, "trials: post them before, and leave them out here"));
        }
        if let Some(folds) = report.folds.as_ref().filter(|folds| folds.len() > MAX_FOLDS) {
            let message = format!("folds: there are {}, at most {MAX_FOLDS} are kept", folds.len());
            return Err(invalid(StatusCode::UNPROCESSABLE_ENTITY, message));
        }
        vouched(&app, &job, report.suggestions.as_ref()).await?;
        noted(&job, research::add_report(&app.pool, &job, &report).await?)
    };
    respond(work.await)
}

pub(super) async fn holdout(State(app): State<App>, headers: HeaderMap, posted: Posted<HoldOutRequest>) -> Response {
    let work = async {
        let (job, HoldOutRequest { strategy_hash }) = round(&app, &headers, posted).await?;
        match research::permit_holdout(&app.pool, &job, strategy_hash, Utc::now()).await? {
            Permit::Granted(id) => Ok((StatusCode::CREATED, Json(json!({ "id": id })))),
            Permit::Over => Err(over(&job)),
            Permit::Spent(taken) => {
                let root = job.root.as_deref().unwrap_or_default();
                let message = format!(
                    "the hold-out of {root} was read {taken} times this quarter, and budgets.holdoutReadsPerQuarterPerRoot is {}",
                    job.holdout_reads.unwrap_or_default()
                );
                Err(Refusal::new(StatusCode::FORBIDDEN, ReasonCode::HoldoutBudget, message))
            }
        }
    };
    respond(work.await)
}

/// What is said of suggestions is what the job was let ask, and came by a call of this very job.
async fn vouched(app: &App, job: &GatewayJob, said: Option<&Suggestions>) -> Result<(), Refusal> {
    let wanted = job.suggestions_wanted()?;
    if wanted.is_none() && said.is_none() {
        return Ok(());
    }
    let rows = rows::of_job(&app.pool, job.trace_id, job.id).await?;
    let wrong = suggestions::wrong(wanted.as_ref(), said, &rows);
    wrong.map_or(Ok(()), |wrong| Err(invalid(StatusCode::UNPROCESSABLE_ENTITY, wrong)))
}

/// What a round posted, whose job may still act. No other job does research.
async fn round<T: DeserializeOwned>(app: &App, headers: &HeaderMap, posted: Posted<T>) -> Result<(GatewayJob, T), Refusal> {
    let job = living(app, headers).await?.job;
    if job.job_type == JobType::Backtest {
        let message = format!("job {} is a BACKTEST, which tries nothing", job.id);
        return Err(Refusal::new(StatusCode::FORBIDDEN, ReasonCode::JobMismatch, message));
    }
    let Json(posted) = posted.map_err(|error| invalid(error.status(), error.body_text()))?;
    Ok((job, posted))
}

fn noted(job: &GatewayJob, noted: Noted) -> Result<StatusCode, Refusal> {
    match noted {
        Noted::Stand => Ok(StatusCode::NO_CONTENT),
        Noted::Over => Err(over(job)),
        Noted::BeyondGrant => {
            let message = format!("job {} was granted {} trials", job.id, job.trials_granted.unwrap_or_default());
            Err(Refusal::new(StatusCode::FORBIDDEN, ReasonCode::TrialBudget, message))
        }
        Noted::Conflict => {
            let message = format!("job {} has another report already, or its challenger was not let see the hold-out", job.id);
            Err(Refusal::new(StatusCode::CONFLICT, ReasonCode::RequestInvalid, message))
        }
    }
}

/// The body of a round with what its lineage has tried.
pub(super) async fn with_lineage(app: &App, job: &GatewayJob) -> Result<Value, Refusal> {
    let mut body = job.body.clone();
    if let (true, Some(fields)) = (job.job_type != JobType::Backtest, body.as_object_mut()) {
        let lineage = research::lineage(&app.pool, job).await?;
        let lineage = serde_json::to_value(lineage).map_err(StoreError::from)?;
        fields.insert("lineage".to_owned(), lineage);
    }
    Ok(body)
}
