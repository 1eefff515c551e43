//! Integrations. In: a namespace and a provider. Out: the Integration that serves it.

use std::{sync::Arc, time::Duration};

use assayer_contract::ReasonCode;
use assayer_crds::Integration;
use futures::TryStreamExt;
use http::StatusCode;
use kube::{
    Api, Client, ResourceExt,
    api::ListParams,
    runtime::{
        WatchStreamExt,
        reflector::{self, Store},
        watcher,
    },
};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::{refusal::Refusal, watch::Watch};

/// All Integrations, watched.
pub(super) struct Integrations {
    client: Client,
    store: Store<Integration>,
}

impl Integrations {
    /// Each Integration that is there or changes comes out of the channel: of two changes, none hides the other.
    pub(super) fn watch(client: Client) -> (Self, Watch, UnboundedReceiver<Integration>) {
        let (store, writer) = reflector::store();
        let (tell, changed) = unbounded_channel();
        let stream = watcher(Api::<Integration>::all(client.clone()), watcher::Config::default())
            .default_backoff()
            .modify(|integration| integration.managed_fields_mut().clear())
            .reflect(writer)
            .inspect_ok(move |event| {
                if let watcher::Event::Apply(integration) | watcher::Event::InitApply(integration) = event {
                    // Closed only when the gateway stops.
                    let _ = tell.send(integration.clone());
                }
            });
        let watch = Watch::spawn("integrations", stream, store.clone());
        (Self { client, store }, watch, changed)
    }

    pub(super) fn all(&self) -> Vec<Arc<Integration>> {
        self.store.state()
    }

    /// Where several serve one provider, the first by name does.
    pub(super) async fn of(&self, namespace: &str, provider: &str) -> Result<Arc<Integration>, Refusal> {
        let watched = self.store.state().into_iter().filter(|one| one.namespace().as_deref() == Some(namespace));
        match first(watched, provider) {
            Some(integration) => Ok(integration),
            // One that has just been applied may be ahead of the watch.
            None => first(self.list(namespace).await?.into_iter().map(Arc::new), provider).ok_or_else(|| {
                let message = format!("no Integration in namespace {namespace} has spec.provider \"{provider}\"");
                Refusal::new(StatusCode::FORBIDDEN, ReasonCode::IntegrationMissing, message)
            }),
        }
    }

    async fn list(&self, namespace: &str) -> Result<Vec<Integration>, Refusal> {
        let api = Api::<Integration>::namespaced(self.client.clone(), namespace);
        let unread = || {
            let message = format!("the Integrations of namespace {namespace} cannot be read now");
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, ReasonCode::ClusterUnavailable, message)
        };
        match tokio::time::timeout(Duration::from_secs(5), api.list(&ListParams::default())).await {
            Ok(Ok(list)) => Ok(list.items),
            Ok(Err(error)) => {
                tracing::warn!(%error, namespace, "Integrations could not be listed");
                Err(unread())
            }
            Err(_) => Err(unread()),
        }
    }
}

fn first(all: impl Iterator<Item = Arc<Integration>>, provider: &str) -> Option<Arc<Integration>> {
    all.filter(|one| one.spec.provider.name() == provider).min_by_key(|one| one.name_any())
}
