//! `GET /api/runbook`. In: nothing. Out: every reason with what to do about it, every provider with its keys; what `docs/runbook.md` is
//! generated from. It tells nothing of the installation, so anyone may read it. Pure.

use assayer_contract::reason::{AREAS, Entry};
use assayer_providers::ALL;
use axum::Json;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{integrations::Vendor, openapi::get};

/// Path of this handler.
pub(crate) const PATH: &str = "/api/runbook";

/// Everything that is known of reasons and vendors before anything happens.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RunbookAnswer {
    /// The reasons by area, in the order of the runbook.
    areas: Vec<AreaAnswer>,
    /// The vendors, in the order of the registry.
    providers: Vec<Vendor>,
}

/// Reasons that belong together.
#[derive(Debug, Serialize, JsonSchema)]
struct AreaAnswer {
    /// What they have in common, as a heading.
    title: String,
    /// The reasons.
    reasons: Vec<ReasonEntry>,
}

/// A reason.
#[derive(Debug, Serialize, JsonSchema)]
struct ReasonEntry {
    /// The code.
    reason_code: String,
    /// What it means.
    title: String,
    /// Who acts.
    who_acts: String,
    /// What they do.
    suggested_fix: String,
    /// Whether it goes away without anybody.
    passes_by_itself: bool,
    /// How it comes to an end.
    passes: String,
    /// What it opens or closes.
    closes: String,
}

/// The runbook.
pub(crate) async fn show() -> Json<RunbookAnswer> {
    let area = |(title, entries): &(&str, &[Entry])| AreaAnswer {
        title: (*title).to_owned(),
        reasons: entries.iter().map(ReasonEntry::of).collect(),
    };
    let providers = ALL.iter().map(|provider| Vendor::of(provider.facts())).collect();
    Json(RunbookAnswer { areas: AREAS.iter().map(area).collect(), providers })
}

/// What the API's description says of this path.
pub(crate) fn described(schemas: &mut SchemaGenerator) -> Map<String, Value> {
    let text = "Every reason with who acts, what to do, whether it passes by itself and what it closes; every provider with its keys. Needs nothing.";
    Map::from_iter([(PATH.to_owned(), get::<RunbookAnswer>(schemas, "runbook", text, &[405], &[]))])
}

impl ReasonEntry {
    fn of(entry: &Entry) -> Self {
        Self {
            reason_code: entry.code.to_string(),
            title: entry.title.to_owned(),
            who_acts: entry.acts.text().to_owned(),
            suggested_fix: entry.fix.to_owned(),
            passes_by_itself: entry.passes_by_itself(),
            passes: entry.passes.text().to_owned(),
            closes: entry.closes.text().to_owned(),
        }
    }
}
