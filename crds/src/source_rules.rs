//! What must hold of the sources of a StagePolicy, as rules that the API server checks. In: kinds of source. Out: CEL. Pure.

use assayer_contract::Source;
use kube::core::Rule;

use crate::Provider;

/// Only vendors of the kind may be named, and one must be unless the kind is disabled.
pub(crate) fn vendors_of(source: Source) -> Rule {
    let names: Vec<_> = Provider::all().filter(|provider| provider.source() == Some(source)).map(Provider::name).collect();
    let list = names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    Rule::new(format!("!has(self.providers) || self.providers.all(provider, provider in [{list}])")).message(
        format!("spec.sources.{source}.providers may name {} only: other vendors are of another kind", names.join(", ")).as_str(),
    )
}

/// Whoever uses a source says whose.
pub(crate) fn vendor_named(source: Source) -> Rule {
    Rule::new("self.requirement == 'Disabled' || (has(self.providers) && size(self.providers) > 0)").message(
        format!("spec.sources.{source}.providers must name a provider where the requirement is Required or Optional").as_str(),
    )
}

/// What stands in is another vendor than the one that runners ask first.
pub(crate) fn alternative_named() -> Rule {
    Rule::new("!has(self.fallback) || self.fallback != 'AltProvider' || (size(self.providers) > 1 && self.providers[0] == 'databento')")
        .message(
            "spec.sources.marketData.providers must name databento first and the provider that stands in for it second where fallback is AltProvider",
        )
}

/// What is simulated stands in for the vendor that runners ask first.
pub(crate) fn simulated_for_databento() -> Rule {
    Rule::new("!has(self.fallback) || self.fallback != 'Sim' || (size(self.providers) > 0 && self.providers[0] == 'databento')")
        .message("spec.sources.marketData.providers must name databento first where fallback is Sim")
}

/// Nobody trades at prices that were made up, and nobody prepares to.
pub(crate) fn only_lab_simulates() -> Rule {
    Rule::new("self.stage == 'LAB' || !has(self.sources.marketData.fallback) || self.sources.marketData.fallback != 'Sim'")
        .message("spec.sources.marketData.fallback may be Sim only where spec.stage is LAB")
}

/// A reason explains why nobody is asked.
pub(crate) fn reason_of_disabled(source: Source) -> Rule {
    Rule::new("!has(self.reason) || self.requirement == 'Disabled'")
        .message(format!("spec.sources.{source}.reason says why a source is Disabled: leave it out where it is not").as_str())
}

/// An account is needed or out of reach; there is nothing in between.
pub(crate) fn broker_is_required_or_disabled() -> Rule {
    Rule::new("self.requirement != 'Optional'").message("spec.sources.broker.requirement must be Required or Disabled")
}

/// No job of LAB touches a broker.
pub(crate) fn lab_has_no_broker() -> Rule {
    Rule::new("self.stage != 'LAB' || !has(self.sources.broker) || self.sources.broker.requirement == 'Disabled'")
        .message("spec.sources.broker.requirement must be Disabled where spec.stage is LAB: nothing there may touch a broker")
}

/// What LAB does is done with bars.
pub(crate) fn lab_has_bars() -> Rule {
    Rule::new("self.stage != 'LAB' || self.sources.marketData.requirement != 'Disabled'").message(
        "spec.sources.marketData.requirement must be Required where spec.stage is LAB, or Optional in a dev installation",
    )
}

/// From PAPER on, prices are needed at any rate.
pub(crate) fn trading_needs_prices() -> Rule {
    Rule::new("self.stage == 'LAB' || self.sources.marketData.requirement == 'Required'")
        .message("spec.sources.marketData.requirement must be Required where spec.stage is PAPER, SHADOW, CANARY or LIVE")
}

/// And so is an account.
pub(crate) fn trading_needs_a_broker() -> Rule {
    Rule::new("self.stage == 'LAB' || (has(self.sources.broker) && self.sources.broker.requirement == 'Required')")
        .message("spec.sources.broker.requirement must be Required where spec.stage is PAPER, SHADOW, CANARY or LIVE")
}

/// Bots of LAB cannot run without these.
pub(crate) fn lab_has_cycles() -> Rule {
    Rule::new("self.stage != 'LAB' || (has(self.cadence) && has(self.jobTimeout) && has(self.budgets) && has(self.promotion))")
        .message("spec.cadence, spec.jobTimeout, spec.budgets and spec.promotion are needed where spec.stage is LAB")
}

/// No other stage has cycles yet that could obey any of them.
pub(crate) fn cycles_are_of_lab() -> Rule {
    Rule::new("self.stage == 'LAB' || !(has(self.cadence) || has(self.jobTimeout) || has(self.budgets) || has(self.promotion))")
        .message(
            "spec.cadence, spec.jobTimeout, spec.budgets and spec.promotion are for LAB only: this version runs no Bot at another stage, so nothing would obey them",
        )
}
