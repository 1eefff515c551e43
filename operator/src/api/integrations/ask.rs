//! `POST /api/integrations/verify` and `…/test-call`. In: a provider of a namespace. Out: what came of the handshake. The gateway makes
//! it: the caller's own token writes annotations with a trace and the caller's name, which admission holds them to, and the row of that
//! trace, under that name, is the answer. Not pure.

use std::time::Duration;

use assayer_contract::{Operation, Outcome, Problem, ReasonCode, serving, wire};
use assayer_crds::Integration;
use assayer_store::{
    PgPool,
    integration_history::{self, UsageEvent},
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
};
use kube::{
    Api, ResourceExt,
    api::{Patch, PatchParams},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{list, namespace_name};
use crate::api::{App, Refusal, access::Acting, as_caller::refused, grant, refusal::shown};

/// Path of [`verify`].
pub(crate) const VERIFY: &str = "/api/integrations/verify";
/// Path of [`test`].
pub(crate) const TEST: &str = "/api/integrations/test-call";
/// How long a caller waits for the row; after it they are told where it will be.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(150);

/// Which provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    namespace: String,
    provider: String,
}

/// What came of a handshake or a call that was asked for.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Made {
    /// The trace that its row carries, or will carry.
    pub(crate) trace_id: Uuid,
    /// Registry name of the provider.
    provider: String,
    /// Namespace of the Integration.
    namespace: String,
    /// Name of the Integration.
    name: String,
    /// `verify` or `test`.
    operation: Operation,
    /// How it ended; null where it has not yet.
    status: Option<Outcome>,
    /// The vendor's HTTP status; null where it did not answer, or nothing was sent.
    http_status: Option<i32>,
    /// Milliseconds from the first byte sent to the last received.
    latency_ms: Option<i64>,
    /// Why it did not succeed.
    reason_code: Option<ReasonCode>,
    /// The same in a sentence.
    message: String,
    /// What to do about it; null where nothing is to be done.
    suggested_fix: Option<String>,
}

/// A handshake: is the credential good?
pub(crate) async fn verify(
    State(app): State<App>,
    acting: Acting,
    which: Result<Json<Which>, JsonRejection>,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    ask(&app, &acting, which, Operation::Verify).await
}

/// One harmless call, to see that the path works. It is not use by a Bot.
pub(crate) async fn test(
    State(app): State<App>,
    acting: Acting,
    which: Result<Json<Which>, JsonRejection>,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    ask(&app, &acting, which, Operation::Test).await
}

async fn ask(
    app: &App,
    acting: &Acting,
    which: Result<Json<Which>, JsonRejection>,
    operation: Operation,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    let Json(Which { namespace, provider }) = which?;
    let integration = of_provider(acting, namespace_name(&namespace)?, &provider).await?;
    let made = make(&app.pool, acting, &integration, operation).await?;
    let status = if made.status.is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(made)))
}

/// The Integration that serves a provider in a namespace, as the caller may see it.
pub(crate) async fn of_provider(acting: &Acting, namespace: &str, provider: &str) -> Result<Integration, Refusal> {
    let Some(found) = assayer_providers::find(provider) else {
        let known: Vec<_> = assayer_providers::ALL.iter().map(|provider| provider.name()).collect();
        let detail = format!("provider is {:?}: give one of {}", shown(provider), known.join(", "));
        return Err(Problem::new(422, ReasonCode::ProviderUnknown, detail).into());
    };
    let all = list(&acting.client, Some(namespace)).await.map_err(|error| denied(error, acting, namespace))?;
    let mut serving = serving(all.into_iter().filter_map(|one| Some((one.offer()?, one))));
    serving.remove(&(namespace.to_owned(), found.name())).ok_or_else(|| {
        let detail = format!("no Integration in namespace {namespace} has spec.provider \"{provider}\"");
        Problem::new(404, ReasonCode::IntegrationMissing, detail).into()
    })
}

/// Asks the gateway, and waits for the row.
pub(crate) async fn make(
    pool: &PgPool,
    acting: &Acting,
    integration: &Integration,
    operation: Operation,
) -> Result<Made, Refusal> {
    let (annotation, by) = match operation {
        Operation::Test => (wire::TEST_REQUESTED_ANNOTATION, wire::TEST_REQUESTED_BY_ANNOTATION),
        _ => (wire::VERIFY_REQUESTED_ANNOTATION, wire::VERIFY_REQUESTED_BY_ANNOTATION),
    };
    let (trace_id, namespace) = (Uuid::now_v7(), integration.namespace().unwrap_or_default());
    let patch = Patch::Merge(json!({"metadata": {"annotations": {annotation: trace_id, by: acting.user.name()}}}));
    let api = Api::<Integration>::namespaced(acting.client.clone(), &namespace);
    api.patch_metadata(&integration.name_any(), &PatchParams::default(), &patch)
        .await
        .map_err(|error| denied(error, acting, &namespace))?;
    let event = wait(pool, trace_id, operation).await?;
    Ok(Made::new(integration, operation, trace_id, event.as_ref()))
}

async fn wait(pool: &PgPool, trace_id: Uuid, operation: Operation) -> Result<Option<UsageEvent>, Refusal> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Some(event) = integration_history::of_trace(pool, trace_id, operation).await? {
            return Ok(Some(event));
        }
        sleep(PAUSE).await;
    }
    Ok(None)
}

fn denied(error: kube::Error, acting: &Acting, namespace: &str) -> Refusal {
    refused(error, || format!("Run: {}", grant::editing(acting.user.name(), namespace)))
}

impl Made {
    fn new(integration: &Integration, operation: Operation, trace_id: Uuid, event: Option<&UsageEvent>) -> Self {
        let (namespace, name) = (integration.namespace().unwrap_or_default(), integration.name_any());
        let message = match event {
            None => format!("the gateway has not answered within {} s; the row will carry the trace", PATIENCE.as_secs()),
            Some(event) => {
                event.error_message.clone().unwrap_or_else(|| format!("{} answered at {}", event.provider, event.endpoint))
            }
        };
        let reason_code = event.and_then(|event| event.reason_code);
        Self {
            trace_id,
            provider: integration.spec.provider.name().to_owned(),
            namespace,
            name,
            operation,
            status: event.map(|event| event.status),
            http_status: event.and_then(|event| event.http_status),
            latency_ms: event.and_then(|event| event.latency_ms),
            reason_code,
            message,
            suggested_fix: reason_code.map(|reason| reason.suggested_fix().to_owned()),
        }
    }
}
