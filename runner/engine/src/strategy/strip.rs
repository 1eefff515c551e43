//! Schemas of optional fields that are left out and never null. In: a schema of an object. Out: the same, without null. Pure.

use schemars::Schema;
use serde_json::Value;

/// Takes null from the types of the object's own properties.
pub(super) fn without_nulls(schema: &mut Schema) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(serde_json::Map::values_mut) {
        strip(property);
    }
}

fn strip(property: &mut Value) {
    let Some(fields) = property.as_object_mut() else { return };
    if let Some(types) = fields.get_mut("type")
        && let Some(several) = types.as_array_mut()
    {
        several.retain(|name| name != "null");
        if let [only] = several.as_slice() {
            *types = only.clone();
        }
    }
    let Some(Value::Array(mut either)) = fields.remove("anyOf") else { return };
    either.retain(|variant| variant.get("type") != Some(&Value::from("null")));
    for (name, value) in either.into_iter().filter_map(|variant| variant.as_object().cloned()).flatten() {
        fields.entry(name).or_insert(value);
    }
}
