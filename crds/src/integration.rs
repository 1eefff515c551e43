//! `Integration`: which vendor the Bots of a namespace use, and where its credential is. Pure.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A vendor for the Bots of one namespace. It names a Secret and holds none of its content.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "assayer.dev",
    version = "v1alpha1",
    kind = "Integration",
    namespaced,
    derive = "PartialEq",
    doc = "A vendor for the Bots of one namespace, and the Secret with its credential. Only the gateway reads that Secret.",
    category = "assayer",
    annotation("helm.sh/resource-policy", "keep"),
    printcolumn(name = "Provider", type_ = "string", json_path = ".spec.provider", description = "The vendor"),
    printcolumn(
        name = "Secret",
        type_ = "string",
        json_path = ".spec.credentials.secretRef.name",
        description = "Where the credential is"
    ),
    printcolumn(
        name = "Endpoint",
        type_ = "string",
        json_path = ".spec.endpoint",
        description = "Address other than the vendor's own"
    ),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[cfg_attr(test, x_kube(cel))]
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
}

/// Vendors that the gateway knows.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Provider {
    /// Databento, historical market data. Key in the Secret: DATABENTO_API_KEY.
    Databento,
}

impl Provider {
    /// Its name in the registry, in rows and in paths.
    pub fn name(self) -> &'static str {
        match self {
            Self::Databento => "databento",
        }
    }
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
        json!({"provider": "databento", "credentials": {"secretRef": {"name": "databento"}}, "endpoint": endpoint})
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
    fn the_endpoint_may_be_left_out() {
        let mut spec = spec("");
        spec.as_object_mut().unwrap().remove("endpoint");
        IntegrationSpec::validate_cel(&spec, None).unwrap();
        assert_eq!(serde_json::from_value::<IntegrationSpec>(spec).unwrap().endpoint, None);
    }
}
