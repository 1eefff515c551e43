//! What a node of a graph may be. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Multiple, Price};

/// One node: exactly one of these. What it looks at is named: `open`, `high`, `low`, `close`, or another node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GraphNode")]
pub enum Node {
    /// A number that never changes, such as `"5000.25"` or, for an index, `"30"`.
    Number(Price),
    /// The average of the last numbers.
    Sma(Window),
    /// The exponential average: the mean of the first `bars` numbers, then two of `bars` + 1 parts the newest.
    Ema(Window),
    /// The highest of the last numbers.
    Highest(Window),
    /// The lowest of the last numbers.
    Lowest(Window),
    /// The number of so many bars before.
    Ago(Window),
    /// The average true range (Wilder's).
    Atr(Length),
    /// The relative strength index of closes (Wilder's), from 0 to 100; 50 where the price never moved.
    Rsi(Length),
    /// Numbers added.
    Sum(Several),
    /// One number less another.
    Difference(Less),
    /// A number so many times.
    Times(Times),
    /// Whether one number is above another. Where they are equal, it is not.
    Above(Than),
    /// Whether one number is below another. Where they are equal, it is not.
    Below(Than),
    /// Whether all of these conditions hold.
    All(Several),
    /// Whether any of these conditions holds.
    Any(Several),
    /// Whether a condition does not hold.
    Not(One),
    /// Whether a condition holds that did not hold at the close before.
    Begins(One),
}

/// The last values of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GraphWindow")]
pub struct Window {
    /// The number.
    #[schemars(length(min = 1, max = 40))]
    pub of: String,
    /// How many bars.
    #[schemars(range(min = 1, max = 1_000))]
    pub bars: i32,
}

/// How many bars an indicator of prices looks at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GraphLength")]
pub struct Length {
    /// How many bars.
    #[schemars(range(min = 1, max = 1_000))]
    pub bars: i32,
}

/// Two to eight nodes of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GraphSeveral")]
pub struct Several {
    /// Their names.
    #[schemars(length(min = 2, max = 8), inner(length(min = 1, max = 40)))]
    pub of: Vec<String>,
}

/// Two numbers of which one is taken from the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GraphLess")]
pub struct Less {
    /// What is taken from.
    #[schemars(length(min = 1, max = 40))]
    pub of: String,
    /// What is taken away.
    #[schemars(length(min = 1, max = 40))]
    pub less: String,
}

/// A number and how often it is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GraphTimes")]
pub struct Times {
    /// The number.
    #[schemars(length(min = 1, max = 40))]
    pub of: String,
    /// How often, such as `"2.5"`.
    pub by: Multiple,
}

/// Two numbers that are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GraphThan")]
pub struct Than {
    /// What is asked about.
    #[schemars(length(min = 1, max = 40))]
    pub of: String,
    /// What it is compared with.
    #[schemars(length(min = 1, max = 40))]
    pub than: String,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GraphOne")]
pub struct One {
    /// The condition.
    #[schemars(length(min = 1, max = 40))]
    pub of: String,
}

/// What a node says at a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Condition,
}

impl Kind {
    pub(super) const fn remedy(self) -> &'static str {
        match self {
            Self::Number => "name open, high, low, close, or a node that is a number",
            Self::Condition => "name a node that is a condition",
        }
    }
}

impl Node {
    /// As users write it.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Sma(_) => "sma",
            Self::Ema(_) => "ema",
            Self::Highest(_) => "highest",
            Self::Lowest(_) => "lowest",
            Self::Ago(_) => "ago",
            Self::Atr(_) => "atr",
            Self::Rsi(_) => "rsi",
            Self::Sum(_) => "sum",
            Self::Difference(_) => "difference",
            Self::Times(_) => "times",
            Self::Above(_) => "above",
            Self::Below(_) => "below",
            Self::All(_) => "all",
            Self::Any(_) => "any",
            Self::Not(_) => "not",
            Self::Begins(_) => "begins",
        }
    }

    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::Above(_) | Self::Below(_) | Self::All(_) | Self::Any(_) | Self::Not(_) | Self::Begins(_) => Kind::Condition,
            _ => Kind::Number,
        }
    }

    /// What it looks at: the field that names it, and the name.
    pub(super) fn looks_at(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::Number(_) | Self::Atr(_) | Self::Rsi(_) => Vec::new(),
            Self::Sma(window) | Self::Ema(window) | Self::Highest(window) | Self::Lowest(window) | Self::Ago(window) => {
                vec![("of", &window.of)]
            }
            Self::Sum(several) | Self::All(several) | Self::Any(several) => {
                several.of.iter().map(|name| ("of", name.as_str())).collect()
            }
            Self::Difference(Less { of, less }) => vec![("of", of), ("less", less)],
            Self::Times(Times { of, .. }) | Self::Not(One { of }) | Self::Begins(One { of }) => vec![("of", of)],
            Self::Above(Than { of, than }) | Self::Below(Than { of, than }) => vec![("of", of), ("than", than)],
        }
    }

    /// What everything that it looks at is.
    pub(super) const fn of_kind(&self) -> Kind {
        match self {
            Self::All(_) | Self::Any(_) | Self::Not(_) | Self::Begins(_) => Kind::Condition,
            _ => Kind::Number,
        }
    }

    /// The bars it looks at, where it has such a setting.
    pub(super) const fn bars(&self) -> Option<i32> {
        match self {
            Self::Sma(window) | Self::Ema(window) | Self::Highest(window) | Self::Lowest(window) | Self::Ago(window) => {
                Some(window.bars)
            }
            Self::Atr(length) | Self::Rsi(length) => Some(length.bars),
            _ => None,
        }
    }

    /// The same to be changed.
    pub(super) const fn bars_mut(&mut self) -> Option<&mut i32> {
        match self {
            Self::Sma(window) | Self::Ema(window) | Self::Highest(window) | Self::Lowest(window) | Self::Ago(window) => {
                Some(&mut window.bars)
            }
            Self::Atr(length) | Self::Rsi(length) => Some(&mut length.bars),
            _ => None,
        }
    }
}
