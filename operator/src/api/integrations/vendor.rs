//! What the registry says of a provider, as it is answered. In: its facts. Out: what becomes JSON. Pure.

use assayer_providers::{Category, Facts, Key};
use schemars::JsonSchema;
use serde::Serialize;

/// What stays the same about a provider.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Vendor {
    /// Registry name of the provider.
    provider: String,
    /// The vendor's name as it writes it.
    title: String,
    /// Kind of source; `notification` or `storage` where it is none.
    category: String,
    /// Names of the keys that its Secret must have.
    required_env_vars: Vec<String>,
    /// Names of keys that it may have.
    optional_env_vars: Vec<String>,
    /// Whether the vendor has a harmless call that proves a key.
    supports_verify: bool,
    /// Where each key is found, and what its values look like.
    hints: Vec<KeyHint>,
    /// Which plan or licence is needed, and what its lack looks like.
    plan: String,
}

/// One key.
#[derive(Debug, Serialize, JsonSchema)]
struct KeyHint {
    /// Its name in the Secret.
    name: String,
    /// Other names under which it is found, too.
    also: Vec<String>,
    /// Whether it must be there.
    required: bool,
    /// What a value looks like.
    expected: String,
    /// Where in the vendor's portal it is found.
    hint: String,
}

impl Vendor {
    /// Of these facts.
    pub(crate) fn of(facts: &Facts) -> Self {
        let hint = |key: &Key, required| KeyHint {
            name: key.name.to_owned(),
            also: key.also.iter().map(|name| (*name).to_owned()).collect(),
            required,
            expected: key.form.expected.to_owned(),
            hint: key.hint.to_owned(),
        };
        let (required, optional) = (facts.required_keys.iter(), facts.optional_keys.iter());
        Self {
            provider: facts.name.to_owned(),
            title: facts.title.to_owned(),
            category: match facts.category {
                Category::Source(source) => source.to_string(),
                Category::Notification => "notification".to_owned(),
                Category::Storage => "storage".to_owned(),
            },
            required_env_vars: names(facts.required_keys),
            optional_env_vars: names(facts.optional_keys),
            supports_verify: facts.verify.is_some(),
            hints: required.map(|key| hint(key, true)).chain(optional.map(|key| hint(key, false))).collect(),
            plan: facts.plan.to_owned(),
        }
    }
}

/// Names of keys.
pub(crate) fn names(keys: &[Key]) -> Vec<String> {
    keys.iter().map(|key| key.name.to_owned()).collect()
}
