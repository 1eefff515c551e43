//! Integrations. In: a namespace and a provider. Out: the Integration that serves it.

use std::{sync::Arc, time::Duration};

use assayer_contract::{ReasonCode, serving};
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

    /// The one that serves the Bots of the namespace.
    pub(super) async fn of(&self, namespace: &str, provider: &'static str) -> Result<Arc<Integration>, Refusal> {
        match one_of(self.store.state(), namespace, provider) {
            Some(integration) => Ok(integration),
            // One that has just been applied may be ahead of the watch.
            None => one_of(self.list(namespace).await?.into_iter().map(Arc::new), namespace, provider).ok_or_else(|| {
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

fn one_of(all: impl IntoIterator<Item = Arc<Integration>>, namespace: &str, provider: &'static str) -> Option<Arc<Integration>> {
    serving(all.into_iter().filter_map(|one| Some((one.offer()?, one)))).remove(&(namespace.to_owned(), provider))
}
