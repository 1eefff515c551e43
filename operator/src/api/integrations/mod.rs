//! Integrations over HTTP: configured, connected, used, and failing closed, each told apart. In: custom resources, rows, policies.
//! Out: answers; changes with the caller's own token. Not pure.

pub(crate) mod ask;
pub(crate) mod credentials;
pub(crate) mod described;
pub(crate) mod entry;
mod external;
pub(crate) mod history;
mod key_form;
pub(crate) mod proof;
pub(crate) mod proof_answer;
mod requirement;
pub(crate) mod status;
mod unused;
mod vendor;

pub(crate) use vendor::Vendor;

use std::{collections::BTreeMap, sync::Arc};

use assayer_contract::{Stage, policy::StageRules};
use assayer_crds::{Integration, StagePolicy};
use assayer_judge::{IntegrationEvidence, IntegrationJudgement, judge_integration};
use assayer_store::{
    integration_use::{self, Used},
    integrations,
};
use chrono::{DateTime, Utc};
use kube::{
    Api, Client, ResourceExt,
    api::{ListParams, ObjectList},
};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{
    App, Refusal,
    find::is_name,
    refusal::{bad_request, shown},
    together::Together,
};

/// Looks into the log at once, each with a connection: others need some, too. Who waits here is not told that the database is away.
const LOOKS_AT_ONCE: usize = 4;

/// An Integration with what its rows say.
pub(crate) struct Looked {
    /// The custom resource.
    pub(crate) integration: Integration,
    /// What the judge says of it.
    pub(crate) judgement: IntegrationJudgement,
    /// How often Bots used it.
    pub(crate) used: Used,
}

/// Integrations as they were at one time.
pub(crate) struct Look {
    /// When that was.
    pub(crate) at: DateTime<Utc>,
    /// By namespace and name.
    pub(crate) all: Vec<Looked>,
}

/// Looks that are being made.
pub(crate) struct Looks {
    by_namespace: Together<Option<String>, Result<Arc<Look>, Refusal>>,
    room: Semaphore,
}

impl Default for Looks {
    fn default() -> Self {
        Self { by_namespace: Together::default(), room: Semaphore::new(LOOKS_AT_ONCE) }
    }
}

/// The rules of each stage that has a policy; or why they cannot be read.
pub(crate) type Policies = BTreeMap<Stage, Result<StageRules, String>>;

/// The Integrations of a namespace, or of all, judged by the same function as their statuses. All who ask at the same moment share it.
pub(crate) async fn look(app: &App, namespace: Option<&str>) -> Result<Arc<Look>, Refusal> {
    let make = || async {
        let _room = app.looks.room.acquire().await;
        let at = Utc::now();
        Ok(Arc::new(Look { at, all: looked(app, namespace, at).await? }))
    };
    app.looks.by_namespace.ask(namespace.map(str::to_owned), make).await
}

async fn looked(app: &App, namespace: Option<&str>, now: DateTime<Utc>) -> Result<Vec<Looked>, Refusal> {
    let listed = list(&app.client, namespace).await?;
    let identified: Vec<(Integration, Uuid, i64)> = listed
        .into_iter()
        .filter_map(|one| {
            let (id, generation) = (one.uid()?.parse().ok()?, one.metadata.generation?);
            Some((one, id, generation))
        })
        .collect();
    let keys: Vec<(Uuid, i64)> = identified.iter().map(|(_, id, generation)| (*id, *generation)).collect();
    let ids: Vec<Uuid> = keys.iter().map(|(id, _)| *id).collect();
    let mut rows = integrations::newest(&app.pool, &keys, now).await?;
    let mut used = integration_use::of(&app.pool, &ids, now).await?;
    let looked = identified.into_iter().map(|(integration, id, _)| {
        let evidence = IntegrationEvidence::Read(rows.remove(&id).unwrap_or_default().into());
        let judgement = judge_integration(&evidence, integration.spec.connected_for.duration(), now);
        Looked { integration, judgement, used: used.remove(&id).unwrap_or_default() }
    });
    Ok(looked.collect())
}

/// The policies of all stages.
pub(crate) async fn policies(app: &App) -> Result<Policies, Refusal> {
    let all = Api::<StagePolicy>::all(app.client.clone()).list(&ListParams::default()).await?;
    let read = |policy: StagePolicy| (policy.spec.stage, policy.spec.rules().map_err(|error| error.to_string()));
    Ok(all.items.into_iter().map(read).collect())
}

/// As this client may list them.
pub(crate) async fn list(client: &Client, namespace: Option<&str>) -> kube::Result<Vec<Integration>> {
    let api = namespace.map_or_else(|| Api::all(client.clone()), |namespace| Api::namespaced(client.clone(), namespace));
    let ObjectList { mut items, .. } = api.list(&ListParams::default()).await?;
    items.sort_by_key(|one: &Integration| (one.namespace(), one.name_any()));
    Ok(items)
}

/// A namespace's name, or the refusal of what cannot be one.
pub(crate) fn namespace_name(text: &str) -> Result<&str, Refusal> {
    if is_name(text) && text.len() <= 63 && !text.contains('.') {
        Ok(text)
    } else {
        Err(bad_request(&format!("namespace cannot be {:?}", shown(text))))
    }
}

#[cfg(test)]
mod tests;
