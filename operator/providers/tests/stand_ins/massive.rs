//! Massive. Its bars have tests of their own.

use assayer_contract::ReasonCode;
use assayer_providers::{Measure, MeasureError};
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample, World, provider};

const fn get(path: &'static str, query: &'static str, items: Option<i64>) -> Sample {
    Sample { method: "GET", path, query, body: "", items }
}

pub(crate) const CONTRACT: Contract = Contract {
    name: "massive",
    good: &[("POLYGON_API_KEY", "0123456789_bcdefABCDEF0123456789")],
    key: "0123456789_bcdefABCDEF0123456789",
    unknown: &[("MASSIVE_API_KEY", "ffffffffffffffffffffffffffffffff")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::License, ReasonCode::ProviderEntitlement),
        (Kind::ErrorInSuccess, ReasonCode::ProviderEntitlement),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        get("v2/aggs/ticker/AAPL/range/1/hour/2026-01-05/2026-01-06", "adjusted=true&sort=asc", None),
        get("futures/v1/aggs/MESH6", "resolution=1min&window_start.gte=2026-01-05&window_start.lte=2026-01-05", None),
        get("v2/reference/news", "ticker=AAPL&order=desc", Some(10)),
        get("v3/reference/tickers", "active=true", Some(4)),
        get("v3/reference/tickers", "ticker=NOBODY", Some(0)),
        get("v1/marketstatus/now", "", None),
    ],
};

/// Measures what the stand-in answers.
async fn measured(world: &World, sample: &Sample) -> (Result<Measure, MeasureError>, Vec<u8>) {
    let answer = world.call(CONTRACT.good, sample).await;
    assert_eq!(answer.named, None);
    (provider(&CONTRACT).measure(&answer.call.unwrap(), &answer.body, &mut ()), answer.body)
}

#[tokio::test]
async fn pages_are_followed_by_path_and_query_and_their_bars_add_up() {
    for (path, query) in [
        ("v2/aggs/ticker/AAPL/range/1/hour/2026-01-05/2026-01-06", "sort=asc&limit=20"),
        (
            "futures/v1/aggs/MESH6",
            "resolution=1hour&window_start.gte=2026-01-05&window_start.lte=2026-01-06&sort=window_start.desc&limit=20",
        ),
    ] {
        let (world, mut counts, mut next) = (World::new(&CONTRACT), Vec::new(), Some((path.to_owned(), query.to_owned())));
        while let Some((path, query)) = next {
            let (measure, body) = measured(&world, &get(path.leak(), query.leak(), None)).await;
            counts.extend(measure.unwrap().bar_count);
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let url = body["next_url"].as_str().map(|url| url.strip_prefix("https://api.massive.com/").unwrap().to_owned());
            next = url.map(|url| url.split_once('?').map(|(path, query)| (path.to_owned(), query.to_owned())).unwrap());
        }
        assert_eq!(counts, [20, 20, 8], "{path}");
    }
}

#[tokio::test]
async fn bars_that_are_delayed_or_too_few_are_told_from_good_ones() {
    let (world, bars) = (World::new(&CONTRACT), CONTRACT.calls.first().unwrap());
    let good = measured(&world, bars).await.0.unwrap();
    assert_eq!((good.bar_count, good.delayed), (Some(48), false));
    world.fail(Kind::Delayed);
    assert!(measured(&world, bars).await.0.unwrap().delayed);
    world.fail(Kind::Fewer);
    assert_eq!(measured(&world, bars).await.0.unwrap_err().reason_code(), ReasonCode::DataTruncated);
}
