//! People are told what changed: once each, with why and what to do, by a call like any other.

use anyhow::{Context, Result, ensure};
use assayer_contract::{ReasonCode, wire::NOTIFY_LOOP};
use assayer_crds::{Integration, IntegrationState};
use futures::future::try_join_all;
use kube::Api;
use kube::api::DeleteParams;
use serde_json::{Value, json};

use super::integrations::given::{DISCORD, Given, SLACK, Vendor, WEBHOOK};
use super::integrations::{entry, shown};
use crate::wait::{self, Look};
use crate::world::{GOOD_KEY, WRONG_KEY, World};

/// Changes at once, far more than a message holds.
const STORM: usize = 1_000;

/// A channel of people, of which the stand-in counts the messages.
struct Channel<'a> {
    given: Given<'a>,
    /// Its URL, which is the credential.
    url: String,
}

impl<'a> Channel<'a> {
    /// One that is told of this, by a URL that its vendor knows.
    async fn open(world: &'a World, vendor: &'a Vendor, namespace: &'a str, topic: &str) -> Result<Self> {
        let given = Given { world, vendor, namespace };
        let url = given.own_key();
        given.accept(&url).await?;
        given.set_key(&url).await?;
        Ok(Self { given: Given::specified(world, vendor, namespace, &json!({"notify": {"on": [topic]}})).await?, url })
    }

    /// The secret part of its URL.
    fn token(&self) -> String {
        self.given.vendor.secret(&self.url).to_owned()
    }

    /// How its vendor's API has what a message says.
    fn said(message: &Value) -> String {
        let form = message["form"].as_object().cloned().unwrap_or_default();
        ["content", "text", "changes"].into_iter().filter_map(|field| form.get(field)?.as_str().map(str::to_owned)).collect()
    }

    /// Messages that the vendor received, the oldest first.
    async fn received(&self) -> Result<Vec<Value>> {
        let key = self.given.fingerprint(&self.url);
        let all = self.given.world.receipts().await?;
        Ok(all.into_iter().filter(|receipt| receipt["method"] == "POST" && receipt["key"] == key).collect())
    }

    /// Waits until it has received so many; the newest.
    async fn until(&self, count: usize) -> Result<String> {
        wait::until(&format!("message {count}"), async || {
            let received = self.received().await?;
            ensure!(received.len() <= count, "more than {count}: {received:?}");
            let newest = received.last().filter(|_| received.len() == count).map(Self::said);
            Ok(newest.map_or(Look::NotYet(format!("{}", received.len())), Look::Found))
        })
        .await
    }

    /// Rows of its messages, the oldest first.
    fn rows(&self) -> Result<Vec<Value>> {
        let mut rows = self.given.rows("operation = 'notify'")?;
        rows.reverse();
        Ok(rows)
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
    let channel = Channel::open(world, &DISCORD, namespace, "Ready").await?;
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
    ensure!(rows.iter().all(|row| row["user_id"] == NOTIFY_LOOP), "{rows:?}");
    ensure!(rows.iter().all(|row| row["bot_id"] == *bot.metadata.uid.as_deref().unwrap_or_default()), "{rows:?}");
    let uses = world.sql(&format!(
        "select count(*) from integration_usage_events where integration_namespace = '{namespace}' and provider = 'discord'
             and job_id is not null"
    ))?;
    ensure!(uses.trim() == "0", "a message counts as use");
    world.remove_bots(namespace).await?;
    a_storm_is_one_message(&channel).await?;
    Ok(vec![channel.token()])
}

/// Slack and a receiver of the user's own, of which nothing but a message tells whether their URLs are good: not connected by the first
/// one, connected by the next, degraded where one is to wait, and connected again. Each is a row, and nobody's use. The secrets.
pub async fn other_channels_are_proven_by_messages_alone(world: &World, namespace: &str) -> Result<Vec<String>> {
    world.namespace(namespace, WRONG_KEY).await?;
    let told = json!({"notify": {"on": ["Ready"]}});
    let channels = try_join_all([&SLACK, &WEBHOOK].map(async |vendor| {
        let given = Given::specified(world, vendor, namespace, &told).await?;
        given.until(IntegrationState::NotConfigured, "INTEGRATION_KEY_MISSING").await?;
        given.set_key(vendor.unknown).await?;
        given.until(IntegrationState::NotConnected, "VERIFY_UNSUPPORTED").await?;
        let url = given.own_key();
        given.accept(&url).await?;
        anyhow::Ok(Channel { given, url })
    }))
    .await?;
    let bot = world.sample_bot(namespace, "spx-cross").await?;
    let bot = bot.metadata.uid.context("a UID")?;
    try_join_all(channels.iter().map(async |channel| {
        is_refused(channel, &bot).await?;
        channel.given.set_key(&channel.url).await?;
        let said = channel.until(1).await?;
        ensure!(said.contains("PROVIDER_AUTH") && said.contains("spx-cross"), "{said}");
        is_told(channel, 1, &bot).await?;
        // The other one would name no time, and be left alone for a minute.
        if channel.given.vendor.provider == SLACK.provider { channel.given.wants_a_rest(&channel.url, 1).await } else { Ok(()) }
    }))
    .await?;
    world.set_key(namespace, GOOD_KEY).await?;
    try_join_all(channels.iter().map(async |channel| {
        let rests = channel.given.vendor.provider == SLACK.provider;
        if rests {
            channel.given.until(IntegrationState::Degraded, "PROVIDER_RATE_LIMITED").await?;
            shown(&channel.given, "Degraded", "PROVIDER_RATE_LIMITED", (true, None::<bool>)).await?;
        }
        let said = channel.until(if rests { 3 } else { 2 }).await?;
        ensure!(said.contains("spx-cross"), "{said}");
        is_told(channel, 2, &bot).await
    }))
    .await?;
    world.remove_namespace(namespace).await?;
    Ok(channels.iter().map(Channel::token).collect())
}

/// The first message went to a URL that the vendor does not know.
async fn is_refused(Channel { given, .. }: &Channel<'_>, bot: &str) -> Result<()> {
    let status = given.until(IntegrationState::NotConnected, "PROVIDER_AUTH").await?;
    shown(given, "NotConnected", "PROVIDER_AUTH", (true, false)).await?;
    let rows = given.rows("operation = 'notify'")?;
    let row = rows.first().context("the row of the message")?;
    let expected = json!({"outcome": "failed", "sent": "yes", "reason_code": "PROVIDER_AUTH", "job_id": null, "bot_id": bot});
    has(row, &expected).with_context(|| format!("{status:?}"))
}

/// So many messages arrived: the newest row says so, the Integration is connected by it, and no message is use.
async fn is_told(channel: &Channel<'_>, messages: usize, bot: &str) -> Result<()> {
    let given = &channel.given;
    given.until(IntegrationState::Connected, "PROVEN").await?;
    shown(given, "Connected", "PROVEN", (true, true)).await?;
    let told = given.rows("operation = 'notify' and outcome = 'success'")?;
    ensure!(told.len() == messages, "{told:?}");
    has(told.first().context("a message")?, &json!({"sent": "yes", "job_id": null, "bot_id": bot, "endpoint": "webhook"}))?;
    let used = entry(given.world, given.namespace, given.vendor.provider).await?;
    ensure!(used["used"] == false && used["proof_of_use_count_24h"] == 0, "a message counts as use: {used}");
    Ok(())
}

fn has(row: &Value, expected: &Value) -> Result<()> {
    for (field, value) in expected.as_object().into_iter().flatten() {
        ensure!(row[field] == *value, "{field}: {row}");
    }
    Ok(())
}

/// What blocks the installation is told as one message in the namespace of its control plane, with what to do and a link that can be
/// followed, and that it is OK again as another. The secrets.
pub async fn the_system_is_told_as_a_whole(
    world: &World,
    (control_plane, namespace): (&str, &str),
    external_url: &str,
) -> Result<Vec<String>> {
    until_status(world, "OK").await?;
    let channel = Channel::open(world, &DISCORD, control_plane, "System").await?;
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
    Ok(vec![channel.token()])
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
    channel.given.wants_a_rest(&channel.url, 3).await?;
    channel.given.world.sql(&format!(
        "insert into notices (object_kind, object_uid, object_namespace, object_name, topic, transition, holds, reason_code, message)
         select 'Bot', gen_random_uuid(), '{}', 'bot-' || n, 'Ready', 1, false, 'PROVIDER_ERROR', 'no @everyone **no**'
         from generate_series(1, {STORM}) n",
        channel.given.namespace
    ))?;
    let said = channel.until(4).await?;
    let refused = channel.rows()?.into_iter().rev().nth(1).context("the row of the refusal")?;
    ensure!(refused["http_status"] == 429 && refused["retry_after_s"].as_i64() >= Some(3), "{refused}");
    let lines = said.matches("not Ready").count();
    ensure!(lines > 0 && said.contains(&format!("and {} more", STORM - lines)), "{said}");
    ensure!(said.contains(r"no \@everyone \*\*no\*\*"), "{said}");
    channel
        .given
        .world
        .until_sql(
            "nothing to be left to tell",
            &format!(
                "select count(distinct d.notice_id) >= {STORM} from notice_deliveries d join requests r using (trace_id)
             where r.integration_namespace = '{}' and r.outcome = 'success'",
                channel.given.namespace
            ),
        )
        .await
}
