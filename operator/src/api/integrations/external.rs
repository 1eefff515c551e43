//! Where another operator takes a Secret from. In: an ExternalSecret, read with the caller's own rights. Out: which entry of which store
//! holds each key, in words. Not pure: asks the API server.

use k8s_openapi::api::core::v1::Secret;
use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DynamicObject, GroupVersionKind, ListParams},
};
use serde::Deserialize;
use serde_json::Value;

/// The kind that names others' Secrets.
const KIND: &str = "ExternalSecret";
/// Its group and version where no owner says.
const API_VERSION: (&str, &str) = ("external-secrets.io", "v1");
/// What the External Secrets Operator puts on each Secret that it keeps, whatever its owner.
const LABEL: &str = "reconcile.external-secrets.io/managed";

/// The part of an ExternalSecret that says where values come from.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    secret_store_ref: Store,
    target: Target,
    data: Vec<One>,
    data_from: Vec<Many>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Store {
    kind: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Target {
    name: Option<String>,
    template: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct One {
    secret_key: String,
    remote_ref: Entry,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Many {
    extract: Option<Entry>,
    rewrite: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    key: String,
    property: Option<String>,
}

/// Who keeps a Secret.
pub(super) struct Keeper {
    /// In words.
    pub(super) name: String,
    /// Name and API version of the ExternalSecret, where the Secret names it as its owner.
    owner: Option<(String, String)>,
}

impl Keeper {
    /// The one that keeps this Secret, if any does.
    pub(super) fn of(secret: &Secret) -> Option<Self> {
        let owner = secret.owner_references().iter().find(|owner| owner.kind == KIND);
        let kept = secret.labels().get(LABEL).is_some_and(|value| value == "true");
        match owner {
            Some(owner) => {
                let name = format!("{KIND} {}", owner.name);
                Some(Self { name, owner: Some((owner.name.clone(), owner.api_version.clone())) })
            }
            None => kept.then(|| Self { name: "the External Secrets Operator".to_owned(), owner: None }),
        }
    }

    /// What to do for these keys of a Secret: as exactly as the caller may read.
    pub(super) async fn remedy(&self, client: &Client, (namespace, secret): (&str, &str), keys: &[String]) -> String {
        let elsewhere = || format!("Set {} where {} takes it from.", keys.join(", "), self.name);
        match self.spec(client, namespace, secret).await {
            Ok(Some(spec)) => spec.places(keys).unwrap_or_else(elsewhere),
            Ok(None) => elsewhere(),
            Err(error) => {
                tracing::info!(%error, namespace, secret, "where an external Secret comes from cannot be read");
                elsewhere()
            }
        }
    }

    async fn spec(&self, client: &Client, namespace: &str, secret: &str) -> kube::Result<Option<Spec>> {
        let (group, version) = match &self.owner {
            Some((_, api_version)) => api_version.split_once('/').unwrap_or(API_VERSION),
            None => API_VERSION,
        };
        let kind = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, KIND));
        let api = Api::<DynamicObject>::namespaced_with(client.clone(), namespace, &kind);
        if let Some((name, _)) = &self.owner {
            return Ok(spec(&api.get(name).await?));
        }
        let makes = |one: &DynamicObject| {
            let spec = spec(one)?;
            (spec.target.name.as_deref().unwrap_or(one.name_any().as_str()) == secret).then_some(spec)
        };
        Ok(api.list(&ListParams::default()).await?.items.iter().find_map(makes))
    }
}

fn spec(of: &DynamicObject) -> Option<Spec> {
    of.data.get("spec").and_then(|spec| Spec::deserialize(spec).ok())
}

impl Spec {
    /// `None` where it does not say so of every key.
    fn places(&self, keys: &[String]) -> Option<String> {
        let store = match (&self.secret_store_ref.kind, &self.secret_store_ref.name) {
            (kind, Some(name)) => format!("{} {name}", kind.as_deref().unwrap_or("SecretStore")),
            (_, None) => "the external store".to_owned(),
        };
        let all = keys.iter().map(|key| self.place(key).map(|place| format!("{key} at {place}")));
        let all: Vec<_> = all.collect::<Option<_>>()?;
        Some(format!("In {store}, set {}.", all.join("; ")))
    }

    /// Remote key and property of a key of the Secret. A template may have made it of anything.
    fn place(&self, key: &str) -> Option<String> {
        if self.target.template.is_some() {
            return None;
        }
        if let Some(one) = self.data.iter().find(|one| one.secret_key == key) {
            let property = one.remote_ref.property.as_ref().map(|property| format!(", property {property}"));
            return Some(format!("{}{}", one.remote_ref.key, property.unwrap_or_default()));
        }
        match self.data_from.as_slice() {
            [Many { extract: Some(Entry { key: remote, property }), rewrite: None }] => {
                let within = property.as_ref().map(|property| format!("{property}.")).unwrap_or_default();
                Some(format!("{remote}, property {within}{key}"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn places(spec: Value, keys: &[&str]) -> Option<String> {
        let keys: Vec<_> = keys.iter().map(|key| (*key).to_owned()).collect();
        serde_json::from_value::<Spec>(spec).unwrap().places(&keys)
    }

    #[test]
    fn each_key_is_named_with_its_entry_and_property_and_what_is_not_known_is_not_guessed() {
        let store = json!({"kind": "ClusterSecretStore", "name": "vault"});
        let data = json!([
            {"secretKey": "USER", "remoteRef": {"key": "assayer/desk", "property": "user"}},
            {"secretKey": "PASSWORD", "remoteRef": {"key": "assayer/desk-password"}},
        ]);
        let spec = json!({"secretStoreRef": store, "data": data});
        let said = places(spec.clone(), &["USER", "PASSWORD"]).unwrap();
        assert_eq!(
            said,
            "In ClusterSecretStore vault, set USER at assayer/desk, property user; PASSWORD at assayer/desk-password."
        );
        assert_eq!(places(spec, &["USER", "OTHER"]), None);
        let whole = json!({"secretStoreRef": store, "dataFrom": [{"extract": {"key": "assayer/desk"}}]});
        assert_eq!(places(whole, &["USER"]).unwrap(), "In ClusterSecretStore vault, set USER at assayer/desk, property USER.");
        let renamed =
            json!({"dataFrom": [{"extract": {"key": "assayer/desk"}, "rewrite": [{"regexp": {"source": "A", "target": "B"}}]}]});
        assert_eq!(places(renamed, &["USER"]), None);
        let found = json!({"secretStoreRef": store, "dataFrom": [{"find": {"name": {"regexp": ".*"}}}]});
        assert_eq!(places(found, &["USER"]), None);
        let made = json!({"secretStoreRef": store, "data": data, "target": {"template": {"data": {"USER": "{{ .x }}"}}}});
        assert_eq!(places(made, &["USER"]), None);
    }
}
