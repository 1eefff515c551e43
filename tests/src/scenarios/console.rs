//! The web console in a real browser, against real processes. In: a world and the folder of the built console. Out: nothing, or what a
//! person would have seen instead. The clicks themselves are `operator/console/e2e`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use assayer_crds::Integration;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRoleBinding, Role, RoleBinding};
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::scenarios::candidates;
use crate::world::{World, checkout};

/// Longer than the clicks ever took; a browser that hangs is ended.
const PATIENCE: Duration = Duration::from_mins(10);
/// Five Bots over real bars and made ones.
pub const BOTS: [&str; 5] = ["eurusd-breakout", "spx-cross", "spx-reversion", "mes-breakout", "mnq-cross"];
const PROVIDER: &str = "databento";

/// A namespace with five LAB Bots, an Integration without a key, and people with the rights that the chart's roles give.
pub struct Desk<'a> {
    world: &'a World,
    namespace: &'a str,
    /// A key that the vendor accepts once it is told to.
    pub key: String,
}

impl<'a> Desk<'a> {
    /// Nothing in it works yet.
    pub async fn with_bots(world: &'a World, namespace: &'a str, bots: &[&str]) -> Result<Self> {
        let desk = Self::without_bots(world, namespace).await?;
        desk.apply(bots).await?;
        Ok(desk)
    }

    /// The same before there is a Bot.
    pub async fn without_bots(world: &'a World, namespace: &'a str) -> Result<Self> {
        world.empty_namespace(namespace).await?;
        let integration = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "Integration", "spec": {
            "provider": PROVIDER, "credentials": {"secretRef": {"name": PROVIDER}}, "endpoint": world.endpoint_of(PROVIDER)?,
            "liveEndpoint": world.live_endpoint}});
        world.apply(&Api::<Integration>::namespaced(world.client.clone(), namespace), PROVIDER, &integration).await?;
        let desk = Self { world, namespace, key: World::key_of(namespace) };
        world.add_keys([desk.key.clone()]).await?;
        desk.people().await?;
        Ok(desk)
    }

    /// Adds these of the chart's samples.
    pub async fn apply(&self, bots: &[&str]) -> Result<()> {
        for bot in bots {
            self.world.sample_bot(self.namespace, bot).await?;
        }
        Ok(())
    }

    /// A token of `viewer`, who may read, of `trader`, who may set keys and act on Bots too, or of `stranger`, who may nothing.
    pub async fn token(&self, person: &str) -> Result<String> {
        let accounts: Api<ServiceAccount> = Api::namespaced(self.world.client.clone(), self.namespace);
        let spec = TokenRequestSpec { audiences: None, expiration_seconds: Some(3600), ..Default::default() };
        let request = TokenRequest { spec: Some(spec), ..Default::default() };
        let answer = accounts.create_token_request(person, &PostParams::default(), &request).await?;
        answer.status.and_then(|status| status.token).context("a token request is answered with a token")
    }

    /// Runs one program of the browser's with what it needs to know; its last lines are the error.
    pub async fn browse(&self, program: &str, api: &str, more: &[(&str, &str)]) -> Result<()> {
        let script = checkout().join("operator/console/e2e").join(program);
        let mut node = Command::new("node");
        node.arg(script).stdin(Stdio::null()).kill_on_drop(true);
        node.env("CONSOLE_URL", api).env("NAMESPACE", self.namespace).env("STAND_IN", &self.world.stand_in).env("KEY", &self.key);
        for person in ["viewer", "trader", "stranger"] {
            node.env(format!("{}_TOKEN", person.to_uppercase()), self.token(person).await?);
        }
        node.envs(more.iter().copied());
        let status = tokio::time::timeout(PATIENCE, node.status()).await.context("the browser did not come to an end")??;
        ensure!(status.success(), "{program} ended with {status}; see above");
        Ok(())
    }

    /// Adds a Bot whose search finds a candidate.
    pub async fn something_can_be_found(&self) -> Result<()> {
        let bots = self.world.bots(self.namespace);
        self.world.apply(&bots, candidates::BOT, &candidates::bot(candidates::TOO_LATE)?).await.map(drop)
    }

    /// Has its Bots search in every slot, an evolution after each improvement; `alone` is the one that does while the others stand still.
    pub async fn let_search(&self, alone: Option<&str>) -> Result<()> {
        for bot in BOTS.iter().filter(|bot| alone.is_some_and(|alone| alone != **bot)) {
            self.stop(bot, "Hold").await?;
        }
        self.world
            .patch_lab(&json!({
                "cadence": {"improve": "5s", "evolve": "5s"},
                "research": {"improveRoundsBeforeEvolve": 1, "trialsPerJob": 60, "oosTrades": 5},
                "budgets": {
                    "maxImprovementsPerHour": 10, "maxEvolutionsPerHour": 5, "maxTrialsPerDayPerRoot": 10_000,
                    "holdoutReadsPerQuarterPerRoot": 4,
                },
            }))
            .await
    }

    /// Waits until this one alone has searched so often, and lets all go on without searching.
    pub async fn has_searched(&self, bot: &str, rounds: u32) -> Result<()> {
        let of = format!("bot_namespace = '{}' and bot_name = '{bot}'", self.namespace);
        let searched =
            format!("select count(*) >= {rounds} from bot_jobs j join research_reports f on f.job_id = j.id where {of}");
        self.world.until_sql("searches that have reported", &searched).await?;
        self.world
            .patch_lab(&json!({"cadence": {"improve": null, "evolve": null}, "research": null, "budgets": {
            "maxImprovementsPerHour": null, "maxEvolutionsPerHour": null, "maxTrialsPerDayPerRoot": null,
            "holdoutReadsPerQuarterPerRoot": null}}))
            .await?;
        for bot in BOTS {
            self.stop(bot, "None").await?;
        }
        Ok(())
    }

    async fn stop(&self, bot: &str, policy: &str) -> Result<()> {
        let patch = Patch::Merge(json!({"spec": {"stopPolicy": policy}}));
        self.world.bots(self.namespace).patch(bot, &PatchParams::default(), &patch).await?;
        Ok(())
    }

    /// Has a runner say what a browser must not run: in the newest job that is over.
    pub async fn a_bot_writes_a_script(&self) -> Result<()> {
        let script = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>";
        let job = format!(
            "update bot_jobs set message = '{script}' where id = (select j.id from bot_jobs j join requests r on r.job_id = j.id \
             where r.bot_namespace = '{}' and j.status in ('SUCCEEDED', 'FAILED') order by j.created_at desc limit 1) returning id",
            self.namespace
        );
        self.world.until_answered("a job that is over", &job).await.map(drop)
    }

    /// Takes everything back; rows stay.
    pub async fn clear(&self) -> Result<()> {
        let bindings: Api<ClusterRoleBinding> = Api::all(self.world.client.clone());
        bindings.delete(&format!("{}-viewers", self.namespace), &DeleteParams::default()).await?;
        self.world.remove_namespace(self.namespace).await
    }

    async fn people(&self) -> Result<()> {
        let accounts: Api<ServiceAccount> = Api::namespaced(self.world.client.clone(), self.namespace);
        self.world.roles_for_people().await?;
        for person in ["viewer", "trader", "stranger"] {
            self.world.apply(&accounts, person, &json!({"apiVersion": "v1", "kind": "ServiceAccount"})).await?;
        }
        let subject = |person: &str| json!({"kind": "ServiceAccount", "name": person, "namespace": self.namespace});
        let client = &self.world.client;
        let all = binding("ClusterRoleBinding", "ClusterRole", "assayer-viewer", &[subject("viewer"), subject("trader")]);
        let name = format!("{}-viewers", self.namespace);
        self.world.apply(&Api::<ClusterRoleBinding>::all(client.clone()), &name, &all).await?;
        let bindings: Api<RoleBinding> = Api::namespaced(client.clone(), self.namespace);
        let own = binding("RoleBinding", "ClusterRole", "assayer-trader", &[subject("trader")]);
        self.world.apply(&bindings, "traders", &own).await?;
        let keys = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "rules": [
            {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "create", "patch"]}]});
        self.world.apply(&Api::<Role>::namespaced(client.clone(), self.namespace), "keys", &keys).await?;
        self.world.apply(&bindings, "keys", &binding("RoleBinding", "Role", "keys", &[subject("trader")])).await?;
        Ok(())
    }
}

fn binding(kind: &str, role_kind: &str, role: &str, subjects: &[Value]) -> Value {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role_kind, "name": role}, "subjects": subjects})
}

/// Where the built console lies; `make console` builds it.
pub fn built() -> Result<PathBuf> {
    let dist = checkout().join("operator/console/dist");
    ensure!(has_page(&dist), "{} has no first page: make console", dist.display());
    Ok(dist.canonicalize()?)
}

fn has_page(dist: &Path) -> bool {
    dist.join("index.html").is_file()
}
