//! In which order nodes are worked out, and from when on they say something. In: a graph. Out: that, or what is wrong with it, by the
//! node's name. Pure.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    super::bars,
    Graph,
    node::{Kind, Node},
};
use crate::{Bar, InvalidField, Price};

/// Most nodes of a graph.
const MOST: usize = 32;
/// Bars that one node may look at.
const BARS: std::ops::RangeInclusive<i32> = 1..=1_000;
/// Longest name of a node.
const NAME: usize = 40;
/// Bars that may have to close before there is a first signal: windows of windows add up.
const WARM_UP: usize = 5_000;

/// A price of a bar.
type OfBar = fn(&Bar) -> Price;

/// The prices of a bar, which are there without a node.
pub(super) const PRICES: [(&str, OfBar); 4] =
    [("open", |bar| bar.open), ("high", |bar| bar.high), ("low", |bar| bar.low), ("close", |bar| bar.close)];

/// A graph that can be worked out.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    /// Each after all that it looks at; places are counted behind those of the prices.
    pub(super) nodes: Vec<Planned<'a>>,
    places: BTreeMap<&'a str, usize>,
}

/// A node at its place.
#[derive(Debug)]
pub(super) struct Planned<'a> {
    pub(super) node: &'a Node,
    /// Places of what it looks at.
    pub(super) looks_at: Vec<usize>,
    /// Bars that must have closed before it says anything.
    warm_up: usize,
}

impl<'a> Plan<'a> {
    /// Of this graph; an error names the node, the field and the value.
    pub(super) fn of(graph: &'a Graph) -> Result<Self, InvalidField> {
        let mut plan = Self::default();
        let count = graph.nodes.len();
        InvalidField::unless(
            (1..=MOST).contains(&count),
            "strategy.graph.nodes",
            format!("{count} nodes"),
            format!("use 1 to {MOST}"),
        )?;
        InvalidField::unless(
            graph.long.is_some() || graph.short.is_some(),
            "strategy.graph.long",
            "absent",
            "name a condition as long, as short, or one as each",
        )?;
        graph.nodes.iter().try_for_each(|(name, node)| check(name, node))?;
        for (output, name, holds) in graph.outputs() {
            let field = format!("strategy.graph.{output}");
            plan.add(graph, &field, name, Kind::Condition, &mut Vec::new())?;
            let remedy = "name a condition for the same side as well, or leave this out";
            InvalidField::unless(holds, field, name, remedy)?;
        }
        let unused = graph.nodes.keys().find(|name| !plan.places.contains_key(name.as_str()));
        InvalidField::unless(
            unused.is_none(),
            format!("strategy.graph.nodes.{}", unused.map_or("", String::as_str)),
            "looked at by nothing",
            "use it, or take it away",
        )?;
        let warm_up = plan.warm_up();
        let remedy = format!("choose fewer bars: there may be {WARM_UP} at most");
        InvalidField::unless(warm_up <= WARM_UP, "strategy.graph", format!("{warm_up} bars before its first signal"), remedy)?;
        Ok(plan)
    }

    /// The place of a price or a node.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        let price = PRICES.iter().position(|(price, _)| *price == name);
        price.or_else(|| self.places.get(name).copied())
    }

    /// Bars that must have closed before every node says something.
    pub(super) fn warm_up(&self) -> usize {
        self.nodes.iter().map(|planned| planned.warm_up).max().unwrap_or_default()
    }

    /// Puts a node, and first all that it looks at, in its place. `above` are those that look at it, the last directly.
    fn add(
        &mut self,
        graph: &'a Graph,
        field: &str,
        name: &'a str,
        kind: Kind,
        above: &mut Vec<&'a str>,
    ) -> Result<(), InvalidField> {
        let refused = |remedy: Cow<'static, str>| InvalidField {
            field: field.to_owned().into(),
            value: name.chars().take(NAME).collect(),
            remedy: remedy.into_owned(),
        };
        if kind == Kind::Number && PRICES.iter().any(|(price, _)| *price == name) {
            return Ok(());
        }
        let node = graph.nodes.get(name).filter(|node| node.kind() == kind).ok_or_else(|| refused(kind.remedy().into()))?;
        if above.contains(&name) {
            return Err(refused(format!("name a node that does not look at {name} itself: {}", above.join(" → ")).into()));
        }
        if self.places.contains_key(name) {
            return Ok(());
        }
        above.push(name);
        for (at, looked_at) in node.looks_at() {
            let field = format!("strategy.graph.nodes.{name}.{}.{at}", node.name());
            self.add(graph, &field, looked_at, node.of_kind(), above)?;
        }
        above.pop();
        self.put(name, node);
        Ok(())
    }

    fn put(&mut self, name: &'a str, node: &'a Node) {
        let looks_at: Vec<usize> = node.looks_at().iter().filter_map(|(_, name)| self.place(name)).collect();
        let of_node = |place: &usize| place.checked_sub(PRICES.len()).and_then(|place| self.nodes.get(place));
        let before = looks_at.iter().map(|place| of_node(place).map_or(1, |planned| planned.warm_up)).max().unwrap_or_default();
        let length = bars(node.bars().unwrap_or_default());
        let warm_up = match node {
            Node::Sma(_) | Node::Ema(_) | Node::Highest(_) | Node::Lowest(_) => before + length - 1,
            Node::Ago(_) => before + length,
            Node::Atr(_) | Node::Rsi(_) => length + 1,
            Node::Begins(_) => before + 1,
            _ => before,
        };
        self.places.insert(name, PRICES.len() + self.nodes.len());
        self.nodes.push(Planned { node, looks_at, warm_up });
    }
}

/// What a node's own fields must be.
fn check(name: &str, node: &Node) -> Result<(), InvalidField> {
    let field = |field: &str| format!("strategy.graph.nodes.{name}.{}.{field}", node.name());
    InvalidField::unless_text(name, NAME, "-_", "strategy.graph.nodes")?;
    let is_price = PRICES.iter().any(|(price, _)| *price == name);
    InvalidField::unless(!is_price, format!("strategy.graph.nodes.{name}"), node.name(), "choose a name that is not a price's")?;
    if let Node::Sum(several) | Node::All(several) | Node::Any(several) = node {
        let count = several.of.len();
        InvalidField::unless((2..=8).contains(&count), field("of"), format!("{count} names"), "name 2 to 8 nodes")?;
    }
    node.bars().map_or(Ok(()), |bars| InvalidField::unless_within(&BARS, field("bars"), bars))
}
