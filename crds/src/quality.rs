//! What bars must satisfy, as a StagePolicy says it. In: the spec. Out: limits as the judge reads them. Pure.

use assayer_contract::{HashError, QualityLimits, policy::Requirement, quality::RatioError};
use kube::KubeSchema;
use serde::{Deserialize, Serialize};

/// What bars must satisfy before a backtest counts. Duplicates, disorder, impossible bars, prices off the tick and a number of bars
/// that differs from the vendor's own count never pass, whatever is set here. What cannot be measured does not pass either.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Quality {
    /// Trade dates with bars, at least. From 1 to 10000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("self >= 1 && self <= 10000").message("minSessions must be from 1 to 10000"))]
    pub min_sessions: Option<i32>,
    /// Bars that are there, of those that the session calendar of the market has room for, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_bar_ratio: Option<MinBarRatio>,
    /// Longest run of missing bars, in minutes with closed hours left out, at most. From 1 to 100000. One missing bar of an hour is
    /// 60, one missing day 1440.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("self >= 1 && self <= 100000").message("maxGapMinutes must be from 1 to 100000"))]
    pub max_gap_minutes: Option<i32>,
    /// Fields of bars (four prices and the volume) that are missing, of all that the bars have, at most. From 0 to 1 as text. Bars that
    /// lack a field are not used, and count as missing for the other limits. Absent: no field may be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 8))]
    #[x_kube(validation = Rule::new("self.matches('^(0([.][0-9]{1,6})?|1([.]0{1,6})?)$')").message(
        "maxMissingRatio must be from 0 to 1 with at most six decimals"
    ))]
    pub max_missing_ratio: Option<String>,
}

/// Parts of the expected bars, each from 0 to 1 as text, for example `"0.995"`.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct MinBarRatio {
    /// In regular trading hours: 08:30 to 15:15 in Chicago for equity index futures. Markets without any have no bars here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 8))]
    #[x_kube(validation = Rule::new("self.matches('^(0([.][0-9]{1,6})?|1([.]0{1,6})?)$')").message(
        "rth must be from 0 to 1 with at most six decimals"
    ))]
    pub rth: Option<String>,
    /// In all other trading hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 8))]
    #[x_kube(validation = Rule::new("self.matches('^(0([.][0-9]{1,6})?|1([.]0{1,6})?)$')").message(
        "eth must be from 0 to 1 with at most six decimals"
    ))]
    pub eth: Option<String>,
}

/// Why a StagePolicy cannot be read as rules.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It has no canonical form.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// A field is not there without which no Bot can run.
    #[error("spec.{0} is missing, which Bots of LAB need")]
    Missing(&'static str),
    /// LAB does without market data where it may not.
    #[error("spec.sources.marketData.requirement is {0:?}: LAB needs Required, but for a dev installation")]
    MarketDataNotRequired(Requirement),
    /// LAB simulates bars where it may not.
    #[error(
        "spec.sources.marketData.fallback is Sim: this installation simulates nothing, which takes environment=dev and allowSimFallback=true; set None or AltProvider"
    )]
    SimNotAllowed,
    /// A ratio is none.
    #[error("spec.sources.marketData.quality: {0}")]
    Ratio(#[from] RatioError),
}

impl Quality {
    /// The limits as the judge reads them.
    pub fn limits(&self) -> Result<QualityLimits, RatioError> {
        let ratio = |side: fn(&MinBarRatio) -> Option<&String>| {
            let text = self.min_bar_ratio.as_ref().and_then(side);
            text.map(|text| text.parse()).transpose()
        };
        Ok(QualityLimits {
            min_sessions: self.min_sessions,
            min_rth_ratio: ratio(|ratio| ratio.rth.as_ref())?,
            min_eth_ratio: ratio(|ratio| ratio.eth.as_ref())?,
            max_gap_minutes: self.max_gap_minutes,
            max_missing_ratio: self.max_missing_ratio.as_deref().map(str::parse).transpose()?,
        })
    }
}
