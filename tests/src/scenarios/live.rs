//! Live bars over HTTP, from the vendor's own protocol to a job's reader: each once and in order, each a row; and what goes wrong told
//! apart.

mod slow;
mod vendor;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use assayer_crds::StagePolicy;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

pub use self::slow::a_reader_that_takes_nothing_is_cut;
use self::vendor::{MINUTE, Vendor, wall};
use super::exactly_once;
use super::integrations::entry;
use crate::held::{self, Held};
use crate::stream::Stream;
use crate::wait::{self, Look};
use crate::world::{World, checkout};

const BOT: &str = "mes-live";
const STREAM: &str = "GLBX.MDP3/ohlcv-1m?symbols=MES.v.0&stype_in=continuous";
/// Tuesday, 2026-01-06, 15:00 UTC in the data: regular hours, in which every minute has a bar.
const DATA: u64 = 1_767_711_600_000_000_000;
/// Of the present, so that bars end while the scenario runs.
const BEFORE: u64 = 30;

/// Below the `maxLatency` of these scenarios; a job makes five such calls.
const ENDURES_MS: u64 = 25_000;
/// Below the `maxLatency` of the installed policy.
const ENDURES_AS_INSTALLED_MS: u64 = 8_000;

/// A job's reader, its vendor, and where the vendor's time began.
struct Reader<'a> {
    world: &'a World,
    held: &'a Held,
    token: String,
    vendor: Vendor<'a>,
    /// The vendor's time at the beginning.
    begin: u64,
}

/// A job's pod reads what its Bot trades through breaks of the connection, a licence that is taken away, and bars that come late. The
/// gateway must be let to read the namespace's Secret.
pub async fn bars_reach_a_job_once_and_in_order(world: &World, namespace: &str) -> Result<()> {
    lab_bounds_delays(world).await?;
    in_a_job(world, namespace, ENDURES_MS, async |reader| reader.reads().await).await
}

/// The same through breaks alone, by the policy as it is, which other Bots obey meanwhile.
pub async fn bars_reach_a_job_through_breaks(world: &World, namespace: &str) -> Result<()> {
    let reads = async |reader: &Reader<'_>| {
        let mut stream = reader.first().await?;
        reader.breaks_are_not_seen(&mut stream).await
    };
    in_a_job(world, namespace, ENDURES_AS_INSTALLED_MS, reads).await
}

/// Does this with a job of a Bot in a namespace of its own, and holds the vendor's book of sessions to the log.
async fn in_a_job(
    world: &World,
    namespace: &str,
    endures_ms: u64,
    reads: impl AsyncFnOnce(&Reader<'_>) -> Result<()>,
) -> Result<()> {
    let key = World::key_of(namespace);
    world.add_keys([key.clone()]).await?;
    world.namespace(namespace, &key).await?;
    let held = held::first_living(world, namespace, async || bot(world, namespace).await).await?;
    // Its other calls take the time that the reader has.
    world.clear_faults(&key).await?;
    let slow = json!({"match": {"key": World::fingerprint(&key)}, "fault": "slow", "after_ms": endures_ms});
    world.order_faults(&[slow]).await?;
    // Bars begin with whole minutes: in an open market a reader that comes again is told of what it lacks since the last of them.
    let begin = (wall() / MINUTE - BEFORE) * MINUTE;
    let reader = Reader { world, held: &held, token: held.token(world).await?, vendor: Vendor { world }, begin };
    let read = reads(&reader).await;
    reader.vendor.as_ever().await?;
    world.clear_faults(&key).await?;
    read?;
    every_session_is_a_row(world, namespace, &key).await?;
    world.remove_namespace(namespace).await
}

/// Bounds how late bars may come, and lets a call take longer than a reader needs.
async fn lab_bounds_delays(world: &World) -> Result<()> {
    let policies: Api<StagePolicy> = Api::all(world.client.clone());
    let patch = Patch::Merge(json!({"spec": {"sources": {"marketData": {"maxDelay": "2s", "maxLatency": "30s"}}}}));
    policies.patch("lab", &PatchParams::default(), &patch).await?;
    Ok(())
}

/// A sample of minutes, whose own back-test looks at a few days only.
async fn bot(world: &World, namespace: &str) -> Result<()> {
    let path = checkout().join("charts/assayer/samples/mes-breakout.yaml");
    let mut bot: Value = serde_saphyr::from_str(&std::fs::read_to_string(path)?)?;
    bot["spec"]["instrument"]["lookbackDays"] = json!(5);
    world.apply(&world.bots(namespace), BOT, &bot).await.map(drop)
}

impl Reader<'_> {
    async fn reads(&self) -> Result<()> {
        let mut stream = self.first().await?;
        self.breaks_are_not_seen(&mut stream).await?;
        let mut stream = self.a_licence_that_is_missing_is_told(stream).await?;
        let late = self.what_comes_late_is_told(&mut stream).await?;
        self.rows_are_shown(&late).await
    }

    /// A stream that has brought what it missed.
    async fn first(&self) -> Result<Stream> {
        self.vendor.stand(self.begin, DATA).await?;
        let mut stream = self.open(Some(self.begin - 11 * MINUTE)).await?;
        stream.until("what it missed", |came| came.bars.len() == 10).await?;
        Ok(stream)
    }

    async fn open(&self, since: Option<u64>) -> Result<Stream> {
        let path = since.map_or(STREAM.to_owned(), |since| format!("{STREAM}&since={since}"));
        let stream = Stream::open(self.world, &self.token, &path).await?;
        ensure!(stream.status == 200, "{} {}", stream.status, stream.reason);
        Ok(stream)
    }

    /// Minute by minute, with a connection that is closed and one that is torn in the middle of a record: a bar and a row for each.
    async fn breaks_are_not_seen(&self, stream: &mut Stream) -> Result<()> {
        self.vendor.fail(json!({"fault": "disconnect", "at": self.begin + 2 * MINUTE})).await?;
        self.vendor.fail(json!({"fault": "tear", "at": self.begin + 4 * MINUTE})).await?;
        for minute in 1..=6 {
            self.vendor.advance(1).await?;
            stream.until("the bar of the minute", |came| came.bars.len() == 10 + minute).await?;
        }
        has_all_until(stream, self.begin + 6 * MINUTE)?;
        for minute in 0..6 {
            let start = self.begin + minute * MINUTE;
            let rows = self.served(&format!("first_bar_ts = to_timestamp({start}::numeric / 1e9)"))?;
            let [row] = rows.as_slice() else { anyhow::bail!("not one row of the minute {minute}: {rows:?}") };
            ensure!(row["bar_count"] == 1 && row["sent"] == "no" && row["bot_id"].is_string(), "{row}");
            let session = self.world.rows::<Value>(&format!(
                "select outcome, sent, endpoint, job_id from requests where id = '{}'",
                row["served_from"].as_str().unwrap_or_default()
            ))?;
            let expected = json!([{"outcome": "success", "sent": "yes", "endpoint": "live.ohlcv-1m", "job_id": null}]);
            ensure!(json!(session) == expected, "{session:?}");
        }
        let (counted, given) = (self.counted()?, stream.came.bars.len());
        ensure!(counted == given, "rows of {counted} bars, and {given} were given");
        Ok(())
    }

    /// The vendor takes the licence away: who reads is told, who comes is refused, and the Integration says so until bars come again.
    async fn a_licence_that_is_missing_is_told(&self, mut stream: Stream) -> Result<Stream> {
        self.vendor.fail(json!({"fault": "license", "times": 2})).await?;
        self.vendor.fail(json!({"fault": "disconnect", "at": self.begin + 6 * MINUTE})).await?;
        self.vendor.advance(1).await?;
        stream.until("a last word", |came| came.last_word.is_some()).await?;
        let word = stream.came.last_word.clone().unwrap_or_default();
        ensure!(word.starts_with("DATA_LICENSE_REQUIRED"), "{word}");
        let refused = Stream::open(self.world, &self.token, STREAM).await?;
        ensure!(refused.status == 403 && refused.reason == "DATA_LICENSE_REQUIRED", "{} {}", refused.status, refused.reason);
        self.until_said("Degraded", "DATA_LICENSE_REQUIRED").await?;
        self.vendor.mend().await?;
        let mut again = self.open(stream.came.bars.last().copied()).await?;
        again.until("the bar that it missed", |came| came.bars.len() == 1).await?;
        self.until_said("Connected", "PROVEN").await?;
        let mut came = stream.came;
        came.bars.append(&mut again.came.bars);
        came.last_word = None;
        again.came.bars = came.bars;
        has_all_until(&again, self.begin + 7 * MINUTE)?;
        Ok(again)
    }

    /// Bars that ended while the session lived, and come more than two seconds after. What ended before it is only old.
    async fn what_comes_late_is_told(&self, stream: &mut Stream) -> Result<Value> {
        let soon = wall() + 500_000_000;
        let minutes = (soon - self.begin).div_ceil(MINUTE);
        let end = self.begin + minutes * MINUTE;
        tokio::time::sleep(Duration::from_nanos(end + 2_300_000_000 - wall())).await;
        self.vendor.advance(minutes - 7).await?;
        stream.until("the late bar", |came| came.bars.last() == Some(&(end - MINUTE))).await?;
        has_all_until(stream, end)?;
        let rows = self.served("delayed")?;
        let [row] = rows.as_slice() else { anyhow::bail!("not one late row: {rows:?}") };
        ensure!(row["reason_code"] == "DATA_DELAYED" && row["outcome"] == "served", "{row}");
        self.until_said("Degraded", "DATA_DELAYED").await?;
        Ok(row.clone())
    }

    /// The API shows the rows of the job, and the use that they are.
    async fn rows_are_shown(&self, late: &Value) -> Result<()> {
        let (status, proof) = self.world.get(&format!("/api/_proof/bot/{}/{BOT}", self.held.namespace)).await?;
        ensure!(status == 200, "{status} {proof}");
        let jobs = proof["jobs"].as_array().context("jobs")?;
        let job = jobs.iter().find(|job| job["id"] == json!(self.held.job_id)).context("the job")?;
        let shown: Vec<_> = job["requests"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|row| row["outcome"] == "served")
            .map(|row| &row["id"])
            .collect();
        let rows = self.served("true")?;
        let ids: Vec<_> = rows.iter().map(|row| &row["id"]).collect();
        ensure!(shown == ids && shown.contains(&&late["id"]), "shown {shown:?}, in the log {ids:?}");
        let entry = self.entry().await?;
        ensure!(entry["used"] == true && entry["last_used_by_bot"] == format!("{}/{BOT}", self.held.namespace), "{entry}");
        ensure!(entry["proof_of_use_count_24h"].as_u64() >= Some(ids.len() as u64), "{entry}");
        Ok(())
    }

    /// Rows of the job's streams, the oldest first.
    fn served(&self, condition: &str) -> Result<Vec<Value>> {
        self.world.rows(&format!(
            "select * from requests where job_id = '{}' and outcome = 'served' and endpoint = 'live.ohlcv-1m' and {condition}
             order by id",
            self.held.job_id
        ))
    }

    /// Bars in the rows of the job's streams.
    fn counted(&self) -> Result<usize> {
        let rows = self.served("true")?;
        Ok(usize::try_from(rows.iter().filter_map(|row| row["bar_count"].as_u64()).sum::<u64>())?)
    }

    async fn entry(&self) -> Result<Value> {
        entry(self.world, &self.held.namespace, "databento").await
    }

    async fn until_said(&self, state: &str, reason: &str) -> Result<()> {
        wait::until(&format!("the Integration to be {state} for {reason}"), async || {
            let entry = self.entry().await?;
            let said = entry["state"] == state && entry["reason_code"] == reason;
            Ok(if said { Look::Found(()) } else { Look::NotYet(entry.to_string()) })
        })
        .await
    }
}

/// Every minute once and in order.
fn has_all_until(stream: &Stream, end: u64) -> Result<()> {
    let came = &stream.came;
    let first = came.bars.first().copied().unwrap_or(end);
    let minutes: Vec<u64> = (first..end).step_by(usize::try_from(MINUTE)?).collect();
    ensure!(came.bars == minutes && came.gaps.is_empty(), "{:?} in place of {minutes:?}, {:?}", came.bars, came.gaps);
    Ok(())
}

/// The vendor's book and the log agree on how often anybody logged in with this key.
async fn every_session_is_a_row(world: &World, namespace: &str, key: &str) -> Result<()> {
    let own = World::fingerprint(key);
    let book = exactly_once::live_sessions(world).await?.into_iter().filter(|session| session.key.as_ref() == Some(&own)).count();
    let rows: Vec<Value> = world.rows(&format!(
        "select outcome, reason_code from requests where integration_namespace = '{namespace}' and method = 'LIVE' and sent = 'yes'"
    ))?;
    ensure!(rows.len() == book && book > 0, "{book} logins at the vendor, {rows:?}");
    Ok(())
}
