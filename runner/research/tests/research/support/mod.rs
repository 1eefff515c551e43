//! Made-up markets and short ways to study them.
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "each test file uses some of these, and a test may fail by panicking"
)]

use assayer_contract::{
    Lineage, ResearchReport, ResearchRules, ResearchStep, Verdict,
    research::{Gate, GateResult},
};
use assayer_engine::{
    BacktestSpec, Bar, BarSchema, Bars, Capital, Execution, Family, FillAt, Instrument, IntraBar, Price, Strategy,
    strategy::{Direction, DonchianBreakout, Momentum, SmaCross},
};
use assayer_research::{Study, search};

pub(crate) const TICK: i64 = 250_000_000;
const HOUR: i64 = BarSchema::Hour.nanos();

/// Numbers that look random (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From `-size` to `size`.
    pub(crate) fn around(&mut self, size: i64) -> i64 {
        self.below(2 * size + 1) - size
    }

    pub(crate) fn below(&mut self, limit: i64) -> i64 {
        i64::try_from(self.next() % limit.unsigned_abs()).unwrap()
    }
}

/// Hourly bars that begin where the last one closed, of closes in ticks.
pub(crate) fn bars_of(closes: &[i64]) -> Vec<Bar> {
    let opens = closes.first().into_iter().chain(closes);
    let at = |ticks: i64| Price::from_nanos(ticks * TICK);
    let bar = |(place, (open, close)): (i64, (&i64, &i64))| {
        let (high, low) = (open.max(close) + 1, open.min(close) - 1);
        Bar { ts_event: place * HOUR, open: at(*open), high: at(high), low: at(low), close: at(*close), volume: 100 }
    };
    (0..).zip(opens.zip(closes)).map(bar).collect()
}

/// A market without memory.
pub(crate) fn noise(seed: u64, bars: usize) -> Vec<Bar> {
    let mut numbers = Numbers(seed);
    let mut price = 20_000;
    let mut next = || {
        price += numbers.around(12);
        price
    };
    bars_of(&(0..bars).map(|_| next()).collect::<Vec<_>>())
}

/// A market whose moves last: for some 60 to 180 bars it drifts by two ticks a bar one way, with noise of six, then the other way.
pub(crate) fn trends(seed: u64, bars: usize) -> Vec<Bar> {
    let mut numbers = Numbers(seed);
    let (mut price, mut left, mut drift) = (20_000, 0, 2);
    let mut next = || {
        if left == 0 {
            (left, drift) = (60 + numbers.below(120), -drift);
        }
        left -= 1;
        price += drift + numbers.around(6);
        price
    };
    bars_of(&(0..bars).map(|_| next()).collect::<Vec<_>>())
}

/// A market that swings with a period of ten bars, by thirteen ticks, with noise of two.
pub(crate) fn swings(seed: u64, bars: usize) -> Vec<Bar> {
    const SINE: [i64; 10] = [0, 8, 13, 13, 8, 0, -8, -13, -13, -8];
    let mut numbers = Numbers(seed);
    bars_of(&(0..bars).map(|bar| 20_000 + SINE[bar % 10] + numbers.around(2)).collect::<Vec<_>>())
}

pub(crate) fn momentum(lookback: i32) -> Strategy {
    Family::Momentum(Momentum { lookback, direction: Direction::LongShort }).into()
}

pub(crate) fn sma_cross(fast: i32, slow: i32) -> Strategy {
    Family::SmaCross(SmaCross { fast, slow, direction: Direction::LongShort }).into()
}

pub(crate) fn donchian(entry: i32, exit: i32) -> Strategy {
    Family::DonchianBreakout(DonchianBreakout { entry, exit, direction: Direction::LongShort }).into()
}

/// Hourly bars, tick 0.25 worth 1.25 USD, one tick of slippage, 0.62 USD a side.
pub(crate) fn spec(strategy: Strategy) -> BacktestSpec {
    BacktestSpec {
        instrument: Instrument {
            dataset: "TEST.SET".to_owned(),
            symbol: "ABC".to_owned(),
            schema: BarSchema::Hour,
            tick_size: Price::from_nanos(TICK),
            multiplier: 5,
            divisor: None,
            lookback_days: None,
        },
        strategy,
        execution: Execution {
            fill_at: FillAt::NextOpen,
            slippage_ticks: 1,
            fee_per_contract: "0.62".parse().unwrap(),
            intra_bar: IntraBar::WorstCase,
            delay_bars: 0,
        },
        capital: Capital { amount: "10000".parse().unwrap(), currency: "USD".to_owned() },
    }
}

/// Those of LAB, but for what a made-up market of a year cannot bring.
pub(crate) fn rules() -> ResearchRules {
    ResearchRules { trials_per_job: 60, oos_trades: 40, hold_out_trades: 5, ..ResearchRules::default() }
}

pub(crate) fn study<'a>(
    spec: &'a BacktestSpec,
    bars: &'a Bars,
    rules: &'a ResearchRules,
    lineage: &'a Lineage,
    seed: u64,
) -> Study<'a> {
    Study { spec, bars, rules, lineage, seed, suggestions: None }
}

/// A search without anything before it.
pub(crate) fn searched(step: ResearchStep, strategy: Strategy, bars: Vec<Bar>, rules: &ResearchRules) -> ResearchReport {
    let spec = spec(strategy);
    let bars = Bars::new(&spec.instrument, bars).unwrap();
    search(step, &study(&spec, &bars, rules, &Lineage::default(), 7)).unwrap()
}

pub(crate) fn gate(report: &ResearchReport, gate: Gate) -> &GateResult {
    report.gates.iter().find(|result| result.gate == gate).unwrap()
}

pub(crate) fn closed(report: &ResearchReport) -> Vec<(Gate, Verdict)> {
    report.gates.iter().filter(|gate| !gate.is_open()).map(|gate| (gate.gate, gate.verdict)).collect()
}

/// S&P 500, daily, 1999 to 2018.
pub(crate) fn spx() -> Vec<Bar> {
    let path = format!("{}/../../tests/data/spx-1d-1999-2018.csv", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let bar = |line: &str| {
        let fields: Vec<_> = line.split(',').collect();
        let ts_event = fields[0].parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_nanos_opt().unwrap();
        let [open, high, low, close] = [1, 2, 3, 4].map(|field| fields[field].parse().unwrap());
        Bar { ts_event, open, high, low, close, volume: fields[5].parse().unwrap() }
    };
    text.lines().skip(1).map(bar).collect()
}
