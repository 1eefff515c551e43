//! The bars of Massive's two families of endpoints. In: the call and the whole body. Out: bars counted one by one, or why not. Pure.

use serde::{Deserialize, de::DeserializeOwned};

use super::{Page, Status};
use crate::{
    AnsweredBar, BarVisitor, Call, Measure, MeasureError,
    rest::{self, BarLength, Number},
};

/// A bar in the form of one of the two families of endpoints.
pub(super) trait Bar {
    /// Start in nanoseconds, the four prices, volume; none where one of them is beyond any market's.
    fn read(&self) -> Option<AnsweredBar>;

    /// Its own ticker, where it has one.
    fn ticker(&self) -> Option<&str>;
}

/// Indices have no volume; of anything else a field may be missing.
#[derive(Deserialize)]
pub(super) struct StockBar {
    t: Number,
    o: Option<Number>,
    h: Option<Number>,
    l: Option<Number>,
    c: Option<Number>,
    v: Option<Number>,
}

#[derive(Deserialize)]
pub(super) struct FuturesBar {
    ticker: Option<String>,
    window_start: Number,
    open: Option<Number>,
    high: Option<Number>,
    low: Option<Number>,
    close: Option<Number>,
    volume: Option<Number>,
}

impl Bar for StockBar {
    fn read(&self) -> Option<AnsweredBar> {
        answered(self.t.times(1_000_000)?, [self.o, self.h, self.l, self.c], self.v)
    }

    fn ticker(&self) -> Option<&str> {
        None
    }
}

impl Bar for FuturesBar {
    fn read(&self) -> Option<AnsweredBar> {
        answered(self.window_start.times(1)?, [self.open, self.high, self.low, self.close], self.volume)
    }

    fn ticker(&self) -> Option<&str> {
        self.ticker.as_deref()
    }
}

/// A field that is there and beyond any market's is no field at all, so neither is the bar.
fn answered(ts_event: i64, prices: [Option<Number>; 4], volume: Option<Number>) -> Option<AnsweredBar> {
    let mut nanos = [None; 4];
    for (nanos, price) in nanos.iter_mut().zip(prices) {
        *nanos = price.map(|price| price.nanos().ok_or(())).transpose().ok()?;
    }
    let [open, high, low, close] = nanos;
    let volume = volume.map(|volume| volume.times(1).and_then(|volume| u64::try_from(volume).ok()).ok_or(()));
    Some(AnsweredBar { ts_event, open, high, low, close, volume: volume.transpose().ok()? })
}

/// Counts the bars of one page.
pub(super) fn count<T: Bar + DeserializeOwned>(
    call: &Call,
    body: &[u8],
    seen: &mut dyn BarVisitor,
) -> Result<Measure, MeasureError> {
    let page: Page<T> = rest::parse(body)?;
    let rows = page.results.unwrap_or_default();
    rest::only_asked(call, page.ticker.as_deref().into_iter().chain(rows.iter().filter_map(Bar::ticker)))?;
    // Of several pages nobody says whether one or all are counted.
    let is_whole = page.next_url.is_none() && call.params.get("cursor").is_none();
    if let Some(claimed) = page.results_count.filter(|claimed| is_whole && usize::try_from(*claimed) != Ok(rows.len())) {
        return Err(MeasureError::Truncated(format!("it claims {claimed} bars and holds {}", rows.len())));
    }
    let read = |(no, row): (usize, &T)| {
        row.read().ok_or_else(|| MeasureError::Malformed(format!("the figures of bar {} are beyond any market's", no + 1)))
    };
    let bars = rows.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    let length = call.schema.as_deref().and_then(BarLength::parse);
    let record_count = page.results_count.filter(|_| is_whole).and_then(|claimed| i64::try_from(claimed).ok());
    Ok(Measure { record_count, delayed: page.status == Status::Delayed, ..rest::bars(call, bars, length, seen) })
}
