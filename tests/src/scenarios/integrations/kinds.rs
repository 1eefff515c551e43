//! Every vendor of the table, all at once: not configured, wrong key, connected, used by a job, denied by its plan, degraded, recovered;
//! its key broken at the vendor. Each state is a condition, an answer of the API, and rows.

mod table;

use anyhow::{Context, Result, ensure};
use assayer_crds::{IntegrationState, StagePolicy};
use futures::future::try_join_all;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use self::table::{ALL, Denied, Kind, Used};
use super::given::Given;
use super::{conditions, shown};
use crate::held::{self, Held};
use crate::raw::{Answer, Raw};
use crate::wait::{self, Look};
use crate::world::World;

/// A vendor in its namespace, with the key that it accepts.
struct Set<'a> {
    kind: &'static Kind,
    given: Given<'a>,
    key: String,
}

/// Which vendors are walked.
#[derive(Clone, Copy, Debug)]
pub enum Walked {
    /// All of the registry.
    All,
    /// One of each way to sign in and to fail: for a node, which has other work to do.
    OneOfEachKind,
}

impl Walked {
    const EACH_KIND: [&str; 5] = ["databento", "fred", "fmp", "unusualWhales", "openai"];

    fn vendors(self) -> impl Iterator<Item = &'static Kind> {
        ALL.iter().filter(move |kind| matches!(self, Self::All) || Self::EACH_KIND.contains(&kind.vendor.provider))
    }
}

/// Takes vendors through all their states. The gateway must be let to read both namespaces' Secrets. What must be found nowhere.
pub async fn each_kind_of_vendor_goes_through_all_its_states(
    world: &World,
    walked: Walked,
    (of_the_runner, of_jobs): (&str, &str),
) -> Result<Vec<String>> {
    for Kind { vendor, used, denied, elsewhere } in walked.vendors() {
        if let Used::Never(why) = used {
            eprintln!("{}: used by no job here, since {why}", vendor.provider);
        }
        if let Denied::Never(why) = denied {
            eprintln!("{}: no plan is denied, since {why}", vendor.provider);
        }
        if let Some(place) = elsewhere {
            eprintln!("{}: see {place}", vendor.provider);
        }
    }
    lab_may_use_them(world).await?;
    let (mut keys, more) = tokio::try_join!(by_its_runner(world, of_the_runner), by_jobs(world, walked, of_jobs))?;
    keys.extend(more);
    Ok(keys)
}

/// Makes them sources of LAB, those that are not required optional ones.
async fn lab_may_use_them(world: &World) -> Result<()> {
    let optional = |providers: &[&str]| json!({"requirement": "Optional", "providers": providers});
    let sources = json!({
        "marketData": {"providers": ["databento", "massive"]},
        "macro": optional(&["fred", "fmp"]),
        "optionsFlow": optional(&["unusualWhales"]),
        "news": optional(&["finnhub", "marketaux", "newsApi", "alpacaNews"]),
        "ai": optional(&["openai", "anthropic", "groq", "xai", "gemini", "openRouter"]),
    });
    let policies: Api<StagePolicy> = Api::all(world.client.clone());
    let patch = Patch::Merge(json!({"spec": {"sources": sources, "ai": {"mode": "Advisory", "dailyTokens": 200_000}}}));
    policies.patch("lab", &PatchParams::default(), &patch).await?;
    Ok(())
}

/// The vendor whom the sample Bot's own runner asks.
async fn by_its_runner(world: &World, namespace: &str) -> Result<Vec<String>> {
    let kind = ALL.iter().find(|kind| matches!(kind.used, Used::ByItsRunner)).context("the runner's vendor")?;
    let set = Set::connected(world, kind, namespace).await?;
    world.sample_bot(namespace, "spx-cross").await?;
    set.until_used(None).await?;
    set.order_denial().await?;
    set.is_denied().await?;
    set.given.mend(&set.key).await?;
    set.is_connected().await?;
    set.degrades_and_recovers().await?;
    world.remove_namespace(namespace).await?;
    Ok(set.secrets())
}

/// Vendors whom a Bot's job asks in the name of its pod, and those whom none does.
async fn by_jobs(world: &World, walked: Walked, namespace: &str) -> Result<Vec<String>> {
    let here = walked.vendors().filter(|kind| !matches!(kind.used, Used::ByItsRunner) && kind.elsewhere.is_none());
    let all: Vec<_> = try_join_all(here.map(|kind| Set::connected(world, kind, namespace))).await?;
    let secrets: Vec<_> = all.iter().flat_map(Set::secrets).collect();
    // The others are known to be connected once they were sent a message.
    let sets: Vec<_> = all.into_iter().filter(|set| !set.kind.vendor.endpoint.is_empty()).collect();
    held::settled(world, namespace).await?;
    in_a_job(world, &sets, namespace, async |set, held, token| {
        set.asks(held, token, 200).await?;
        set.until_used(Some(held)).await?;
        set.order_denial().await?;
        set.asks(held, token, 400).await
    })
    .await?;
    try_join_all(sets.iter().map(Set::is_denied)).await?;
    try_join_all(sets.iter().map(|set| set.given.mend(&set.key))).await?;
    in_a_job(world, &sets, namespace, async |set, held, token| set.asks(held, token, 200).await).await?;
    try_join_all(sets.iter().map(Set::is_connected)).await?;
    try_join_all(sets.iter().map(Set::degrades_and_recovers)).await?;
    world.remove_namespace(namespace).await?;
    Ok(secrets)
}

/// Does this with all vendors at once while one job lives.
async fn in_a_job<'a>(
    world: &World,
    sets: &'a [Set<'a>],
    namespace: &str,
    work: impl AsyncFn(&'a Set<'a>, &Held, &str) -> Result<()>,
) -> Result<()> {
    let held = held::living(world, namespace).await?;
    let token = held.token(world).await?;
    let named = async |set: &'a Set<'a>| work(set, &held, &token).await.context(set.kind.vendor.provider);
    try_join_all(sets.iter().map(named)).await?;
    world.clear_faults(&World::key_of(namespace)).await
}

impl<'a> Set<'a> {
    /// From no Secret to a good key.
    async fn connected(world: &'a World, kind: &'static Kind, namespace: &'a str) -> Result<Self> {
        let walked = super::from_no_key_to_a_good_one(world, kind.vendor, namespace).await;
        let (given, key) = walked.context(kind.vendor.provider)?;
        Ok(Self { kind, given, key })
    }

    /// What must be found nowhere: keys, and how the tokens of their sessions begin.
    fn secrets(&self) -> Vec<String> {
        let vendor = self.kind.vendor;
        let keys = [self.key.as_str(), vendor.unknown].map(|key| vendor.secret(key).to_owned());
        let tokens = keys.clone().into_iter().filter(|_| vendor.session).map(|key| token_of(&key));
        tokens.chain(keys).collect()
    }

    /// The job's pod makes the call; a status from `status` to 99 more comes back, in the name of the vendor.
    async fn asks(&self, held: &Held, token: &str, status: u16) -> Result<()> {
        let Used::By(method, path, body) = self.kind.used else { return Ok(()) };
        if status >= 400 && !matches!(self.kind.denied, Denied::Call(..)) {
            return Ok(());
        }
        let target = format!("/v1/providers/{}/{path}", self.kind.vendor.provider);
        let with = [("content-type", "application/json"), (assayer_contract::wire::TOKEN_HEADER, token)];
        let headers = if body.is_empty() { &with[1..] } else { &with };
        let answer = Raw { method, target: &target, headers, body }.send(&self.given.world.gateway).await?;
        ensure!((status..status + 100).contains(&answer.status), "{target}: {answer:?}");
        let row = self.row_of(&answer)?;
        let job = held.job_id.to_string();
        ensure!(row["job_id"] == job && row["operation"] == "call" && row["sent"] == "yes", "{row}");
        ensure!(row["http_status"] == answer.status && row["bot_id"].is_string(), "{row}");
        let expected = if status < 400 { "success" } else { "failed" };
        ensure!(row["outcome"] == expected, "{row}");
        Ok(())
    }

    fn row_of(&self, answer: &Answer) -> Result<Value> {
        let id = answer.headers.get(assayer_contract::wire::REQUEST_ID_HEADER).context("the answer names its row")?;
        self.given.rows(&format!("id = '{id}'"))?.pop().context("the row that the answer names")
    }

    /// The API shows the use, by the Bot and under its job's trace.
    async fn until_used(&self, held: Option<&Held>) -> Result<()> {
        if matches!(self.kind.used, Used::Never(_)) {
            return Ok(());
        }
        let Given { world, namespace, vendor } = self.given;
        let entry = super::until_used(world, namespace, vendor.provider).await?;
        ensure!(entry["last_used_by_bot"] == format!("{namespace}/spx-cross"), "{entry}");
        ensure!(entry["proof_of_use_count_24h"].as_i64() > Some(0), "{entry}");
        let trace = held.map(|held| held.trace_id.to_string());
        ensure!(trace.is_none_or(|trace| entry["last_used_trace_id"] == trace), "{entry}");
        Ok(())
    }

    async fn order_denial(&self) -> Result<()> {
        match &self.kind.denied {
            Denied::Call(path, params, fault, _) => self.given.order_for(&self.key, (path, params), fault).await,
            Denied::Handshake(_) | Denied::Never(_) => Ok(()),
        }
    }

    async fn is_denied(&self) -> Result<()> {
        match &self.kind.denied {
            Denied::Call(path, _, _, reason) => self.is_denied_to_a_job(path, reason).await,
            Denied::Handshake(fault) => self.is_denied_to_all(fault).await,
            Denied::Never(_) => Ok(()),
        }
        .context(self.kind.vendor.provider)
    }

    /// What the plan lacks degrades, and goes on doing so although handshakes succeed.
    async fn is_denied_to_a_job(&self, path: &str, reason: &str) -> Result<()> {
        let status = self.given.until(IntegrationState::Degraded, reason).await?;
        ensure!(conditions(&status) == ["True", "True"] && status.message.contains(path), "{status:?}");
        let verified = self.given.rows("operation = 'verify' and outcome = 'success'")?.len();
        wait::until("one more handshake that succeeds", async || {
            let more = self.given.rows("operation = 'verify' and outcome = 'success'")?.len();
            Ok(if more > verified { Look::Found(()) } else { Look::NotYet(format!("{more}")) })
        })
        .await?;
        self.given.until(IntegrationState::Degraded, reason).await?;
        shown(&self.given, "Degraded", reason, (true, true)).await?;
        let rows = self.given.rows(&format!("reason_code = '{reason}'"))?;
        let of_a_job = |row: &Value| row["outcome"] == "failed" && row["sent"] == "yes" && row["job_id"].is_string();
        ensure!(!rows.is_empty() && rows.iter().all(of_a_job), "{rows:?}");
        Ok(())
    }

    /// A vendor that says no when nothing else is asked is not connected.
    async fn is_denied_to_all(&self, fault: &str) -> Result<()> {
        self.given.order(&self.key, self.path(), fault).await?;
        let status = self.given.until(IntegrationState::NotConnected, "PROVIDER_ENTITLEMENT").await?;
        ensure!(conditions(&status) == ["True", "False"], "{status:?}");
        shown(&self.given, "NotConnected", "PROVIDER_ENTITLEMENT", (true, false)).await?;
        let row = self.given.rows("reason_code = 'PROVIDER_ENTITLEMENT'")?.into_iter().next().context("the row of the no")?;
        ensure!(row["operation"] == "verify" && row["outcome"] == "failed" && row["sent"] == "yes", "{row}");
        self.given.mend(&self.key).await?;
        self.is_connected().await
    }

    /// The vendor's newest word is a success, in the condition, the API's answer and the log.
    async fn is_connected(&self) -> Result<()> {
        let status = self.given.until(IntegrationState::Connected, "PROVEN").await?;
        ensure!(conditions(&status) == ["True", "True"], "{status:?}");
        let rows = self.given.rows("outcome in ('success', 'failed')")?;
        ensure!(rows.first().is_some_and(|row| row["outcome"] == "success" && row["sent"] == "yes"), "{:?}", rows.first());
        shown(&self.given, "Connected", "PROVEN", (true, true)).await
    }

    /// What of a path an order to fail is for: a session's logins go on, since a vendor that fails ends none.
    fn path(&self) -> &str {
        if self.kind.vendor.session { self.kind.vendor.endpoint } else { "" }
    }

    async fn degrades_and_recovers(&self) -> Result<()> {
        self.degrades().await.context(self.kind.vendor.provider)
    }

    /// A vendor that fails is degraded while its last success is young, and one that takes the key no more is not connected; the next
    /// success makes it whole.
    async fn degrades(&self) -> Result<()> {
        self.given.order(&self.key, self.path(), "server_error").await?;
        let status = self.given.until(IntegrationState::Degraded, "PROVIDER_ERROR").await?;
        ensure!(conditions(&status) == ["True", "False"], "{status:?}");
        shown(&self.given, "Degraded", "PROVIDER_ERROR", (true, false)).await?;
        let row = self.given.rows("reason_code = 'PROVIDER_ERROR'")?.into_iter().next().context("the row of the failure")?;
        ensure!(row["http_status"] == 500 && row["outcome"] == "failed" && row["sent"] == "yes", "{row}");
        self.given.mend(&self.key).await?;
        self.is_connected().await?;
        if self.kind.vendor.session {
            // A login that is refused is tried again with another Secret only, as the wrong key was.
            return Ok(());
        }
        self.given.order(&self.key, "", "unauthorized").await?;
        self.given.until(IntegrationState::NotConnected, "PROVIDER_AUTH").await?;
        shown(&self.given, "NotConnected", "PROVIDER_AUTH", (true, false)).await?;
        self.given.mend(&self.key).await?;
        self.is_connected().await
    }
}

/// How the token of a session begins that a stand-in gives for this key.
pub(super) fn token_of(key: &str) -> String {
    key.bytes().fold(String::new(), |all, byte| format!("{all}{byte:02x}"))
}
