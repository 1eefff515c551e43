//! The gateway's own name at the API server, under which its own calls are recorded. In: nothing. Out: the name, asked for once.

use std::time::Duration;

use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use kube::{Api, Client, api::PostParams};
use tokio::sync::OnceCell;

const PATIENCE: Duration = Duration::from_secs(5);

/// Its name, as far as it is known.
pub(crate) struct OwnName {
    client: Client,
    name: OnceCell<String>,
}

impl OwnName {
    /// Not asked yet.
    pub(crate) fn new(client: Client) -> Self {
        Self { client, name: OnceCell::new() }
    }

    /// The name; `None` where the API server does not tell it now.
    pub(crate) async fn get(&self) -> Option<String> {
        let ask = async || {
            let reviews = Api::<SelfSubjectReview>::all(self.client.clone());
            let (params, review) = (PostParams::default(), SelfSubjectReview::default());
            let answer =
                tokio::time::timeout(PATIENCE, reviews.create(&params, &review)).await.map_err(|_| "no answer".to_owned())?;
            let user = answer.map_err(|error| error.to_string())?.status.and_then(|status| status.user_info?.username);
            user.ok_or_else(|| "no name".to_owned())
        };
        let known = self.name.get_or_try_init(ask).await;
        known.inspect_err(|error| tracing::warn!(error, "the API server does not tell the gateway's own name")).ok().cloned()
    }
}
