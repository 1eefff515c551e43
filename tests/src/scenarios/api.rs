//! The API says what its description promises, to whom Kubernetes lets read.

use anyhow::{Context, Result, ensure};
use assayer_contract::wire::GATEWAY_AUDIENCE;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::Api;
use kube::api::{DeleteParams, ListParams, PostParams};
use serde_json::{Value, json};

use crate::wait::{self, Look};
use crate::world::World;

const DATABENTO: &str = "/api/_proof/databento";
pub(super) const LINEAGE: &str = "/api/bots/{namespace}/{name}/lineage";
pub(super) const READER: &str = "reader";

/// An answer of the API.
struct Answer {
    status: u16,
    challenge: String,
    body: Value,
}

/// What the running API answers, and how it refuses, is as its own description says: names, types, null or not, words.
pub async fn answers_are_as_described(world: &World, namespace: &str) -> Result<()> {
    let (_, description) = world.get("/api/openapi.json").await?;
    let by_id = "/api/_proof/bot/{botId}";
    for (documented, path, status) in [
        (by_id, format!("/api/_proof/bot/{namespace}%2Fspx-cross"), 200),
        (by_id, "/api/_proof/bot/nobody".to_owned(), 404),
        (by_id, "/api/_proof/bot/Not-A-Name".to_owned(), 400),
        ("/api/_proof/bot/{namespace}/{name}", format!("/api/_proof/bot/{namespace}/eurusd-breakout"), 200),
        (DATABENTO, DATABENTO.to_owned(), 200),
        (DATABENTO, format!("{DATABENTO}?limit=1&bot={namespace}/spx-cross"), 200),
        (DATABENTO, format!("{DATABENTO}?limit=501"), 400),
        (DATABENTO, format!("{DATABENTO}?colour=red"), 400),
        (LINEAGE, format!("/api/bots/{namespace}/spx-cross/lineage"), 200),
        (LINEAGE, format!("/api/bots/{namespace}/spx-cross/lineage?limit=51"), 400),
        (LINEAGE, format!("/api/bots/{namespace}/nobody/lineage"), 404),
    ] {
        let (answered, body) = world.get(&path).await?;
        ensure!(answered == status, "{path}: {answered} {body}");
        conforms(&description, ("get", documented), status, &body).with_context(|| path.clone())?;
    }
    a_session_is_shown_as_described(world, namespace, &description).await
}

/// The bars and trades of the newest session are as described and whole, and its report is the same bytes each time.
async fn a_session_is_shown_as_described(world: &World, namespace: &str, description: &Value) -> Result<()> {
    let of = format!("/api/bots/{namespace}/spx-cross");
    let (_, jobs) = world.get(&format!("{of}/jobs")).await?;
    // Of a job that goes on, the next row changes what is told.
    let whole = |job: &&Value| !job["session"].is_null() && job["status"] == "SUCCEEDED";
    let posted = jobs["jobs"].as_array().and_then(|jobs| jobs.iter().find(whole));
    let job = posted.and_then(|job| job["id"].as_str()).context("a job with a session")?;
    for what in ["", "/bars"] {
        let (status, body) = world.get(&format!("{of}/reports/{job}{what}")).await?;
        ensure!(status == 200, "{what}: {status} {body}");
        let documented = format!("/api/bots/{{namespace}}/{{name}}/reports/{{jobId}}{what}");
        conforms(description, ("get", &documented), status, &body)?;
    }
    let (_, drawn) = world.get(&format!("{of}/reports/{job}/bars")).await?;
    let buckets = drawn["barBuckets"].as_array().context("buckets of bars")?;
    let bars: i64 = buckets.iter().filter_map(|bucket| bucket["bars"].as_i64()).sum();
    ensure!(buckets.len() <= 600 && Some(bars) == drawn["bars"].as_i64(), "{} buckets of {bars} bars", buckets.len());

    let html = async || -> Result<(String, String)> {
        let answer = world.http.get(format!("{}{of}/reports/{job}/html", world.api)).send().await?.error_for_status()?;
        let tag = answer.headers().get("etag").and_then(|tag| tag.to_str().ok()).context("a hash of the report")?.to_owned();
        Ok((tag, answer.text().await?))
    };
    let (tag, text) = html().await?;
    ensure!(html().await? == (tag, text.clone()), "the same rows gave another report");
    ensure!(text.contains("Trades on bars") && !text.contains("<script"), "{text}");
    Ok(())
}

/// An error where an answer is not as the description says of this method and path.
pub(super) fn conforms(description: &Value, (method, path): (&str, &str), status: u16, body: &Value) -> Result<()> {
    let mut response = &description["paths"][path][method]["responses"][status.to_string()];
    if let Some(named) = response["$ref"].as_str() {
        response = description.pointer(named.trim_start_matches('#')).context("a response by name")?;
    }
    let content = response["content"].as_object().and_then(|content| content.values().next()).context("a described answer")?;
    let schema = json!({"allOf": [content["schema"]], "components": description["components"]});
    let validator = jsonschema::options().should_validate_formats(true).build(&schema)?;
    let wrong: Vec<String> = validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    ensure!(wrong.is_empty(), "not as described: {wrong:#?}");
    Ok(())
}

/// The newest calls to Databento are there, each session names rows that are there, and each row that no session names says why.
pub async fn the_proof_of_databento_joins_rows_and_sessions(world: &World) -> Result<()> {
    let (status, proof) = world.get(&format!("{DATABENTO}?limit=500")).await?;
    ensure!(status == 200, "{status}: {proof}");
    let list = |pointer: &str| proof.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    let rows = list("/requests");
    ensure!(rows.iter().any(|row| row["session_ids"].as_array().is_some_and(|ids| !ids.is_empty())), "no row feeds a session");
    for row in &rows {
        let named = row["session_ids"].as_array().is_some_and(|ids| !ids.is_empty());
        ensure!(named != row["no_session_reason"].is_string(), "a row is named, or says why not: {row}");
    }
    for session in list("/sessions") {
        ensure!(session["missing_request_ids"] == json!([]) && session["unresolved_request_ids"] == json!([]), "{session}");
    }
    ensure!(list("/dangling/sessions").is_empty(), "{}", proof["dangling"]);
    ensure!(proof["last_hour"]["total"].as_u64() >= Some(u64::try_from(rows.len())?), "{}", proof["last_hour"]);
    Ok(())
}

/// A real token is let in, is told which right it lacks, and has it when the command of the refusal has been run; without the
/// right, or the account, it is refused again.
pub async fn a_token_reads_what_kubernetes_lets_it_read(world: &World, api: &str, namespace: &str) -> Result<()> {
    let people = format!("people-{}", uuid::Uuid::new_v4().simple());
    world.apply(&Api::<Namespace>::all(world.client.clone()), &people, &json!({"apiVersion": "v1", "kind": "Namespace"})).await?;
    let accounts: Api<ServiceAccount> = Api::namespaced(world.client.clone(), &people);
    world.apply(&accounts, READER, &json!({"apiVersion": "v1", "kind": "ServiceAccount"})).await?;
    world.roles_for_people().await?;
    let bot = format!("/api/_proof/bot/{namespace}/spx-cross");

    let answer = ask(world, api, &bot, None).await?;
    ensure!(answer.status == 401 && answer.challenge.starts_with("Bearer "), "{} {}", answer.status, answer.challenge);
    for token in ["nobody's", &token(&accounts, Some(GATEWAY_AUDIENCE)).await?] {
        let answer = ask(world, api, &bot, Some(token)).await?;
        ensure!(answer.status == 401 && answer.challenge.contains("invalid_token"), "{} {}", answer.status, answer.body);
    }
    let token = token(&accounts, None).await?;
    for (path, lacks) in [
        (bot.as_str(), "may not get bots.assayer.dev \"spx-cross\""),
        (DATABENTO, "may not get the nonResourceURL /assayer/proof/databento"),
    ] {
        let refused = ask(world, api, path, Some(&token)).await?;
        ensure!(refused.status == 403 && refused.body["reasonCode"] == "NOT_ALLOWED", "{}: {}", refused.status, refused.body);
        ensure!(refused.body["detail"].as_str().is_some_and(|detail| detail.contains(lacks)), "{}", refused.body);
        let fix = refused.body["suggestedFix"].as_str().and_then(|fix| fix.strip_prefix("Run: ")).context("a command")?;
        let ran = std::process::Command::new("sh").args(["-c", fix]).output()?;
        ensure!(ran.status.success(), "{fix}: {}", String::from_utf8_lossy(&ran.stderr));
        until(world, api, path, &token, 200).await?;
    }
    let stranger = ask(world, api, "/api/_proof/bot/kube-system/spx-cross", Some(&token)).await?;
    ensure!(stranger.status == 403, "the right is for one namespace: {} {}", stranger.status, stranger.body);

    let bindings: Api<RoleBinding> = Api::namespaced(world.client.clone(), namespace);
    let all = bindings.list(&ListParams::default()).await?;
    for binding in all.items.iter().filter(|binding| binding.role_ref.name == "assayer-bot-reader") {
        bindings.delete(binding.metadata.name.as_deref().unwrap_or_default(), &DeleteParams::default()).await?;
    }
    until(world, api, &bot, &token, 403).await?;
    accounts.delete(READER, &DeleteParams::default()).await?;
    until(world, api, &bot, &token, 401).await
}

/// A token of the account [`READER`].
pub(super) async fn token(accounts: &Api<ServiceAccount>, audience: Option<&str>) -> Result<String> {
    let audiences = audience.map(|audience| vec![audience.to_owned()]);
    let spec = TokenRequestSpec { audiences, expiration_seconds: Some(600), ..Default::default() };
    let request = TokenRequest { spec: Some(spec), ..Default::default() };
    let answer = accounts.create_token_request(READER, &PostParams::default(), &request).await?;
    answer.status.and_then(|status| status.token).context("a token request is answered with a token")
}

async fn until(world: &World, api: &str, path: &str, token: &str, status: u16) -> Result<()> {
    wait::until(&format!("{status} for {path}"), async || {
        let answer = ask(world, api, path, Some(token)).await?;
        Ok(if answer.status == status { Look::Found(()) } else { Look::NotYet(format!("{}: {}", answer.status, answer.body)) })
    })
    .await
}

async fn ask(world: &World, api: &str, path: &str, token: Option<&str>) -> Result<Answer> {
    let mut request = world.http.get(format!("{api}{path}"));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await?;
    let challenge = answer.headers().get("www-authenticate").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    Ok(Answer { status: answer.status().as_u16(), challenge, body: answer.json().await? })
}
