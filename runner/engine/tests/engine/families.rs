//! Families on real bars: each signal against the same rule over TA-Lib's indicators, each result against the one it always had.

use crate::support::{real, run};
use assayer_engine::{
    BacktestSpec, Bar, Family, Multiple, Price, Strategy, Target,
    strategy::{BollingerFade, Direction, Hours, Keltner, Momentum, OpeningRange, RsiReversion, Squeeze, VwapFade},
};
use ta_lib::{Core, MAType, OutRange};

const BOTH: Direction = Direction::LongShort;

fn multiple(text: &str) -> Multiple {
    text.parse().unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "TA-Lib computes with floats")]
fn column(bars: &[Bar], of: fn(&Bar) -> Price) -> Vec<f64> {
    bars.iter().map(|bar| of(bar).nanos() as f64 / 1e9).collect()
}

/// TA-Lib's values at the places of their bars.
fn placed(range: OutRange, values: &[f64]) -> Vec<Option<f64>> {
    let mut all = vec![None; range.beg_idx];
    all.extend(values[..range.count].iter().copied().map(Some));
    all
}

/// What holds after a close: enter long, enter short, leave long, leave short.
type Rules = [bool; 4];

/// The position that follows from rules, from the first close on at which they are known.
fn held(rules: Vec<Option<Rules>>) -> Vec<Option<Target>> {
    let mut target = Target::Flat;
    let step = |rules: Rules| {
        target = match (rules, target) {
            ([true, _, _, _], _) => Target::Long,
            ([_, true, _, _], _) => Target::Short,
            ([_, _, true, _], Target::Long) | ([_, _, _, true], Target::Short) => Target::Flat,
            (_, unchanged) => unchanged,
        };
        target
    };
    let mut step = step;
    rules.into_iter().map(|rules| rules.map(&mut step)).collect()
}

fn signals(spec: &BacktestSpec, bars: &[Bar]) -> Vec<Option<Target>> {
    let mut signals = spec.strategy.start(&spec.instrument);
    bars.iter().map(|bar| signals.on_close(bar, None).unwrap()).collect()
}

/// Both series, each family: the engine's signals are those of the rules.
fn check(strategy: &Strategy, rules: impl Fn(&[Bar], &Core) -> Vec<Option<Rules>>) {
    for (spec, file) in [(real::spx as fn(Strategy) -> _, "spx-1d-1999-2018.csv"), (real::eurusd, "eurusd-1h-2017.csv")] {
        let (spec, bars) = (spec(strategy.clone()), real::bars(file));
        let (ours, theirs) = (signals(&spec, &bars), held(rules(&bars, &Core::new())));
        assert_eq!(ours.iter().position(Option::is_some), Some(strategy.warm_up_bars() - 1), "{file}");
        let differs = ours.iter().zip(&theirs).position(|(our, their)| our != their);
        assert_eq!(differs, None, "{file}: {:?}", differs.map(|i| (&bars[i], ours[i], theirs[i])));
        assert!(ours.contains(&Some(Target::Long)) && ours.contains(&Some(Target::Short)), "{file} shows nothing");
    }
}

#[test]
fn keltner_is_that_of_ta_libs_averages() {
    let strategy = Family::Keltner(Keltner { length: 20, atr: 10, width: multiple("1.5"), direction: BOTH }).into();
    check(&strategy, |bars, core| {
        let [high, low, close] = [|b: &Bar| b.high, |b: &Bar| b.low, |b: &Bar| b.close].map(|of| column(bars, of));
        let (last, mut out) = (bars.len() - 1, vec![0.0; bars.len()]);
        let ema = placed(core.ema(0, last, &close, 20, &mut out).unwrap(), &out);
        let atr = placed(core.atr(0, last, &high, &low, &close, 10, &mut out).unwrap(), &out);
        let rule = |i: usize| {
            let (above, band) = (close[i] - ema[i]?, 1.5 * atr[i]?);
            Some([above > band, above < -band, above < 0.0, above > 0.0])
        };
        (0..bars.len()).map(rule).collect()
    });
}

#[test]
fn momentum_is_that_of_ta_lib() {
    let strategy = Family::Momentum(Momentum { lookback: 60, direction: BOTH }).into();
    check(&strategy, |bars, core| {
        let (close, mut out) = (column(bars, |b| b.close), vec![0.0; bars.len()]);
        let change = placed(core.mom(0, bars.len() - 1, &close, 60, &mut out).unwrap(), &out);
        change.into_iter().map(|change| change.map(|c| [c > 0.0, c < 0.0, c == 0.0, c == 0.0])).collect()
    });
}

#[test]
fn rsi_reversion_is_that_of_ta_libs_index() {
    let family = RsiReversion { length: 2, oversold: 10, trend: 200, exit: 5, direction: BOTH };
    check(&Family::RsiReversion(family).into(), |bars, core| {
        let (close, last, mut out) = (column(bars, |b| b.close), bars.len() - 1, vec![0.0; bars.len()]);
        let rsi = placed(core.rsi(0, last, &close, 2, &mut out).unwrap(), &out);
        let trend = placed(core.sma(0, last, &close, 200, &mut out).unwrap(), &out);
        let exit = placed(core.sma(0, last, &close, 5, &mut out).unwrap(), &out);
        let rule = |i: usize| {
            let (rsi, trend, exit, close) = (rsi[i]?, trend[i]?, exit[i]?, close[i]);
            Some([close > trend && rsi < 10.0, close < trend && rsi > 90.0, close > exit, close < exit])
        };
        (0..bars.len()).map(rule).collect()
    });
}

#[test]
fn bollinger_fade_is_that_of_ta_libs_bands() {
    let strategy = Family::BollingerFade(BollingerFade { length: 20, width: multiple("2"), direction: BOTH }).into();
    check(&strategy, |bars, core| {
        let (close, n) = (column(bars, |b| b.close), bars.len());
        let (mut upper, mut middle, mut lower) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        let range = core.bbands(0, n - 1, &close, 20, 2.0, 2.0, MAType::SMA, &mut upper, &mut middle, &mut lower).unwrap();
        let [upper, middle, lower] = [upper, middle, lower].map(|values| placed(range, &values));
        let rule = |i: usize| {
            let (upper, middle, lower, close) = (upper[i]?, middle[i]?, lower[i]?, close[i]);
            // a close at the very average is rounded away from it by floats
            Some([close < lower, close > upper, close >= middle - 1e-9, close <= middle + 1e-9])
        };
        (0..n).map(rule).collect()
    });
}

#[test]
fn a_squeeze_is_that_of_ta_libs_deviations_and_ranges() {
    let family = Squeeze { length: 20, deviations: multiple("2"), ranges: multiple("1.5"), direction: BOTH };
    check(&Family::Squeeze(family).into(), |bars, core| {
        let [high, low, close] = [|b: &Bar| b.high, |b: &Bar| b.low, |b: &Bar| b.close].map(|of| column(bars, of));
        let (n, mut out) = (bars.len(), vec![0.0; bars.len()]);
        let deviation = placed(core.stddev(0, n - 1, &close, 20, 1.0, &mut out).unwrap(), &out);
        let mean = placed(core.sma(0, n - 1, &close, 20, &mut out).unwrap(), &out);
        let range = core.trange(0, n - 1, &high, &low, &close, &mut out).unwrap();
        let ranges = out[..range.count].to_vec();
        let mut mean_range = vec![None; range.beg_idx];
        mean_range.extend(placed(core.sma(0, ranges.len() - 1, &ranges, 20, &mut out).unwrap(), &out));
        let mut squeezed = false;
        let rule = |i: usize| {
            let (on, above) = (1.5 * mean_range[i]? > 2.0 * deviation[i]?, close[i] - mean[i]?);
            let released = std::mem::replace(&mut squeezed, on) && !on;
            Some([released && above > 0.0, released && above < 0.0, above < 0.0, above > 0.0])
        };
        (0..n).map(rule).collect()
    });
}

/// A change here changes what stored results mean: raise `ENGINE_VERSION` with it.
#[test]
fn every_family_has_the_result_on_real_bars_that_it_always_had() {
    let (both, two, all) = (BOTH, multiple("2"), Hours::All);
    let rsi = RsiReversion { length: 2, oversold: 10, trend: 200, exit: 5, direction: Direction::LongOnly };
    let known: [(BacktestSpec, &str, usize, &str); 7] = [
        (real::spx(Family::RsiReversion(rsi).into()), "spx-1d-1999-2018.csv", 130, "2433.55"),
        (
            real::eurusd(Family::Keltner(Keltner { length: 48, atr: 24, width: two, direction: both }).into()),
            "eurusd-1h-2017.csv",
            120,
            "-3025",
        ),
        (real::spx(Family::Momentum(Momentum { lookback: 250, direction: both }).into()), "spx-1d-1999-2018.csv", 62, "6784.62"),
        (
            real::eurusd(Family::BollingerFade(BollingerFade { length: 48, width: two, direction: both }).into()),
            "eurusd-1h-2017.csv",
            111,
            "-785",
        ),
        (
            real::eurusd(
                Family::Squeeze(Squeeze { length: 24, deviations: two, ranges: multiple("1.5"), direction: both }).into(),
            ),
            "eurusd-1h-2017.csv",
            142,
            "1060",
        ),
        (
            real::eurusd(
                Family::OpeningRange(OpeningRange { minutes: 480, flat_minutes: 60, hours: all, direction: both }).into(),
            ),
            "eurusd-1h-2017.csv",
            338,
            "7350",
        ),
        (
            real::eurusd(
                Family::VwapFade(VwapFade { width: two, minutes: 240, flat_minutes: 60, hours: all, direction: both }).into(),
            ),
            "eurusd-1h-2017.csv",
            422,
            "-6465",
        ),
    ];
    let told: Vec<_> = known
        .iter()
        .map(|(spec, file, trades, net)| {
            let result = run(spec, &real::bars(file)).0.result;
            let name = spec.strategy.family.name();
            ((name.clone(), result.trades.len(), result.net.to_string()), (name, *trades, (*net).to_owned()))
        })
        .collect();
    let (found, wanted): (Vec<_>, Vec<_>) = told.into_iter().unzip();
    assert_eq!(found, wanted);
}
