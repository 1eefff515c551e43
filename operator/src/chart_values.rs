//! `assayer-operator values FILE`: what `charts/assayer/values.yaml` says of providers. In: the registry of providers, the file. Out: the
//! file, its marked sections written anew; or a refusal where they are stale. Pure, but for the command.

use std::collections::BTreeMap;

use anyhow::Context;
use assayer_providers::{ALL, Facts, Key};

use crate::generated::{Args, with_section};

/// Writes the sections, or says that they are stale.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let facts: BTreeMap<_, _> = ALL.iter().map(|provider| (secret(provider.name()), provider.facts())).collect();
    let secrets = facts.keys().map(|secret| format!("    - {secret}\n")).collect::<Vec<_>>().concat();
    let keys: String = facts.iter().map(|(secret, facts)| keys_of(secret, facts)).collect();
    let mut text = args.committed()?;
    for (name, section) in [("secrets", secrets), ("keys", keys)] {
        let (begin, end) =
            (format!("# Generated: {name}. `make values` writes them from the registry."), format!("# End: {name}."));
        text = with_section(&text, (&begin, &end), &section).with_context(|| format!("the values have no section {name}"))?;
    }
    args.keep(&text, "values")
}

/// A Secret's name has no capitals: `unusual-whales` of `unusualWhales`.
fn secret(provider: &str) -> String {
    provider.chars().flat_map(|c| c.is_ascii_uppercase().then_some('-').into_iter().chain([c.to_ascii_lowercase()])).collect()
}

fn keys_of(secret: &str, facts: &Facts) -> String {
    let names = |keys: &[Key]| keys.iter().map(|key| key.name).collect::<Vec<_>>().join(", ");
    let optional = match facts.optional_keys {
        [] => String::new(),
        keys => format!(", optional: [{}]", names(keys)),
    };
    format!("    {}: {{ secret: {secret}, required: [{}]{optional} }}\n", facts.name, names(facts.required_keys))
}
