//! Files of the checkout that are written from the code, whole or between marks. In: a text, the file. Out: the file; or a refusal where
//! it is stale. Not pure.

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

/// The text with the lines between two marks replaced; none where a mark is missing. Marks are whole lines, but for their indentation.
pub(crate) fn with_section(text: &str, (begin, end): (&str, &str), section: &str) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let first = lines.iter().position(|line| line.trim() == begin)?;
    let last = first + lines.iter().skip(first).position(|line| line.trim() == end)?;
    let (before, after) = (lines.iter().take(first + 1), lines.iter().skip(last));
    Some(before.chain([&section]).chain(after).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::with_section;

    #[test]
    fn only_what_stands_between_the_marks_is_written() {
        let text = "a\n  # begin\nold\n  # end\nb\n";
        assert_eq!(with_section(text, ("# begin", "# end"), "new\n").unwrap(), "a\n  # begin\nnew\n  # end\nb\n");
        assert!(with_section(text, ("# begin", "# other"), "new\n").is_none());
        assert!(with_section(text, ("# other", "# end"), "new\n").is_none());
    }
}
