//! Measures the bars of an answer as they are counted. In: the job's instrument and the call. Out: figures for the row. Pure.

use assayer_contract::{BarQuality, InstrumentDays};
use assayer_engine::{
    Bar, Instrument, Price,
    quality::{Meter, Series},
};
use assayer_providers::{AnsweredBar, BarVisitor, Call};
use assayer_store::gateway_jobs::GatewayJob;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// What the bars of an answer are bars of.
pub(super) struct OwnedSeries {
    instrument: Instrument,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl OwnedSeries {
    /// None where the answer has no bars, or their instrument or range is not known: then nothing is measured, and that proves
    /// nothing.
    pub(super) fn of(job: &GatewayJob, call: &Call) -> Option<Self> {
        let instrument = job.body.get("instrument").filter(|_| call.yields_bars)?;
        let instrument = Instrument::deserialize(instrument).ok()?;
        instrument.validate().ok()?;
        Some(Self { instrument, start: call.start?, end: call.end? })
    }
}

/// Hands the bars to the meter, which begins when the days of the symbol are known.
pub(super) struct Gauge {
    series: OwnedSeries,
    meter: Option<Meter>,
}

impl Gauge {
    pub(super) fn new(series: OwnedSeries) -> Self {
        Self { series, meter: None }
    }

    pub(super) fn finish(self) -> Option<BarQuality> {
        self.meter.map(Meter::finish)
    }
}

impl BarVisitor for Gauge {
    fn listed(&mut self, days: &[InstrumentDays]) {
        let OwnedSeries { instrument, start, end } = &self.series;
        let series = Series {
            dataset: &instrument.dataset,
            symbol: &instrument.symbol,
            schema: instrument.schema,
            tick_size: instrument.tick_size,
            start: *start,
            end: *end,
        };
        self.meter = Some(Meter::new(&series, days));
    }

    fn bar(&mut self, bar: &AnsweredBar) {
        let Some(meter) = &mut self.meter else { return };
        match whole(bar) {
            Some(bar) => meter.take(&bar),
            None => meter.take_incomplete(missing(bar)),
        }
    }
}

/// The bar, where it has all of its fields.
fn whole(bar: &AnsweredBar) -> Option<Bar> {
    Some(Bar {
        ts_event: bar.ts_event,
        open: Price::from_nanos(bar.open?),
        high: Price::from_nanos(bar.high?),
        low: Price::from_nanos(bar.low?),
        close: Price::from_nanos(bar.close?),
        volume: bar.volume?,
    })
}

/// Fields that it lacks.
fn missing(bar: &AnsweredBar) -> i64 {
    let AnsweredBar { ts_event: _, open, high, low, close, volume } = bar;
    [open, high, low, close].into_iter().map(|price| i64::from(price.is_none())).sum::<i64>() + i64::from(volume.is_none())
}
