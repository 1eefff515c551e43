//! The built program on the committed real bars.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

use crate::dbn_file;

const EURUSD: (&str, &str) = ("eurusd-breakout.yaml", "eurusd-1h-2017.csv");
const SPX: (&str, &str) = ("spx-cross.yaml", "spx-1d-1999-2018.csv");

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data").join(name)
}

fn backtest(strategy: &Path, bars: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assayer-runner"));
    command.arg("backtest").arg("--strategy").arg(strategy).arg("--bars").arg(bars).args(more);
    command.output().unwrap()
}

fn report(strategy: &Path, bars: &Path) -> Value {
    let output = backtest(strategy, bars, &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn complaint(strategy: &Path, bars: &Path, more: &[&str]) -> String {
    let output = backtest(strategy, bars, more);
    assert!(!output.status.success() && output.stdout.is_empty());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("error: ") && message.lines().count() == 1, "{message}");
    message
}

#[test]
fn two_processes_print_the_same_bytes_and_nothing_else() {
    for (strategy, bars) in [EURUSD, SPX] {
        let (one, other) = (backtest(&example(strategy), &data(bars), &[]), backtest(&example(strategy), &data(bars), &[]));
        assert!(one.status.success() && one.stderr.is_empty(), "{}", String::from_utf8_lossy(&one.stderr));
        assert_eq!(one.stdout, other.stdout);
    }
}

/// The figures were computed a second time by an independent program in decimal arithmetic. A change here is a change of what
/// every stored result means: raise `ENGINE_VERSION` with it.
#[test]
fn the_examples_on_real_bars_give_the_figures_that_they_always_gave() {
    let known = [
        (
            EURUSD,
            83,
            "498",
            "-3407",
            "8433",
            -0.483_455,
            "sha256:407795df31891f4cdfbcdfedac1f87fdf8e5009a09ba52bc9e9b09031094ba5f",
        ),
        (
            SPX,
            10,
            "12.4",
            "8927.25",
            "1651.03",
            0.479_756,
            "sha256:406068abef10025cc1c842b56b64f9c12dcb26d1caa99a194dccfff49e4f89aa",
        ),
    ];
    for ((strategy, bars), trades, fees, net, drawdown, sharpe, result_hash) in known {
        let report = report(&example(strategy), &data(bars));
        let result = &report["result"];
        assert_eq!((&result["tradeCounts"]["total"], result["trades"].as_array().map(Vec::len)), (&trades.into(), Some(trades)));
        assert_eq!([&result["fees"], &result["net"], &result["maxDrawdown"]["amount"]], [fees, net, drawdown]);
        assert_eq!(result["sharpe"]["value"], sharpe);
        assert_eq!(report["engineVersion"], "3");
        assert_eq!(report["resultHash"], result_hash);
    }
}

#[test]
fn the_inputs_of_the_examples_have_the_hashes_that_they_always_had() {
    let hashes = |(strategy, bars)| {
        let report = report(&example(strategy), &data(bars));
        ["strategyHash", "dataHash", "inputsHash"].map(|name| report[name].as_str().unwrap().to_owned())
    };
    assert_eq!(
        hashes(EURUSD),
        [
            "sha256:6ddf431fb5b6bbb5f2ebca21410e2d55fecc4458a49cdfb794df6cbb79d9fc56",
            "sha256:88750d6426c24b976703ddc99d26a39aa9c7dbf9154f898682de80c1d62b3b23",
            "sha256:ae41c99abf54ec60ebf45fea8e529d73cc43e88b676cf919c393264aaf59fd0e"
        ]
    );
    assert_eq!(
        hashes(SPX),
        [
            "sha256:a7845b6f5a9316bf2dcc5b2daa28619a6cf9fbbe253124e6496ac510d14314f6",
            "sha256:1710a12412da03e271673f54dbe1d3b1db3c851a61c9b22625317842e8349ccf",
            "sha256:3ba062fd6ba3a5d85dc1bf41ec5f3b6790159c0f95ef52f34ba2740d41ec2a0d"
        ]
    );
}

#[test]
fn the_result_hash_can_be_checked_from_the_printed_result() {
    let report = report(&example(EURUSD.0), &data(EURUSD.1));
    let hash = assayer_contract::hash::canonical_hash(&report["result"]).unwrap();
    assert_eq!(report["resultHash"], hash.to_string());
}

#[test]
fn dbn_and_csv_of_the_same_bars_give_the_same_report() {
    let directory = tempfile::tempdir().unwrap();
    let csv = report(&example(EURUSD.0), &data(EURUSD.1));
    for (name, compressed) in [("bars.dbn.zst", true), ("bars.dbn", false)] {
        let dbn = directory.path().join(name);
        fs::write(&dbn, dbn_file::from_csv(&data(EURUSD.1), compressed)).unwrap();
        assert_eq!(report(&example(EURUSD.0), &dbn), csv);
    }
}

#[test]
fn a_continuous_series_names_its_rolls_and_charges_them() {
    let directory = tempfile::tempdir().unwrap();
    let dbn = directory.path().join("bars.dbn");
    fs::write(&dbn, dbn_file::of_contracts(&data(EURUSD.1), true, "6E.v.0", |row| if row < 3_000 { 11 } else { 12 })).unwrap();
    let output = backtest(&example(EURUSD.0), &dbn, &["--symbol", "6E.v.0"]);
    let rolled: Value = serde_json::from_slice(&output.stdout).unwrap();
    let plain = report(&example(EURUSD.0), &data(EURUSD.1));
    let rolls = rolled["result"]["rolls"].as_array().unwrap();
    assert_eq!(rolls.len(), 1);
    assert_eq!((&rolls[0]["from"], &rolls[0]["to"]), (&11.into(), &12.into()));
    let by_roll = |trade: &&Value| trade["exitReason"] == "Roll";
    assert_eq!(rolled["result"]["trades"].as_array().unwrap().iter().filter(by_roll).count(), 1);
    assert!(plain["result"].get("rolls").is_none(), "one instrument has no rolls");
    assert_ne!(rolled["dataHash"], plain["dataHash"]);
}

#[test]
fn a_dbn_body_that_is_cut_anywhere_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let cut = directory.path().join("cut.dbn");
    for compressed in [true, false] {
        let whole = dbn_file::from_csv(&data(EURUSD.1), compressed);
        for length in [whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            fs::write(&cut, &whole[..length]).unwrap();
            let message = complaint(&example(EURUSD.0), &cut, &[]);
            assert!(message.contains("cut.dbn: ") && (message.contains("complete") || message.contains("torn")), "{message}");
        }
    }
}

#[test]
fn a_dbn_body_of_another_series_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let dbn = directory.path().join("bars.dbn");
    fs::write(&dbn, dbn_file::from_csv(&data(EURUSD.1), false)).unwrap();
    let message = complaint(&example(EURUSD.0), &dbn, &["--symbol", "GBPUSD"]);
    assert!(message.contains("symbols EURUSD") && message.contains("GBPUSD"), "{message}");
    let message = complaint(&example(EURUSD.0), &dbn, &["--schema", "ohlcv-1m"]);
    assert!(message.contains("schema ohlcv-1h") && message.contains("ohlcv-1m"), "{message}");
}

#[test]
fn an_error_is_one_line_that_names_the_file_and_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let strategy = directory.path().join("s.yaml");
    let text = fs::read_to_string(example(EURUSD.0)).unwrap();
    let broken = |from: &str, to: &str| {
        fs::write(&strategy, text.replace(from, to)).unwrap();
        complaint(&strategy, &data(EURUSD.1), &[])
    };
    assert!(broken("exit: 24", "exit: 49").contains("s.yaml: strategy.donchianBreakout.exit is 49: choose at most"));
    assert!(broken("entry: 48", "entri: 48").contains("s.yaml: "));
    assert!(
        broken("\"0.00001\"", "\"0.0001\"").contains(
            "eurusd-1h-2017.csv: the bar of 2017-01-01T22:00:00Z: open 1.05236 is not a multiple of the tick size 0.0001"
        )
    );
    assert!(complaint(&example(EURUSD.0), &directory.path().join("none.csv"), &[]).contains("none.csv: No such file"));
    let message = complaint(&example(SPX.0), &data(EURUSD.1), &[]);
    assert!(message.contains("eurusd-1h-2017.csv: the bar of"), "{message}");
}
