//! Where things lie: the checkout, the cache outside of it, the state inside `target`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The places that all commands share.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    /// The root of the checkout, absolute.
    pub(crate) checkout: PathBuf,
    /// What is built once for a machine: `$ASSAYER_CACHE`, or `assayer` in the user's cache folder.
    pub(crate) cache: PathBuf,
}

impl Paths {
    /// Finds the checkout above the working directory, and the cache from the environment.
    pub(crate) fn find() -> Result<Self> {
        let here = std::env::current_dir().context("cannot tell the working directory")?;
        let inside = |dir: &&Path| dir.join("tests/cluster/go").is_dir();
        let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
        let checkout = here.ancestors().find(inside).or(built_in).context("not inside a checkout")?.to_path_buf();
        Ok(Self { checkout, cache: cache()? })
    }

    /// The folder of this tool.
    pub(crate) fn home(&self) -> PathBuf {
        self.checkout.join("tests/cluster")
    }

    /// A path below `target`.
    pub(crate) fn target(&self, name: &str) -> PathBuf {
        self.checkout.join("target").join(name)
    }
}

fn cache() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let dir = set("ASSAYER_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|dir| dir.join("assayer")))
        .or_else(|| set("HOME").map(|dir| dir.join(".cache/assayer")))
        .context("set ASSAYER_CACHE or HOME: there must be a folder for what is built once")?;
    std::path::absolute(&dir).with_context(|| format!("not a usable path: {}", dir.display()))
}
