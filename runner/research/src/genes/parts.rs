//! The genes of what goes with every family, and the rules that may be added or dropped. Pure.

use assayer_engine::{
    Multiple, Strategy,
    strategy::{
        Distance, Entry, EntryOrder, Exits, Filter, Hours, RiskSizing, SessionEnd, SessionFilter, Sizing, Tercile, TrendFilter,
        TrendSide, VolatilityFilter,
    },
};

use super::{Gene, Slot};

pub(super) fn of_entry(entry: &mut Entry) -> Vec<Gene<'_>> {
    // Another order is another rule, and comes as one.
    let Entry { order: _, ticks, limit_ticks, bars } = entry;
    let mut all = vec![Gene::whole("entry.ticks", ticks, 0..=40, 1), Gene::whole("entry.bars", bars, 1..=20, 1)];
    all.extend(limit_ticks.as_mut().map(|ticks| Gene::whole("entry.limitTicks", ticks, 0..=40, 1)));
    all
}

pub(super) fn of_exits(exits: &mut Exits) -> Vec<Gene<'_>> {
    let Exits { stop, target, trail, max_bars, session_end, atr_length } = exits;
    let in_ranges = [&*stop, target, trail].iter().any(|distance| matches!(distance, Some(Distance::Atr(_))));
    let mut all = Vec::new();
    all.extend(stop.as_mut().map(|stop| distance("exits.stop", stop)));
    all.extend(target.as_mut().map(|target| distance("exits.target", target)));
    all.extend(trail.as_mut().map(|trail| distance("exits.trail", trail)));
    all.extend(max_bars.as_mut().map(|bars| Gene::whole("exits.maxBars", bars, 5..=1_000, 5)));
    if let Some(SessionEnd { minutes, hours }) = session_end {
        all.push(Gene::whole("exits.sessionEnd.minutes", minutes, 5..=240, 5));
        all.push(Gene::hours("exits.sessionEnd.hours", hours));
    }
    all.extend(in_ranges.then(|| Gene::whole("exits.atrLength", atr_length, 5..=50, 5)));
    all
}

fn distance<'a>(name: &'static str, distance: &'a mut Distance) -> Gene<'a> {
    match distance {
        Distance::Ticks(ticks) => Gene::whole(name, ticks, 4..=2_000, 4),
        Distance::Atr(multiple) => Gene::multiple(name, multiple, 50..=1_000, 50),
    }
}

pub(super) fn of_sizing(sizing: &mut Sizing) -> Vec<Gene<'_>> {
    match sizing {
        Sizing::Contracts(contracts) => vec![Gene::whole("sizing.contracts", contracts, 1..=10, 1).sized()],
        Sizing::Risk(RiskSizing { percent, max_contracts }) => vec![
            Gene::multiple("sizing.risk.percent", percent, 25..=500, 25).sized(),
            Gene::whole("sizing.risk.maxContracts", max_contracts, 1..=10, 1).sized(),
        ],
    }
}

pub(super) fn of_filter(filter: &mut Filter) -> Vec<Gene<'_>> {
    let Filter { volatility, trend, session } = filter;
    let mut all = Vec::new();
    if let Some(VolatilityFilter { atr, over, allow }) = volatility {
        all.push(Gene::whole("filter.volatility.atr", atr, 5..=50, 5));
        all.push(Gene::whole("filter.volatility.over", over, 20..=500, 20));
        all.push(Gene::choice("filter.volatility.allow", 5, Slot::Terciles(allow)));
    }
    if let Some(TrendFilter { length, only }) = trend {
        all.push(Gene::whole("filter.trend.length", length, 10..=400, 10));
        all.push(Gene::choice("filter.trend.only", 1, Slot::Side(only)));
    }
    if let Some(SessionFilter { hours, skip_first, skip_last }) = session {
        all.push(Gene::hours("filter.session.hours", hours));
        all.push(Gene::whole("filter.session.skipFirst", skip_first, 0..=240, 15));
        all.push(Gene::whole("filter.session.skipLast", skip_last, 0..=240, 15));
    }
    all
}

/// A rule that a strategy has or has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    LimitEntry,
    StopEntry,
    Stop,
    Target,
    Trail,
    MaxBars,
    SessionEnd,
    Volatility,
    Trend,
    Session,
}

impl Part {
    pub(crate) const ALL: [Self; 10] = [
        Self::LimitEntry,
        Self::StopEntry,
        Self::Stop,
        Self::Target,
        Self::Trail,
        Self::MaxBars,
        Self::SessionEnd,
        Self::Volatility,
        Self::Trend,
        Self::Session,
    ];

    /// The name as users write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LimitEntry => "entry.limit",
            Self::StopEntry => "entry.stop",
            Self::Stop => "exits.stop",
            Self::Target => "exits.target",
            Self::Trail => "exits.trail",
            Self::MaxBars => "exits.maxBars",
            Self::SessionEnd => "exits.sessionEnd",
            Self::Volatility => "filter.volatility",
            Self::Trend => "filter.trend",
            Self::Session => "filter.session",
        }
    }

    pub(crate) fn is_in(self, strategy: &Strategy) -> bool {
        let exits = |test: fn(&Exits) -> bool| strategy.exits.as_ref().is_some_and(test);
        let filter = |test: fn(&Filter) -> bool| strategy.filter.as_ref().is_some_and(test);
        match self {
            Self::LimitEntry => strategy.entry.as_ref().is_some_and(|entry| entry.order == EntryOrder::Limit),
            Self::StopEntry => strategy.entry.as_ref().is_some_and(|entry| entry.order != EntryOrder::Limit),
            Self::Stop => exits(|exits| exits.stop.is_some()),
            Self::Target => exits(|exits| exits.target.is_some()),
            Self::Trail => exits(|exits| exits.trail.is_some()),
            Self::MaxBars => exits(|exits| exits.max_bars.is_some()),
            Self::SessionEnd => exits(|exits| exits.session_end.is_some()),
            Self::Volatility => filter(|filter| filter.volatility.is_some()),
            Self::Trend => filter(|filter| filter.trend.is_some()),
            Self::Session => filter(|filter| filter.session.is_some()),
        }
    }

    /// The strategy without this rule if it has it, else with it, as it is usually taught.
    pub(crate) fn toggled(self, strategy: &Strategy) -> Strategy {
        let (mut strategy, add) = (strategy.clone(), !self.is_in(strategy));
        match self {
            Self::LimitEntry => strategy.entry = add.then(|| entry(EntryOrder::Limit)),
            Self::StopEntry => strategy.entry = add.then(|| entry(EntryOrder::Stop)),
            Self::Stop | Self::Target | Self::Trail | Self::MaxBars | Self::SessionEnd => {
                let mut exits = strategy.exits.take().unwrap_or_default();
                self.in_exits(&mut exits, add);
                strategy.exits = Some(exits).filter(|exits| *exits != Exits::default());
            }
            Self::Volatility | Self::Trend | Self::Session => {
                let mut filter = strategy.filter.take().unwrap_or_default();
                self.in_filter(&mut filter, add);
                strategy.filter = Some(filter).filter(|filter| *filter != Filter::default());
            }
        }
        strategy
    }

    fn in_exits(self, exits: &mut Exits, add: bool) {
        let ranges = |hundredths: i32| Multiple::from_hundredths(hundredths).filter(|_| add).map(Distance::Atr);
        match self {
            Self::Stop => exits.stop = ranges(200),
            Self::Target => exits.target = ranges(400),
            Self::Trail => exits.trail = ranges(300),
            Self::MaxBars => exits.max_bars = add.then_some(50),
            Self::SessionEnd => exits.session_end = add.then_some(SessionEnd { minutes: 60, hours: Hours::All }),
            _ => {}
        }
        // A length that nothing is measured in would tell equal strategies apart.
        let measured = [exits.stop, exits.target, exits.trail].iter().any(|one| matches!(one, Some(Distance::Atr(_))));
        if !measured {
            exits.atr_length = Exits::default().atr_length;
        }
    }

    fn in_filter(self, filter: &mut Filter, add: bool) {
        let (allow, hours) = (vec![Tercile::Middle, Tercile::High], Hours::All);
        match self {
            Self::Volatility => filter.volatility = add.then_some(VolatilityFilter { atr: 10, over: 100, allow }),
            Self::Trend => filter.trend = add.then_some(TrendFilter { length: 200, only: TrendSide::With }),
            Self::Session => filter.session = add.then_some(SessionFilter { hours, skip_first: 30, skip_last: 60 }),
            _ => {}
        }
    }
}

fn entry(order: EntryOrder) -> Entry {
    Entry { order, ticks: 2, limit_ticks: None, bars: 3 }
}
