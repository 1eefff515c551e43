//! Nodes at work. In: closed bars. Out: what each node says. Pure.

use std::{cmp::Reverse, collections::VecDeque};

use super::{
    super::bars,
    node::Node,
    plan::{PRICES, Plan},
};
use crate::{
    Bar, Overflow,
    indicator::{Atr, Ema, RollingMax, RollingSum, Rsi, SCALE},
};

/// Numbers are parts of a nano unit, as averages are; beyond this they are refused, so that no product here needs more than 128 bits.
const MOST: i128 = 1 << 100;
/// Hundredths in one.
const HUNDRED: i128 = 100;

/// What a node says at a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Number(i128),
    Condition(bool),
}

/// What a node remembers.
#[derive(Clone, Debug)]
enum Memory {
    Nothing,
    Sum(RollingSum),
    Ema(Ema),
    Highest(RollingMax<i128>),
    Lowest(RollingMax<Reverse<i128>>),
    Before(VecDeque<i128>),
    Atr(Atr),
    Rsi(Rsi),
    Last(Option<bool>),
}

#[derive(Clone, Debug)]
struct Worker {
    node: Node,
    looks_at: Vec<usize>,
    memory: Memory,
}

/// All nodes of a graph.
#[derive(Clone, Debug)]
pub(super) struct Work {
    workers: Vec<Worker>,
    /// Of the last close: prices first, then the nodes.
    said: Vec<Option<Said>>,
}

impl Work {
    pub(super) fn new(plan: &Plan<'_>) -> Self {
        let worker = |node: &Node, looks_at: &[usize]| Worker {
            node: node.clone(),
            looks_at: looks_at.to_vec(),
            memory: Memory::of(node),
        };
        let workers: Vec<_> = plan.nodes.iter().map(|planned| worker(planned.node, &planned.looks_at)).collect();
        Self { said: Vec::with_capacity(PRICES.len() + workers.len()), workers }
    }

    /// Takes the bar that has just closed.
    pub(super) fn on_close(&mut self, bar: &Bar) -> Result<(), Overflow> {
        self.said.clear();
        self.said.extend(PRICES.map(|(_, of)| Some(Said::Number(i128::from(of(bar).nanos()) * SCALE))));
        for worker in &mut self.workers {
            let said = worker.say(bar, &self.said);
            if let Some(Said::Number(number)) = said
                && number.abs() > MOST
            {
                return Err(Overflow("a number of strategy.graph"));
            }
            self.said.push(said);
        }
        Ok(())
    }

    /// Whether a condition holds; none while it is warming up.
    pub(super) fn holds(&self, place: usize) -> Option<bool> {
        match self.said.get(place).copied().flatten() {
            Some(Said::Condition(holds)) => Some(holds),
            _ => None,
        }
    }
}

impl Memory {
    fn of(node: &Node) -> Self {
        match node {
            Node::Sma(window) => Self::Sum(RollingSum::new(bars(window.bars))),
            Node::Ema(window) => Self::Ema(Ema::new(bars(window.bars))),
            Node::Highest(window) => Self::Highest(RollingMax::new(bars(window.bars))),
            Node::Lowest(window) => Self::Lowest(RollingMax::new(bars(window.bars))),
            Node::Ago(_) => Self::Before(VecDeque::new()),
            Node::Atr(length) => Self::Atr(Atr::new(bars(length.bars))),
            Node::Rsi(length) => Self::Rsi(Rsi::new(bars(length.bars))),
            Node::Begins(_) => Self::Last(None),
            _ => Self::Nothing,
        }
    }
}

impl Worker {
    fn say(&mut self, bar: &Bar, said: &[Option<Said>]) -> Option<Said> {
        let looked_at = Looked { said, places: &self.looks_at };
        match &mut self.memory {
            Memory::Nothing => at_once(&self.node, looked_at),
            Memory::Last(last) => {
                let now = looked_at.condition(0)?;
                last.replace(now).map(|before| Said::Condition(now && !before))
            }
            Memory::Atr(atr) => atr.push(bar).map(Said::Number),
            Memory::Rsi(rsi) => rsi.push(bar.close).map(|strength| Said::Number(strength.index())),
            memory => remembered(memory, self.node.bars()?, looked_at.number(0)?).map(Said::Number),
        }
    }
}

/// What is said of the numbers of a window.
fn remembered(memory: &mut Memory, length: i32, number: i128) -> Option<i128> {
    match memory {
        Memory::Sum(sum) => sum.push_number(number).map(|sum| sum / i128::from(length)),
        Memory::Ema(ema) => ema.push_number(number),
        Memory::Highest(highest) => {
            highest.push(number);
            highest.get()
        }
        Memory::Lowest(lowest) => {
            lowest.push(Reverse(number));
            lowest.get().map(|Reverse(number)| number)
        }
        Memory::Before(numbers) => {
            numbers.push_back(number);
            if numbers.len() > bars(length) { numbers.pop_front() } else { None }
        }
        Memory::Nothing | Memory::Atr(_) | Memory::Rsi(_) | Memory::Last(_) => None,
    }
}

/// What is said by nodes that remember nothing.
fn at_once(node: &Node, looked_at: Looked<'_>) -> Option<Said> {
    Some(match node {
        Node::Number(number) => Said::Number(i128::from(number.nanos()) * SCALE),
        Node::Sum(_) => Said::Number(looked_at.numbers().sum::<Option<_>>()?),
        Node::Difference(_) => Said::Number(looked_at.number(0)? - looked_at.number(1)?),
        Node::Times(times) => Said::Number(looked_at.number(0)? * i128::from(times.by.hundredths()) / HUNDRED),
        Node::Above(_) => Said::Condition(looked_at.number(0)? > looked_at.number(1)?),
        Node::Below(_) => Said::Condition(looked_at.number(0)? < looked_at.number(1)?),
        Node::All(_) => Said::Condition(looked_at.conditions().try_fold(true, |all, holds| Some(all & holds?))?),
        Node::Any(_) => Said::Condition(looked_at.conditions().try_fold(false, |any, holds| Some(any | holds?))?),
        Node::Not(_) => Said::Condition(!looked_at.condition(0)?),
        _ => return None,
    })
}

/// What a node looks at.
#[derive(Clone, Copy)]
struct Looked<'a> {
    said: &'a [Option<Said>],
    places: &'a [usize],
}

impl<'a> Looked<'a> {
    fn at(self, index: usize) -> Option<Said> {
        self.said.get(*self.places.get(index)?).copied().flatten()
    }

    fn number(self, index: usize) -> Option<i128> {
        if let Said::Number(number) = self.at(index)? { Some(number) } else { None }
    }

    fn condition(self, index: usize) -> Option<bool> {
        if let Said::Condition(holds) = self.at(index)? { Some(holds) } else { None }
    }

    fn numbers(self) -> impl Iterator<Item = Option<i128>> + 'a {
        (0..self.places.len()).map(move |index| self.number(index))
    }

    fn conditions(self) -> impl Iterator<Item = Option<bool>> + 'a {
        (0..self.places.len()).map(move |index| self.condition(index))
    }
}
