//! What the API's description says of Integrations. Pure.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{
    ask::{self, Made},
    credentials::{self, Masked, Written},
    entry::IntegrationsStatus,
    history::{self, Events, Usage, Verifications},
    proof,
    proof_answer::IntegrationsProof,
    status,
};
use crate::api::openapi::{get, path, post, query};

const READING: [u16; 5] = [400, 401, 403, 405, 503];
const OF_ONE: [u16; 6] = [400, 401, 403, 404, 405, 503];
const ASKING: [u16; 9] = [400, 401, 403, 404, 405, 413, 415, 422, 503];
const WRITING: [u16; 10] = [400, 401, 403, 404, 405, 409, 413, 415, 422, 503];

/// All paths of this module.
pub(crate) fn paths(schemas: &mut SchemaGenerator) -> Map<String, Value> {
    [reading(schemas), asking(schemas)].into_iter().flatten().collect()
}

fn reading(schemas: &mut SchemaGenerator) -> Map<String, Value> {
    let text = json!({"type": "string"});
    let status = "Every Integration, configured, connected, used and failing closed told apart, and every provider without one. Needs `list` on Integrations, in the namespace that is asked for or in all.";
    let proof = "Which Integrations are configured, connected and used, whether jobs stop where a required source fails, and what is connected and not used. Needs `get` on the nonResourceURL /assayer/proof/integrations.";
    let verifications = "The newest 20 handshakes of an Integration. Needs `get` on it.";
    let events = "The newest 20 rows of an Integration, of whatever purpose and outcome. Needs `get` on it.";
    let usage = "Rows of an Integration counted by quarters of an hour. Needs `get` on it.";
    let masked = "The keys of an Integration with their last characters, read with the caller's own token and kept nowhere. Needs `get` on the Integration and on its Secret.";
    let named = [path("namespace", "The Integration's namespace."), path("name", "The Integration's name.")];
    let windowed = [named.as_slice(), &[query("window", &text, "How far back, such as 24h; 168h at most.")]].concat();
    [
        (
            status::PATH,
            get::<IntegrationsStatus>(
                schemas,
                "integrationsStatus",
                status,
                &READING,
                &[query("namespace", &text, "Only Integrations of this namespace.")],
            ),
        ),
        (proof::PATH, get::<IntegrationsProof>(schemas, "integrationsProof", proof, &READING, &[])),
        (history::VERIFICATIONS, get::<Verifications>(schemas, "integrationVerifications", verifications, &OF_ONE, &named)),
        (history::EVENTS, get::<Events>(schemas, "integrationEvents", events, &OF_ONE, &named)),
        (history::USAGE, get::<Usage>(schemas, "integrationUsage", usage, &OF_ONE, &windowed)),
        (credentials::MASKED, get::<Masked>(schemas, "integrationKeys", masked, &OF_ONE, &named)),
    ]
    .map(|(path, operation)| (path.to_owned(), operation))
    .into_iter()
    .collect()
}

fn asking(schemas: &mut SchemaGenerator) -> Map<String, Value> {
    let text = json!({"type": "string"});
    let which = json!({"type": "object", "additionalProperties": false, "required": ["namespace", "provider"],
        "properties": {"namespace": text, "provider": text}});
    let values = json!({"type": "object", "additionalProperties": {"type": "string", "writeOnly": true},
        "description": "By the names of the keys, each that the provider needs. They are in no answer."});
    let new = json!({"type": "object", "additionalProperties": false, "required": ["namespace", "provider", "values"],
        "properties": {"namespace": text, "provider": text, "values": values}});
    let verify = "Has the gateway make a handshake at once. Needs `list` and `patch` on the namespace's Integrations.";
    let call = "Has the gateway make one harmless call, which is not use by a Bot. Needs `list` and `patch` on the namespace's Integrations.";
    let set = "Checks the forms of a credential and writes the Secret that the Integration names, by server-side apply with the caller's own token; then asks for a handshake. Needs `list` on Integrations, and `create` and `patch` on that Secret.";
    let made: (&[(u16, &str)], &[u16]) =
        (&[(200, "How it ended."), (202, "It has not ended yet; its row will carry the trace.")], &ASKING);
    [
        (ask::VERIFY, post::<Made>(schemas, "verifyIntegration", verify, made, &which)),
        (ask::TEST, post::<Made>(schemas, "testIntegration", call, made, &which)),
        (credentials::PATH, post::<Written>(schemas, "setCredentials", set, (&[(200, "It is written.")], &WRITING), &new)),
    ]
    .map(|(path, operation)| (path.to_owned(), operation))
    .into_iter()
    .collect()
}
