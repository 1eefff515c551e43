//! Files of the checkout that are written from the code. In: a text, the file. Out: the file; or a refusal where it is stale. Not pure.

use std::{fs, path::PathBuf};

use anyhow::{Context, ensure};

/// Flags of a command that writes such a file.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file to write.
    file: PathBuf,
    /// Write nothing, and fail where the file is stale.
    #[arg(long)]
    check: bool,
}

impl Args {
    /// What stands in the file.
    pub(crate) fn committed(&self) -> anyhow::Result<String> {
        fs::read_to_string(&self.file).with_context(|| format!("reading {}", self.file.display()))
    }

    /// Writes the text, or says that the file is stale and which `make` target writes it.
    pub(crate) fn keep(&self, text: &str, target: &str) -> anyhow::Result<()> {
        let file = self.file.display();
        if !self.check {
            return fs::write(&self.file, text).with_context(|| format!("writing {file}"));
        }
        ensure!(self.committed()? == text, "{file} is stale: run `make {target}` and commit it");
        Ok(())
    }
}
