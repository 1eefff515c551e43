//! `POST /v1/sessions`: the result of a backtest, accepted only where every request that fed it is a success of this very job.

use assayer_contract::{ReasonCode, SessionReport};
use assayer_engine::bar_buckets::{Whole, check};
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
        acceptable(&report, &job.strategy_hash).map_err(|message| invalid(StatusCode::UNPROCESSABLE_ENTITY, message))?;
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

/// What can be said against a session without its rows.
fn acceptable(report: &SessionReport, strategy_hash: &str) -> Result<(), String> {
    if report.request_ids.is_empty() {
        return Err("requestIds is empty: name the rows that fed the session".to_owned());
    }
    if report.strategy_hash.to_string() != strategy_hash {
        return Err(format!("strategyHash is {}: the job's strategy is {strategy_hash}", report.strategy_hash));
    }
    let whole = Whole { bars: report.bars, first: report.first_bar, last: report.last_bar };
    report.bar_buckets.as_ref().map_or(Ok(()), |buckets| check(buckets, whole)).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use assayer_contract::{BarBucket, BarBuckets, MAX_BAR_BUCKETS, Sha256Hash, canonical_hash};
    use chrono::{DateTime, TimeDelta};

    use super::*;

    /// A session of so many bars, each a bucket of its own.
    fn report(count: usize) -> SessionReport {
        let price = || "1.05".to_owned();
        let bucket = |place: usize| {
            let time = DateTime::UNIX_EPOCH + TimeDelta::minutes(i64::try_from(place).unwrap());
            let (open, high, low, close) = (price(), price(), price(), price());
            BarBucket { from: time, to: time, bars: 1, open, high, low, close, volume: "7".to_owned() }
        };
        let buckets: Vec<BarBucket> = (0..count).map(bucket).collect();
        let hash = Sha256Hash::of(b"x");
        SessionReport {
            request_ids: vec![Uuid::from_u128(1)],
            data_hash: hash,
            strategy_hash: hash,
            inputs_hash: hash,
            engine_version: "3".to_owned(),
            bars: i64::try_from(count).unwrap(),
            first_bar: buckets.first().unwrap().from,
            last_bar: buckets.last().unwrap().to,
            result: json!({}),
            result_hash: hash,
            bar_buckets: Some(BarBuckets { hash: canonical_hash(&buckets).unwrap(), buckets }),
        }
    }

    #[test]
    fn a_session_with_more_buckets_than_are_kept_or_with_others_is_refused_by_field() {
        let strategy = Sha256Hash::of(b"x").to_string();
        assert_eq!(acceptable(&report(MAX_BAR_BUCKETS), &strategy), Ok(()));
        let wrong = acceptable(&report(MAX_BAR_BUCKETS + 1), &strategy).unwrap_err();
        assert_eq!(wrong, "barBuckets.buckets: there are 601, at most 600 are kept");
        let lost = SessionReport { bars: 4, ..report(3) };
        assert!(acceptable(&lost, &strategy).unwrap_err().starts_with("barBuckets.buckets: they are of 3 bars"));
        let none = SessionReport { bar_buckets: None, ..report(3) };
        assert_eq!(acceptable(&none, &strategy), Ok(()), "a runner of the version before posts none");
    }

    #[test]
    fn a_session_that_names_no_row_or_another_strategy_is_refused_by_field() {
        let strategy = Sha256Hash::of(b"x").to_string();
        let unfed = SessionReport { request_ids: Vec::new(), ..report(3) };
        assert!(acceptable(&unfed, &strategy).unwrap_err().starts_with("requestIds"));
        assert!(acceptable(&report(3), "sha256:other").unwrap_err().starts_with("strategyHash"));
    }
}
