//! What the API's description says of sessions. Pure.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{PATH, SessionAnswer, oidc};
use crate::api::openapi::{query, responses};

/// How a caller may prove who they are by a cookie.
pub(crate) fn scheme() -> Value {
    json!({
        "type": "apiKey", "in": "cookie", "name": "assayer",
        "description": "A session of the console, from POST /api/session; over https the cookie's name is __Host-assayer. A \
            long token goes on in assayer-2, and so on. What changes \
            something needs the header `X-Assayer-Console: 1` and an Origin that names the host, too, or it is refused with 403 \
            ORIGIN_UNPROVEN.",
    })
}

/// The path of this module.
pub(crate) fn paths(schemas: &mut SchemaGenerator) -> Map<String, Value> {
    let token = json!({"type": "string", "minLength": 1, "writeOnly": true, "description": "A token that the API server accepts for itself."});
    let body = json!({"type": "object", "properties": {"token": token}, "required": ["token"], "additionalProperties": false});
    let console = json!([{"name": "X-Assayer-Console", "in": "header", "required": true, "schema": {"const": "1"},
        "description": "Says that the console asks; with it goes an Origin that names the host."}]);
    let mut signed_out = responses::<SessionAnswer>(schemas, &[], &[403, 405]);
    signed_out.insert("204".to_owned(), json!({"description": "The browser has no session any more."}));
    let operations = json!({
        "get": {
            "operationId": "session", "security": [{"kubernetesToken": []}, {"session": []}, {}], "parameters": [],
            "description": "Who is signed in, and facts of the installation. Answers also who is not signed in.",
            "responses": responses::<SessionAnswer>(schemas, &[(200, "What was found.")], &[405, 503]),
        },
        "post": {
            "operationId": "signIn", "security": [], "parameters": console,
            "description": "Signs in: the cookie that comes back stands for the token wherever a bearer token may, until the token \
                expires, 12 hours at most.",
            "requestBody": {"required": true, "content": {"application/json": {"schema": body}}},
            "responses": responses::<SessionAnswer>(schemas, &[(200, "Signed in.")], &[400, 401, 403, 405, 413, 415, 422, 503]),
        },
        "delete": {
            "operationId": "signOut", "security": [], "parameters": console,
            "description": "Signs out: the browser forgets the session. The token itself goes on until it expires.",
            "responses": signed_out,
        },
    });
    Map::from_iter([
        (PATH.to_owned(), operations),
        (
            oidc::PATH.to_owned(),
            json!({"get": of_issuer(
                "signInAtIssuer",
                "For a browser: begins to sign in at the OpenID Connect issuer of the installation, if one is set.",
                "To the issuer, or back to /sign-in?refused=unreachable.",
                &json!([]),
            )}),
        ),
        (
            oidc::CALLBACK.to_owned(),
            json!({"get": of_issuer(
                "signedInAtIssuer",
                "For a browser: where the issuer sends it back to (RFC 6749, section 4.1.2).",
                "To the console with a session, or to /sign-in?refused= with unreachable, expired, refused or untrusted.",
                &json!(["code", "state", "error"].map(|name| query(name, &json!({"type": "string"}), "As the issuer sent it."))),
            )}),
        ),
    ])
}

fn of_issuer(id: &str, description: &str, leads: &str, parameters: &Value) -> Value {
    let mut answers: Map<_, _> = [404, 405, 503]
        .map(|status| (status.to_string(), json!({"$ref": "#/components/responses/Problem"})))
        .into_iter()
        .collect();
    let location = json!({"description": "Where it goes on.", "schema": {"type": "string"}});
    answers.insert("303".to_owned(), json!({"description": leads, "headers": {"Location": location}}));
    json!({"operationId": id, "description": description, "security": [], "parameters": parameters, "responses": answers})
}
