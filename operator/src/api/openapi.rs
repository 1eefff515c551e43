//! The API's description: `/api/openapi.json`, and the committed `operator/openapi.json`. In: the handlers' own types. Out: OpenAPI
//! 3.1. Pure, but for the command that writes or checks the file.
//!
//! The schemas come from the derive that the custom resources use too, so that a type of a Bot's status has one description.

use assayer_contract::{Problem, problem::PROBLEM_JSON};
use axum::Json;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{
    answer::BotProof,
    autonomy::{self, AutonomyAnswer},
    bot_proof, bots, databento_proof, events, history, integrations, policies,
    provider_answer::ProviderProof,
    requests, runbook, session, system,
    system::answer::SystemAnswer,
};
use crate::generated::Args;

/// Path of the description.
pub(crate) const PATH: &str = "/api/openapi.json";

/// Writes the description, or says that the file is stale.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    args.keep(&(serde_json::to_string_pretty(&document())? + "\n"), "openapi")
}

/// `GET /api/openapi.json`.
pub(crate) async fn show() -> Json<Value> {
    Json(document())
}

/// The whole description.
pub(crate) fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut schemas = settings.into_generator();
    let paths = paths(&mut schemas);
    let problem = schemas.subschema_for::<Problem>();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Assayer",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Proof of what trading bots did. What is not known is null, and a field beside it says why; never 0. \
                Times are RFC 3339 in UTC; money is in decimal strings. By itself the API changes nothing: what a POST asks for is \
                done with the caller's own token.",
            "license": {"name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE")},
        },
        "paths": paths,
        "security": [{"kubernetesToken": []}, {"session": []}, {}],
        "components": {
            "securitySchemes": {"session": session::described::scheme(), "kubernetesToken": {
                "type": "http", "scheme": "bearer",
                "description": "A token that the Kubernetes API server accepts for itself, such as that of `kubectl create token`. \
                    Where the installation lets anyone read, none is needed.",
            }},
            "responses": {"Problem": {
                "description": "Why there is no answer, and what to do about it.",
                "content": {PROBLEM_JSON: {"schema": problem}},
            }},
            "schemas": schemas.take_definitions(true),
        },
    })
}

fn paths(schemas: &mut SchemaGenerator) -> Value {
    let limit = json!({"type": "integer", "minimum": 1, "maximum": databento_proof::MAX_ROWS, "default": databento_proof::ROWS});
    let bot = "The last three jobs of a Bot with every row, the session and its checks. Needs `get` on the Bot.";
    let databento = "The newest calls to Databento and the sessions that stand on them, over all namespaces. Needs `get` on the nonResourceURL /assayer/proof/databento.";
    let mut all = json!({
        bot_proof::BY_ID: get::<BotProof>(schemas, "botProof", bot, &[400, 401, 403, 404, 405, 409, 503], &[
            path("botId", "The Bot's UID, its name if only one namespace has it, or namespace and name joined by %2F."),
        ]),
        bot_proof::BY_NAME: get::<BotProof>(schemas, "botProofByName", bot, &[400, 401, 403, 404, 405, 503], &[
            path("namespace", "The Bot's namespace."),
            path("name", "The Bot's name."),
        ]),
        databento_proof::PATH: get::<ProviderProof>(schemas, "databentoProof", databento, &[400, 401, 403, 404, 405, 409, 503], &[
            query("limit", &limit, "Rows at most."),
            query("bot", &json!({"type": "string"}), "Only rows of this Bot: its UID, name, or namespace/name. Needs `get` on it, too."),
            query("before", &json!({"type": "string", "format": "uuid"}), "Only rows older than this one, as `next_before` names it."),
        ]),
    });
    if let Some(all) = all.as_object_mut() {
        all.extend(integrations::described::paths(schemas));
        all.extend(session::described::paths(schemas));
        all.extend(bots::described::paths(schemas));
        all.extend(events::described::paths());
        all.extend(history::described::paths(schemas));
        all.extend(requests::described::paths(schemas));
        all.extend(policies::described(schemas));
        all.extend(runbook::described(schemas));
        all.insert(autonomy::PATH.to_owned(), of_autonomy(schemas));
        all.insert(system::PATH.to_owned(), of_system(schemas));
    }
    all
}

fn of_system(schemas: &mut SchemaGenerator) -> Value {
    let limit = json!({"type": "integer", "minimum": 1, "maximum": system::MAX_BOTS});
    let status = "Whether the installation and each Bot that the caller may read can start: BLOCKED, DEGRADED or OK, six gates with their evidence, and what to do. Needs `get` on the nonResourceURL /assayer/proof/system.";
    let most = "Bots at most, those that something is in the way of before others; without it all are answered.";
    get::<SystemAnswer>(schemas, "systemStatus", status, &[400, 401, 403, 405, 503], &[query("limit", &limit, most)])
}

fn of_autonomy(schemas: &mut SchemaGenerator) -> Value {
    let last = json!({"type": "integer", "minimum": 1, "maximum": autonomy::MAX_RUNS, "default": autonomy::RUNS});
    let window = json!({"type": "string", "pattern": "^[1-9][0-9]{0,9}[smh]$", "default": autonomy::WINDOW});
    let limit = json!({"type": "integer", "minimum": 1, "maximum": autonomy::MAX_BOTS});
    let most =
        "Bots at most, those that were silent for longest before others, and as many things missed; without it all are answered.";
    let verdict = "Whether Bots work by themselves as often as their policy says, over all namespaces: PASS, FAIL or UNKNOWN, each answered with 200, with what was missed. Needs `get` on the nonResourceURL /assayer/proof/autonomy.";
    get::<AutonomyAnswer>(
        schemas,
        "autonomyProof",
        verdict,
        &[400, 401, 403, 405, 503],
        &[
            query("last", &last, "Runs of the planner that are shown."),
            query("limit", &limit, most),
            query("window", &window, "How far back the verdict and the counts reach, at most 168h."),
        ],
    )
}

/// A parameter of the path.
pub(crate) fn path(name: &str, description: &str) -> Value {
    json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}, "description": description})
}

/// A parameter of the query.
pub(crate) fn query(name: &str, schema: &Value, description: &str) -> Value {
    json!({"name": name, "in": "query", "schema": schema, "description": description})
}

/// An operation that reads.
pub(crate) fn get<T: JsonSchema>(
    schemas: &mut SchemaGenerator,
    id: &str,
    description: &str,
    refusals: &[u16],
    parameters: &[Value],
) -> Value {
    let responses = responses::<T>(schemas, &[(200, "What was found.")], refusals);
    json!({"get": {"operationId": id, "description": description, "parameters": parameters, "responses": responses}})
}

/// An operation that acts with the caller's own token.
pub(crate) fn post<T: JsonSchema>(
    schemas: &mut SchemaGenerator,
    id: &str,
    description: &str,
    answers: (&[(u16, &str)], &[u16]),
    body: &Value,
) -> Value {
    let responses = responses::<T>(schemas, answers.0, answers.1);
    let body = json!({"required": true, "content": {"application/json": {"schema": body}}});
    json!({"post": {"operationId": id, "description": description, "requestBody": body, "responses": responses,
        "security": [{"kubernetesToken": []}, {"session": []}]}})
}

/// Answers of one type, and refusals.
pub(crate) fn responses<T: JsonSchema>(
    schemas: &mut SchemaGenerator,
    answers: &[(u16, &str)],
    refusals: &[u16],
) -> Map<String, Value> {
    let schema = schemas.subschema_for::<T>();
    let answer =
        |description: &str| json!({"description": description, "content": {"application/json": {"schema": schema.clone()}}});
    let answers = answers.iter().map(|(status, description)| (status.to_string(), answer(description)));
    let refusals = refusals.iter().map(|status| (status.to_string(), json!({"$ref": "#/components/responses/Problem"})));
    answers.chain(refusals).collect()
}
