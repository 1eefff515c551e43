//! What is left for Kubernetes to find where the gateway takes no report. In: why the job failed. Out: a report in a file.

use std::{fs::OpenOptions, io::Write as _, path::Path};

use tracing::warn;

use super::Failure;

/// Kubernetes makes the file; where it is not there, nobody would read it.
pub(super) fn leave(file: &Path, failure: &Failure) {
    let write = || {
        let report = serde_json::to_vec(&failure.report())?;
        OpenOptions::new().write(true).truncate(true).open(file)?.write_all(&report)
    };
    if let Err(error) = write() {
        warn!(file = %file.display(), %error, "nobody will know why this job failed but from this log");
    }
}
