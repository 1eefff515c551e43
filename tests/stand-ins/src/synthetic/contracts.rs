//! Which contracts there are, when each gives way to the next, and what `.c.0` and `.v.0` stand for. Pure.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::market::Root;
use super::sessions::{Market, business_day_before};
use super::{Continuous, Contract, Order, days};
use crate::databento::day_of;

const MONTH_CODES: [char; 12] = ['F', 'G', 'H', 'J', 'K', 'M', 'N', 'Q', 'U', 'V', 'X', 'Z'];
/// Days before its turn from which a contract's bars are made.
const EARLY: u64 = 15;

/// A contract before it has bars.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) symbol: String,
    pub(super) instrument_id: u32,
    /// First day of its bars.
    pub(super) first: NaiveDate,
    /// Day on which it takes most of the volume from the one before.
    pub(super) takes_over: NaiveDate,
    /// Day on which the next takes it.
    pub(super) gives_way: NaiveDate,
    /// Day of the last trade.
    pub(super) expiry: NaiveDate,
}

/// The contracts that trade between two days, the nearest first.
pub(super) fn listed(root: &Root, first: NaiveDate, end: NaiveDate) -> Vec<Listed> {
    let month = first.with_day(1).unwrap_or(first) - Months::new(6);
    let months = (0..24).map(|n| month + Months::new(n)).filter(|month| root.months.contains(&month.month()));
    let months: Vec<_> = months.collect();
    let pairs = months.iter().zip(months.iter().skip(1));
    let all = pairs.map(|(before, month)| {
        let takes_over = gives_way(root, *before);
        let number = u32::try_from(month.year()).unwrap_or_default() * 12 + month.month();
        let code = usize::try_from(month.month0()).ok().and_then(|index| MONTH_CODES.get(index)).copied().unwrap_or('?');
        Listed {
            symbol: format!("{}{code}{}", root.name, month.year() % 10),
            instrument_id: root.first_id + number,
            first: takes_over - Days::new(EARLY),
            takes_over,
            gives_way: gives_way(root, *month),
            expiry: expiry(root, *month),
        }
    });
    all.filter(|contract| contract.expiry >= first && contract.first < end).collect()
}

/// Index: the third Friday of the delivery month. Metals: the third last business day of it.
fn expiry(root: &Root, month: NaiveDate) -> NaiveDate {
    match root.market {
        Market::EquityIndex => {
            NaiveDate::from_weekday_of_month_opt(month.year(), month.month(), Weekday::Fri, 3).unwrap_or(month)
        }
        Market::Metals => (0..3).fold(month + Months::new(1), |day, _| business_day_before(day)),
    }
}

/// Index: eight days before expiry. Metals: four business days before the last of the month before delivery, the first notice day.
fn gives_way(root: &Root, month: NaiveDate) -> NaiveDate {
    match root.market {
        Market::EquityIndex => expiry(root, month) - Days::new(8),
        Market::Metals => (0..5).fold(month, |day, _| business_day_before(day)),
    }
}

/// `.c.0`, which changes on the day of expiry, and `.v.0`, which is the contract with the greatest volume of the day before.
pub(super) fn continuous(root: &Root, listed: &[Listed], made: &[Contract], order: &Order, offset: usize) -> [Continuous; 2] {
    let volumes: Vec<_> = made.iter().map(daily_volumes).collect();
    let by_calendar = |day: NaiveDate| listed.iter().position(|contract| day < contract.expiry);
    let by_turn = |day: NaiveDate| listed.iter().position(|contract| day <= contract.gives_way);
    let by_volume = |day: NaiveDate| {
        // The newest day before that had any trade: on Mondays that is Sunday evening, on Sundays Friday.
        let of = |volumes: &BTreeMap<NaiveDate, u64>| volumes.range(..day).next_back().map(|(day, volume)| (*day, *volume));
        let newest = volumes.iter().enumerate().filter_map(|(index, volumes)| of(volumes).map(|newest| (newest, index)));
        newest.max_by_key(|((day, volume), index)| (*day, *volume, std::cmp::Reverse(*index))).map(|(_, index)| index)
    };
    [
        Continuous { symbol: format!("{}.c.0", root.name), intervals: intervals(order, offset, by_calendar) },
        Continuous {
            symbol: format!("{}.v.0", root.name),
            intervals: intervals(order, offset, |day| by_volume(day).or_else(|| by_turn(day))),
        },
    ]
}

fn daily_volumes(contract: &Contract) -> BTreeMap<NaiveDate, u64> {
    contract.bars.iter().fold(BTreeMap::new(), |mut sums, bar| {
        *sums.entry(day_of(bar.ts_event)).or_default() += bar.volume;
        sums
    })
}

fn intervals(
    order: &Order,
    offset: usize,
    contract_on: impl Fn(NaiveDate) -> Option<usize>,
) -> Vec<(NaiveDate, NaiveDate, usize)> {
    let mut all: Vec<(NaiveDate, NaiveDate, usize)> = Vec::new();
    for day in days(order.first, order.end) {
        let Some(index) = contract_on(day).map(|index| index + offset) else { continue };
        let next = day + Days::new(1);
        match all.last_mut() {
            Some((_, end, last)) if *last == index && *end == day => *end = next,
            _ => all.push((day, next, index)),
        }
    }
    all
}
