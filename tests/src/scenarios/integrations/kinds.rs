//! One vendor of each kind of sign-in and of errors, all at once: not configured, wrong key, connected, used by a job, denied by its
//! plan, degraded, recovered; its key broken at the vendor. Each state is a condition, an answer of the API, and rows.

use anyhow::{Context, Result, ensure};
use assayer_crds::{IntegrationState, StagePolicy};
use futures::future::try_join_all;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use super::given::{DATABENTO, FMP, FRED, Given, OPENAI, UNUSUAL_WHALES, Vendor};
use super::{conditions, shown};
use crate::held::{self, Held};
use crate::raw::{Answer, Raw};
use crate::wait::{self, Look};
use crate::world::World;

/// A vendor, what a job of LAB may ask of it, and how its plan says no.
struct Kind {
    vendor: &'static Vendor,
    /// Method, path with query, and body of a call; none where the sample Bot's own runner makes it.
    call: Option<(&'static str, &'static str, &'static str)>,
    denied: Option<Denied>,
}

/// A plan that lacks what is asked for.
struct Denied {
    path: &'static str,
    fault: &'static str,
    reason: &'static str,
}

/// Basic authentication, forms, DBN; a licence that is missing.
const OF_THE_RUNNER: Kind = Kind {
    vendor: &DATABENTO,
    call: None,
    denied: Some(Denied { path: "timeseries.get_range", fault: "license", reason: "DATA_LICENSE_REQUIRED" }),
};

/// Brokers are not in here: a job of LAB reaches none.
const OTHERS: [Kind; 4] = [
    // A key in the query, a wrong one being 400; every account may use everything.
    Kind {
        vendor: &FRED,
        call: Some((
            "GET",
            "series/observations?series_id=CPIAUCSL&file_type=json&observation_start=2024-01-01&observation_end=2024-12-31\
             &realtime_start=2025-01-01&realtime_end=2025-01-01",
            "",
        )),
        denied: None,
    },
    // A key in the query; 402 for what the plan lacks.
    Kind {
        vendor: &FMP,
        call: Some(("GET", "economic-calendar?from=2026-01-01&to=2026-01-31", "")),
        denied: Some(Denied { path: "economic-calendar", fault: "license", reason: "PROVIDER_ENTITLEMENT" }),
    },
    // A bearer token; 403 with a code of its own.
    Kind {
        vendor: &UNUSUAL_WHALES,
        call: Some(("GET", "api/market/market-tide?date=2026-01-05&interval_5m=true", "")),
        denied: Some(Denied { path: "market-tide", fault: "forbidden", reason: "PROVIDER_ENTITLEMENT" }),
    },
    // A bearer token that the vendor echoes where it is wrong; a call that costs money; scopes.
    Kind {
        vendor: &OPENAI,
        call: Some((
            "POST",
            "chat/completions",
            r#"{"model":"gpt-5-mini","messages":[{"role":"user","content":"Buy EURUSD?"}],"max_completion_tokens":200}"#,
        )),
        denied: Some(Denied { path: "chat/completions", fault: "forbidden", reason: "PROVIDER_ENTITLEMENT" }),
    },
];

/// A vendor in its namespace, with the key that it accepts.
struct Set<'a> {
    kind: &'static Kind,
    given: Given<'a>,
    key: String,
}

/// Takes one vendor of each kind through all its states. The gateway must be let to read both namespaces' Secrets. The keys.
pub async fn each_kind_of_vendor_goes_through_all_its_states(
    world: &World,
    (of_the_runner, of_jobs): (&str, &str),
) -> Result<Vec<String>> {
    lab_may_use_them(world).await?;
    let (mut keys, more) = tokio::try_join!(by_its_runner(world, of_the_runner), by_jobs(world, of_jobs))?;
    keys.extend(more);
    Ok(keys)
}

/// Makes them optional sources of LAB where they are not.
async fn lab_may_use_them(world: &World) -> Result<()> {
    let optional = |providers: &[&str]| json!({"requirement": "Optional", "providers": providers});
    let sources =
        json!({"macro": optional(&["fred", "fmp"]), "optionsFlow": optional(&["unusualWhales"]), "ai": optional(&["openai"])});
    let policies: Api<StagePolicy> = Api::all(world.client.clone());
    let patch = Patch::Merge(json!({"spec": {"sources": sources, "ai": {"mode": "Advisory", "dailyTokens": 200_000}}}));
    policies.patch("lab", &PatchParams::default(), &patch).await?;
    Ok(())
}

/// The vendor whom the sample Bot's own runner asks.
async fn by_its_runner(world: &World, namespace: &str) -> Result<Vec<String>> {
    let set = Set::connected(world, &OF_THE_RUNNER, namespace).await?;
    world.sample_bot(namespace, "spx-cross").await?;
    set.until_used(None).await?;
    set.order_denial().await?;
    set.is_denied().await?;
    set.given.mend(&set.key).await?;
    set.is_connected().await?;
    set.degrades_and_recovers().await?;
    world.remove_namespace(namespace).await?;
    Ok(vec![set.key, set.kind.vendor.unknown.to_owned()])
}

/// Vendors whom a Bot's job asks in the name of its pod.
async fn by_jobs(world: &World, namespace: &str) -> Result<Vec<String>> {
    let sets: Vec<_> = try_join_all(OTHERS.iter().map(|kind| Set::connected(world, kind, namespace))).await?;
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
    Ok(sets.into_iter().map(|set| set.key).chain(OTHERS.iter().map(|kind| kind.vendor.unknown.to_owned())).collect())
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
    try_join_all(sets.iter().map(|set| work(set, &held, &token))).await?;
    world.clear_faults(&World::key_of(namespace)).await
}

impl<'a> Set<'a> {
    /// From no Secret to a good key.
    async fn connected(world: &'a World, kind: &'static Kind, namespace: &'a str) -> Result<Self> {
        let (given, key) = super::from_no_key_to_a_good_one(world, kind.vendor, namespace).await?;
        Ok(Self { kind, given, key })
    }

    /// The job's pod makes the call; a status from `status` to 99 more comes back, in the name of the vendor.
    async fn asks(&self, held: &Held, token: &str, status: u16) -> Result<()> {
        let Some((method, path, body)) = self.kind.call else { return Ok(()) };
        if status >= 400 && self.kind.denied.is_none() {
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
            Some(denied) => self.given.order(&self.key, denied.path, denied.fault).await,
            None => Ok(()),
        }
    }

    /// What the plan lacks degrades, and goes on doing so although handshakes succeed.
    async fn is_denied(&self) -> Result<()> {
        let Some(Denied { path, reason, .. }) = &self.kind.denied else { return Ok(()) };
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

    async fn is_connected(&self) -> Result<()> {
        let status = self.given.until(IntegrationState::Connected, "PROVEN").await?;
        ensure!(conditions(&status) == ["True", "True"], "{status:?}");
        shown(&self.given, "Connected", "PROVEN", (true, true)).await
    }

    /// A vendor that fails is degraded while its last success is young, and one that takes the key no more is not connected; the next
    /// success makes it whole.
    async fn degrades_and_recovers(&self) -> Result<()> {
        self.given.order(&self.key, "", "server_error").await?;
        let status = self.given.until(IntegrationState::Degraded, "PROVIDER_ERROR").await?;
        ensure!(conditions(&status) == ["True", "False"], "{status:?}");
        shown(&self.given, "Degraded", "PROVIDER_ERROR", (true, false)).await?;
        let row = self.given.rows("reason_code = 'PROVIDER_ERROR'")?.into_iter().next().context("the row of the failure")?;
        ensure!(row["http_status"] == 500 && row["outcome"] == "failed" && row["sent"] == "yes", "{row}");
        self.given.mend(&self.key).await?;
        self.is_connected().await?;
        self.given.order(&self.key, "", "unauthorized").await?;
        self.given.until(IntegrationState::NotConnected, "PROVIDER_AUTH").await?;
        shown(&self.given, "NotConnected", "PROVIDER_AUTH", (true, false)).await?;
        self.given.mend(&self.key).await?;
        self.is_connected().await
    }
}
