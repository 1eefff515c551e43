//! The gateway's own name at the API server: what it does for nobody else is recorded under it.

use std::time::Duration;

use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use kube::{Api, Client, api::PostParams};
use tokio::sync::OnceCell;

const PATIENCE: Duration = Duration::from_secs(5);

/// Asked for once, and remembered.
pub struct OwnName {
    client: Option<Client>,
    known: OnceCell<String>,
}

impl OwnName {
    /// To be asked of this API server.
    pub fn of(client: Client) -> Self {
        Self { client: Some(client), known: OnceCell::new() }
    }

    /// Known already.
    pub fn known(name: impl Into<String>) -> Self {
        Self { client: None, known: OnceCell::new_with(Some(name.into())) }
    }

    /// The name; none while the API server does not tell it.
    pub async fn get(&self) -> Option<String> {
        let known = self.known.get_or_try_init(|| self.ask()).await;
        known.inspect_err(|error| tracing::warn!(error, "the API server does not tell the gateway's own name")).ok().cloned()
    }

    async fn ask(&self) -> Result<String, String> {
        let client = self.client.clone().ok_or("nobody to ask")?;
        let reviews = Api::<SelfSubjectReview>::all(client);
        let (params, review) = (PostParams::default(), SelfSubjectReview::default());
        let answer =
            tokio::time::timeout(PATIENCE, reviews.create(&params, &review)).await.map_err(|_| "no answer".to_owned())?;
        let user = answer.map_err(|error| error.to_string())?.status.and_then(|status| status.user_info?.username);
        user.ok_or_else(|| "no name".to_owned())
    }
}
