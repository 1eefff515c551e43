//! People are told what changed: once each, with why and what to do, by a call like any other.

use anyhow::{Context, Result, ensure};
use assayer_contract::ReasonCode;
use assayer_crds::Integration;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::DeleteParams;
use serde_json::{Value, json};

use crate::wait::{self, Look};
use crate::world::{GOOD_KEY, WRONG_KEY, World};

/// Changes at once, far more than a message holds.
const STORM: usize = 1_000;

/// A channel of people, of which the stand-in counts the messages.
struct Channel<'a> {
    world: &'a World,
    namespace: &'a str,
    /// The secret part of its URL.
    token: String,
}

impl<'a> Channel<'a> {
    async fn open(world: &'a World, namespace: &'a str, topic: &str) -> Result<Self> {
        let token = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
        let url = format!("https://discord.com/api/webhooks/100000000000000001/{token}");
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "stringData": {"DISCORD_WEBHOOK_URL": url}});
        world.apply(&Api::<Secret>::namespaced(world.client.clone(), namespace), "discord", &secret).await?;
        let channel = Self { world, namespace, token };
        channel.control("keys", &json!({"keys": [channel.token]})).await?;
        let integration = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "Integration", "spec": {"provider": "discord",
            "credentials": {"secretRef": {"name": "discord"}}, "endpoint": world.endpoint_of("discord")?,
            "notify": {"on": [topic]}}});
        world.apply(&Api::<Integration>::namespaced(world.client.clone(), namespace), "discord", &integration).await?;
        Ok(channel)
    }

    async fn control(&self, what: &str, body: &Value) -> Result<()> {
        let base = self.world.vendors.get("discord").context("the stand-in")?;
        self.world.http.post(format!("{base}/__stand-in/{what}")).json(body).send().await?.error_for_status()?;
        Ok(())
    }

    /// Messages that the vendor received, the oldest first.
    async fn received(&self) -> Result<Vec<Value>> {
        let key = World::fingerprint(&self.token);
        let all = self.world.receipts().await?;
        Ok(all.into_iter().filter(|receipt| receipt["method"] == "POST" && receipt["key"] == key).collect())
    }

    /// Waits until it has received so many; the newest.
    async fn until(&self, count: usize) -> Result<String> {
        wait::until(&format!("message {count}"), async || {
            let received = self.received().await?;
            ensure!(received.len() <= count, "more than {count}: {received:?}");
            let newest = received.last().filter(|_| received.len() == count).map(|one| one["form"]["content"].clone());
            Ok(newest.map_or(Look::NotYet(format!("{}", received.len())), Look::Found))
        })
        .await?
        .as_str()
        .map(str::to_owned)
        .context("a content")
    }

    fn rows(&self) -> Result<Vec<Value>> {
        self.world.rows(&format!(
            "select * from requests where integration_namespace = '{}' and operation = 'notify' order by id",
            self.namespace
        ))
    }
}

/// A wrong key is one message with its reason and what to do, the right one another; a gateway that is killed between repeats nothing. A
/// storm is one message more, also where the vendor wants a rest first. The secrets.
pub async fn what_changes_is_told_once(
    world: &World,
    namespace: &str,
    restart: impl AsyncFnOnce() -> Result<()>,
) -> Result<Vec<String>> {
    world.namespace(namespace, WRONG_KEY).await?;
    let channel = Channel::open(world, namespace, "Ready").await?;
    let bot = world.sample_bot(namespace, "spx-cross").await?;
    let said = channel.until(1).await?;
    for part in ["`PROVIDER_AUTH`", "spx-cross: not Ready", ReasonCode::ProviderAuth.suggested_fix(), "/bot/"] {
        ensure!(said.contains(part), "{part} is not said: {said}");
    }
    restart().await?;
    world.set_key(namespace, GOOD_KEY).await?;
    let said = channel.until(2).await?;
    ensure!(said.contains("spx-cross: Ready again") && !said.contains("What to do"), "{said}");
    let rows = channel.rows()?;
    ensure!(rows.len() == 2 && rows.iter().all(|row| row["outcome"] == "success" && row["job_id"].is_null()), "{rows:?}");
    ensure!(rows.iter().all(|row| row["bot_id"] == *bot.metadata.uid.as_deref().unwrap_or_default()), "{rows:?}");
    let uses = world.sql(&format!(
        "select count(*) from integration_usage_events where integration_namespace = '{namespace}' and provider = 'discord'
             and job_id is not null"
    ))?;
    ensure!(uses.trim() == "0", "a message counts as use");
    world.remove_bots(namespace).await?;
    a_storm_is_one_message(&channel).await?;
    Ok(vec![channel.token])
}

/// What blocks the installation is told as one message in the namespace of its control plane, with what to do and a link that can be
/// followed, and that it is OK again as another. The secrets.
pub async fn the_system_is_told_as_a_whole(
    world: &World,
    (control_plane, namespace): (&str, &str),
    external_url: &str,
) -> Result<Vec<String>> {
    until_status(world, "OK").await?;
    let channel = Channel::open(world, control_plane, "System").await?;
    world.namespace(namespace, WRONG_KEY).await?;
    world.sample_bot(namespace, "spx-cross").await?;
    let said = channel.until(1).await?;
    let blocked = format!("BLOCKED\\: PROVIDER\\_AUTH of databento in {namespace}");
    let proof = format!("Proof: {external_url}/api/system/status");
    for part in ["System: not OK, `PROVIDER_AUTH`", &blocked, ReasonCode::ProviderAuth.suggested_fix(), &proof] {
        ensure!(said.contains(part), "{part} is not said: {said}");
    }
    world.set_key(namespace, GOOD_KEY).await?;
    let said = channel.until(2).await?;
    ensure!(said.contains("System: OK again") && !said.contains("What to do"), "{said}");
    world.remove_namespace(namespace).await?;
    let notices: Vec<Value> =
        world.rows("select state, holds from notices where object_kind = 'System' order by id desc limit 2")?;
    ensure!(notices == [json!({"state": "OK", "holds": true}), json!({"state": "BLOCKED", "holds": false})], "{notices:?}");
    Api::<Integration>::namespaced(world.client.clone(), control_plane).delete("discord", &DeleteParams::default()).await?;
    Ok(vec![channel.token])
}

async fn until_status(world: &World, wanted: &str) -> Result<()> {
    wait::until(&format!("a system that is {wanted}"), async || {
        let (_, status) = world.get("/api/system/status").await?;
        Ok(if status["system_status"] == wanted { Look::Found(()) } else { Look::NotYet(status["blockers"].to_string()) })
    })
    .await
}

/// A thousand changes while the vendor wants a rest: it gets one message, after the rest.
async fn a_storm_is_one_message(channel: &Channel<'_>) -> Result<()> {
    let of_channel = json!({"key": World::fingerprint(&channel.token)});
    channel.control("faults", &json!({"match": of_channel, "fault": "rate_limited", "times": 1, "retry_after_s": 3})).await?;
    channel.world.sql(&format!(
        "insert into notices (object_kind, object_uid, object_namespace, object_name, topic, transition, holds, reason_code, message)
         select 'Bot', gen_random_uuid(), '{}', 'bot-' || n, 'Ready', 1, false, 'PROVIDER_ERROR', 'no @everyone **no**'
         from generate_series(1, {STORM}) n",
        channel.namespace
    ))?;
    let said = channel.until(4).await?;
    let refused = channel.rows()?.into_iter().rev().nth(1).context("the row of the refusal")?;
    ensure!(refused["http_status"] == 429 && refused["retry_after_s"].as_i64() >= Some(3), "{refused}");
    let lines = said.matches("not Ready").count();
    ensure!(lines > 0 && said.contains(&format!("and {} more", STORM - lines)), "{said}");
    ensure!(said.contains(r"no \@everyone \*\*no\*\*"), "{said}");
    channel
        .world
        .until_sql(
            "nothing to be left to tell",
            &format!(
                "select count(distinct d.notice_id) >= {STORM} from notice_deliveries d join requests r using (trace_id)
             where r.integration_namespace = '{}' and r.outcome = 'success'",
                channel.namespace
            ),
        )
        .await
}
