//! What the API's description says of rows. Pure.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{IN_TABLE, ONE, OneRequest, PATH, ROWS, Requests};
use crate::api::openapi::{get, path, query};

/// All paths of this module.
pub(crate) fn paths(schemas: &mut SchemaGenerator) -> Map<String, Value> {
    let (text, id) = (json!({"type": "string"}), json!({"type": "string", "format": "uuid"}));
    let moment = json!({"type": "string", "format": "date-time"});
    let limit = json!({"type": "integer", "minimum": 1, "maximum": IN_TABLE, "default": ROWS.0});
    let source = json!({"enum": ["marketData", "macro", "optionsFlow", "news", "ai", "broker"]});
    let most = format!(
        "Rows at most: {} as JSON, {IN_TABLE} as CSV, which is what a table has where nothing else is asked for.",
        ROWS.1
    );
    let parameters = [
        query("traceId", &id, "Only rows of this cycle."),
        query("botId", &text, "Only rows of this Bot: its UID, name, or namespace/name. Not with traceId."),
        query("provider", &text, "Only rows of this provider, by its registry name."),
        query("source", &source, "Only rows of this kind of source."),
        query("from", &moment, "Not older; without it a day back, of a Bot 30 days, of a cycle everything."),
        query("to", &moment, "Older than this; without it everything until now."),
        query("before", &id, "Only rows older than this one, as `nextBefore` names it."),
        query("limit", &limit, &most),
        query("format", &json!({"enum": ["json", "csv"]}), "Without it as `Accept` says: text/csv, or else JSON."),
    ];
    let rows = "Rows of the request log, the newest first, as JSON or as a table. Every row needs `get` on the nonResourceURL \
        /assayer/proof/requests; without it those of Bots that the caller may get.";
    let mut list = get::<Requests>(schemas, "requests", rows, &[400, 401, 403, 404, 405, 409, 503], &parameters);
    if let Some(content) = list.pointer_mut("/get/responses/200/content").and_then(Value::as_object_mut) {
        content.insert("text/csv".to_owned(), json!({"schema": {"type": "string"}}));
    }
    let single = "One row. Needs `get` on its Bot, or on the nonResourceURL /assayer/proof/requests.";
    let named = [path("requestId", "The row's id.")];
    Map::from_iter([
        (PATH.to_owned(), list),
        (ONE.to_owned(), get::<OneRequest>(schemas, "request", single, &[400, 401, 404, 405, 503], &named)),
    ])
}
