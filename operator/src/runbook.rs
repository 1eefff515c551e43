//! `assayer-operator runbook FILE`: the tables of `docs/runbook.md`. In: the registry of providers, the entries of all reasons, the file.
//! Out: the file, its marked sections written anew; or a refusal where they are stale. Pure, but for the command.

use std::fmt::Write as _;

use anyhow::Context;
use assayer_contract::reason::{AREAS, Entry};
use assayer_providers::{ALL, Category, Facts, Key};

use crate::generated::{Args, with_section};

/// Writes the sections, or says that they are stale.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let mut text = args.committed()?;
    for (name, section) in [("providers", providers()), ("reasons", reasons())] {
        let (begin, end) = (format!("<!-- generated: {name} -->"), format!("<!-- end: {name} -->"));
        let section = format!("\n{section}\n");
        text = with_section(&text, (&begin, &end), &section).with_context(|| format!("the runbook has no section {name}"))?;
    }
    args.keep(&text, "runbook")
}

fn providers() -> String {
    ALL.iter().map(|provider| of_provider(provider.facts())).collect::<Vec<_>>().join("\n")
}

fn of_provider(facts: &Facts) -> String {
    let kind = match facts.category {
        Category::Source(source) => source.to_string(),
        Category::Notification => "notification".to_owned(),
        Category::Storage => "storage".to_owned(),
    };
    let mut out = format!("### {}\n\n`spec.provider: {}`, {kind}. {}\n\n", facts.title, facts.name, facts.plan);
    out += "| key | | where it is found | looks like |\n|---|---|---|---|\n";
    let keys = facts.required_keys.iter().map(|key| (key, "required"));
    for (key, need) in keys.chain(facts.optional_keys.iter().map(|key| (key, "optional"))) {
        let _ = writeln!(out, "| {} | {need} | {} | {} |", names(key), cell(key.hint), cell(key.form.expected));
    }
    if facts.verify.is_none() {
        out += "\nIt has no harmless call that would prove a key: the first call of a Bot does.\n";
    }
    out
}

fn names(key: &Key) -> String {
    let also = key.also.iter().map(|name| format!(" or `{name}`"));
    format!("`{}`{}", key.name, also.collect::<String>())
}

fn reasons() -> String {
    let area = |(title, entries): &(&str, &[Entry])| {
        let entries: Vec<String> = entries.iter().map(of_reason).collect();
        format!("### {title}\n\n{}", entries.join("\n"))
    };
    AREAS.iter().map(area).collect::<Vec<_>>().join("\n")
}

fn of_reason(entry: &Entry) -> String {
    let Entry { code, title, fix, acts, passes, closes } = entry;
    let (acts, passes, closes) = (acts.text(), passes.text(), closes.text());
    format!(
        "#### {code}\n\nMeans: {title}.\\\nWho acts: {acts}\\\nWhat to do: {fix}\\\nPasses by itself: {passes}\\\nOpens or closes: {closes}\n"
    )
}

/// A text that stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
