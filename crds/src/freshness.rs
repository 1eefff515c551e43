//! How old an answer may be, as a StagePolicy says it. In: the spec. Out: rules as the judge reads them. Pure.

use assayer_contract::{Freshness as Rules, Source};
use kube::{KubeSchema, core::Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::DurationText;

/// How old an answer may be before it proves nothing any more.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[x_kube(validation = Rule::new("has(self.within) != has(self.basis)").message("freshness must have either within or basis"))]
#[serde(rename_all = "camelCase")]
pub struct Freshness {
    /// An answer counts for so long after it was received. From 1s to 168h.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('1s') && duration(self) <= duration('168h')").message(
        "freshness.within must be from 1s to 168h"
    ))]
    pub within: Option<DurationText>,
    /// `release`: an answer counts until what it tells of is released anew, by the dates that the vendor itself tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
}

/// What decides how long an answer counts.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Basis {
    /// The next release of an economic series.
    Release,
}

/// When a market is open.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Hours {
    /// Regular trading hours: 09:30 to 16:00 in New York on its trading days.
    Rth,
}

/// Both as the judge reads them.
pub(crate) fn rules(freshness: Option<&Freshness>, valid_during: Option<Hours>) -> Rules {
    Rules {
        within: freshness.and_then(|freshness| Some(freshness.within.as_ref()?.duration())),
        until_release: freshness.is_some_and(|freshness| freshness.basis == Some(Basis::Release)),
        in_regular_hours: valid_during == Some(Hours::Rth),
        ..Rules::default()
    }
}

/// Of which kinds of source rows say enough to obey this.
pub(crate) fn only_where_it_is_known(source: Source) -> Rule {
    let mut known = Vec::new();
    if source != Source::Macro {
        known.push("(!has(self.freshness) || !has(self.freshness.basis))");
    }
    if source != Source::OptionsFlow {
        known.push("!has(self.validDuring)");
    }
    if source == Source::Broker {
        known.push("!has(self.freshness)");
    }
    let words = "freshness.basis is for macro, validDuring for optionsFlow, and of a broker neither is known";
    Rule::new(known.join(" && ")).message(format!("spec.sources.{source}: {words}").as_str())
}
