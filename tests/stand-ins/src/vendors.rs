//! Every vendor by name. In: a name. Out: its API, to be put into a shell of its own.

use std::path::Path;

use crate::keys::Keys;
use crate::shell::Vendor;
use crate::{ai, databento, fred};

/// Names of all vendors, each the first segment of its paths where one process serves all.
#[rustfmt::skip]
pub const NAMES: &[&str] = &[
    "databento",
    "fred",
    "openai",
    "anthropic",
    "groq",
    "xai",
    "gemini",
    "openRouter",
];

/// The vendor of this name, from the data of this folder, with these keys; none where there is no such vendor.
pub fn vendor(name: &str, data: &Path, keys: Keys) -> anyhow::Result<Option<Vendor>> {
    Ok(Some(match name {
        "databento" => databento::vendor(databento::Catalogue::read(data)?, keys),
        "fred" => fred::vendor(keys),
        "openai" => ai::openai::vendor(keys),
        "anthropic" => ai::anthropic::vendor(keys),
        "groq" => ai::groq::vendor(keys),
        "xai" => ai::xai::vendor(keys),
        "gemini" => ai::gemini::vendor(keys),
        "openRouter" => ai::open_router::vendor(keys),
        _ => return Ok(None),
    }))
}
