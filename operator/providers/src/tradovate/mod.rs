//! Tradovate, a broker for futures. In and out: see [`Vendor`]. Pure.
//!
//! A login opens one of at most two sessions and closes the oldest, so one token is shared and a login never tests a key. A good
//! status may hold an error, and a penalty in place of the answer to any request, orders among them.

mod endpoints;
mod errors;
mod session;

use std::time::Duration;

use assayer_contract::Source;

use crate::{
    AccountKind, Category, CredentialError, Credentials, Facts, Form, Key, Limit, SignIn, Verify,
    rest::{Errors, Vendor},
};

/// Tradovate.
pub(crate) static TRADOVATE: Vendor = Vendor {
    session: Some(&session::Sessions),
    ..Vendor::new(&FACTS, &endpoints::ENDPOINTS, Errors::ByBody(|status, _, body| errors::name_error(status, body)))
};

const ENV: Key = Key::of_account_kind("TRADOVATE_ENV");
const PASSWORD: Key = Key::any("TRADOVATE_PASSWORD", "The password of the account, or the key's own, if it was given one.");
const SEC: Key = Key {
    form: Form { certain: |_| true, likely: is_uuid, expected: "a UUID" },
    ..Key::any("TRADOVATE_SEC", "trader.tradovate.com, Application Settings, API Access; it is shown once, when the key is made.")
};
const CID: Key = Key {
    form: Form { certain: |_| true, likely: |cid| cid.bytes().all(|b| b.is_ascii_digit()), expected: "a number" },
    ..Key::any("TRADOVATE_CID", "trader.tradovate.com, Application Settings, API Access, the key's number.")
};
const USERNAME: Key = Key::any("TRADOVATE_USERNAME", "The name that signs in at trader.tradovate.com.");
const APP_ID: Key = Key::any("TRADOVATE_APP_ID", "trader.tradovate.com, Application Settings, API Access, the name of the key.");
const APP_VERSION: Key = Key::any("TRADOVATE_APP_VERSION", "Any version of your own, such as 1.0.");
const DEVICE_ID: Key = Key::any("TRADOVATE_DEVICE_ID", "Any id of your own that stays the same, such as a UUID.");

static FACTS: Facts = Facts {
    name: "tradovate",
    title: "Tradovate",
    category: Category::Source(Source::Broker),
    base: "",
    required_keys: &[ENV, USERNAME, PASSWORD, APP_ID, APP_VERSION, CID, SEC, DEVICE_ID],
    optional_keys: &[Key::any("TRADOVATE_ACCOUNT_ID", "The number of the account to trade, where there is more than one.")],
    sign_in: SignIn::Session,
    verify: Some(Verify { method: "GET", path: "auth/me", query: "" }),
    limits: &[
        Limit { requests: 5_000, per: Duration::from_hours(1) },
        Limit { requests: 5_000, per: Duration::from_mins(1) },
        Limit { requests: 1_000, per: Duration::from_secs(1) },
    ],
    request_id_header: None,
    plan: "API access is an add-on of a funded account: without it the login is answered like a wrong password, and an order with UnknownReason, Access is denied.",
};

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// The account's kind and its base: two systems apart, chosen by the credential alone.
fn place(credentials: &Credentials) -> Result<(AccountKind, &'static str), CredentialError> {
    let kind = credentials.account_kind(&ENV)?;
    let base = match kind {
        AccountKind::Demo => "https://demo.tradovateapi.com/v1/",
        AccountKind::Live => "https://live.tradovateapi.com/v1/",
    };
    Ok((kind, base))
}
