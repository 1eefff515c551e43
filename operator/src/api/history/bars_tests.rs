//! What a chart of trades on bars relies on: bars that are known, and nothing that is left out without a word.

use assayer_contract::canonical_hash;
use chrono::DateTime;
use serde_json::{Value, json};

use super::*;

pub(in crate::api::history) fn trade(net: &str) -> Value {
    json!({"side": "Long", "contracts": 2, "entryTime": "2026-01-05T15:00:00Z", "entryPrice": "101.25", "exitTime": "2026-01-06T15:00:00Z",
        "exitPrice": "102", "gross": net, "fees": "0", "net": net, "exitReason": "Signal"})
}

pub(in crate::api::history) fn session(trades: &Value) -> WholeSession {
    let bucket = |day: u32, open: &str| {
        let time = format!("2026-01-{day:02}T00:00:00Z");
        json!({"from": time, "to": time, "bars": 1, "open": open, "high": "103", "low": "99.5", "close": "101", "volume": "7"})
    };
    let buckets = json!([bucket(5, "100"), bucket(6, "101"), bucket(7, "102.75")]);
    let at = |text: &str| text.parse::<DateTime<chrono::Utc>>().unwrap();
    WholeSession {
        created_at: at("2026-01-08T00:00:00Z"),
        trace_id: Uuid::from_u128(5),
        request_ids: vec![Uuid::from_u128(6)],
        data_hash: "sha256:d".to_owned(),
        strategy_hash: "sha256:s".to_owned(),
        inputs_hash: "sha256:i".to_owned(),
        engine_version: "3".to_owned(),
        bars: 3,
        first_bar: at("2026-01-05T00:00:00Z"),
        last_bar: at("2026-01-07T00:00:00Z"),
        result: json!({"capital": "10000", "currency": "USD", "net": "7.5", "trades": trades}),
        result_hash: "sha256:r".to_owned(),
        bar_buckets_hash: Some(canonical_hash(&buckets).unwrap().to_string()),
        bar_buckets: Some(buckets),
    }
}

#[test]
fn a_session_of_the_version_before_has_no_bars_and_says_why() {
    let old = WholeSession { bar_buckets: None, bar_buckets_hash: None, ..session(&json!([])) };
    let drawn = Drawn::of(&old);
    assert_eq!((drawn.bar_buckets, drawn.bar_buckets_reason), (None, Some(NOT_POSTED)));
}

#[test]
fn buckets_that_are_not_what_their_hash_is_of_are_not_shown() {
    let whole = session(&json!([]));
    assert_eq!(Drawn::of(&whole).bar_buckets.map(|buckets| buckets.len()), Some(3));
    let mut changed = whole;
    changed.bar_buckets.as_mut().unwrap()[1]["high"] = json!("500");
    let drawn = Drawn::of(&changed);
    assert_eq!((drawn.bar_buckets, drawn.bar_buckets_reason), (None, Some(NOT_AS_HASHED)));
}

#[test]
fn the_newest_trades_are_shown_and_the_others_counted() {
    let trades = |count: usize| Value::Array((0..count).map(|place| trade(&place.to_string())).collect());
    let drawn = Drawn::of(&session(&trades(TRADES + 2)));
    let shown = drawn.trades.unwrap();
    assert_eq!((shown.len(), drawn.trades_left_out), (TRADES, Some(2)));
    assert_eq!(shown[0].net.to_string(), "2");
    assert_eq!(Drawn::of(&session(&trades(1))).trades_left_out, Some(0));
}

#[test]
fn trades_in_a_form_that_nobody_knows_are_unknown_and_not_none() {
    for trades in [Value::Null, json!([{"side": "Sideways"}])] {
        let drawn = Drawn::of(&session(&trades));
        assert_eq!((drawn.trades, drawn.trades_left_out, drawn.trades_reason), (None, None, Some(NO_TRADES)));
    }
}
