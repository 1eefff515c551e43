//! An Integration of one vendor in a namespace of its own, and what is looked at of it.

mod vendors;

use std::time::Duration;

use anyhow::{Context, Result};
use assayer_crds::{Integration, IntegrationState, IntegrationStatus};
use k8s_openapi::api::core::v1::{Namespace, Secret};
use kube::Api;
use reqwest::Method;
use serde_json::{Map, Value, json};

pub(in crate::scenarios) use vendors::*;
pub use vendors::{DATABENTO, FRED, Vendor};

use crate::wait::{self, Look};
use crate::world::{World, secret_of};

/// Time between two handshakes of these scenarios' Integrations.
const EVERY: Duration = Duration::from_secs(5);
const CONNECTED_FOR: Duration = Duration::from_secs(20);

/// An Integration of a vendor in a namespace, and its Secret of the same name.
pub(in crate::scenarios) struct Given<'a> {
    pub(in crate::scenarios) world: &'a World,
    pub(in crate::scenarios) vendor: &'a Vendor,
    pub(in crate::scenarios) namespace: &'a str,
}

impl<'a> Given<'a> {
    /// A namespace with an Integration that is verified often, and no Secret.
    pub(in crate::scenarios) async fn without_a_secret(world: &'a World, vendor: &'a Vendor, namespace: &'a str) -> Result<Self> {
        Self::verified(world, vendor, namespace, (EVERY, CONNECTED_FOR)).await
    }

    /// The same, verified so often, and connected for so long.
    pub(in crate::scenarios) async fn verified(
        world: &'a World,
        vendor: &'a Vendor,
        namespace: &'a str,
        (every, connected_for): (Duration, Duration),
    ) -> Result<Self> {
        let times =
            json!({"verifyEvery": format!("{}s", every.as_secs()), "connectedFor": format!("{}s", connected_for.as_secs())});
        Self::specified(world, vendor, namespace, &times).await
    }

    /// A namespace with an Integration whose spec has this besides.
    pub(in crate::scenarios) async fn specified(
        world: &'a World,
        vendor: &'a Vendor,
        namespace: &'a str,
        more: &Value,
    ) -> Result<Self> {
        let empty = json!({"apiVersion": "v1", "kind": "Namespace"});
        world.apply(&Api::<Namespace>::all(world.client.clone()), namespace, &empty).await?;
        let (endpoint, name) = (world.endpoint_of(vendor.provider)?, secret_of(vendor.provider));
        let mut spec = json!({"provider": vendor.provider, "credentials": {"secretRef": {"name": name}}, "endpoint": endpoint});
        for (field, value) in more.as_object().into_iter().flatten() {
            spec[field] = value.clone();
        }
        let integration = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "Integration", "spec": spec});
        let given = Self { world, vendor, namespace };
        world.apply(&given.api(), &name, &integration).await?;
        Ok(given)
    }

    /// Name of the Integration and of its Secret.
    pub(in crate::scenarios) fn name(&self) -> String {
        secret_of(self.vendor.provider)
    }

    pub(in crate::scenarios) fn api(&self) -> Api<Integration> {
        Api::namespaced(self.world.client.clone(), self.namespace)
    }

    /// Has the Secret hold this value of the key, and good ones of all others.
    pub(in crate::scenarios) async fn set_key(&self, value: &str) -> Result<()> {
        self.set((self.vendor.key, value), self.vendor.unknown).await
    }

    /// Has the Secret hold a value that one of the keys cannot have.
    pub(in crate::scenarios) async fn set_malformed(&self) -> Result<()> {
        self.set(self.vendor.malformed, self.vendor.unknown).await
    }

    /// One key with this value, the vendor's own with `otherwise` unless it is that one.
    async fn set(&self, (name, value): (&str, &str), otherwise: &str) -> Result<()> {
        let good = self.vendor.others.iter().copied().chain([(self.vendor.key, otherwise)]);
        let all: Map<_, _> = good.chain([(name, value)]).map(|(name, value)| (name.to_owned(), json!(value))).collect();
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "stringData": all});
        let api = Api::<Secret>::namespaced(self.world.client.clone(), self.namespace);
        self.world.apply(&api, &self.name(), &secret).await.map(drop)
    }

    pub(in crate::scenarios) async fn accept(&self, key: &str) -> Result<()> {
        self.control(Method::POST, "keys", &json!({"keys": [self.vendor.known(key)]})).await
    }

    /// How its stand-in shows a key.
    pub(in crate::scenarios) fn fingerprint(&self, key: &str) -> String {
        World::fingerprint(&self.vendor.known(key))
    }

    /// Has the vendor fail whatever is signed in with this key and has this in its path.
    pub(in crate::scenarios) async fn order(&self, key: &str, path: &str, fault: &str) -> Result<()> {
        self.order_for(key, (path, &[]), fault).await
    }

    /// The same of what also has these parameters.
    pub(in crate::scenarios) async fn order_for(
        &self,
        key: &str,
        (path, params): (&str, &[(&str, &str)]),
        fault: &str,
    ) -> Result<()> {
        let params: Map<_, _> = params.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let order = json!({"match": {"path": path, "params": params, "key": self.fingerprint(key)}, "fault": fault});
        self.control(Method::POST, "faults", &order).await
    }

    /// Has the vendor ask for so many seconds of rest once.
    pub(in crate::scenarios) async fn wants_a_rest(&self, key: &str, seconds: u64) -> Result<()> {
        let order =
            json!({"match": {"key": self.fingerprint(key)}, "fault": "rate_limited", "times": 1, "retry_after_s": seconds});
        self.control(Method::POST, "faults", &order).await
    }

    /// Has it work again for this key.
    pub(in crate::scenarios) async fn mend(&self, key: &str) -> Result<()> {
        self.control(Method::DELETE, &format!("faults?key={}", self.fingerprint(key)), &Value::Null).await
    }

    async fn control(&self, method: Method, what: &str, body: &Value) -> Result<()> {
        let base = self.world.vendors.get(self.vendor.provider).context("the stand-in")?;
        let answer = self.world.http.request(method, format!("{base}/__stand-in/{what}")).json(body).send().await?;
        answer.error_for_status()?;
        Ok(())
    }

    pub(in crate::scenarios) async fn until(&self, state: IntegrationState, reason: &str) -> Result<IntegrationStatus> {
        let (name, namespace) = (self.name(), self.namespace);
        wait::until(&format!("{namespace}/{name}: {state:?} for {reason}"), async || {
            let status = self.api().get(&name).await?.status.context("no status yet")?;
            let there = status.state == state && status.reason_code == reason;
            Ok(if there { Look::Found(status) } else { Look::NotYet(format!("{status:?}")) })
        })
        .await
    }

    /// Rows of the Integration that satisfy a condition, the newest first.
    pub(in crate::scenarios) fn rows(&self, condition: &str) -> Result<Vec<Value>> {
        self.world.rows(&format!(
            "select * from requests where integration_namespace = '{}' and integration_name = '{}' and ({condition}) order by id desc",
            self.namespace,
            self.name()
        ))
    }

    /// One that is connected, with a key of its own.
    pub(in crate::scenarios) async fn connected(
        world: &'a World,
        vendor: &'a Vendor,
        namespace: &'a str,
    ) -> Result<(Self, String)> {
        let given = Self::without_a_secret(world, vendor, namespace).await?;
        let key = given.own_key();
        given.accept(&key).await?;
        given.set_key(&key).await?;
        given.until(IntegrationState::Connected, "PROVEN").await?;
        Ok((given, key))
    }

    /// A key of the vendor's form, of this namespace alone.
    pub(in crate::scenarios) fn own_key(&self) -> String {
        self.vendor.new_key(self.namespace)
    }
}
