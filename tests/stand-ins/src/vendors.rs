//! Every vendor by name. In: a name. Out: its API, to be put into a shell of its own.

use std::path::Path;

use crate::keys::Keys;
use crate::shell::Vendor;
use crate::{VENDORS, databento};

const DATABENTO: &str = "databento";

/// Names of all vendors, each the first segment of its paths where one process serves all.
pub fn names() -> impl Iterator<Item = &'static str> {
    std::iter::once(DATABENTO).chain(VENDORS.iter().map(|(name, _)| *name))
}

/// The vendor of this name, from the data of this folder, with these keys; none where there is no such vendor.
pub fn vendor(name: &str, data: &Path, keys: Keys) -> anyhow::Result<Option<Vendor>> {
    if name == DATABENTO {
        return Ok(Some(databento::vendor(databento::Catalogue::read(data)?, keys)));
    }
    Ok(VENDORS.iter().find(|(known, _)| *known == name).map(|(_, vendor)| vendor(keys)))
}
