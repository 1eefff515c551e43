//! The same over HTTP: what people and programs ask of the API, with their own tokens.

use anyhow::{Context, Result, ensure};
use assayer_contract::wire::VERIFY_LOOP;
use assayer_crds::IntegrationState;
use k8s_openapi::api::authorization::v1::SubjectAccessReview;
use k8s_openapi::api::core::v1::{Secret, ServiceAccount};
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use super::given::{DATABENTO, FRED, Given};
use crate::scenarios::api::{READER, conforms, token};
use crate::wait::{self, Look};
use crate::world::World;

const VERIFY: &str = "/api/integrations/verify";
const CREDENTIALS: &str = "/api/integrations/credentials";
const STATUS: &str = "/api/integrations/status";

/// Somebody with a token, who asks the API that lets nobody in without one.
struct Person<'a> {
    world: &'a World,
    api: &'a str,
    /// Their name at the API server.
    name: String,
    token: String,
    description: Value,
}

impl<'a> Person<'a> {
    /// With no right yet.
    async fn of(world: &'a World, api: &'a str, namespace: &str) -> Result<Self> {
        let accounts: Api<ServiceAccount> = Api::namespaced(world.client.clone(), namespace);
        world.apply(&accounts, READER, &json!({"apiVersion": "v1", "kind": "ServiceAccount"})).await?;
        let (_, description) = world.get("/api/openapi.json").await?;
        let name = format!("system:serviceaccount:{namespace}:{READER}");
        Ok(Self { world, api, name, token: token(&accounts, None).await?, description })
    }

    async fn post(&self, path: &str, body: &Value) -> Result<(u16, Value)> {
        let request = self.world.http.post(format!("{}{path}", self.api)).bearer_auth(&self.token).json(body);
        let answer = request.send().await?;
        let (status, body) = (answer.status().as_u16(), answer.json().await?);
        conforms(&self.description, ("post", path), status, &body).with_context(|| format!("{path}: {status} {body}"))?;
        Ok((status, body))
    }

    async fn get(&self, documented: &str, path: &str) -> Result<(u16, Value)> {
        let answer = self.world.http.get(format!("{}{path}", self.api)).bearer_auth(&self.token).send().await?;
        let (status, body) = (answer.status().as_u16(), answer.json().await?);
        conforms(&self.description, ("get", documented), status, &body).with_context(|| format!("{path}: {status} {body}"))?;
        Ok((status, body))
    }

    /// Runs the command that a refusal names, which lets somebody change the Integrations of the namespace, and waits until the API server goes by
    /// it: its authorizer learns of a RoleBinding a moment after it is stored.
    async fn follow(&self, refusal: &Value, namespace: &str) -> Result<()> {
        let fix = refusal["suggestedFix"].as_str().and_then(|fix| fix.strip_prefix("Run: ")).context("a command")?;
        let ran = std::process::Command::new("sh").args(["-c", fix]).output()?;
        ensure!(ran.status.success(), "{fix}: {}", String::from_utf8_lossy(&ran.stderr));
        let reviews: Api<SubjectAccessReview> = Api::all(self.world.client.clone());
        let review: SubjectAccessReview = serde_json::from_value(json!({"metadata": {}, "spec": {"user": self.name,
            "resourceAttributes": {"group": "assayer.dev", "resource": "integrations", "verb": "patch", "namespace": namespace}}}))?;
        wait::until("the right that the command grants", async || {
            let answer = reviews.create(&PostParams::default(), &review).await?;
            let allowed = answer.status.is_some_and(|status| status.allowed);
            Ok(if allowed { Look::Found(()) } else { Look::NotYet(format!("{} may not yet", self.name)) })
        })
        .await
    }
}

/// Who may do nothing is told each right that lacks, until the key is written, verified and shown by its last characters only; what
/// another operator keeps is left alone. The keys that were sent.
pub async fn a_key_is_set_with_the_callers_own_rights(world: &World, api: &str, namespace: &str) -> Result<Vec<String>> {
    let given = Given::without_a_secret(world, &DATABENTO, namespace).await?;
    let (person, key, unknown) = (Person::of(world, api, namespace).await?, given.own_key(), World::key_of("unknown"));
    given.accept(&key).await?;
    world.roles_for_people().await?;
    let of = |value: &str| json!({"namespace": namespace, "provider": "databento", "values": {"DATABENTO_API_KEY": value}});

    let (status, refused) = person.post(CREDENTIALS, &of(&key)).await?;
    ensure!(status == 403 && refused["detail"].as_str().is_some_and(|detail| detail.contains("integrations")), "{refused}");
    let (status, refused) = person.post(VERIFY, &json!({"namespace": namespace, "provider": "databento"})).await?;
    ensure!(status == 403, "{refused}");
    person.follow(&refused, namespace).await?;
    let (status, refused) = person.post(CREDENTIALS, &of("db-too-short")).await?;
    ensure!(status == 422 && refused["reasonCode"] == "INTEGRATION_KEY_MALFORMED", "{refused}");
    let (status, refused) = person.post(CREDENTIALS, &of(&key)).await?;
    let fix = refused["suggestedFix"].as_str().unwrap_or_default();
    ensure!(status == 403 && fix.contains("--from-literal=DATABENTO_API_KEY=<DATABENTO_API_KEY>"), "{refused}");
    let secrets = Api::<Secret>::namespaced(world.client.clone(), namespace);
    ensure!(secrets.get_opt("databento").await?.is_none(), "a Secret was written without the right to");

    let_write(world, namespace).await?;
    let (status, written) = person.post(CREDENTIALS, &of(&unknown)).await?;
    ensure!(status == 200 && written["verification"]["reason_code"] == "PROVIDER_AUTH", "{written}");
    let (status, written) = person.post(CREDENTIALS, &of(&key)).await?;
    ensure!(status == 200 && written["verification"]["status"] == "success", "{written}");
    let trace = written["verification"]["trace_id"].as_str().context("a trace")?;
    let rows = given.rows(&format!("trace_id = '{trace}'"))?;
    ensure!(rows.len() == 1 && rows[0]["user_id"] == *person.name, "{rows:?}");
    given.until(IntegrationState::Connected, "PROVEN").await?;
    let masked = "/api/integrations/{namespace}/{name}/credentials";
    let (status, shown) = person.get(masked, &format!("/api/integrations/{namespace}/databento/credentials")).await?;
    let end: String = key.chars().skip(key.len() - 4).collect();
    ensure!(status == 200 && shown["keys"][0]["masked"] == format!("••••••••{end}"), "{status} {shown}");

    let owner = json!({"metadata": {"ownerReferences": [{"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
        "name": "vault-data", "uid": uuid::Uuid::new_v4()}]}});
    secrets.patch("databento", &PatchParams::default(), &Patch::Merge(owner)).await?;
    let (status, refused) = person.post(CREDENTIALS, &of(&unknown)).await?;
    ensure!(status == 409 && refused["reasonCode"] == "SECRET_EXTERNAL", "{refused}");
    ensure!(refused["detail"].as_str().is_some_and(|detail| detail.contains("ExternalSecret vault-data")), "{refused}");
    let kept = secrets.get("databento").await?.data.unwrap_or_default();
    ensure!(kept.get("DATABENTO_API_KEY").is_some_and(|value| value.0 == key.as_bytes()), "it was written over");
    Ok(vec![key, unknown])
}

/// Lets the person write and read the Secret, as somebody responsible for the namespace would.
async fn let_write(world: &World, namespace: &str) -> Result<()> {
    let allowed = json!({"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "create", "patch"]});
    let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "rules": [allowed]});
    let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "keys"},
        "subjects": [{"kind": "ServiceAccount", "name": READER, "namespace": namespace}]});
    world.apply(&Api::<Role>::namespaced(world.client.clone(), namespace), "keys", &role).await?;
    world.apply(&Api::<RoleBinding>::namespaced(world.client.clone(), namespace), "keys", &binding).await?;
    Ok(())
}

/// A handshake and a test call are rows that the API names and lists, and neither is use; a Bot's job is, with its trace.
pub async fn handshakes_are_no_use_and_a_bots_job_is(world: &World, api: &str, namespace: &str) -> Result<()> {
    let (given, _) = Given::connected(world, &DATABENTO, namespace).await?;
    let person = Person::of(world, api, namespace).await?;
    world.roles_for_people().await?;
    let which = json!({"namespace": namespace, "provider": "databento"});
    let (_, refused) = person.post(VERIFY, &which).await?;
    person.follow(&refused, namespace).await?;
    for (path, operation) in [(VERIFY, "verify"), ("/api/integrations/test-call", "test")] {
        let (status, made) = person.post(path, &which).await?;
        ensure!(status == 200 && made["status"] == "success" && made["http_status"] == 200, "{status} {made}");
        ensure!(made["latency_ms"].is_i64() && made["reason_code"].is_null(), "{made}");
        let rows = given.rows(&format!("trace_id = '{}'", made["trace_id"].as_str().unwrap_or_default()))?;
        ensure!(rows.len() == 1 && rows[0]["operation"] == operation && rows[0]["bot_id"].is_null(), "{rows:?}");
        ensure!(rows[0]["user_id"] == *person.name, "not by who asked: {rows:?}");
    }
    let entry = entry(world, namespace, "databento").await?;
    for (field, value) in [
        ("configured", json!(true)),
        ("connected", json!(true)),
        ("missing_env_vars", json!([])),
        ("required_env_vars", json!(["DATABENTO_API_KEY"])),
        ("supports_verify", json!(true)),
        ("last_verify_status", json!("success")),
        ("used", json!(false)),
        ("last_used_at", json!(null)),
        ("proof_of_use_count_24h", json!(0)),
        ("fail_closed", json!({"LAB": true, "PAPER": null, "SHADOW": null, "CANARY": null, "LIVE": null})),
    ] {
        ensure!(entry[field] == value, "{field}: {entry}");
    }
    of_a_bot(world, &given, &person).await
}

async fn of_a_bot(world: &World, given: &Given<'_>, person: &Person<'_>) -> Result<()> {
    let namespace = given.namespace;
    let bot = world.sample_bot(namespace, "spx-cross").await?;
    let used = until_used(world, namespace, "databento").await?;
    let uid = bot.metadata.uid.context("a UID")?;
    ensure!(used["last_used_by_bot_id"] == *uid && used["last_used_by_bot"] == format!("{namespace}/spx-cross"), "{used}");
    ensure!(used["proof_of_use_count_24h"].as_i64() > Some(0) && used["last_used_at"].is_string(), "{used}");
    let trace = used["last_used_trace_id"].as_str().context("a trace")?;
    let jobs: Vec<Value> = world.rows(&format!("select bot_id from bot_jobs where trace_id = '{trace}'"))?;
    ensure!(jobs.iter().any(|job| job["bot_id"] == *uid), "{jobs:?}");

    let base = format!("/api/integrations/{namespace}/databento");
    let of_one = "/api/integrations/{namespace}/{name}";
    let (_, events) = person.get(&format!("{of_one}/events"), &format!("{base}/events")).await?;
    let all = events["events"].as_array().cloned().unwrap_or_default();
    let of_the_job = |event: &Value| event["bot_id"] == *uid && event["status"] == "success" && event["trace_id"] == trace;
    ensure!(all.iter().any(of_the_job), "no event of {trace}: {events}");
    let (_, verified) = person.get(&format!("{of_one}/verifications"), &format!("{base}/verifications")).await?;
    let all = verified["verifications"].as_array().cloned().unwrap_or_default();
    let by = |user: &str| all.iter().filter(|one| one["user_id"] == user).count();
    let (timed, asked) = (by(VERIFY_LOOP), by(&person.name));
    ensure!(timed > 0 && asked > 0 && timed + asked == all.len(), "{verified}");
    let (_, usage) = person.get(&format!("{of_one}/usage"), &format!("{base}/usage?window=24h")).await?;
    let buckets = usage["buckets"].as_array().cloned().unwrap_or_default();
    let sum: i64 = buckets.iter().filter_map(|bucket| bucket["used"].as_i64()).sum();
    ensure!(buckets.len() == 96 && sum > 0, "{usage}");
    Ok(())
}

/// The entry of a provider in a namespace, once it says that a Bot's job used it.
pub(super) async fn until_used(world: &World, namespace: &str, provider: &str) -> Result<Value> {
    wait::until("use by the Bot's job", async || {
        let (_, answer) = status(world, namespace).await?;
        let entry = of_provider(&answer, provider)?;
        Ok(if entry["used"] == true { Look::Found(()) } else { Look::NotYet(entry.to_string()) })
    })
    .await?;
    entry(world, namespace, provider).await
}

/// The entry of a provider in a namespace, as anyone may read it in a development installation.
pub(in crate::scenarios) async fn entry(world: &World, namespace: &str, provider: &str) -> Result<Value> {
    let (_, description) = world.get("/api/openapi.json").await?;
    let (status, answer) = status(world, namespace).await?;
    ensure!(status == 200, "{status} {answer}");
    conforms(&description, ("get", STATUS), status, &answer)?;
    of_provider(&answer, provider)
}

/// What the API says of a namespace.
pub(super) async fn status(world: &World, namespace: &str) -> Result<(u16, Value)> {
    world.get(&format!("{STATUS}?namespace={namespace}")).await
}

fn of_provider(answer: &Value, provider: &str) -> Result<Value> {
    let all = answer["integrations"].as_array().context("a list")?;
    let entry = all.iter().find(|entry| entry["provider"] == provider);
    entry.cloned().with_context(|| format!("no {provider} in {answer}"))
}

/// Jobs stopped where their source failed, what is connected and not used says why, and the counts are those of the rows.
pub async fn the_proof_of_integrations_counts_rows(world: &World, used: &str, unused: &str) -> Result<()> {
    let (_, description) = world.get("/api/openapi.json").await?;
    let path = "/api/_proof/integrations";
    let (status, proof) = world.get(path).await?;
    ensure!(status == 200, "{status} {proof}");
    conforms(&description, ("get", path), status, &proof)?;
    let lab = proof["fail_closed"].as_array().and_then(|all| all.iter().find(|line| line["source"] == "marketData"));
    let lab = lab.context("market data is required")?;
    ensure!(lab["went_on"] == 0 && lab["verdict"] == "PASS" && lab["failed"].as_i64() > Some(0), "{lab}");
    let of = |list: &str, namespace: &str| {
        let all = proof[list].as_array().cloned().unwrap_or_default();
        all.into_iter().find(|one| one["namespace"] == namespace).with_context(|| format!("{namespace} in {list}: {proof}"))
    };
    let line = of("integrations", used)?;
    let counted = world.sql(&format!(
        "select count(*) from integration_usage_events where integration_namespace = '{used}' and bot_id is not null
             and job_id is not null and operation = 'call' and status in ('success', 'served')"
    ))?;
    let (shown, counted) = (line["uses_1h"].as_i64().context("a count")?, counted.trim().parse::<i64>()?);
    ensure!(shown > 0 && shown <= counted && counted - shown < 50, "{shown} shown, {counted} now");
    ensure!(proof["totals"]["used"].as_i64() > Some(0) && proof["totals"]["last_used_at"].is_string(), "{proof}");
    let unused = of("connected_unused", unused)?;
    ensure!(unused["verdict"] == "PASS" && unused["reason_code"] == "NOT_REQUIRED", "{unused}");
    Ok(())
}

/// A provider of which there is no Integration is there, as not configured, with where its key is found.
pub async fn every_provider_is_listed(world: &World, namespace: &str) -> Result<()> {
    let entry = entry(world, namespace, FRED.provider).await?;
    ensure!(entry["state"] == "NotConfigured" && entry["reason_code"] == "INTEGRATION_MISSING", "{entry}");
    ensure!(entry["missing_env_vars"] == json!([FRED.key]) && entry["hints"][0]["hint"].is_string(), "{entry}");
    Ok(())
}
