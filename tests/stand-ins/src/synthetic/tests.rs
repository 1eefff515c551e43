//! What anybody who trusts these bars relies on.

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn order(seed: u64) -> Order {
    let roots = vec![RootName::Mes, RootName::Mnq, RootName::Mgc];
    Order { seed, first: day("2025-10-13"), end: day("2026-03-14"), roots }
}

/// The bars of the committed order, made once.
fn made() -> &'static (Vec<Contract>, Vec<Continuous>) {
    static MADE: std::sync::LazyLock<(Vec<Contract>, Vec<Continuous>)> = std::sync::LazyLock::new(|| make(&order(20_251_013)));
    &MADE
}

fn digest(contracts: &[Contract]) -> String {
    let mut hash = Sha256::new();
    for bar in contracts.iter().flat_map(|contract| &contract.bars) {
        for number in [bar.open, bar.high, bar.low, bar.close] {
            hash.update(number.to_le_bytes());
        }
        hash.update(bar.ts_event.to_le_bytes());
        hash.update(bar.volume.to_le_bytes());
    }
    hex::encode(hash.finalize())
}

#[test]
fn a_seed_gives_the_same_bytes_in_every_run_and_another_seed_others() {
    assert_eq!(digest(&make(&order(20_251_013)).0), GOLDEN, "the bars of a seed are a promise: stored hashes rest on them");
    assert_ne!(digest(&make(&order(1)).0), GOLDEN);
}

#[test]
fn every_bar_is_sound_on_its_tick_and_alone_in_its_minute() {
    for contract in &made().0 {
        let tick = if contract.symbol.starts_with("MGC") { 100_000_000 } else { 250_000_000 };
        assert!(contract.bars.is_sorted_by_key(|bar| bar.ts_event), "{}", contract.symbol);
        assert!(contract.bars.windows(2).all(|pair| pair[0].ts_event < pair[1].ts_event), "{}", contract.symbol);
        for bar in &contract.bars {
            assert!([bar.open, bar.high, bar.low, bar.close].iter().all(|price| price % tick == 0 && *price > 0), "{bar:?}");
            assert!(bar.low <= bar.open.min(bar.close) && bar.open.max(bar.close) <= bar.high && bar.volume > 0, "{bar:?}");
            assert!((contract.first..contract.end).contains(&crate::databento::day_of(bar.ts_event)), "{bar:?}");
        }
    }
}

fn rolls(symbol: &str) -> Vec<(String, String)> {
    let (contracts, continuous) = made();
    let found = continuous.iter().find(|one| one.symbol == symbol).unwrap();
    found.intervals.iter().map(|(first, _, index)| (first.to_string(), contracts[*index].symbol.clone())).collect()
}

#[test]
fn by_calendar_it_rolls_at_expiry_and_by_volume_about_a_week_before() {
    let named = |rolls: &[(&str, &str)]| rolls.iter().map(|(d, s)| ((*d).to_owned(), (*s).to_owned())).collect::<Vec<_>>();
    assert_eq!(rolls("MES.c.0"), named(&[("2025-10-13", "MESZ5"), ("2025-12-19", "MESH6")]));
    assert_eq!(rolls("MNQ.v.0"), named(&[("2025-10-13", "MNQZ5"), ("2025-12-12", "MNQH6"), ("2026-03-13", "MNQM6")]));
    assert_eq!(rolls("MGC.v.0"), named(&[("2025-10-13", "MGCZ5"), ("2025-11-24", "MGCG6"), ("2026-01-26", "MGCJ6")]));
}

/// Minutes of a day in UTC at which a symbol's first contract traded, as `HH:MM` of the first and the last.
fn hours(symbol: &str, date: &str) -> Option<(String, String)> {
    let (contracts, _) = made();
    let contract = contracts.iter().find(|contract| contract.symbol == symbol).unwrap();
    let on = |bar: &&Bar| crate::databento::day_of(bar.ts_event) == day(date);
    let text = |bar: &Bar| chrono::DateTime::from_timestamp_nanos(bar.ts_event.cast_signed()).format("%H:%M").to_string();
    Some((contract.bars.iter().find(on).map(text)?, contract.bars.iter().rfind(on).map(text)?))
}

#[test]
fn sessions_follow_the_clocks_of_chicago_and_its_holidays() {
    let open_to_close = |first: &str, last: &str| Some((first.to_owned(), last.to_owned()));
    assert_eq!(hours("MESZ5", "2025-10-26"), open_to_close("22:00", "23:59"), "17:00 in summer");
    assert_eq!(hours("MESZ5", "2025-11-02"), open_to_close("23:00", "23:59"), "17:00 in winter");
    assert_eq!(hours("MESZ5", "2025-10-31"), open_to_close("00:00", "20:59"), "Friday closes at 16:00");
    assert_eq!(hours("MESZ5", "2025-11-01"), None, "Saturday");
    assert_eq!(hours("MESH6", "2025-12-25"), open_to_close("23:00", "23:59"), "Christmas opens at 17:00");
    assert_eq!(hours("MESH6", "2025-12-24"), open_to_close("00:00", "18:14"), "Christmas Eve closes at 12:15");
    assert_eq!(hours("MGCG6", "2025-12-24"), open_to_close("00:00", "18:44"), "and metals at 12:45");
    assert_eq!(hours("MESZ5", "2025-12-19").unwrap().1, "14:29", "the last trade is before 08:30");
}

const GOLDEN: &str = "326f78a5242b50671693de481e3fb0629b78d0190ccf712b549a3eb3635b31ee";

#[test]
fn moves_last_and_each_bar_opens_where_the_one_before_closed() {
    let day = |place: u64| place * 86_400_000_000_000;
    let bars = trends::bars(4, (0..5_000).map(day));
    assert_eq!(bars, trends::bars(4, (0..5_000).map(day)));
    assert_ne!(bars, trends::bars(5, (0..5_000).map(day)));
    for pair in bars.windows(2) {
        let [before, bar] = pair else { unreachable!() };
        assert_eq!(bar.open, before.close);
        assert!(bar.low < bar.open.min(bar.close) && bar.open.max(bar.close) < bar.high);
    }
    // Ten days go the way of the ten before more often than not; without memory half of them would.
    let change = |from: usize, to: usize| (bars[to].close - bars[from].close).signum();
    let on = (10..4_990).filter(|at| change(at - 10, *at) * change(*at, at + 10) > 0).count();
    assert!((2_900..4_000).contains(&on), "{on} of 4980");
}
