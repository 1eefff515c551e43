//! Figures for Prometheus, without names of objects in their labels. In: what happened. Out: the text of `/metrics`.

use std::sync::{Arc, atomic::AtomicU64};

use assayer_contract::{Outcome, RequestRow, simulated};
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

/// The dataset that a figure is of: one that a live session is open for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfDataset {
    /// The vendor's name of it.
    pub dataset: String,
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
    /// Live sessions that are open.
    pub stream_sessions: Family<OfDataset, Gauge>,
    /// Readers of live sessions.
    pub stream_readers: Family<OfDataset, Gauge>,
    /// Seconds since the vendor's last sign of life.
    pub stream_heartbeat_age: Family<OfDataset, Gauge<f64, AtomicU64>>,
    /// Seconds since the end of the newest bar, in an open market.
    pub stream_bar_age: Family<OfDataset, Gauge<f64, AtomicU64>>,
    /// Live bars received.
    pub stream_bars: Family<OfDataset, Counter>,
    /// Live bars received that were known already.
    pub stream_known: Family<OfDataset, Counter>,
    /// Gaps that readers were told of.
    pub stream_gaps: Family<OfDataset, Counter>,
    /// Readers cut because they did not keep up.
    pub stream_cut: Family<OfDataset, Counter>,
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
        let mut metrics = Self {
            registry: Arc::default(),
            attempts,
            vendor_seconds,
            groups,
            rows,
            active,
            stream_sessions: Family::default(),
            stream_readers: Family::default(),
            stream_heartbeat_age: Family::default(),
            stream_bar_age: Family::default(),
            stream_bars: Family::default(),
            stream_known: Family::default(),
            stream_gaps: Family::default(),
            stream_cut: Family::default(),
        };
        metrics.register_streams(&mut registry);
        metrics.registry = Arc::new(registry);
        metrics
    }

    fn register_streams(&self, registry: &mut Registry) {
        registry.register("stream_sessions", "Live sessions that are open", self.stream_sessions.clone());
        registry.register("stream_readers", "Readers of live sessions", self.stream_readers.clone());
        let age = self.stream_heartbeat_age.clone();
        registry.register("stream_heartbeat_age_seconds", "Since the vendor's last sign of life", age);
        let age = self.stream_bar_age.clone();
        registry.register("stream_bar_age_seconds", "Since the end of the newest bar, in an open market", age);
        registry.register("stream_bars", "Live bars received", self.stream_bars.clone());
        registry.register("stream_known_bars", "Live bars received that were known already", self.stream_known.clone());
        registry.register("stream_gaps", "Gaps that readers were told of", self.stream_gaps.clone());
        registry.register("stream_readers_cut", "Readers cut because they did not keep up", self.stream_cut.clone());
    }

    /// Counts an attempt that is recorded.
    pub(crate) fn count(&self, row: &RequestRow) {
        let reason_code = row.reason_code.filter(|_| row.outcome != Outcome::Success).map(|reason| reason.to_string());
        let attempt = Attempt {
            provider: label(&row.provider).to_owned(),
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

/// Only names of the registry and what stands beside it: a caller must not be able to make labels.
fn label(provider: &str) -> &'static str {
    match assayer_providers::find(provider) {
        Some(provider) => provider.name(),
        None if provider == simulated::PROVIDER => simulated::PROVIDER,
        None => "",
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
