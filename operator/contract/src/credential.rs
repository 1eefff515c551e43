//! What was found of a credential before it was used. In: a Secret's keys. Out: names and sentences, never a value. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The keys of an Integration's Secret against what its vendor needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CredentialCheck {
    /// Names of required keys that are not there.
    pub missing: Vec<String>,
    /// Names of keys whose value cannot be one of the vendor's.
    pub malformed: Vec<String>,
    /// Keys whose value looks unlike the vendor's others and is used all the same, in a sentence each.
    pub doubts: Vec<String>,
}

impl CredentialCheck {
    /// Whether a call can be signed in with it.
    pub fn is_usable(&self) -> bool {
        self.missing.is_empty() && self.malformed.is_empty()
    }
}
