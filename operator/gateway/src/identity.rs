//! Who calls. In: a token. Out: the running pod that it was minted for, and the pod's job; or why that is not proven.
//!
//! The token names pod and ServiceAccount, the pod its Kubernetes Job, the Job its row in `bot_jobs`. What a caller says of
//! itself in headers or bodies proves nothing.

mod pods;
mod tokens;

use std::sync::Arc;

use assayer_contract::{ReasonCode, wire::TOKEN_HEADER};
use assayer_store::{
    PgPool,
    gateway_jobs::{self, GatewayJob, Pod},
};
use http::{HeaderMap, StatusCode};
use kube::Client;

pub use pods::Pods;

use crate::refusal::Refusal;
use tokens::Holder;

/// A pod that is proven to work for a job.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The Kubernetes user of the token.
    pub user: String,
    /// Name of the pod.
    pub pod: String,
    /// UID of the pod.
    pub pod_uid: String,
    /// Its job.
    pub job: GatewayJob,
}

impl Caller {
    /// The pod as the store names it.
    pub fn as_pod(&self) -> Pod<'_> {
        Pod { name: &self.pod, uid: &self.pod_uid }
    }
}

/// A caller that is not proven to work for a job.
#[derive(Clone, Debug)]
pub struct Stranger {
    /// Who it is by the API server's word, where that knows the token.
    pub user: Option<String>,
    /// Why it is refused.
    pub refusal: Refusal,
}

impl From<Refusal> for Stranger {
    fn from(refusal: Refusal) -> Self {
        Self { user: None, refusal }
    }
}

impl From<Stranger> for Refusal {
    fn from(stranger: Stranger) -> Self {
        stranger.refusal
    }
}

/// Proves callers.
pub struct Identity {
    tokens: tokens::Tokens,
    pods: Arc<Pods>,
    pool: PgPool,
}

impl Identity {
    /// Asks this API server and this database.
    pub fn new(client: Client, pods: Arc<Pods>, pool: PgPool) -> Self {
        Self { tokens: tokens::Tokens::new(client), pods, pool }
    }

    /// The caller that holds the token in these headers. Its job may be over: that is for the route to judge.
    pub async fn prove(&self, headers: &HeaderMap) -> Result<Caller, Stranger> {
        let token = headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok());
        let token = token.ok_or_else(|| unproven(format!("header {TOKEN_HEADER} is missing")))?;
        let holder = self.tokens.holder(token).await?;
        let known = |refusal| Stranger { user: Some(holder.user.clone()), refusal };
        let job = self.job_of(&holder).await.map_err(known)?;
        Ok(Caller { user: holder.user.clone(), pod: holder.pod.clone(), pod_uid: holder.pod_uid.clone(), job })
    }

    async fn job_of(&self, holder: &Holder) -> Result<GatewayJob, Refusal> {
        let job_name = self.pods.job_of(&holder.namespace, &holder.pod, &holder.pod_uid).await?;
        let job = gateway_jobs::by_job_name(&self.pool, &holder.namespace, &job_name).await?;
        job.ok_or_else(|| unproven(format!("Job {}/{job_name} was not planned by the controller", holder.namespace)))
    }
}

/// The caller is not who it would have to be.
fn unproven(message: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, ReasonCode::IdentityUnproven, message)
}

/// The API server cannot say who the caller is.
fn unanswered(error: impl std::fmt::Display, what: &str) -> Refusal {
    tracing::warn!(%error, what, "the API server could not be asked");
    let message = format!("the API server cannot be asked for {what} now");
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, ReasonCode::ClusterUnavailable, message)
}
