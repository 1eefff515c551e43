//! `Integration`: which vendor the Bots of a namespace use, and where its credential is. Pure.

use assayer_contract::Offer;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{DurationText, Provider, integration_status::IntegrationStatus};

/// A vendor for the Bots of one namespace. It names a Secret and holds none of its content.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "assayer.dev",
    version = "v1alpha1",
    kind = "Integration",
    namespaced,
    status = "IntegrationStatus",
    derive = "PartialEq",
    doc = "A vendor for the Bots of one namespace, and the Secret with its credential. Only the gateway reads that Secret.",
    category = "assayer",
    annotation("helm.sh/resource-policy", "keep"),
    printcolumn(name = "Provider", type_ = "string", json_path = ".spec.provider", description = "The vendor"),
    printcolumn(name = "State", type_ = "string", json_path = ".status.state", description = "What its rows prove"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.reasonCode", description = "Why"),
    printcolumn(
        name = "Verified",
        type_ = "date",
        json_path = ".status.lastVerified.at",
        description = "When the last handshake was made"
    ),
    printcolumn(
        name = "Secret",
        type_ = "string",
        json_path = ".spec.credentials.secretRef.name",
        description = "Where the credential is",
        priority = 1
    ),
    printcolumn(
        name = "Endpoint",
        type_ = "string",
        json_path = ".spec.endpoint",
        description = "Address other than the vendor's own",
        priority = 1
    ),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[cfg_attr(test, x_kube(cel))]
#[x_kube(validation = Rule::new("!has(self.verifyEvery) || duration(self.verifyEvery) <= duration(self.connectedFor)").message(
    "spec.verifyEvery must not be longer than spec.connectedFor, or it would be connected now and then only"
))]
#[x_kube(validation = Rule::new("!has(self.notify) || self.provider in ['discord', 'slack', 'webhook']").message(
    "spec.notify is for the providers that take messages: discord, slack, webhook"
))]
#[serde(rename_all = "camelCase")]
pub struct IntegrationSpec {
    /// The vendor.
    #[x_kube(validation = Rule::new("self == oldSelf").message(
        "spec.provider cannot be changed: create another Integration"
    ))]
    pub provider: Provider,
    /// Where its credential is.
    pub credentials: Credentials,
    /// Base URL to use in place of the vendor's own. Only a development installation obeys it; any other refuses all calls of an
    /// Integration that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 8, max = 256))]
    #[x_kube(validation = Rule::new("self.matches('^https?://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~/-]*)?$')").message(
        "spec.endpoint must be an http or https URL without user, query or fragment"
    ))]
    pub endpoint: Option<String>,
    /// Host and port to use in place of the vendor's own streams of live data, by the same rule. Where `endpoint` is set and this is
    /// not, there are no streams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 256))]
    #[x_kube(validation = Rule::new("self.matches('^[A-Za-z0-9.-]+:[0-9]{1,5}$')").message(
        "spec.liveEndpoint must be a host and a port, such as stand-ins:13000"
    ))]
    pub live_endpoint: Option<String>,
    /// Time between two handshakes: harmless calls that prove the credential. A call of a Bot's that succeeds counts as one. From
    /// 5s to 24h; where it is left out, 60s for brokers, 15m for language models, 5m for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('5s') && duration(self) <= duration('24h')").message(
        "spec.verifyEvery must be from 5s to 24h"
    ))]
    pub verify_every: Option<DurationText>,
    /// How long a success counts as being connected; after it nobody knows. From 10s to 48h.
    #[serde(default = "connected_for")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('10s') && duration(self) <= duration('48h')").message(
        "spec.connectedFor must be from 10s to 48h"
    ))]
    pub connected_for: DurationText,
    /// How long a call of a Bot's counts as being used. From 10s to 168h.
    #[serde(default = "used_for")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('10s') && duration(self) <= duration('168h')").message(
        "spec.usedFor must be from 10s to 168h"
    ))]
    pub used_for: DurationText,
    /// What people are told of through it: changes of the Bots and Integrations of its namespace. Absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<Notify>,
}

/// What people are told of.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notify {
    /// Conditions: each is told when it becomes False, with its reason and what to do, and when it is True again.
    #[schemars(length(min = 1, max = 5), extend("x-kubernetes-list-type" = "set"))]
    pub on: Vec<Topic>,
}

/// A condition that people are told of.
#[derive(
    Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema, strum::Display, strum::EnumIter,
)]
pub enum Topic {
    /// A Bot is accepted and its cycles are being run.
    Ready,
    /// Every source that a Bot's stage requires is proven by the last completed cycle.
    ProofComplete,
    /// A Bot may be promoted.
    Promotable,
    /// An Integration's state is Connected; Degraded, NotConnected and NotConfigured are told.
    Connected,
    /// The status of the whole installation is OK; DEGRADED and BLOCKED are told, with what is in the way. Through Integrations in the
    /// namespace of the control plane alone.
    System,
}

impl Integration {
    /// What it offers to the Bots of its namespace; nothing where it is in none.
    pub fn offer(&self) -> Option<Offer> {
        let (namespace, name) = (self.metadata.namespace.clone()?, self.metadata.name.clone()?);
        Some(Offer { namespace, provider: self.spec.provider.name(), name })
    }

    /// What its rows name it by: its UID and the generation of its spec; nothing where the API server has not given it any.
    pub fn identified(&self) -> Option<(Uuid, i64)> {
        Some((self.metadata.uid.as_deref()?.parse().ok()?, self.metadata.generation?))
    }
}

fn connected_for() -> DurationText {
    DurationText::minutes(15)
}

fn used_for() -> DurationText {
    DurationText::minutes(30)
}

/// Where a credential is.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// A Secret in the Integration's namespace. Its keys are the vendor's usual variable names.
    pub secret_ref: SecretRef,
}

/// A Secret by name.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecretRef {
    /// Name of the Secret.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn spec(endpoint: &str) -> Value {
        json!({"provider": "databento", "credentials": {"secretRef": {"name": "databento"}}, "endpoint": endpoint,
            "connectedFor": "15m", "usedFor": "30m"})
    }

    #[test]
    fn an_endpoint_is_a_plain_url() {
        for good in ["https://hist.databento.com", "http://127.0.0.1:9100", "http://stand-ins.assayer.svc:9100/databento/"] {
            IntegrationSpec::validate_cel(&spec(good), None).unwrap();
        }
        for bad in ["ftp://x.example", "https://user:pass@x.example", "https://x.example/?a=b", "x.example"] {
            let message = IntegrationSpec::validate_cel(&spec(bad), None).unwrap_err().to_string();
            assert!(message.contains("spec.endpoint must be an http or https URL"), "{message}");
        }
    }

    #[test]
    fn only_who_takes_messages_is_told_anything() {
        let mut spec = spec("https://x.example");
        spec["notify"] = json!({"on": ["ProofComplete"]});
        let message = IntegrationSpec::validate_cel(&spec, None).unwrap_err().to_string();
        assert!(message.contains("spec.notify is for the providers that take messages"), "{message}");
        spec["provider"] = json!("discord");
        IntegrationSpec::validate_cel(&spec, None).unwrap();
    }

    #[test]
    fn the_endpoint_may_be_left_out() {
        let mut spec = spec("");
        spec.as_object_mut().unwrap().remove("endpoint");
        IntegrationSpec::validate_cel(&spec, None).unwrap();
        assert_eq!(serde_json::from_value::<IntegrationSpec>(spec).unwrap().endpoint, None);
    }

    #[test]
    fn times_that_contradict_each_other_are_refused_by_their_names() {
        let with = |field: &str, value: &str| {
            let mut spec = spec("https://x.example");
            spec[field] = json!(value);
            spec
        };
        IntegrationSpec::validate_cel(&with("verifyEvery", "15m"), None).unwrap();
        for (field, value, names) in [
            ("verifyEvery", "16m", "spec.verifyEvery must not be longer than spec.connectedFor"),
            ("verifyEvery", "1s", "spec.verifyEvery must be from 5s to 24h"),
            ("connectedFor", "49h", "spec.connectedFor must be from 10s to 48h"),
            ("usedFor", "9s", "spec.usedFor must be from 10s to 168h"),
        ] {
            let message = IntegrationSpec::validate_cel(&with(field, value), None).unwrap_err().to_string();
            assert!(message.contains(names), "{message}");
        }
    }
}
