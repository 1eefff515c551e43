//! What the controller says of an Integration. It mirrors the newest rows of the log; counts and last use are the API's to tell. Pure.
//!
//! Reason codes are texts here: an older binary that met an unknown one could otherwise not list Integrations at all.

use assayer_contract::Outcome;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// State of an Integration as its rows prove it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IntegrationStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The state in a word.
    pub state: IntegrationState,
    /// Why it is in this state.
    #[schemars(length(max = 64), regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub reason_code: String,
    /// The same in a sentence.
    #[schemars(length(max = 1_024))]
    pub message: String,
    /// Keys that the vendor needs and that the Secret does not have.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub missing_keys: Vec<String>,
    /// Keys that look unlike the vendor's others and are used all the same, in a sentence each.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub doubts: Vec<String>,
    /// The newest handshake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_verified: Option<LastVerified>,
    /// `Configured` and `Connected`, each True, False or Unknown.
    #[serde(default)]
    #[schemars(length(max = 8), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// What is proven of an Integration.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
pub enum IntegrationState {
    /// A key is missing or malformed, or the gateway cannot read the Secret.
    NotConfigured,
    /// No row proves that the vendor accepts the credential now.
    NotConnected,
    /// The vendor accepted the credential lately, but not all of the newest attempts succeeded.
    Degraded,
    /// The last handshake or call succeeded, within `connectedFor`.
    Connected,
}

/// A handshake.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastVerified {
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub reason_code: Option<String>,
    /// The same in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1_024))]
    pub message: Option<String>,
    /// Trace of its row.
    #[schemars(with = "String", length(equal = 36))]
    pub trace_id: Uuid,
}
