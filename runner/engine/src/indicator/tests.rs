//! The indicators against TA-Lib's, on the real bars of the repository.

use ta_lib::{Core, OutRange};

use super::{Atr, Ema, RollingMax, RollingSum, Rsi, SCALE, Spread};
use crate::{Bar, Price};

/// Opens of neither file matter here.
fn bars(file: &str) -> Vec<Bar> {
    let path = format!("{}/../../tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let bar = |line: &str| {
        let fields: Vec<_> = line.split(',').collect();
        let price = |i: usize| fields[i].parse::<Price>().unwrap();
        Bar { ts_event: 0, open: price(1), high: price(2), low: price(3), close: price(4), volume: fields[5].parse().unwrap() }
    };
    text.lines().skip(1).map(bar).collect()
}

#[expect(clippy::cast_precision_loss, reason = "the other side is a float")]
fn float(nanos: i128) -> f64 {
    nanos as f64 / 1e9
}

fn column(bars: &[Bar], of: fn(&Bar) -> Price) -> Vec<f64> {
    bars.iter().map(|bar| float(of(bar).nanos().into())).collect()
}

/// Ours must begin with theirs, and differ by no more than their rounding.
fn compare(name: &str, ours: &[Option<f64>], theirs: OutRange, values: &[f64], within: f64) {
    assert_eq!(ours.iter().position(Option::is_some), Some(theirs.beg_idx), "{name} begins elsewhere");
    assert_eq!(ours.len(), theirs.beg_idx + theirs.count, "{name}");
    for (i, (our, their)) in ours[theirs.beg_idx..].iter().zip(values).enumerate() {
        let our = our.unwrap();
        assert!((our - their).abs() <= within, "{name} at {i}: {our} and {their}");
    }
}

#[test]
fn every_indicator_is_that_of_ta_lib_on_real_bars() {
    // their deviation subtracts the square of a mean from a mean of squares, which rounds the more the larger the price
    let all = [("eurusd-1h-2017.csv", 14, 1e-6), ("spx-1d-1999-2018.csv", 2, 1e-3), ("spx-1d-1999-2018.csv", 50, 1e-5)];
    for (file, length, rounding) in all {
        let (bars, core) = (bars(file), Core::new());
        let (last, n) = (bars.len() - 1, usize::try_from(length).unwrap());
        let [high, low, close] = [|b: &Bar| b.high, |b: &Bar| b.low, |b: &Bar| b.close].map(|of| column(&bars, of));
        let mut out = vec![0.0; bars.len()];
        let scaled = |value: i128| float(value / SCALE);

        let range = core.ema(0, last, &close, length, &mut out).unwrap();
        let mut ema = Ema::new(n);
        let ours: Vec<_> = bars.iter().map(|bar| ema.push(bar.close).map(scaled)).collect();
        compare("ema", &ours, range, &out, 1e-8);

        let range = core.atr(0, last, &high, &low, &close, length, &mut out).unwrap();
        let mut atr = Atr::new(n);
        let ours: Vec<_> = bars.iter().map(|bar| atr.push(bar).map(scaled)).collect();
        compare("atr", &ours, range, &out, 1e-8);

        let range = core.rsi(0, last, &close, length, &mut out).unwrap();
        let mut rsi = Rsi::new(n);
        let index = |s: super::averages::Strength| 100.0 * float(s.gain) / (float(s.gain) + float(s.loss));
        let ours: Vec<_> = bars.iter().map(|bar| rsi.push(bar.close).map(index)).collect();
        compare("rsi", &ours, range, &out, 1e-6);

        let parts = 1.0 / f64::from(length);
        let range = core.sma(0, last, &close, length, &mut out).unwrap();
        let mut sum = RollingSum::new(n);
        let ours: Vec<_> = bars.iter().map(|bar| sum.push(bar.close).map(|sum| float(sum) * parts)).collect();
        compare("sma", &ours, range, &out, 1e-8);

        let range = core.stddev(0, last, &close, length, 1.0, &mut out).unwrap();
        let (mut spread, tick) = (Spread::new(n), Price::from_nanos(10_000));
        let mut deviation = |bar: &Bar| spread.push(bar.close.ticks(tick)).unwrap();
        let root = |d: super::spread::Deviation| float(d.squared * 1_000_000_000).sqrt() * parts * 1e-5;
        let ours: Vec<_> = bars.iter().map(|bar| deviation(bar).map(root)).collect();
        compare("stddev", &ours, range, &out, rounding);

        let range = core.max(0, last, &high, length, &mut out).unwrap();
        let mut max = RollingMax::new(n);
        let highest = |bar: &Bar| {
            max.push(bar.high);
            max.get().map(|high| float(high.nanos().into()))
        };
        compare("max", &bars.iter().map(highest).collect::<Vec<_>>(), range, &out, 0.0);
    }
}
