//! What the API's description says of events. Pure.

use serde_json::{Map, Value, json};

use super::PATH;

/// The path of this module.
pub(crate) fn paths() -> Map<String, Value> {
    let description = "Server-sent events. `bots`: {changed: [Bot as in GET /api/bots], gone: [{namespace, name}]}, those that the caller may \
        read. `system`: GET /api/system/status has changed. `integrations`: {namespaces}, whose Integrations have changed. `refetch`: \
        {reason}, read everything anew; comes first, unless Last-Event-ID is the newest event. `signedOut`: {reason}, the last event. A \
        comment every 15 s says that the stream lives.";
    let problem = json!({"$ref": "#/components/responses/Problem"});
    let last = json!({"name": "Last-Event-ID", "in": "header", "required": false, "schema": {"type": "string"},
        "description": "The last event that the caller has."});
    let operation = json!({"get": {
        "operationId": "events", "description": description, "parameters": [last],
        "responses": {
            "200": {"description": "A stream that stays open.", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
            "401": problem, "405": problem, "503": problem,
        },
    }});
    Map::from_iter([(PATH.to_owned(), operation)])
}
