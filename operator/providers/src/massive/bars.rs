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

/// Indices have no volume.
#[derive(Deserialize)]
pub(super) struct StockBar {
    t: Number,
    o: Number,
    h: Number,
    l: Number,
    c: Number,
    v: Option<Number>,
}

#[derive(Deserialize)]
pub(super) struct FuturesBar {
    ticker: Option<String>,
    window_start: Number,
    open: Number,
    high: Number,
    low: Number,
    close: Number,
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

fn answered(ts_event: i64, [open, high, low, close]: [Number; 4], volume: Option<Number>) -> Option<AnsweredBar> {
    let volume = volume.map_or(Some(0), |volume| volume.times(1))?;
    Some(AnsweredBar {
        ts_event,
        open: open.nanos()?,
        high: high.nanos()?,
        low: low.nanos()?,
        close: close.nanos()?,
        volume: u64::try_from(volume).ok()?,
    })
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
    Ok(Measure { delayed: page.status == Status::Delayed, ..rest::bars(call, bars, length, seen) })
}
