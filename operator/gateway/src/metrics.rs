//! Figures for Prometheus, without names of objects in their labels. In: what happened. Out: the text of `/metrics`.

use std::sync::Arc;

use assayer_contract::{Outcome, RequestRow};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};

/// Labels of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Attempt {
    /// Registry name of the provider; empty where it is none.
    pub provider: String,
    /// How the attempt ended.
    pub outcome: String,
    /// Why it did not succeed; empty where it did.
    pub reason_code: String,
}

/// The gateway's figures. Clones share them.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    /// Attempts that were recorded.
    pub attempts: Family<Attempt, Counter>,
    /// Seconds from the first byte sent to the last received.
    pub vendor_seconds: Histogram,
    /// Groups committed.
    pub groups: Counter,
    /// Rows committed.
    pub rows: Counter,
    /// 1 while this gateway can write: it holds its set and the database answers.
    pub active: Gauge,
}

impl Metrics {
    /// All figures at zero.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("assayer_gateway");
        let attempts = Family::default();
        let vendor_seconds = Histogram::new(exponential_buckets(0.005, 2.0, 14));
        let (groups, rows, active) = (Counter::default(), Counter::default(), Gauge::default());
        registry.register("attempts", "Attempts recorded, by outcome", attempts.clone());
        registry.register("vendor_seconds", "From the first byte sent to the last received", vendor_seconds.clone());
        registry.register("log_groups", "Groups of the request log committed", groups.clone());
        registry.register("log_rows", "Rows of the request log committed", rows.clone());
        registry.register("active", "Whether this gateway holds its set and the database answers", active.clone());
        Self { registry: Arc::new(registry), attempts, vendor_seconds, groups, rows, active }
    }

    /// Counts an attempt that is recorded.
    pub(crate) fn count(&self, row: &RequestRow) {
        let reason_code = row.reason_code.filter(|_| row.outcome != Outcome::Success).map(|reason| reason.to_string());
        let attempt = Attempt {
            // Only names of the registry: a caller must not be able to make labels.
            provider: assayer_providers::find(&row.provider).map_or("", |provider| provider.name()).to_owned(),
            outcome: row.outcome.to_string(),
            reason_code: reason_code.unwrap_or_default(),
        };
        self.attempts.get_or_create(&attempt).inc();
    }

    /// The text that Prometheus reads.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut out = String::new();
        encode(&mut out, &self.registry)?;
        Ok(out)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
