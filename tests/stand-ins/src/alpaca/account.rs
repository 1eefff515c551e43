//! One made-up account: cash, positions and orders, filled at made-up prices.
//!
//! In: orders as a client sends them. Out: orders as the broker answers them, or its code and words. Pure but for the clock.

use std::collections::BTreeMap;

use chrono::{SecondsFormat, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::headlines::SYMBOLS;

/// Why an order is refused: code and words.
pub(super) type No = (u32, String);

/// The account. It does not sell what it does not have.
pub(super) struct Account {
    cash: Decimal,
    /// Shares and what they cost, by symbol.
    held: BTreeMap<String, (Decimal, Decimal)>,
    /// The oldest first.
    orders: Vec<Order>,
}

/// One order.
pub(super) struct Order {
    pub(super) id: String,
    pub(super) client_order_id: String,
    pub(super) symbol: String,
    side: String,
    kind: String,
    time_in_force: String,
    qty: Decimal,
    limit_price: Option<Decimal>,
    stop_price: Option<Decimal>,
    /// At which it was filled.
    price: Option<Decimal>,
    at: String,
    status: &'static str,
}

impl Default for Account {
    fn default() -> Self {
        Self { cash: Decimal::from(100_000), held: BTreeMap::new(), orders: Vec::new() }
    }
}

impl Account {
    /// Places an order. One that can be filled is, at once and whole.
    pub(super) fn place(&mut self, body: &Map<String, Value>) -> Result<Value, No> {
        let mut order = self.read(body)?;
        let price = price(&order.symbol).ok_or_else(|| (42_210_000, format!("asset \"{}\" not found", order.symbol)))?;
        let worth = order.qty * order.limit_price.unwrap_or(price);
        let (held, _) = self.held.get(&order.symbol).copied().unwrap_or_default();
        if order.side == "buy" && worth > self.buying_power() {
            return Err((40_310_000, "insufficient buying power".to_owned()));
        }
        if order.side == "sell" && order.qty > held {
            let message = format!("insufficient qty available for order (requested: {}, available: {held})", order.qty);
            return Err((40_310_000, message));
        }
        let meets = |limit: Decimal| if order.side == "buy" { limit >= price } else { limit <= price };
        if order.stop_price.is_none() && order.limit_price.is_none_or(meets) {
            (order.price, order.status) = (Some(price), "filled");
            self.fill(&order, price);
        }
        let answer = order.json();
        self.orders.push(order);
        Ok(answer)
    }

    fn read(&self, body: &Map<String, Value>) -> Result<Order, No> {
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let needed = |name: &str| text(name).ok_or_else(|| (40_010_001, format!("{name} is required")));
        let (symbol, side, kind) = (needed("symbol")?, needed("side")?, needed("type")?);
        let qty = decimal(body.get("qty"))?.filter(|qty| *qty > Decimal::ZERO);
        let qty = qty.ok_or_else(|| (40_010_001, "qty is required".to_owned()))?;
        let (limit_price, stop_price) = (decimal(body.get("limit_price"))?, decimal(body.get("stop_price"))?);
        if !matches!(side.as_str(), "buy" | "sell") {
            return Err((40_010_001, format!("invalid side: {side}")));
        }
        let priced = match kind.as_str() {
            "market" => limit_price.is_none() && stop_price.is_none(),
            "limit" => limit_price.is_some() && stop_price.is_none(),
            "stop" => limit_price.is_none() && stop_price.is_some(),
            "stop_limit" => limit_price.is_some() && stop_price.is_some(),
            _ => return Err((40_010_001, format!("invalid order type: {kind}"))),
        };
        if !priced {
            return Err((40_010_001, format!("{kind} orders require their own prices and no others")));
        }
        // The broker's own are random; these are the same in every run.
        let id = format!("00000000-0000-4000-8000-{:012}", self.orders.len() + 1);
        let client_order_id = text("client_order_id").unwrap_or_else(|| id.clone());
        if self.orders.iter().any(|order| order.client_order_id == client_order_id) {
            return Err((40_010_001, "client_order_id must be unique".to_owned()));
        }
        let (time_in_force, at) = (needed("time_in_force")?, Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true));
        let (price, status) = (None, "new");
        Ok(Order { id, client_order_id, symbol, side, kind, time_in_force, qty, limit_price, stop_price, price, at, status })
    }

    fn fill(&mut self, order: &Order, price: Decimal) {
        let (qty, cost) = self.held.entry(order.symbol.clone()).or_default();
        let worth = order.qty * price;
        if order.side == "buy" {
            (*qty, *cost, self.cash) = (*qty + order.qty, *cost + worth, self.cash - worth);
        } else {
            // Nothing is ever sold that is not held, so there is something to divide by.
            let share = order.qty.checked_div(*qty).unwrap_or_default();
            (*qty, *cost, self.cash) = (*qty - order.qty, *cost - *cost * share, self.cash + worth);
        }
        self.held.retain(|_, (qty, _)| !qty.is_zero());
    }

    /// Cash that no open order holds.
    fn buying_power(&self) -> Decimal {
        let open = self.orders.iter().filter(|order| order.is_open() && order.side == "buy");
        let price = |order: &Order| order.limit_price.or(order.stop_price).unwrap_or_default();
        self.cash - open.map(|order| order.qty * price(order)).sum::<Decimal>()
    }

    /// Cancels an open order.
    pub(super) fn cancel(&mut self, id: &str) -> Result<(), No> {
        let order = self.orders.iter_mut().find(|order| order.id == id);
        let order = order.ok_or_else(|| (40_410_000, format!("order not found for {id}")))?;
        if !order.is_open() {
            return Err((42_210_000, format!("order is already in \"{}\" state", order.status)));
        }
        order.status = "canceled";
        Ok(())
    }

    /// The newest first.
    pub(super) fn orders(&self) -> impl Iterator<Item = &Order> {
        self.orders.iter().rev()
    }

    pub(super) fn json(&self) -> Value {
        let shares = self.held.iter().map(|(symbol, (qty, _))| *qty * price(symbol).unwrap_or_default()).sum::<Decimal>();
        let equity = money(self.cash + shares);
        json!({"id": "00000000-0000-4000-8000-0000000000a0", "account_number": "PA0000000001", "status": "ACTIVE",
            "currency": "USD", "cash": money(self.cash), "buying_power": money(self.buying_power()), "equity": equity,
            "portfolio_value": equity, "multiplier": "1", "shorting_enabled": false, "pattern_day_trader": false,
            "trading_blocked": false, "transfers_blocked": false, "account_blocked": false})
    }

    pub(super) fn positions(&self) -> Vec<Value> {
        let one = |(symbol, (qty, cost)): (&String, &(Decimal, Decimal))| {
            let now = price(symbol).unwrap_or_default();
            json!({"asset_id": symbol, "symbol": symbol, "exchange": "ARCA", "asset_class": "us_equity", "side": "long",
                "qty": qty.normalize().to_string(), "qty_available": qty.normalize().to_string(),
                "avg_entry_price": money(cost.checked_div(*qty).unwrap_or_default()), "cost_basis": money(*cost),
                "market_value": money(*qty * now), "current_price": money(now), "unrealized_pl": money(*qty * now - *cost)})
        };
        self.held.iter().map(one).collect()
    }
}

impl Order {
    pub(super) fn is_open(&self) -> bool {
        self.status == "new"
    }

    pub(super) fn json(&self) -> Value {
        let filled = if self.price.is_some() { self.qty } else { Decimal::ZERO };
        json!({"id": self.id, "client_order_id": self.client_order_id, "created_at": self.at, "updated_at": self.at,
            "submitted_at": self.at, "filled_at": self.price.map(|_| &self.at), "canceled_at": null, "symbol": self.symbol,
            "asset_class": "us_equity", "notional": null, "qty": self.qty.normalize().to_string(),
            "filled_qty": filled.normalize().to_string(), "filled_avg_price": self.price.map(money), "order_class": "simple",
            "order_type": self.kind, "type": self.kind, "side": self.side, "time_in_force": self.time_in_force,
            "limit_price": self.limit_price.map(money), "stop_price": self.stop_price.map(money), "status": self.status,
            "extended_hours": false, "legs": null})
    }
}

/// The market stands still.
fn price(symbol: &str) -> Option<Decimal> {
    let at = SYMBOLS.iter().position(|known| *known == symbol)?;
    Some(Decimal::from(100 + 50 * at))
}

/// A string or a number, none so great that it could not be multiplied.
fn decimal(value: Option<&Value>) -> Result<Option<Decimal>, No> {
    let text = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let number = text.parse().ok().filter(|number: &Decimal| number.abs() <= Decimal::from(1_000_000_000));
    number.map(Some).ok_or_else(|| (40_010_000, "request body format is invalid".to_owned()))
}

fn money(amount: Decimal) -> String {
    amount.round_dp(2).normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(account: &mut Account, fields: &Value) -> Result<Value, No> {
        let mut order = json!({"symbol": "SPY", "qty": "1", "side": "buy", "type": "market", "time_in_force": "day"});
        let (Some(all), Some(fields)) = (order.as_object_mut(), fields.as_object()) else { panic!("no objects") };
        all.extend(fields.clone());
        account.place(all)
    }

    #[test]
    fn money_and_shares_change_hands_once_for_each_order_that_is_filled() {
        let mut account = Account::default();
        let bought = place(&mut account, &json!({"qty": 3})).unwrap();
        assert_eq!((&bought["status"], &bought["filled_avg_price"]), (&json!("filled"), &json!("300")));
        assert_eq!((&account.json()["cash"], &account.json()["equity"]), (&json!("99100"), &json!("100000")));
        place(&mut account, &json!({"side": "sell", "qty": "0.5"})).unwrap();
        assert_eq!(account.positions()[0]["qty"], "2.5");
        place(&mut account, &json!({"side": "sell", "qty": "2.5", "type": "limit", "limit_price": "299"})).unwrap();
        assert!(account.positions().is_empty() && account.json()["cash"] == "100000");
    }

    #[test]
    fn an_order_waits_until_it_is_cancelled_and_holds_its_money() {
        let mut account = Account::default();
        let waiting = place(&mut account, &json!({"type": "limit", "limit_price": "1", "qty": "1000"})).unwrap();
        assert_eq!((&waiting["status"], &account.json()["buying_power"]), (&json!("new"), &json!("99000")));
        let id = waiting["id"].as_str().unwrap();
        account.cancel(id).unwrap();
        assert_eq!(account.json()["buying_power"], "100000");
        assert_eq!(account.cancel(id).unwrap_err().0, 42_210_000);
        assert_eq!(account.cancel("7").unwrap_err().0, 40_410_000);
    }

    #[test]
    fn what_the_broker_refuses_has_its_code() {
        let mut account = Account::default();
        place(&mut account, &json!({"client_order_id": "a"})).unwrap();
        for (fields, code) in [
            (json!({"client_order_id": "a"}), 40_010_001),
            (json!({"symbol": "ZZZZ"}), 42_210_000),
            (json!({"qty": "1000000000"}), 40_310_000),
            (json!({"side": "sell", "qty": "2"}), 40_310_000),
            (json!({"qty": "0"}), 40_010_001),
            (json!({"qty": "99999999999999999999"}), 40_010_000),
            (json!({"type": "limit"}), 40_010_001),
            (json!({"side": "hold"}), 40_010_001),
        ] {
            assert_eq!(place(&mut account, &fields).unwrap_err().0, code, "{fields}");
        }
        assert_eq!(account.orders().count(), 1);
    }
}
