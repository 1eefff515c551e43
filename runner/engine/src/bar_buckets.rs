//! Bars as a chart shows them. In: any number of bars. Out: at most so many buckets of consecutive bars, the same for the same bars; and
//! whether buckets from elsewhere can be those of a session. Pure.

use assayer_contract::{
    HashError,
    session::{BarBucket, BarBuckets, MAX_BAR_BUCKETS},
};
use chrono::{DateTime, Utc};

use crate::{Bar, Bars, Price};

/// What a session says of its bars beside the buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// How many there are.
    pub bars: i64,
    /// Start of the first.
    pub first: DateTime<Utc>,
    /// Start of the last.
    pub last: DateTime<Utc>,
}

/// Why buckets are not those of a session: the field, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {wrong}")]
pub struct BucketError {
    /// Path of the field in the session: `barBuckets.buckets[3].high`.
    pub field: String,
    /// What is wrong.
    pub wrong: String,
}

/// Buckets of as many bars each, but for the last, which may have fewer. Those of a continuous series may span a roll.
pub fn of(bars: &Bars) -> Result<BarBuckets, HashError> {
    let bars = bars.as_slice();
    let size = bars.len().div_ceil(MAX_BAR_BUCKETS).max(1);
    let buckets: Vec<BarBucket> = bars.chunks(size).filter_map(bucket).collect();
    let hash = assayer_contract::canonical_hash(&buckets)?;
    Ok(BarBuckets { buckets, hash })
}

fn bucket(bars: &[Bar]) -> Option<BarBucket> {
    let (first, last) = bars.first().zip(bars.last())?;
    let (high, low) = (bars.iter().map(|bar| bar.high).max()?, bars.iter().map(|bar| bar.low).min()?);
    Some(BarBucket {
        from: first.start(),
        to: last.start(),
        bars: u32::try_from(bars.len()).ok()?,
        open: first.open.to_string(),
        high: high.to_string(),
        low: low.to_string(),
        close: last.close.to_string(),
        // As many numbers of 64 bits as fit into any memory fit into 128.
        volume: bars.iter().map(|bar| u128::from(bar.volume)).sum::<u128>().to_string(),
    })
}

/// Passes where the buckets are bounded, in order, as many bars as the session has, and what their hash is of.
pub fn check(given: &BarBuckets, whole: Whole) -> Result<(), BucketError> {
    let BarBuckets { buckets, hash } = given;
    let all = |wrong: String| Err(BucketError { field: "barBuckets.buckets".to_owned(), wrong });
    if buckets.len() > MAX_BAR_BUCKETS {
        return all(format!("there are {}, at most {MAX_BAR_BUCKETS} are kept", buckets.len()));
    }
    let bars: i64 = buckets.iter().map(|bucket| i64::from(bucket.bars)).sum();
    if bars != whole.bars {
        return all(format!("they are of {bars} bars, the session is of {}", whole.bars));
    }
    let ends = (buckets.first().map(|bucket| bucket.from), buckets.last().map(|bucket| bucket.to));
    if ends != (Some(whole.first), Some(whole.last)) {
        return all(format!("they do not reach from firstBar {} to lastBar {}", whole.first, whole.last));
    }
    let mut before = None;
    for (place, bucket) in buckets.iter().enumerate() {
        one(bucket, before)
            .map_err(|(field, wrong)| BucketError { field: format!("barBuckets.buckets[{place}].{field}"), wrong })?;
        before = Some(bucket.to);
    }
    match assayer_contract::canonical_hash(buckets) {
        Ok(found) if found == *hash => Ok(()),
        Ok(found) => Err(BucketError { field: "barBuckets.hash".to_owned(), wrong: format!("that of the buckets is {found}") }),
        Err(error) => all(error.to_string()),
    }
}

fn one(bucket: &BarBucket, before: Option<DateTime<Utc>>) -> Result<(), (&'static str, String)> {
    let fails = |field: &'static str, wrong: &str| Err((field, wrong.to_owned()));
    if before.is_some_and(|before| bucket.from <= before) {
        return fails("from", "it is not after the bucket before");
    }
    if bucket.to < bucket.from {
        return fails("to", "it is before `from`");
    }
    if bucket.bars == 0 {
        return fails("bars", "a bucket has one bar at least");
    }
    let price = |field: &'static str, text: &str| text.parse::<Price>().map_err(|error| (field, error.to_string()));
    let (high, low) = (price("high", &bucket.high)?, price("low", &bucket.low)?);
    for (field, text) in [("open", &bucket.open), ("close", &bucket.close), ("high", &bucket.high)] {
        let value = price(field, text)?;
        if value < low || value > high {
            return fails(field, "it lies outside of low to high");
        }
    }
    match bucket.volume.parse::<u128>() {
        Ok(volume) if volume.to_string() == bucket.volume => Ok(()),
        _ => fails("volume", "it is no whole number"),
    }
}

/// The buckets that were stored with this hash; none where they are not what the hash is of.
pub fn stored(buckets: serde_json::Value, hash: &str) -> Option<Vec<BarBucket>> {
    let buckets: Vec<BarBucket> = serde_json::from_value(buckets).ok()?;
    let found = assayer_contract::canonical_hash(&buckets).ok()?;
    (found.to_string() == hash).then_some(buckets)
}
