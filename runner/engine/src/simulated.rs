//! Bars that nobody traded, for where the policy lets them stand in for a vendor's. In: a series and days. Out: one bar for each that the
//! calendar has room for; the same question gives the same bits, and a longer one the same bars and more. Pure.

use assayer_contract::Sha256Hash;
use chrono::{DateTime, Utc};

use crate::{
    Bar, Instrument, Price,
    calendar::{Calendar, CalendarError, Slots},
};

/// Bars that one question may have.
pub const MOST: usize = 100_000;

/// Why there are no simulated bars.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimulationError {
    /// Nobody knows when the market trades.
    #[error("no bars can be simulated: {0}")]
    Calendar(#[from] CalendarError),
    /// The range has room for more than [`MOST`].
    #[error("the range has room for more than {MOST} bars: ask for fewer days at once")]
    TooMany,
    /// The tick is too large for any price.
    #[error("no prices can be simulated on a tick of {0}")]
    Tick(Price),
    /// The range is beyond what nanoseconds since 1970 can say.
    #[error("{0} is out of range")]
    Range(DateTime<Utc>),
}

/// The level around which prices move, in ticks.
const BASE: i64 = 20_000;
/// Periods in seconds with what each adds at most, in ticks. Four times as long moves twice as far, as prices do; all together stay well
/// below the level, so that no price comes near zero.
const WAVES: [(i64, i64); 10] = [
    (5_529_600, 3_200),
    (1_382_400, 1_600),
    (345_600, 800),
    (86_400, 400),
    (21_600, 200),
    (5_400, 100),
    (1_350, 50),
    (338, 25),
    (85, 12),
    (21, 6),
];

/// The bars of the instrument that start from `start` to before `end`, in its market's sessions.
pub fn bars(instrument: &Instrument, start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Vec<Bar>, SimulationError> {
    let sessions = Calendar::of(&instrument.dataset, &instrument.symbol)?.sessions(start, end)?;
    let nanos = |time: DateTime<Utc>| time.timestamp_nanos_opt().ok_or(SimulationError::Range(time));
    let slots = Slots::new(sessions, instrument.schema.nanos(), nanos(start)?, nanos(end)?);
    let noise = Noise::of(instrument);
    let bars: Vec<_> = slots
        .take(MOST + 1)
        .map(|slot| noise.bar(instrument, slot.start))
        .collect::<Option<_>>()
        .ok_or(SimulationError::Tick(instrument.tick_size))?;
    if bars.len() > MOST { Err(SimulationError::TooMany) } else { Ok(bars) }
}

/// What is random about a series and yet the same in any process.
struct Noise {
    seed: u64,
}

impl Noise {
    fn of(instrument: &Instrument) -> Self {
        let hash = Sha256Hash::of(["simulated", &instrument.dataset, &instrument.symbol].join("\n").as_bytes());
        Self { seed: hash.as_bytes().iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte)) }
    }

    /// A bar opens where the one before it closed, wherever no session ended between them.
    fn bar(&self, instrument: &Instrument, start: i64) -> Option<Bar> {
        let (second, length) = (start.div_euclid(1_000_000_000), instrument.schema.nanos() / 1_000_000_000);
        let (open, close) = (self.level(second), self.level(second + length));
        let reach = (close - open).abs() / 2 + 3;
        let wick = |salt: u64| below(self.draw(salt, start), reach);
        let price = |ticks: i64| instrument.tick_size.nanos().checked_mul(ticks).map(Price::from_nanos);
        Some(Bar {
            ts_event: start,
            open: price(open)?,
            high: price(open.max(close) + wick(100))?,
            low: price(open.min(close) - wick(101))?,
            close: price(close)?,
            volume: 100 + self.draw(102, start) % 900,
        })
    }

    /// Where the price stands at a second, in ticks: waves of random heights, with straight lines between them.
    fn level(&self, second: i64) -> i64 {
        let wave = |(salt, (period, most)): (u64, (i64, i64))| {
            let height = |place: i64| below(self.draw(salt, place), 2 * most + 1) - most;
            let (place, into) = (second.div_euclid(period), second.rem_euclid(period));
            let (from, to) = (height(place), height(place + 1));
            from + (to - from) * into / period
        };
        BASE + (0_u64..).zip(WAVES).map(wave).sum::<i64>()
    }

    /// Mixes as SplitMix64 does.
    fn draw(&self, salt: u64, place: i64) -> u64 {
        let mut z = self.seed ^ salt.wrapping_mul(0xd6e8_feb8_6659_fd93);
        z = z.wrapping_add(place.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A drawn number from 0 to before `limit`, which is above zero.
fn below(drawn: u64, limit: i64) -> i64 {
    let limit = limit.cast_unsigned().max(1);
    (drawn % limit).cast_signed()
}

#[cfg(test)]
mod tests {
    use assayer_contract::InstrumentDays;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{
        Bars,
        quality::{Meter, Series},
    };

    fn instrument(dataset: &str, symbol: &str, schema: &str, tick: &str, multiplier: i32) -> Instrument {
        serde_json::from_value(
            json!({"dataset": dataset, "symbol": symbol, "schema": schema, "tickSize": tick, "multiplier": multiplier}),
        )
        .unwrap()
    }

    fn known() -> [Instrument; 4] {
        [
            instrument("GLBX.MDP3", "MES.v.0", "ohlcv-1m", "0.25", 5),
            instrument("SAMPLE.FX", "EURUSD", "ohlcv-1h", "0.00001", 100_000),
            instrument("EQUS.MINI", "SPY", "ohlcv-1h", "0.01", 1),
            instrument("SAMPLE.INDEX", "SPX", "ohlcv-1d", "0.01", 5),
        ]
    }

    fn day(text: &str) -> DateTime<Utc> {
        format!("{text}T00:00:00Z").parse().unwrap()
    }

    #[test]
    fn every_session_is_full_of_sound_bars_and_nothing_lies_outside_of_one() {
        let (start, end) = (day("2026-01-05"), day("2026-02-02"));
        for of in known() {
            let bars = bars(&of, start, end).unwrap();
            let listed = [InstrumentDays { instrument: String::new(), first: start.date_naive(), end: end.date_naive() }];
            let series =
                Series { dataset: &of.dataset, symbol: &of.symbol, schema: of.schema, tick_size: of.tick_size, start, end };
            let mut meter = Meter::new(&series, &listed);
            for bar in &bars {
                meter.take(bar);
            }
            let quality = meter.finish();
            let calendar = quality.calendar.clone().unwrap();
            let flaws = quality.ohlc_violations + quality.off_tick + quality.duplicates + quality.unordered + calendar.outside;
            assert_eq!((flaws, calendar.longest_gap_minutes), (0, 0), "{}: {quality:?}", of.symbol);
            assert!(calendar.sessions >= 19, "{}: {calendar:?}", of.symbol);
            Bars::new(&of, bars).unwrap();
        }
    }

    #[test]
    fn other_symbols_have_other_prices_and_a_price_moves() {
        let of =
            |symbol| bars(&instrument("EQUS.MINI", symbol, "ohlcv-1h", "0.01", 1), day("2026-01-05"), day("2026-01-10")).unwrap();
        let (one, other) = (of("SPY"), of("QQQ"));
        assert_ne!(one.first().unwrap().open, other.first().unwrap().open);
        assert!(one.windows(2).all(|pair| pair[0].close != pair[1].close || pair[0].volume != pair[1].volume));
    }

    /// Whoever changes the generator changes what a stored session can be compared with: that is said here.
    #[test]
    fn the_bits_are_the_same_in_every_process() {
        let spy = instrument("EQUS.MINI", "SPY", "ohlcv-1h", "0.01", 1);
        let first = bars(&spy, day("2026-01-05"), day("2026-01-06")).unwrap()[0];
        assert_eq!(
            (first.open.to_string(), first.close.to_string(), first.volume),
            ("199.05".to_owned(), "198.5".to_owned(), 571)
        );
    }

    #[test]
    fn where_no_calendar_is_known_or_too_much_is_asked_there_is_nothing() {
        let strange = instrument("ELSE.WHERE", "XYZ", "ohlcv-1h", "0.01", 1);
        assert!(bars(&strange, day("2026-01-05"), day("2026-01-06")).unwrap_err().to_string().contains("no session calendar"));
        let seconds = instrument("SAMPLE.FX", "EURUSD", "ohlcv-1s", "0.00001", 100_000);
        assert_eq!(bars(&seconds, day("2026-01-05"), day("2026-01-08")), Err(SimulationError::TooMany));
        assert_eq!(bars(&seconds, day("2026-01-06"), day("2026-01-07")).unwrap().len(), 86_400);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn a_bar_does_not_depend_on_the_range_that_it_is_asked_in(from in 0_i64..20, days in 1_i64..8) {
            let of = instrument("GLBX.MDP3", "MES.v.0", "ohlcv-1h", "0.25", 5);
            let whole = bars(&of, day("2026-01-05"), day("2026-02-02")).unwrap();
            let start = day("2026-01-05") + chrono::TimeDelta::days(from);
            let end = start + chrono::TimeDelta::days(days);
            let part = bars(&of, start, end).unwrap();
            let within = |bar: &&Bar| (start.timestamp_nanos_opt().unwrap()..end.timestamp_nanos_opt().unwrap()).contains(&bar.ts_event);
            prop_assert_eq!(part, whole.iter().filter(within).copied().collect::<Vec<_>>());
        }
    }
}
