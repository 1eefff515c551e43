//! kubectl for a machine that has none: a link on the `PATH` while the cluster is up.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::command::{find, write};

/// On the `PATH` of every Debian user, and no package's.
const LINK: &str = "/usr/local/bin/kubectl";

/// Links the built one where the `PATH` has none; `note` says that the link is ours.
pub(crate) fn offer(built: &Path, note: &Path) -> Result<()> {
    if find("kubectl").is_some() {
        return Ok(());
    }
    if fs::symlink_metadata(LINK).is_ok_and(|link| link.is_symlink()) {
        // One that leads nowhere: the cache that it led to is gone.
        fs::remove_file(LINK).with_context(|| format!("cannot remove {LINK}"))?;
    }
    std::os::unix::fs::symlink(built, LINK).with_context(|| format!("cannot link {LINK}"))?;
    write(note, LINK)
}

/// Takes the link away again.
pub(crate) fn withdraw(note: &Path) -> Result<()> {
    if note.is_file() && fs::symlink_metadata(LINK).is_ok_and(|link| link.is_symlink()) {
        fs::remove_file(LINK).with_context(|| format!("cannot remove {LINK}"))?;
    }
    Ok(())
}
