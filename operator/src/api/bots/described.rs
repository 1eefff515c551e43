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
    let single = "A Bot with its spec and conditions, and what the caller may do to it. Needs `get` on it.";
    let named = named();
    let mut list = get::<BotsAnswer>(schemas, "bots", all, &[401, 405, 503], &[]);
    if let Some(responses) = list.pointer_mut("/get/responses").and_then(Value::as_object_mut) {
        responses.insert("304".to_owned(), json!({"description": "Nothing has changed."}));
    }
    let hold = "Sets the Bot's stopPolicy to Hold: no further cycle starts. Done with the caller's own token, who must be allowed to `patch` it.";
    let resume = "Sets the Bot's stopPolicy to None, likewise. What the stage's policy stops stays stopped.";
    let run = "Asks for one job at once, by an annotation with a trace. The planner starts it once, where nothing is in the way that would keep a \
        slot from its job, and else the Bot says why not; `run` tells what came of it. It fills no slot of the cadence. Needs `patch`.";
    let reset = "Sets the Bot's resetAt to now: what it is judged by is counted from then on, rows stay. It clears no latch, no loss budget, \
        no count of looks at a hold-out and no trial of a lineage, and cannot be taken back. Needs `patch` and the verb `reset`.";
    Map::from_iter([
        (act::HOLD.to_owned(), action(schemas, "holdBot", hold)),
        (act::RESUME.to_owned(), action(schemas, "resumeBot", resume)),
        (act::RUN.to_owned(), action(schemas, "runBot", run)),
        (act::RESET.to_owned(), action(schemas, "resetBot", reset)),
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
