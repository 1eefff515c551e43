//! `POST /api/integrations/credentials` and `GET …/{namespace}/{name}/credentials`. In: values for the keys of a provider. Out: the
//! Secret that the Integration names, written with the caller's own token, or the command that writes it. Values go from the request
//! into the Secret and nowhere else. Not pure.

use std::{collections::BTreeMap, time::Duration};

use assayer_contract::{Operation, Problem, ReasonCode};
use assayer_crds::Integration;
use assayer_providers::Provider;
use axum::{
    Json,
    extract::{
        Path, State,
        rejection::{JsonRejection, PathRejection},
    },
};
use k8s_openapi::{ByteString, api::core::v1::Secret, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::{
    Api, ResourceExt,
    api::{Patch, PatchParams},
};
use schemars::JsonSchema;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::{
    ask::{self, Made, of_provider},
    external::Keeper,
    key_form::{Values, masked as mask},
    namespace_name,
};
use crate::api::{
    App, Refusal,
    access::{Acting, Right},
    as_caller::refused,
    find::is_name,
    grant,
    refusal::bad_request,
};

/// Path of [`set`].
pub(crate) const PATH: &str = "/api/integrations/credentials";
/// Path of [`masked`].
pub(crate) const MASKED: &str = "/api/integrations/{namespace}/{name}/credentials";
/// More than a handshake is waited for, less than an answer may take.
const PATIENCE: Duration = Duration::from_secs(12);
/// Name under which the fields of a Secret are owned.
const FIELD_MANAGER: &str = "assayer-credentials";

/// What is to be written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    namespace: String,
    provider: String,
    values: Values,
}

/// What was written. It holds no value.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Written {
    /// Namespace of the Secret.
    namespace: String,
    /// Name of the Secret.
    secret: String,
    /// Names of the keys that it has now by this API's doing.
    keys: Vec<String>,
    /// Keys that look unlike the vendor's others, in a sentence each.
    doubts: Vec<String>,
    /// What came of the handshake with the new credential; null where the caller may not ask for one.
    verification: Option<Made>,
    /// Why `verification` is null.
    verification_reason: Option<String>,
}

/// The keys of an Integration, as far as they may be shown.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Masked {
    /// Name of the Secret.
    secret: String,
    /// The provider's keys; computed now, and kept nowhere.
    keys: Vec<MaskedKey>,
}

/// One key.
#[derive(Debug, Serialize, JsonSchema)]
struct MaskedKey {
    /// Its name.
    name: String,
    /// Whether it must be there.
    required: bool,
    /// Its last four characters, or none where those would tell something; null where the Secret does not have it.
    masked: Option<String>,
}

/// Checks names and forms, then writes the Secret as the caller, then has the credential verified.
pub(crate) async fn set(
    State(app): State<App>,
    acting: Acting,
    new: Result<Json<New>, JsonRejection>,
) -> Result<Json<Written>, Refusal> {
    // A parser's message may quote what it met, and that may be a key.
    let unreadable = |rejection: JsonRejection| {
        let detail = "the body must be JSON: {\"namespace\": text, \"provider\": text, \"values\": {NAME: text}}";
        let status = if rejection.status().is_client_error() { rejection.status().as_u16() } else { 400 };
        Refusal::from(Problem::new(status, ReasonCode::RequestInvalid, detail))
    };
    let Json(New { namespace, provider, values }) = new.map_err(unreadable)?;
    let integration = of_provider(&acting, namespace_name(&namespace)?, &provider).await?;
    let Some(provider) = assayer_providers::find(&provider) else {
        return Err(Problem::new(422, ReasonCode::ProviderUnknown, "no such provider").into());
    };
    let doubts = values.check(provider)?;
    let target = Target { acting: &acting, integration: &integration, provider };
    let tried = target.write(&values, true).await?;
    target.not_external(&tried, &values).await?;
    target.write(&values, false).await?;
    tracing::info!(user = acting.user.name(), namespace, secret = target.secret(), "a credential was written");
    // It is written: what comes of the handshake must not turn that into a refusal.
    let handshake = timeout(PATIENCE, ask::make(&app.pool, &acting, &integration, Operation::Verify)).await;
    let (verification, verification_reason) = match handshake {
        Ok(Ok(made)) => (Some(made), None),
        Ok(Err(refusal)) => (None, Some(refusal.problem.detail)),
        Err(_) => (None, Some("the log did not answer in time".to_owned())),
    };
    let (secret, keys) = (target.secret().to_owned(), values.names());
    Ok(Json(Written { namespace, secret, keys, doubts, verification, verification_reason }))
}

/// The Secret that an Integration names.
struct Target<'a> {
    acting: &'a Acting,
    integration: &'a Integration,
    provider: &'static dyn Provider,
}

impl Target<'_> {
    fn secret(&self) -> &str {
        &self.integration.spec.credentials.secret_ref.name
    }

    /// Applies it with the caller's own rights; a dry run changes nothing and tells whether it may be done.
    async fn write(&self, values: &Values, dry_run: bool) -> Result<Secret, Refusal> {
        let namespace = self.integration.namespace().unwrap_or_default();
        let data = values.trimmed().map(|(name, value)| (name.to_owned(), ByteString(value.expose_secret().as_bytes().to_vec())));
        let name = self.secret();
        let secret = Secret {
            metadata: ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() },
            data: Some(data.collect::<BTreeMap<_, _>>()),
            ..Secret::default()
        };
        let params = PatchParams { dry_run, ..PatchParams::apply(FIELD_MANAGER).force() };
        let api = Api::<Secret>::namespaced(self.acting.client.clone(), &namespace);
        let error = match api.patch(name, &params, &Patch::Apply(&secret)).await {
            Ok(secret) => return Ok(secret),
            Err(error) => error,
        };
        match &error {
            kube::Error::Api(status) if status.code == 403 => {
                let user = self.acting.user.name();
                let detail = format!("{user} may not write Secret {namespace}/{name}; nothing was written");
                Err(Problem::new(403, ReasonCode::NotAllowed, detail).with_fix(format!("Run: {}", self.command())).into())
            }
            // What the API server says of a Secret that it refuses is not passed on: it has seen the values.
            kube::Error::Api(status) if (400..500).contains(&status.code) => {
                let detail = format!("the API server refuses Secret {namespace}/{name} with {}: {}", status.code, status.reason);
                Err(Problem::new(409, ReasonCode::RequestInvalid, detail).into())
            }
            _ => Err(refused(error, String::new)),
        }
    }

    /// What another operator keeps would be written over by it.
    async fn not_external(&self, secret: &Secret, values: &Values) -> Result<(), Refusal> {
        let Some(keeper) = Keeper::of(secret) else { return Ok(()) };
        let namespace = self.integration.namespace().unwrap_or_default();
        let detail = format!("Secret {namespace}/{} is kept by {}; nothing was written", self.secret(), keeper.name);
        let fix = keeper.remedy(&self.acting.client, (&namespace, self.secret()), &values.names()).await;
        Err(Problem::new(409, ReasonCode::SecretExternal, detail).with_fix(fix).into())
    }

    fn required(&self) -> Vec<&'static str> {
        self.provider.facts().required_keys.iter().map(|key| key.name).collect()
    }

    /// What somebody runs who may write it: with placeholders, never with the values.
    fn command(&self) -> String {
        let namespace = self.integration.namespace().unwrap_or_default();
        let literals: Vec<_> = self.required().iter().map(|name| format!("--from-literal={name}=<{name}>")).collect();
        format!(
            "kubectl create secret generic {} --namespace={namespace} {} --dry-run=client -o yaml | kubectl apply --server-side -f -",
            self.secret(),
            literals.join(" ")
        )
    }
}

/// The keys of an Integration with their last characters, as the caller may read the Secret themselves.
pub(crate) async fn masked(acting: Acting, path: Result<Path<(String, String)>, PathRejection>) -> Result<Json<Masked>, Refusal> {
    let Path((namespace, name)) = path?;
    let namespace = namespace_name(&namespace)?;
    if !is_name(&name) {
        return Err(bad_request("the Integration's name cannot be that"));
    }
    let right = Right::Integration(namespace.to_owned(), name.clone());
    let reading = |error| refused(error, || format!("Run: {}", grant::command(acting.user.name(), &right)));
    let integration = Api::<Integration>::namespaced(acting.client.clone(), namespace).get(&name).await.map_err(reading)?;
    let secret = &integration.spec.credentials.secret_ref.name;
    let fix = || "Ask for the right to get that Secret, or ask somebody who has it.".to_owned();
    let read = Api::<Secret>::namespaced(acting.client.clone(), namespace).get_opt(secret).await;
    let data = read.map_err(|error| refused(error, fix))?.and_then(|secret| secret.data).unwrap_or_default();
    let provider = assayer_providers::find(integration.spec.provider.name());
    let keys = provider.into_iter().map(Provider::facts).flat_map(|facts| facts.keys().map(move |key| (facts, key)));
    let keys = keys.map(|(facts, key)| {
        let value = std::iter::once(&key.name).chain(key.also).find_map(|name| data.get(*name));
        MaskedKey {
            name: key.name.to_owned(),
            required: facts.required_keys.iter().any(|required| required.name == key.name),
            masked: value.map(|value| mask(key.name, String::from_utf8_lossy(&value.0).trim())),
        }
    });
    Ok(Json(Masked { secret: secret.clone(), keys: keys.collect() }))
}
