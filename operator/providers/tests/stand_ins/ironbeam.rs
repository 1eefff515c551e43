//! Ironbeam.

use assayer_contract::ReasonCode;
use assayer_providers::{AccountKind, find};
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample, World};

const fn get(path: &'static str, query: &'static str, items: i64) -> Sample {
    Sample { method: "GET", path, query, body: "", items: Some(items) }
}

const fn change(method: &'static str, path: &'static str, body: &'static str) -> Sample {
    Sample { method, path, query: "", body, items: Some(1) }
}

pub(crate) const CONTRACT: Contract = Contract {
    name: "ironbeam",
    good: &[("IRONBEAM_USERNAME", "51360001"), ("IRONBEAM_API_KEY", "0123456789abcdef"), ("IRONBEAM_ENV", "demo")],
    key: "0123456789abcdef",
    unknown: &[("IRONBEAM_USERNAME", "51360001"), ("IRONBEAM_API_KEY", "ffffffffffffffff"), ("IRONBEAM_ENV", "demo")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::Forbidden, ReasonCode::ProviderEntitlement),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::ErrorInSuccess, ReasonCode::ProviderRejectedRequest),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        get("info/trader", "", 1),
        get("account/getAllAccounts", "", 1),
        get("account/51360001/balance", "balanceType=CURRENT_OPEN", 1),
        get("account/51360001/positions", "", 0),
        change("POST", "order/51360001/place", MARKET),
        change("POST", "order/51360001/place", LIMIT),
        get("account/51360001/positions", "", 1),
        get("account/51360001/fills", "", 1),
        get("account/51360001/risk", "", 1),
        get("order/51360001/ANY", "", 2),
        get("order/51360001/NEW", "", 1),
        get("order/51360001/fills", "", 1),
        get("order/51360001/toorderid/101", "", 1),
        change("PUT", "order/51360001/update/51360001-101", r#"{"orderId":"51360001-101","quantity":1,"limitPrice":4001}"#),
        change("DELETE", "order/51360001/cancel/51360001-101", ""),
    ],
};

const MARKET: &str = r#"{"accountId":"51360001","exchSym":"XCME:MES.Z26","side":"BUY","quantity":2,"orderType":"1","duration":"0","waitForOrderId":true}"#;
const LIMIT: &str = r#"{"exchSym":"XCME:MES.Z26","side":"SELL","quantity":1,"orderType":"2","duration":"0","limitPrice":6000,"waitForOrderId":false}"#;

#[tokio::test]
async fn whether_an_account_is_live_the_vendor_says_itself() {
    for (key, kind) in [("0123456789abcdef", AccountKind::Demo), ("live-0123456789abcdef", AccountKind::Live)] {
        let world = World::new(&Contract { key, ..CONTRACT });
        // What the user says of the key is not asked.
        let good = [("IRONBEAM_USERNAME", "51360001"), ("IRONBEAM_API_KEY", key), ("IRONBEAM_ENV", "demo")];
        let answer = world.call(&good, &CONTRACT.calls[0]).await;
        let measure = find("ironbeam").unwrap().measure(&answer.call.unwrap(), &answer.body, &mut ()).unwrap();
        assert_eq!(measure.environment, Some(kind));
    }
}

#[tokio::test]
async fn an_order_that_waits_for_its_id_tells_it() {
    let world = World::new(&CONTRACT);
    for (body, id) in [(MARKET, Some("51360001-100")), (LIMIT, None)] {
        let sample = Sample { method: "POST", path: "order/51360001/place", query: "", body, items: None };
        let answer = world.call(CONTRACT.good, &sample).await;
        let measure = find("ironbeam").unwrap().measure(&answer.call.unwrap(), &answer.body, &mut ()).unwrap();
        assert_eq!(measure.order_id.as_deref(), id);
    }
}

#[tokio::test]
async fn an_order_that_was_not_changed_is_a_failure_beside_a_good_status() {
    let world = World::new(&CONTRACT);
    for sample in &CONTRACT.calls[4..6] {
        world.call(CONTRACT.good, sample).await;
    }
    let order = serde_json::json!({"fault": Kind::Undone});
    world.shell.faults.replace(vec![serde_json::from_value(order).unwrap()]).unwrap();
    for sample in &CONTRACT.calls[13..] {
        let answer = world.call(CONTRACT.good, sample).await;
        assert!(answer.named.is_none(), "the status of the answer is good");
        let error = find("ironbeam").unwrap().measure(&answer.call.unwrap(), &answer.body, &mut ()).unwrap_err();
        assert_eq!(error.reason_code(), ReasonCode::ProviderRejectedRequest);
        assert!(error.to_string().contains("201: Order is not open"), "{error}");
    }
}
