//! What a chart of bars relies on: nothing of the bars is lost in it, and it is never larger than it may be.

use assayer_contract::{BarBucket, BarBuckets, MAX_BAR_BUCKETS, canonical_hash};
use assayer_engine::{
    Bar, Bars, Price,
    bar_buckets::{self, Whole, check, stored},
};
use proptest::prelude::*;

use crate::support::{DAY, daily, donchian, price, spec};

fn bars(bars: Vec<Bar>) -> Bars {
    Bars::new(&spec(donchian(2, 1, assayer_engine::strategy::Direction::LongOnly)).instrument, bars).unwrap()
}

fn whole(bars: &Bars) -> Whole {
    let (first, last) = (bars.as_slice().first().unwrap(), bars.as_slice().last().unwrap());
    Whole { bars: i64::try_from(bars.as_slice().len()).unwrap(), first: first.start(), last: last.start() }
}

/// As many days, whose prices say which day it is.
fn days(count: i64) -> Bars {
    let day = |day: i64| {
        let at = |ticks: i64| Price::from_nanos((400 + day + ticks) * 250_000_000);
        Bar { ts_event: day * DAY, open: at(0), high: at(3), low: at(-2), close: at(1), volume: u64::MAX }
    };
    bars((0..count).map(day).collect())
}

proptest! {
    #[test]
    fn no_bar_is_lost_and_no_price_is_another(count in 1..4_000_i64) {
        let bars = days(count);
        let BarBuckets { buckets, .. } = bar_buckets::of(&bars).unwrap();
        prop_assert!(buckets.len() <= MAX_BAR_BUCKETS);
        let mut rest = bars.as_slice();
        for bucket in &buckets {
            let (own, others) = rest.split_at(bucket.bars as usize);
            rest = others;
            prop_assert_eq!((bucket.from, bucket.to), (own[0].start(), own[own.len() - 1].start()));
            prop_assert_eq!((price(&bucket.open), price(&bucket.close)), (own[0].open, own[own.len() - 1].close));
            prop_assert_eq!(price(&bucket.high), own.iter().map(|bar| bar.high).max().unwrap());
            prop_assert_eq!(price(&bucket.low), own.iter().map(|bar| bar.low).min().unwrap());
            prop_assert_eq!(&bucket.volume, &(u128::from(u64::MAX) * own.len() as u128).to_string());
        }
        prop_assert!(rest.is_empty(), "{} bars are in no bucket", rest.len());
    }

    #[test]
    fn buckets_of_any_bars_pass_the_check_and_are_the_same_each_time(given in crate::support::generators::bars()) {
        let bars = bars(given);
        let buckets = bar_buckets::of(&bars).unwrap();
        prop_assert_eq!(check(&buckets, whole(&bars)), Ok(()));
        prop_assert_eq!(&bar_buckets::of(&bars).unwrap(), &buckets);
        let written = serde_json::to_value(&buckets.buckets).unwrap();
        prop_assert_eq!(stored(written, &buckets.hash.to_string()), Some(buckets.buckets));
    }
}

#[test]
fn what_cannot_be_of_the_session_is_refused_by_the_name_of_its_field() {
    let bars = bars(daily(&["100 101 99 100.5", "101 102 100 101", "101 103 101 102"]));
    let whole = whole(&bars);
    let good = bar_buckets::of(&bars).unwrap();
    let changed = |change: &dyn Fn(&mut Vec<BarBucket>)| {
        let mut buckets = good.buckets.clone();
        change(&mut buckets);
        let hash = canonical_hash(&buckets).unwrap();
        check(&BarBuckets { buckets, hash }, whole).unwrap_err().field
    };
    assert_eq!(changed(&|all| drop(all.pop())), "barBuckets.buckets");
    assert_eq!(changed(&|all| all[0].from -= chrono::TimeDelta::days(1)), "barBuckets.buckets");
    assert_eq!(changed(&|all| all.swap(0, 1)), "barBuckets.buckets");
    assert_eq!(changed(&|all| all[1].from = all[0].to), "barBuckets.buckets[1].from");
    assert_eq!(changed(&|all| all[1].open = "99".to_owned()), "barBuckets.buckets[1].open");
    assert_eq!(changed(&|all| all[2].high = "<b>".to_owned()), "barBuckets.buckets[2].high");
    assert_eq!(changed(&|all| all[2].volume = "+1".to_owned()), "barBuckets.buckets[2].volume");
    let nothing = |all: &mut Vec<BarBucket>| (all[0].bars, all[1].bars) = (2, 0);
    assert_eq!(changed(&nothing), "barBuckets.buckets[1].bars");
    let other = BarBuckets { hash: canonical_hash(&"other").unwrap(), ..good.clone() };
    assert_eq!(check(&other, whole).unwrap_err().field, "barBuckets.hash");
}

#[test]
fn more_buckets_than_are_kept_are_refused() {
    let bars = days(601);
    let one = |bar: &Bar| bar_buckets::of(&self::bars(vec![*bar])).unwrap().buckets;
    let buckets: Vec<_> = bars.as_slice().iter().flat_map(one).collect();
    let hash = canonical_hash(&buckets).unwrap();
    let error = check(&BarBuckets { buckets, hash }, whole(&bars)).unwrap_err();
    assert_eq!(error.to_string(), "barBuckets.buckets: there are 601, at most 600 are kept");
}
