//! What the gateway tells the pod to do. In: its JSON. Out: the job, typed, or why this runner cannot do it. Pure.

use assayer_contract::{JobAssignment, JobType, ReasonCode};
use serde::{Deserialize as _, de::DeserializeOwned};
use serde_json::Value;

use super::Failure;

/// The assignment. A job type of a newer controller is a failure with a reason, not a crash.
pub(super) fn parse(answer: Value) -> Result<JobAssignment, Failure> {
    let job_type = answer.get("jobType").unwrap_or(&Value::Null);
    JobType::deserialize(job_type).map_err(|error| {
        let message = format!("jobType is {job_type}: {error}; use the image of the controller's version");
        Failure::new(ReasonCode::JobTypeUnknown, message)
    })?;
    serde_json::from_value(answer).map_err(|error| {
        let message = format!("this runner does not understand the job: {error}; use the image of the controller's version");
        Failure::new(ReasonCode::RunnerFailed, message)
    })
}

/// The body of a job's type. A field that this runner would not obey is refused, so that no result leaves it out silently.
pub(super) fn body<T: DeserializeOwned>(job: &JobAssignment) -> Result<T, Failure> {
    let mut unknown = Vec::new();
    let body = serde_ignored::deserialize(&job.body, |path| unknown.push(path.to_string()))
        .map_err(|error| Failure::new(ReasonCode::SpecInvalid, format!("the job's body: {error}")))?;
    if unknown.is_empty() {
        Ok(body)
    } else {
        Err(Failure::new(
            ReasonCode::SpecInvalid,
            format!("the job's body has fields that are not known: {}", unknown.join(", ")),
        ))
    }
}
