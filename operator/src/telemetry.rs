//! Logs as JSON lines on standard output, filtered by `RUST_LOG` (default `info`). Not pure: sets the process's subscriber.

use tracing_subscriber::EnvFilter;

/// Starts logging. A filter that cannot be read falls back to `info`.
pub(crate) fn init() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().flatten_event(true).with_current_span(true).with_env_filter(filter).init();
}
