//! The shapes that custom resources embed: what the API server lets in, the engine can read.

use assayer_engine::{Capital, Execution, Instrument, Strategy};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value, json};

/// The schema as kube asks for it: without references.
fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::openapi3().with(|settings| settings.inline_subschemas = true);
    SchemaGenerator::new(settings).into_root_schema_for::<T>().to_value()
}

/// Visits every schema of a field, by path.
fn fields(path: &str, schema: &Value, visit: &mut dyn FnMut(&str, &Value)) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        visit(&path, field);
        fields(&path, field, visit);
    }
    for variant in schema["oneOf"].as_array().into_iter().flatten() {
        let mut variant = variant.clone();
        let description = variant["description"].clone();
        // what describes a variant describes the field that it consists of
        for field in variant["properties"].as_object_mut().into_iter().flat_map(|fields| fields.values_mut()) {
            if field["description"].is_null() {
                field["description"] = description.clone();
            }
        }
        fields(path, &variant, visit);
    }
    if schema["additionalProperties"].is_object() {
        fields(&format!("{path}.*"), &schema["additionalProperties"], visit);
    }
}

#[test]
fn every_field_is_described_and_bounded() {
    let all = [("instrument", schema::<Instrument>()), ("strategy", schema::<Strategy>()), ("execution", schema::<Execution>())];
    for (root, schema) in all.iter().chain([&("capital", schema::<Capital>())]) {
        let mut seen = 0;
        fields(root, schema, &mut |path, field| {
            seen += 1;
            let described = field["description"].is_string() || field["oneOf"].is_array();
            assert!(described, "{path} has no description: {field}");
            let bounded = match field["type"].as_str() {
                Some("integer") => field["minimum"].is_number() && field["maximum"].is_number() && field["format"] == "int32",
                Some("string") => field["maxLength"].is_number() || field["enum"].is_array() || field["oneOf"].is_array(),
                Some("array") => field["maxItems"].is_number(),
                Some("object") if field["additionalProperties"].is_object() => field["maxProperties"].is_number(),
                _ => field["oneOf"].is_array() || field["properties"].is_object(),
            };
            assert!(bounded, "{path} is not bounded: {field}");
        });
        assert!(seen >= 2, "{root} has no fields: {schema}");
    }
}

#[test]
fn decimals_are_strings_and_those_that_must_be_positive_say_so() {
    let pattern = |schema: &Value, field: &str| {
        assert_eq!(schema["properties"][field]["type"], "string", "{field}");
        schema["properties"][field]["pattern"].as_str().unwrap().to_owned()
    };
    let positive = r"^([1-9][0-9]{0,8}(\.[0-9]{1,9})?|0\.0{0,8}[1-9][0-9]{0,8})$";
    assert_eq!(pattern(&schema::<Instrument>(), "tickSize"), positive);
    assert_eq!(pattern(&schema::<Capital>(), "amount"), positive);
    assert_eq!(pattern(&schema::<Execution>(), "feePerContract"), r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?$");
}

#[test]
fn a_strategy_is_one_family_and_its_direction_has_a_default() {
    let strategy: Strategy = serde_json::from_value(json!({"smaCross": {"fast": 10, "slow": 50}})).unwrap();
    assert_eq!(serde_json::to_value(&strategy).unwrap(), json!({"smaCross": {"fast": 10, "slow": 50, "direction": "LongOnly"}}));
    let two = json!({"smaCross": {"fast": 10, "slow": 50}, "donchianBreakout": {"entry": 10, "exit": 5}});
    assert!(serde_json::from_value::<Strategy>(two).is_err());
}
