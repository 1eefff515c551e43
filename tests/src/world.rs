//! A running Assayer as a scenario sees it: the API server, SQL, the proof API, and the vendor's own count.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use assayer_contract::Sha256Hash;
use assayer_crds::{Bot, Integration, Provider, StagePolicy};
use k8s_openapi::api::core::v1::{Namespace, Secret};
use k8s_openapi::api::rbac::v1::ClusterRole;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::{Api, Client, ResourceExt};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::psql::Psql;
use crate::wait::{self, Look};

/// The key that the stand-in accepts, as the samples give it.
pub const GOOD_KEY: &str = "db-StandInKeyThatOpensNothing000";
/// A key of the right form that it does not accept.
pub const WRONG_KEY: &str = "db-NobodyIssuedThisKeyAnywhere01";

/// A running Assayer.
#[derive(Clone)]
pub struct World {
    /// The API server, as an administrator.
    pub client: Client,
    /// SQL as a superuser.
    pub psql: Arc<Psql>,
    /// Base URL of the proof API.
    pub api: String,
    /// Base URL of the gateway, as the test reaches it.
    pub gateway: String,
    /// Base URL of the stand-in, as the test reaches it.
    pub stand_in: String,
    /// Base URL of the stand-in, as the gateway reaches it.
    pub endpoint: String,
    /// Host and port of the stand-in for live data, as the gateway reaches it.
    pub live_endpoint: String,
    /// Base URLs of all vendors' stand-ins by the names of their providers, as the test reaches them.
    pub vendors: BTreeMap<String, String>,
    /// Plain HTTP.
    pub http: reqwest::Client,
}

impl World {
    /// Rows of a query, each as a JSON object.
    pub fn rows<T: DeserializeOwned>(&self, query: &str) -> Result<Vec<T>> {
        let text = self.sql(&format!("select coalesce(json_agg(t), '[]') from ({query}) t"))?;
        serde_json::from_str(&text).with_context(|| format!("rows of: {query}"))
    }

    /// What psql prints for a statement.
    pub fn sql(&self, statement: &str) -> Result<String> {
        self.psql.ask(statement)
    }

    /// Waits until a question that SQL answers with true or false is true.
    pub async fn until_sql(&self, what: &str, question: &str) -> Result<()> {
        wait::until(what, async || {
            let answer = self.sql(question)?;
            Ok(if answer.trim() == "t" { Look::Found(()) } else { Look::NotYet(format!("{question}: {answer}")) })
        })
        .await
    }

    /// Waits until a statement answers with anything, and tells it.
    pub async fn until_answered(&self, what: &str, statement: &str) -> Result<String> {
        wait::until(what, async || {
            let answer = self.sql(statement)?.trim().to_owned();
            Ok(if answer.is_empty() { Look::NotYet("none".to_owned()) } else { Look::Found(answer) })
        })
        .await
    }

    /// A JSON document of the proof API, whatever its status.
    pub async fn get(&self, path: &str) -> Result<(u16, Value)> {
        let answer = self.http.get(format!("{}{path}", self.api)).send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    /// Base URL of a vendor's stand-in, as the gateway reaches it.
    pub fn endpoint_of(&self, provider: &str) -> Result<String> {
        let all = self.endpoint.strip_suffix("databento").context("one program speaks for all vendors")?;
        Ok(format!("{all}{provider}"))
    }

    /// Every request that the stand-ins have received, vendor by vendor.
    pub async fn receipts(&self) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        for base in self.vendors.values() {
            let mut listed: Value = self.http.get(format!("{base}/__stand-in/requests")).send().await?.json().await?;
            all.extend(serde_json::from_value::<Vec<Value>>(listed["requests"].take()).context("a stand-in's requests")?);
        }
        Ok(all)
    }

    /// Has the stand-in accept these keys, too.
    pub async fn add_keys(&self, keys: impl IntoIterator<Item = String>) -> Result<()> {
        let keys: Vec<String> = keys.into_iter().collect();
        self.control(Method::POST, "keys", &json!({"keys": keys})).await
    }

    /// Has the stand-in fail by these orders, too. Each should be for one key, so that scenarios at the same time do not meet.
    pub async fn order_faults(&self, orders: &[Value]) -> Result<()> {
        self.control(Method::POST, "faults", &json!(orders)).await
    }

    /// Ends the orders for this key.
    pub async fn clear_faults(&self, key: &str) -> Result<()> {
        self.control(Method::DELETE, &format!("faults?key={}", Self::fingerprint(key)), &Value::Null).await
    }

    pub(crate) async fn control(&self, method: Method, what: &str, body: &Value) -> Result<()> {
        let answer = self.http.request(method, format!("{}/__stand-in/{what}", self.stand_in)).json(body).send().await?;
        let status = answer.status();
        ensure!(status.is_success(), "the stand-in's {what}: {status} {}", answer.text().await?);
        Ok(())
    }

    /// A key in the vendor's form, of this name alone.
    pub fn key_of(name: &str) -> String {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        format!("db-{name:x<29}")
    }

    /// How the stand-in shows a key.
    pub fn fingerprint(key: &str) -> String {
        let hash = Sha256Hash::of(key.as_bytes()).to_string();
        hash.chars().take("sha256:".len() + 8).collect()
    }

    /// A namespace with nothing in it.
    pub async fn empty_namespace(&self, name: &str) -> Result<()> {
        self.apply(&Api::<Namespace>::all(self.client.clone()), name, &json!({"apiVersion": "v1", "kind": "Namespace"})).await?;
        Ok(())
    }

    /// A namespace with an Integration for Databento and its key.
    pub async fn namespace(&self, name: &str, key: &str) -> Result<()> {
        self.empty_namespace(name).await?;
        self.set_key(name, key).await?;
        let integration = json!({
            "apiVersion": "assayer.dev/v1alpha1", "kind": "Integration",
            "spec": {"provider": "databento", "credentials": {"secretRef": {"name": "databento"}}, "endpoint": self.endpoint,
                "liveEndpoint": self.live_endpoint},
        });
        self.apply(&Api::<Integration>::namespaced(self.client.clone(), name), "databento", &integration).await?;
        Ok(())
    }

    /// Removes a namespace and all that is in it; what was recorded stays. The Bots go first: where nothing ends a namespace, they
    /// would go on in it.
    pub async fn remove_namespace(&self, name: &str) -> Result<()> {
        self.bots(name).delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
        Api::<Namespace>::all(self.client.clone()).delete(name, &DeleteParams::default()).await?;
        Ok(())
    }

    /// Deletes all Bots of a namespace.
    pub async fn remove_bots(&self, namespace: &str) -> Result<()> {
        self.bots(namespace).delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
        Ok(())
    }

    /// Writes the provider's key into the namespace's Secret.
    pub async fn set_key(&self, namespace: &str, key: &str) -> Result<()> {
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "stringData": {"DATABENTO_API_KEY": key}});
        self.apply(&Api::<Secret>::namespaced(self.client.clone(), namespace), "databento", &secret).await?;
        Ok(())
    }

    /// Applies an object as `kubectl apply --server-side` does.
    pub async fn apply<K>(&self, api: &Api<K>, name: &str, object: &Value) -> Result<K>
    where
        K: Clone + std::fmt::Debug + DeserializeOwned,
    {
        let mut object = object.clone();
        object["metadata"]["name"] = json!(name);
        Ok(api.patch(name, &PatchParams::apply("scenario").force(), &Patch::Apply(&object)).await?)
    }

    /// Installs the chart's ClusterRoles for people where no chart has done so.
    pub async fn roles_for_people(&self) -> Result<()> {
        let path = checkout().join("charts/assayer/roles-for-people.yaml");
        let all: BTreeMap<String, Value> = serde_saphyr::from_str(&std::fs::read_to_string(path)?)?;
        let roles: Api<ClusterRole> = Api::all(self.client.clone());
        for (name, role) in &all {
            if roles.get_opt(name).await?.is_none() {
                let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "rules": role["rules"]});
                self.apply(&roles, name, &role).await?;
            }
        }
        Ok(())
    }

    /// Applies a sample Bot of the chart into a namespace.
    pub async fn sample_bot(&self, namespace: &str, name: &str) -> Result<Bot> {
        self.apply(&self.bots(namespace), name, &sample(name)?).await
    }

    /// Gives jobs of LAB so much time, and tells how much they had.
    pub async fn job_timeout(&self, timeout: &str) -> Result<String> {
        let policies: Api<StagePolicy> = Api::all(self.client.clone());
        let before = serde_json::to_value(policies.get("lab").await?.spec.job_timeout)?;
        self.patch_lab(&json!({"jobTimeout": timeout})).await?;
        Ok(before.as_str().context("a duration is a text")?.to_owned())
    }

    /// Changes the policy of LAB; what is null is taken out.
    pub async fn patch_lab(&self, spec: &Value) -> Result<()> {
        let policies: Api<StagePolicy> = Api::all(self.client.clone());
        policies.patch("lab", &PatchParams::default(), &Patch::Merge(json!({"spec": spec}))).await?;
        Ok(())
    }

    /// The Bots of a namespace.
    pub fn bots(&self, namespace: &str) -> Api<Bot> {
        Api::namespaced(self.client.clone(), namespace)
    }

    /// Waits until the columns of `kubectl get bot` satisfy a test.
    pub async fn until_columns(
        &self,
        namespace: &str,
        name: &str,
        what: &str,
        test: impl Fn(&Columns) -> bool,
    ) -> Result<Columns> {
        wait::until(&format!("{name}: {what}"), async || {
            let columns = Columns::of(&self.bots(namespace).get(name).await?)?;
            Ok(if test(&columns) { Look::Found(columns) } else { Look::NotYet(format!("{columns:?}")) })
        })
        .await
    }
}

/// What `kubectl get bots` shows of one Bot, by column.
#[derive(Debug)]
pub struct Columns(BTreeMap<&'static str, String>);

impl Columns {
    /// The columns of a Bot that has a status.
    pub fn of(bot: &Bot) -> Result<Self> {
        let status = serde_json::to_value(bot.status.as_ref().with_context(|| format!("{} has no status yet", bot.name_any()))?)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let conditions = status["conditions"].as_array().cloned().unwrap_or_default();
        let promotable = conditions.iter().find(|c| c["type"] == "Promotable").cloned().unwrap_or_default();
        Ok(Self(BTreeMap::from([
            ("STAGE", text(&status["stage"])),
            ("ACTIVITY", text(&status["activity"]["state"])),
            ("PROOF", text(&status["proof"])),
            ("PROMOTABLE", text(&promotable["status"])),
            ("BLOCKED-BY", text(&promotable["reason"])),
        ])))
    }

    /// The text in a column; empty where there is none.
    pub fn get(&self, column: &str) -> &str {
        self.0.get(column).map_or("", String::as_str)
    }
}

/// Base URLs of all vendors' stand-ins, below that of the program that speaks for them.
pub(crate) fn vendors_below(base: &str) -> BTreeMap<String, String> {
    Provider::all().map(|provider| (provider.name().to_owned(), format!("{base}/{}", provider.name()))).collect()
}

/// The name of a provider's Secret, as the chart lets the gateway read it: `unusual-whales` of `unusualWhales`.
pub fn secret_of(provider: &str) -> String {
    provider.chars().flat_map(|c| c.is_ascii_uppercase().then_some('-').into_iter().chain([c.to_ascii_lowercase()])).collect()
}

/// A sample Bot of the chart.
pub fn sample(name: &str) -> Result<Value> {
    let path = checkout().join(format!("charts/assayer/samples/{name}.yaml"));
    Ok(serde_saphyr::from_str(&std::fs::read_to_string(&path).with_context(|| path.display().to_string())?)?)
}

/// The root of the checkout.
pub fn checkout() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
