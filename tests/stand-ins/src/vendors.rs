//! Every vendor by name. In: a name. Out: its API, to be put into a shell of its own.

use std::path::Path;

use crate::keys::Keys;
use crate::shell::Vendor;
use crate::{databento, discord, fred, ironbeam, slack, supabase, tradovate, webhook};

/// Names of all vendors, each the first segment of its paths where one process serves all.
#[rustfmt::skip]
pub const NAMES: &[&str] = &[
    "databento",
    "fred",
    "tradovate",
    "ironbeam",
    "discord",
    "slack",
    "webhook",
    "supabase",
];

/// The vendor of this name, from the data of this folder, with these keys; none where there is no such vendor.
pub fn vendor(name: &str, data: &Path, keys: Keys) -> anyhow::Result<Option<Vendor>> {
    Ok(Some(match name {
        "databento" => databento::vendor(databento::Catalogue::read(data)?, keys),
        "fred" => fred::vendor(keys),
        "tradovate" => tradovate::vendor(keys),
        "ironbeam" => ironbeam::vendor(keys),
        "discord" => discord::vendor(keys),
        "slack" => slack::vendor(keys),
        "webhook" => webhook::vendor(keys),
        "supabase" => supabase::vendor(keys),
        _ => return Ok(None),
    }))
}
