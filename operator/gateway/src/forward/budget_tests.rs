//! Prices and budgets, without a database.

use assayer_providers::{Request, find};
use serde_json::json;

use super::*;

const RANGE: &[u8] = b"dataset=SAMPLE.FX&schema=ohlcv-1h&encoding=dbn&compression=zstd&stype_in=raw_symbol&stype_out=instrument_id&symbols=EURUSD&start=1483228800000000000&end=1514764800000000000";

fn call() -> Call {
    let content_type = Some("application/x-www-form-urlencoded");
    let request = Request { method: "POST", path: "v0/timeseries.get_range", query: "", content_type, body: RANGE };
    find("databento").unwrap().classify(&request).unwrap()
}

fn quote(change: &[(&str, &str)]) -> Quote {
    let mut params = json!({"dataset": "SAMPLE.FX", "schema": "ohlcv-1h", "stype_in": "raw_symbol", "symbols": "EURUSD",
        "start": "1483228800000000000", "end": "1514764800000000000"});
    for (name, value) in change {
        params[name] = json!(value);
    }
    Quote { params, usd: "0.19".parse().unwrap() }
}

#[test]
fn only_the_price_of_the_very_same_data_counts() {
    assert_eq!(quoted(&call(), &[quote(&[])]), Some("0.19".parse().unwrap()));
    assert_eq!(quoted(&call(), &[]), None);
    for other in
        [("symbols", "GBPUSD"), ("end", "1514764800000000001"), ("limit", "10"), ("schema", "ohlcv-1m"), ("mode", "historical")]
    {
        assert_eq!(quoted(&call(), &[quote(&[other])]), None, "{other:?}");
    }
    assert!(quoted(&call(), &[quote(&[("mode", "historical-streaming")])]).is_some());
}

#[test]
fn a_refusal_says_the_price_what_was_spent_and_the_limit() {
    let job = |budget: &str| GatewayJob { max_data_usd_per_day: budget.parse().unwrap(), ..job() };
    let usd = |text: &str| text.parse::<Decimal>().unwrap();
    assert_eq!(within(usd("0.19"), usd("4.81"), &job("5")), Ok(()));
    assert_eq!(within(usd("0"), usd("9"), &job("5")), Ok(()), "what is free is not held up by what was spent");
    let message = within(usd("0.19000001"), usd("4.81"), &job("5.00")).unwrap_err();
    assert_eq!(
        message,
        "the bars cost 0.1901 USD; stage LAB has spent 4.81 USD today (UTC), and its budgets.maxDataUsdPerDay is 5"
    );
}

fn job() -> GatewayJob {
    GatewayJob {
        id: uuid::Uuid::nil(),
        trace_id: uuid::Uuid::nil(),
        job_type: assayer_contract::JobType::Backtest,
        stage: assayer_contract::Stage::Lab,
        status: assayer_contract::JobStatus::Running,
        ended: false,
        remaining: 0,
        bot_namespace: String::new(),
        bot_name: String::new(),
        bot_id: uuid::Uuid::nil(),
        due_slot: DateTime::UNIX_EPOCH,
        deadline: DateTime::UNIX_EPOCH,
        instrument: String::new(),
        strategy_hash: String::new(),
        root: None,
        family: String::new(),
        trials_granted: None,
        holdout_reads: None,
        ai: assayer_contract::policy::AiRules::default(),
        max_data_usd_per_day: Decimal::ZERO,
        sources: assayer_contract::policy::AllowedSources::new(),
        body: Value::Null,
    }
}
