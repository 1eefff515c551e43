//! Bodies that hold content which no row may hold, such as prompts. In: a JSON body. Out: why it is refused, or digests. Pure.

use assayer_contract::Sha256Hash;
use serde_json::{Map, Value, json};

use super::Endpoint;
use crate::{Request, text};

/// What a body with content has to obey: everything is in it, and its answer comes whole.
pub(super) fn check(endpoint: &Endpoint, request: &Request<'_>, body: &Value) -> Result<(), String> {
    if !endpoint.digests.is_empty() && !request.query.is_empty() {
        return Err("its fields belong in the body: send no query".to_owned());
    }
    let pieces =
        fields(body).find(|(name, value)| lists(endpoint.whole, name) && !matches!(value, Value::Null | Value::Bool(false)));
    match pieces {
        Some((name, value)) => {
            let value = text::clean(&value.to_string(), 40);
            Err(format!("{name} is {value}: the gateway measures whole answers only, so leave it out or set it to false"))
        }
        None => Ok(()),
    }
}

/// Puts digests in the place of content: whoever has a prompt can prove that it was this one.
pub(super) fn digest(endpoint: &Endpoint, body: &Value, params: &mut Map<String, Value>) -> Result<(), String> {
    for (name, value) in fields(body).filter(|(name, _)| lists(endpoint.digests, name)) {
        let canonical =
            serde_json_canonicalizer::to_vec(value).map_err(|error| format!("{name} has no canonical form: {error}"))?;
        let count = match value {
            Value::Array(parts) => parts.len(),
            Value::Null => 0,
            _ => 1,
        };
        let digest = json!({"sha256": Sha256Hash::of(&canonical), "bytes": canonical.len(), "count": count});
        params.insert(name.clone(), digest);
    }
    Ok(())
}

fn fields(body: &Value) -> impl Iterator<Item = (&String, &Value)> {
    body.as_object().into_iter().flatten()
}

/// `name[]` is how some vendors spell a list.
fn lists(names: &[&str], name: &str) -> bool {
    names.contains(&name.trim_end_matches("[]"))
}
