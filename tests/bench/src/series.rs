//! The bars and the rules that all engines are given. Out: bars made from their symbol alone by the engine's own generator, and a spec.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::Result;
use assayer_engine::{
    BacktestSpec, Bar, BarSchema, Bars, Capital, Execution, Family, FillAt, Instrument, IntraBar, Price, simulated,
    strategy::{Direction, SmaCross},
};
use chrono::{DateTime, TimeDelta, Utc};

/// What a point of price is worth: MES.
pub(crate) const MULTIPLIER: i32 = 5;
/// What one side of a trade costs.
pub(crate) const FEE: &str = "0.62";
/// The smallest step of a price.
pub(crate) const TICK: &str = "0.25";

/// Where the bars are written to, in the folder of the run.
pub(crate) const FILE: &str = "bars.bin";

/// Long while the fast average is above the slow one, one contract, filled at the close that gave the signal: the one rule that all four
/// engines know. Of a dataset without a calendar, since the peers have none: days are those of UTC.
pub(crate) fn spec(fast: i32, slow: i32) -> Result<BacktestSpec> {
    let instrument = Instrument {
        dataset: "BENCH".to_owned(),
        symbol: "MES.v.0".to_owned(),
        schema: BarSchema::Minute,
        tick_size: TICK.parse()?,
        multiplier: MULTIPLIER,
        divisor: None,
        lookback_days: None,
    };
    let execution = Execution {
        fill_at: FillAt::Close,
        slippage_ticks: 0,
        fee_per_contract: FEE.parse()?,
        intra_bar: IntraBar::WorstCase,
        delay_bars: 0,
    };
    let capital = Capital { amount: "1000000".parse()?, currency: "USD".to_owned() };
    let strategy = Family::SmaCross(SmaCross { fast, slow, direction: Direction::LongOnly }).into();
    Ok(BacktestSpec { instrument, strategy, execution, capital })
}

/// The same on the futures' own market, whose calendar is known.
pub(crate) fn of_cme(mut spec: BacktestSpec) -> BacktestSpec {
    "GLBX.MDP3".clone_into(&mut spec.instrument.dataset);
    spec
}

/// The first so many one-minute bars of the simulated MES from 2020 on, in its market's sessions.
pub(crate) fn bars(count: usize) -> Result<Vec<Bar>> {
    let instrument = of_cme(spec(2, 3)?).instrument;
    let (mut bars, mut from) = (Vec::with_capacity(count), "2020-01-01T00:00:00Z".parse::<DateTime<Utc>>()?);
    while bars.len() < count {
        let until = from + TimeDelta::days(30);
        bars.extend(simulated::bars(&instrument, from, until)?);
        from = until;
    }
    bars.truncate(count);
    Ok(bars)
}

/// The first so many of them, checked.
pub(crate) fn first(bars: &[Bar], count: usize) -> Result<Bars> {
    Ok(Bars::new(&spec(2, 3)?.instrument, bars.iter().take(count).copied().collect())?)
}

/// Writes them as the peers read them: start, open, high, low, close and volume, prices in ticks, as integers of 64 bits.
pub(crate) fn write(bars: &[Bar], to: &Path) -> Result<()> {
    let mut to = BufWriter::new(File::create(to)?);
    let tick = TICK.parse::<Price>()?.nanos();
    for bar in bars {
        let prices = [bar.open, bar.high, bar.low, bar.close].map(|price| price.nanos() / tick);
        for number in [bar.ts_event].into_iter().chain(prices).chain([i64::try_from(bar.volume)?]) {
            to.write_all(&number.to_le_bytes())?;
        }
    }
    Ok(to.flush()?)
}
