//! A strategy drawn by its user: named nodes that look at prices and at each other, flat and never in a circle. Pure.

mod node;
mod plan;
mod work;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use node::{Length, Less, Node, One, Several, Than, Times, Window};

use self::{plan::Plan, work::Work};
use super::{
    Target,
    family::{AtWork, Parameters},
    strip::without_nulls,
};
use crate::{Bar, Instrument, InvalidField, Moment, Overflow};

/// Nodes by name, and which of them say what to hold.
///
/// A side is wanted as long as its condition holds; where there is a condition to leave it, from then on until that one holds. While
/// `long` and `short` both hold, nothing is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = without_nulls)]
pub struct Graph {
    /// Numbers and conditions by name: 1 to 40 letters, digits, `-` or `_`, and no name of a price. Each is looked at by another or
    /// named below.
    #[schemars(extend("maxProperties" = 32))]
    pub nodes: BTreeMap<String, Node>,
    /// The condition at which long is wanted; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 40))]
    pub long: Option<String>,
    /// The condition at which a long position is no longer wanted; absent: as soon as `long` does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 40))]
    pub leave_long: Option<String>,
    /// The condition at which short is wanted; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 40))]
    pub short: Option<String>,
    /// The condition at which a short position is no longer wanted; absent: as soon as `short` does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 40))]
    pub leave_short: Option<String>,
}

impl Graph {
    /// The bars that nodes look at, by name: what a search may change.
    pub fn windows(&mut self) -> impl Iterator<Item = (String, &mut i32)> {
        self.nodes.iter_mut().filter_map(|(name, node)| {
            let kind = node.name();
            node.bars_mut().map(|bars| (format!("graph.nodes.{name}.{kind}.bars"), bars))
        })
    }

    /// Each condition that is named, the field that names it, and whether it can matter.
    fn outputs(&self) -> impl Iterator<Item = (&'static str, &str, bool)> {
        let (long, short) = (self.long.is_some(), self.short.is_some());
        let all = [
            ("long", &self.long, true),
            ("leaveLong", &self.leave_long, long),
            ("short", &self.short, true),
            ("leaveShort", &self.leave_short, short),
        ];
        all.into_iter().filter_map(|(field, name, matters)| name.as_deref().map(|name| (field, name, matters)))
    }
}

impl Parameters for Graph {
    type State = State;

    fn validate(&self, _: &Instrument) -> Result<(), InvalidField> {
        Plan::of(self).map(drop)
    }

    fn warm_up_bars(&self) -> usize {
        Plan::of(self).map_or(0, |plan| plan.warm_up())
    }

    fn start(&self, _: &Instrument) -> State {
        // `validate` has refused what cannot be planned; of nothing nothing is ever wanted.
        let plan = Plan::of(self).unwrap_or_default();
        let place = |name: &Option<String>| name.as_deref().and_then(|name| plan.place(name));
        State {
            long: Side { enter: place(&self.long), leave: place(&self.leave_long) },
            short: Side { enter: place(&self.short), leave: place(&self.leave_short) },
            work: Work::new(&plan),
            target: Target::Flat,
        }
    }
}

/// Where the conditions of a side stand.
#[derive(Clone, Copy, Debug)]
struct Side {
    enter: Option<usize>,
    leave: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct State {
    long: Side,
    short: Side,
    work: Work,
    target: Target,
}

impl State {
    /// A condition that is not named never holds; none while one that is named is warming up.
    fn holds(&self, place: Option<usize>) -> Option<bool> {
        place.map_or(Some(false), |place| self.work.holds(place))
    }

    /// What is wanted where neither side is newly wanted.
    fn kept(&self, side: Side) -> Option<Target> {
        let kept = side.leave.is_some() && !self.holds(side.leave)?;
        Some(if kept { self.target } else { Target::Flat })
    }

    fn wanted(&self) -> Option<Target> {
        Some(match (self.holds(self.long.enter)?, self.holds(self.short.enter)?, self.target) {
            (true, false, _) => Target::Long,
            (false, true, _) => Target::Short,
            (false, false, Target::Long) => self.kept(self.long)?,
            (false, false, Target::Short) => self.kept(self.short)?,
            (true, true, _) | (false, false, Target::Flat) => Target::Flat,
        })
    }

    /// Whether every condition that is named says something.
    fn is_warm(&self) -> bool {
        [self.long.enter, self.long.leave, self.short.enter, self.short.leave].iter().all(|place| self.holds(*place).is_some())
    }
}

impl AtWork for State {
    fn on_close(&mut self, bar: &Bar, _: Option<&Moment>) -> Result<Option<Target>, Overflow> {
        self.work.on_close(bar)?;
        if !self.is_warm() {
            return Ok(None);
        }
        let wanted = self.wanted();
        self.target = wanted.unwrap_or(self.target);
        Ok(wanted)
    }
}
