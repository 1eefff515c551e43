//! What the API's description says of Bots. Pure.

use schemars::SchemaGenerator;
use serde_json::{Map, Value};

use super::{
    list::{self, BotsAnswer},
    one::{self, OneBot},
};
use crate::api::openapi::{get, path};

/// All paths of this module.
pub(crate) fn paths(schemas: &mut SchemaGenerator) -> Map<String, Value> {
    let all = "Every Bot that the caller may read: those of namespaces in which they may `get` Bots. Answered from memory, with an ETag; \
        who sends it as If-None-Match is answered 304 where nothing has changed.";
    let single = "A Bot with its spec and conditions. Needs `get` on it.";
    let named = named();
    let mut list = get::<BotsAnswer>(schemas, "bots", all, &[401, 405, 503], &[]);
    if let Some(responses) = list.pointer_mut("/get/responses").and_then(Value::as_object_mut) {
        responses.insert("304".to_owned(), serde_json::json!({"description": "Nothing has changed."}));
    }
    Map::from_iter([
        (list::PATH.to_owned(), list),
        (one::PATH.to_owned(), get::<OneBot>(schemas, "bot", single, &[400, 401, 403, 404, 405, 503], &named)),
    ])
}

/// The parameters that name a Bot.
pub(crate) fn named() -> [Value; 2] {
    [path("namespace", "The Bot's namespace."), path("name", "The Bot's name.")]
}
