//! What takes an order back, for which limits keep room, is told from whatever else changes something at a broker.

use assayer_providers::{Request, find};

#[test]
fn only_what_takes_an_order_back_is_an_exit() {
    for (provider, method, path, body, cancels) in [
        ("alpaca", "DELETE", "orders/00000000-0000-4000-8000-000000000001", "", true),
        ("tradovate", "POST", "order/cancelorder", r#"{"orderId":7,"isAutomated":true}"#, true),
        ("ironbeam", "DELETE", "order/51360001/cancel/51360001-101", "", true),
        ("alpaca", "POST", "orders", r#"{"symbol":"SPY","qty":"1","side":"sell","type":"market","time_in_force":"day"}"#, false),
        (
            "tradovate",
            "POST",
            "order/modifyorder",
            r#"{"orderId":7,"orderQty":1,"orderType":"Market","isAutomated":true}"#,
            false,
        ),
        ("alpaca", "GET", "orders", "", false),
    ] {
        let content_type = (!body.is_empty()).then_some("application/json");
        let request = Request { method, path, query: "", content_type, body: body.as_bytes() };
        let call = find(provider).unwrap().classify(&request).unwrap();
        assert_eq!((call.cancels, call.changes), (cancels, method != "GET"), "{provider} {method} {path}");
    }
}
