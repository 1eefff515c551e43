//! Callers and requests that the gateway refuses: each is a row, and the vendor sees none of them.

use std::net::TcpListener;

use anyhow::{Context, Result, ensure};
use assayer_contract::{ReasonCode, wire};
use futures::future::join_all;
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::Api;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::expired::{expired, signing_key};
use crate::held::{self, Held};
use crate::raw::{Answer, Raw};
use crate::wait::{self, Look};
use crate::world::World;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const BARS: &str = "encoding=dbn&compression=zstd&stype_in=raw_symbol&stype_out=instrument_id&dataset=SAMPLE.INDEX&schema=ohlcv-1d\
    &start=1999-01-01&end=2018-12-01&symbols=SPX";
const RANGE: &str = "/v1/providers/databento/v0/timeseries.get_range";

/// Callers without a good token, at once.
const FLOOD: u64 = 300;

/// A row as far as a refusal fills it.
#[derive(Debug, Deserialize)]
struct Row {
    outcome: String,
    sent: String,
    reason_code: Option<String>,
    job_id: Option<Uuid>,
    bot_id: Option<Uuid>,
    user_id: String,
    error_message: Option<String>,
    params: Value,
}

/// Whoever is not a living pod of a planned job is refused by name, with a row that says who it was as far as that is known.
pub async fn nobody_but_a_jobs_pod_is_let_through(world: &World, namespace: &str) -> Result<()> {
    held::settled(world, namespace).await?;
    let held = held::ended(world, namespace).await?;
    let good = held.token(world).await?;
    let posing = held.posing(world).await?;
    let runner = wire::RUNNER_SERVICE_ACCOUNT;
    let user = format!("system:serviceaccount:{namespace}:{runner}");
    let somebody = format!("system:serviceaccount:{namespace}:somebody");
    let accounts: Api<ServiceAccount> = Api::namespaced(world.client.clone(), namespace);
    world.apply(&accounts, "somebody", &json!({"apiVersion": "v1", "kind": "ServiceAccount"})).await?;
    let (middle, nobody) = (good.len() / 2, wire::NOBODY);
    let mut strangers = vec![
        (String::new(), nobody, "is missing"),
        ("no token at all".to_owned(), nobody, "not valid"),
        (format!("{}{}", &good[..middle], good[middle..].replace('a', "b")), nobody, "not valid"),
        (held::token(world, namespace, runner, "https://elsewhere", Some(&held.pod)).await?, nobody, "not valid"),
        (held::token(world, namespace, runner, wire::GATEWAY_AUDIENCE, None).await?, &user, "not bound to a pod"),
        (held::token(world, namespace, "somebody", wire::GATEWAY_AUDIENCE, None).await?, &somebody, "is not the ServiceAccount"),
        (held::token(world, namespace, runner, wire::GATEWAY_AUDIENCE, Some(&posing)).await?, &user, "is no runner"),
    ];
    match signing_key() {
        Some(key) => strangers.push((expired(&good, &key)?, nobody, "expired")),
        None => eprintln!("no expired token was tried: this cluster's signing key is not here"),
    }
    for (token, user, said) in strangers {
        let answer = call(world, &token, "POST", RANGE, BARS).await?;
        refused(world, &answer, &Refusal { status: 401, reason: ReasonCode::IdentityUnproven, job: None, user, said })?;
    }
    ensure!(call(world, &good, "GET", wire::JOB_REQUESTS_PATH, "").await?.status == 200, "the pod is known before it goes");
    held.remove_pod(world).await?;
    // Until the gateway has heard that the pod is gone, its job is finished. Then its token is believed for some seconds yet, or not known
    // to the API server any more: refused each way.
    let answer = wait::until("the gateway to miss the pod", async || {
        let answer = call(world, &good, "POST", RANGE, BARS).await?;
        Ok(if answer.status == 409 { Look::NotYet(format!("{answer:?}")) } else { Look::Found(answer) })
    })
    .await?;
    let row =
        refused(world, &answer, &Refusal { status: 401, reason: ReasonCode::IdentityUnproven, job: None, user: "", said: "" })?;
    ensure!([user.as_str(), nobody].contains(&row.user_id.as_str()), "{row:?}");
    a_flood_does_not_fill_the_log(world).await
}

/// Three hundred callers without a good token are a handful of rows.
async fn a_flood_does_not_fill_the_log(world: &World) -> Result<()> {
    let count = "select count(*) from requests where job_id is null and operation = 'call'";
    let before: i64 = world.sql(count)?.trim().parse()?;
    // The API server is asked for some of them.
    let tokens: Vec<_> = (0..FLOOD).map(|n| if n % 10 == 0 { format!("e30.e30.{n}") } else { format!("flood-{n}") }).collect();
    let answers = join_all(tokens.iter().map(|token| call(world, token, "POST", RANGE, BARS))).await;
    ensure!(answers.into_iter().all(|answer| answer.is_ok_and(|answer| answer.status == 401)), "a bad token is refused");
    let after: i64 = world.sql(count)?.trim().parse()?;
    ensure!(after - before <= 34, "{FLOOD} bad tokens made {} rows", after - before);
    Ok(())
}

/// Within a minute, or when the gateway stops, those that had no row of their own are counted in one.
pub async fn the_flood_is_counted(world: &World) -> Result<()> {
    wait::until("the flood to be counted", async || {
        let counted: Vec<Row> = world.rows("select * from requests where job_id is null and params ? 'refusals'")?;
        let sum: u64 = counted.iter().filter_map(|row| row.params["refusals"].as_u64()).sum();
        Ok(if sum >= FLOOD - 34 { Look::Found(()) } else { Look::NotYet(format!("{sum} counted")) })
    })
    .await
}

/// A living pod may make its job's own calls and no others, however they are written; a finished job none.
pub async fn a_job_may_make_its_own_calls_and_no_others(world: &World, namespace: &str) -> Result<()> {
    held::settled(world, namespace).await?;
    let other = held::ended(world, namespace).await?;
    let held = held::living(world, namespace).await?;
    let token = held.token(world).await?;
    let trap = TcpListener::bind("127.0.0.1:0")?;
    trap.set_nonblocking(true)?;
    let host = trap.local_addr()?.to_string();
    let user = format!("system:serviceaccount:{namespace}:{}", wire::RUNNER_SERVICE_ACCOUNT);
    // All at once: the job does not live for long.
    let asked = requests(&host);
    let calls = asked.iter().map(async |(method, target, body, status, reason)| {
        let what = format!("{method} {target} {body:.200}");
        let answer = call(world, &token, method, target, body).await.with_context(|| what.clone())?;
        let expected = Refusal { status: *status, reason: *reason, job: Some(held.job_id), user: &user, said: "" };
        anyhow::Ok((what, answer, expected))
    });
    let trace = other.trace_id.to_string();
    let headers = [FORM, (wire::TOKEN_HEADER, token.as_str()), (wire::TRACE_HEADER, &trace)];
    let of_other = Raw { method: "POST", target: RANGE, headers: &headers, body: BARS };
    let (mut answers, answer) = futures::future::try_join(futures::future::try_join_all(calls), judged(world, &of_other)).await?;
    let of_another =
        Refusal { status: 409, reason: ReasonCode::JobMismatch, job: Some(held.job_id), user: &user, said: "the job's trace is" };
    answers.push(("another Bot's trace".to_owned(), answer, of_another));
    let answer = call(world, &other.token(world).await?, "POST", RANGE, BARS).await?;
    let finished =
        Refusal { status: 409, reason: ReasonCode::JobFinished, job: Some(other.job_id), user: &user, said: "is finished" };
    answers.push(("a finished job".to_owned(), answer, finished));
    for (what, answer, expected) in &answers {
        refused(world, answer, expected).with_context(|| what.clone())?;
    }
    ensure!(trap.accept().is_err(), "somebody was led to {host}");
    world.clear_faults(&World::key_of(namespace)).await?;
    the_vendor_was_asked_by_the_runner_alone(world, &held).await
}

/// What a job's pod might ask beside its own bars.
fn requests(host: &str) -> Vec<(&'static str, String, String, u16, ReasonCode)> {
    use ReasonCode::{EndpointUnknown, ProviderUnknown, RequestInvalid, SymbolMismatch};
    let with = |from: &str, to: &str| BARS.replace(from, to);
    let mut all = vec![
        ("POST", RANGE.to_owned(), with("SPX", "NDX"), 403, SymbolMismatch),
        ("POST", RANGE.to_owned(), with("SPX", "SPX,NDX"), 403, SymbolMismatch),
        ("POST", RANGE.to_owned(), with("symbols=SPX", ""), 403, SymbolMismatch),
        ("POST", RANGE.to_owned(), with("SAMPLE.INDEX", "SAMPLE.FX"), 403, SymbolMismatch),
        ("POST", RANGE.to_owned(), with("ohlcv-1d", "ohlcv-1h"), 403, SymbolMismatch),
        ("POST", RANGE.to_owned(), with("schema=", "schema=ohlcv-1d&schema="), 422, RequestInvalid),
        ("POST", format!("{RANGE}?symbols=NDX"), BARS.to_owned(), 422, RequestInvalid),
        ("POST", RANGE.to_owned(), "x".repeat((1 << 20) + 1), 413, RequestInvalid),
        ("GET", RANGE.to_owned(), String::new(), 404, EndpointUnknown),
        ("DELETE", RANGE.to_owned(), String::new(), 404, EndpointUnknown),
        ("POST", "/v1/providers/nobody/v0/timeseries.get_range".to_owned(), BARS.to_owned(), 404, ProviderUnknown),
        ("POST", "/v1/providers/%64atabento/v0/timeseries.get_range".to_owned(), BARS.to_owned(), 404, ProviderUnknown),
    ];
    let paths = [
        "v0/batch.submit_job".to_owned(),
        "v0/timeseries.get_range/".to_owned(),
        "V0/timeseries.get_range".to_owned(),
        "v0/timeseries%2Eget_range".to_owned(),
        "v0/../v0/timeseries.get_range".to_owned(),
        "../../../v0/timeseries.get_range".to_owned(),
        "%2e%2e/v0/timeseries.get_range".to_owned(),
        "..%2f..%2fv0/timeseries.get_range".to_owned(),
        "..%5c..%5cv0".to_owned(),
        "%ff%fe".to_owned(),
        "/v0/timeseries.get_range".to_owned(),
        format!("/{host}/v0/timeseries.get_range"),
        format!("http://{host}/v0/timeseries.get_range"),
        format!("%2f%2f{host}/v0/timeseries.get_range"),
        format!("\\\\{host}\\v0\\timeseries.get_range"),
        format!("@{host}/v0/timeseries.get_range"),
    ];
    all.extend(paths.map(|path| ("POST", format!("/v1/providers/databento/{path}"), BARS.to_owned(), 404, EndpointUnknown)));
    all
}

async fn call(world: &World, token: &str, method: &str, target: &str, body: &str) -> Result<Answer> {
    let with = [FORM, (wire::TOKEN_HEADER, token)];
    let headers = if token.is_empty() { &with[..1] } else { &with[..] };
    judged(world, &Raw { method, target, headers, body }).await
}

/// The answer to a request that was judged: where the log could not be asked in time none was, and it is sent again, as its caller would.
async fn judged(world: &World, request: &Raw<'_>) -> Result<Answer> {
    let unavailable = ReasonCode::EvidenceUnavailable.to_string();
    let answer = wait::until("a log that can be asked", async || {
        let answer = request.send(&world.gateway).await;
        let not_judged = answer.as_ref().is_ok_and(|answer| answer.headers.get(wire::REASON_CODE_HEADER) == Some(&unavailable));
        Ok(if not_judged { Look::NotYet(format!("{answer:?}")) } else { Look::Found(answer) })
    });
    answer.await?
}

/// What a refusal is expected to be.
struct Refusal<'a> {
    status: u16,
    reason: ReasonCode,
    job: Option<Uuid>,
    /// Empty where it may be one of several.
    user: &'a str,
    said: &'a str,
}

/// The answer names the reason and a row, and the row says the same: refused, not sent, by this user for this job.
fn refused(world: &World, answer: &Answer, expected: &Refusal<'_>) -> Result<Row> {
    let reason = expected.reason.to_string();
    ensure!(answer.status == expected.status && answer.headers.get(wire::REASON_CODE_HEADER) == Some(&reason), "{answer:?}");
    let id = answer.headers.get(wire::REQUEST_ID_HEADER).with_context(|| format!("the answer names no row: {answer:?}"))?;
    let row: Vec<Row> = world.rows(&format!("select * from requests where id = '{id}'"))?;
    let row = row.into_iter().next().context("the row that the answer names")?;
    ensure!((row.outcome.as_str(), row.sent.as_str(), row.reason_code.as_ref()) == ("refused", "no", Some(&reason)), "{row:?}");
    ensure!(row.job_id == expected.job && row.bot_id.is_some() == expected.job.is_some(), "{row:?}");
    ensure!(row.user_id == expected.user || expected.user.is_empty(), "{row:?}");
    let said = row.error_message.as_ref().is_some_and(|message| message.contains(expected.said));
    ensure!(said, "\"{}\" is not said: {row:?}", expected.said);
    Ok(row)
}

/// The living job's runner makes each of its calls once; of its trace the vendor may have seen these and nothing else.
async fn the_vendor_was_asked_by_the_runner_alone(world: &World, held: &Held) -> Result<()> {
    let trace = held.trace_id.simple().to_string();
    let receipts = world.receipts().await?;
    let mut paths: Vec<_> =
        receipts.iter().filter(|receipt| receipt.to_string().contains(&trace)).map(|r| r["path"].to_string()).collect();
    let made = paths.len();
    paths.sort();
    paths.dedup();
    ensure!(paths.len() == made, "refused, and yet sent: {paths:?}, {made} receipts");
    Ok(())
}
