//! Figures for Prometheus. No label holds the name of an object.

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

/// How a piece of work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub(super) enum Outcome {
    /// Done.
    Ok,
    /// The log could not be read or written.
    EvidenceUnavailable,
    /// Anything else went wrong.
    Error,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ByOutcome {
    pub(super) outcome: Outcome,
}

/// The controller's figures.
pub(super) struct Metrics {
    registry: Registry,
    pub(super) leader: Gauge,
    pub(super) reconciles: Family<ByOutcome, Counter>,
    pub(super) integration_looks: Family<ByOutcome, Counter>,
    pub(super) reconcile_seconds: Histogram,
    pub(super) planner_runs: Family<ByOutcome, Counter>,
    pub(super) jobs_created: Counter,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("assayer_controller");
        let reconcile_seconds = Histogram::new([0.005, 0.02, 0.1, 0.5, 2.0, 10.0]);
        let (leader, jobs_created) = (Gauge::default(), Counter::default());
        let (reconciles, integration_looks, planner_runs) = (Family::default(), Family::default(), Family::default());
        registry.register("leader", "1 while this replica leads", leader.clone());
        registry.register("reconciles", "Bots reconciled", reconciles.clone());
        registry.register("integration_looks", "Integrations looked at", integration_looks.clone());
        registry.register("reconcile_seconds", "Time to reconcile one Bot", reconcile_seconds.clone());
        registry.register("planner_runs", "Runs of the planner", planner_runs.clone());
        registry.register("jobs_created", "Kubernetes Jobs created", jobs_created.clone());
        Self { registry, leader, reconciles, integration_looks, reconcile_seconds, planner_runs, jobs_created }
    }

    /// All figures in the text format.
    pub(super) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut out = String::new();
        encode(&mut out, &self.registry)?;
        Ok(out)
    }
}
