//! What the API's description says of Bots. Pure.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{
    act,
    list::{self, BotsAnswer},
    one::{self, OneBot},
};
use crate::api::openapi::{get, path, responses};

/// All paths of this module.
pub(crate) fn paths(schemas: &mut SchemaGenerator) -> Map<String, Value> {
    let all = "Every Bot that the caller may read: those of namespaces in which they may `get` Bots. Answered from memory, with an ETag; \
        who sends it as If-None-Match is answered 304 where nothing has changed.";
    let single = "A Bot with its spec and conditions. Needs `get` on it.";
    let named = named();
    let mut list = get::<BotsAnswer>(schemas, "bots", all, &[401, 405, 503], &[]);
    if let Some(responses) = list.pointer_mut("/get/responses").and_then(Value::as_object_mut) {
        responses.insert("304".to_owned(), json!({"description": "Nothing has changed."}));
    }
    let hold = "Sets the Bot's stopPolicy to Hold: no further cycle starts. Done with the caller's own token, who must be allowed to `patch` it.";
    let resume = "Sets the Bot's stopPolicy to None, likewise. What the stage's policy stops stays stopped.";
    Map::from_iter([
        (act::HOLD.to_owned(), action(schemas, "holdBot", hold)),
        (act::RESUME.to_owned(), action(schemas, "resumeBot", resume)),
        (list::PATH.to_owned(), list),
        (one::PATH.to_owned(), get::<OneBot>(schemas, "bot", single, &[400, 401, 403, 404, 405, 503], &named)),
    ])
}

fn action(schemas: &mut SchemaGenerator, id: &str, description: &str) -> Value {
    let answers = responses::<OneBot>(schemas, &[(200, "The Bot as it is now.")], &[400, 401, 403, 404, 405, 422, 503]);
    json!({"post": {"operationId": id, "description": description, "parameters": named(), "responses": answers,
        "security": [{"kubernetesToken": []}, {"session": []}]}})
}

/// The parameters that name a Bot.
pub(crate) fn named() -> [Value; 2] {
    [path("namespace", "The Bot's namespace."), path("name", "The Bot's name.")]
}
