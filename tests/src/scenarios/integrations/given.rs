//! An Integration of one vendor in a namespace of its own, and what is looked at of it.

use std::time::Duration;

use anyhow::{Context, Result};
use assayer_crds::{Integration, IntegrationState, IntegrationStatus};
use k8s_openapi::api::core::v1::{Namespace, Secret};
use kube::Api;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::wait::{self, Look};
use crate::world::{World, secret_of};

/// Time between two handshakes of these scenarios' Integrations.
const EVERY: Duration = Duration::from_secs(5);
const CONNECTED_FOR: Duration = Duration::from_secs(20);

/// A vendor with one key.
pub struct Vendor {
    /// Registry name.
    pub provider: &'static str,
    /// Name of its key.
    pub key: &'static str,
    /// A value that cannot be one of its keys.
    pub malformed: &'static str,
    /// A value of the right form that it does not know.
    pub unknown: &'static str,
    /// The endpoint of its handshake.
    pub endpoint: &'static str,
}

/// Databento.
pub const DATABENTO: Vendor = Vendor {
    provider: "databento",
    key: "DATABENTO_API_KEY",
    malformed: "db-too-short",
    unknown: crate::world::WRONG_KEY,
    endpoint: "metadata.list_datasets",
};
/// FRED.
pub const FRED: Vendor = Vendor {
    provider: "fred",
    key: "FRED_API_KEY",
    malformed: "ABC",
    unknown: "0123456789abcdef0123456789abcdef",
    endpoint: "series",
};

/// Financial Modeling Prep.
pub(super) const FMP: Vendor = Vendor {
    provider: "fmp",
    key: "FMP_API_KEY",
    malformed: "two words",
    unknown: "ffffffffffffffffffffffffffffffff",
    endpoint: "quote",
};
/// Unusual Whales.
pub(super) const UNUSUAL_WHALES: Vendor = Vendor {
    provider: "unusualWhales",
    key: "UNUSUAL_WHALES_API_KEY",
    malformed: "two words",
    unknown: "ffffffff-ffff-4fff-8fff-ffffffffffff",
    endpoint: "api/stock/{ticker}/info",
};
/// OpenAI.
pub(super) const OPENAI: Vendor = Vendor {
    provider: "openai",
    key: "OPENAI_API_KEY",
    malformed: "ks-proj-ponmlkjihgfedcba9876543210",
    unknown: "sk-proj-ponmlkjihgfedcba9876543210",
    endpoint: "models",
};

/// An Integration of a vendor in a namespace, and its Secret of the same name.
pub(super) struct Given<'a> {
    pub(super) world: &'a World,
    pub(super) vendor: &'a Vendor,
    pub(super) namespace: &'a str,
}

impl<'a> Given<'a> {
    /// A namespace with an Integration that is verified often, and no Secret.
    pub(super) async fn without_a_secret(world: &'a World, vendor: &'a Vendor, namespace: &'a str) -> Result<Self> {
        let empty = json!({"apiVersion": "v1", "kind": "Namespace"});
        world.apply(&Api::<Namespace>::all(world.client.clone()), namespace, &empty).await?;
        let (endpoint, name) = (world.endpoint_of(vendor.provider)?, secret_of(vendor.provider));
        let integration = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "Integration", "spec": {
            "provider": vendor.provider, "credentials": {"secretRef": {"name": name}}, "endpoint": endpoint,
            "verifyEvery": format!("{}s", EVERY.as_secs()), "connectedFor": format!("{}s", CONNECTED_FOR.as_secs())}});
        let given = Self { world, vendor, namespace };
        world.apply(&given.api(), &name, &integration).await?;
        Ok(given)
    }

    /// Name of the Integration and of its Secret.
    pub(super) fn name(&self) -> String {
        secret_of(self.vendor.provider)
    }

    pub(super) fn api(&self) -> Api<Integration> {
        Api::namespaced(self.world.client.clone(), self.namespace)
    }

    pub(super) async fn set_key(&self, value: &str) -> Result<()> {
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "stringData": {self.vendor.key: value}});
        let api = Api::<Secret>::namespaced(self.world.client.clone(), self.namespace);
        self.world.apply(&api, &self.name(), &secret).await.map(drop)
    }

    pub(super) async fn accept(&self, key: &str) -> Result<()> {
        self.control(Method::POST, "keys", &json!({"keys": [key]})).await
    }

    /// Has the vendor fail whatever is signed in with this key and has this in its path.
    pub(super) async fn order(&self, key: &str, path: &str, fault: &str) -> Result<()> {
        let order = json!({"match": {"path": path, "key": World::fingerprint(key)}, "fault": fault});
        self.control(Method::POST, "faults", &order).await
    }

    /// Has it work again for this key.
    pub(super) async fn mend(&self, key: &str) -> Result<()> {
        self.control(Method::DELETE, &format!("faults?key={}", World::fingerprint(key)), &Value::Null).await
    }

    async fn control(&self, method: Method, what: &str, body: &Value) -> Result<()> {
        let base = self.world.vendors.get(self.vendor.provider).context("the stand-in")?;
        let answer = self.world.http.request(method, format!("{base}/__stand-in/{what}")).json(body).send().await?;
        answer.error_for_status()?;
        Ok(())
    }

    pub(super) async fn until(&self, state: IntegrationState, reason: &str) -> Result<IntegrationStatus> {
        let (name, namespace) = (self.name(), self.namespace);
        wait::until(&format!("{namespace}/{name}: {state:?} for {reason}"), async || {
            let status = self.api().get(&name).await?.status.context("no status yet")?;
            let there = status.state == state && status.reason_code == reason;
            Ok(if there { Look::Found(status) } else { Look::NotYet(format!("{status:?}")) })
        })
        .await
    }

    /// Rows of the Integration that satisfy a condition, the newest first.
    pub(super) fn rows(&self, condition: &str) -> Result<Vec<Value>> {
        self.world.rows(&format!(
            "select * from requests where integration_namespace = '{}' and integration_name = '{}' and ({condition}) order by id desc",
            self.namespace,
            self.name()
        ))
    }

    /// One that is connected, with a key of its own.
    pub(super) async fn connected(world: &'a World, vendor: &'a Vendor, namespace: &'a str) -> Result<(Self, String)> {
        let given = Self::without_a_secret(world, vendor, namespace).await?;
        let key = given.own_key();
        given.accept(&key).await?;
        given.set_key(&key).await?;
        given.until(IntegrationState::Connected, "PROVEN").await?;
        Ok((given, key))
    }

    /// A key of the vendor's form, of this namespace alone.
    pub(super) fn own_key(&self) -> String {
        match self.vendor.provider {
            "databento" => World::key_of(self.namespace),
            "openai" => format!("sk-proj-{}", Uuid::new_v4().simple()),
            "unusualWhales" => Uuid::new_v4().to_string(),
            _ => Uuid::new_v4().simple().to_string(),
        }
    }
}
