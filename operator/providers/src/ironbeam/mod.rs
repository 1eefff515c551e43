//! Ironbeam, a broker for futures. In and out: see [`Vendor`]. Pure.
//!
//! A good status may hold an error. Orders carry no id of the caller's: after a call whose end is unknown, the list of orders tells.

mod endpoints;
mod errors;
mod session;

use std::time::Duration;

use assayer_contract::Source;

use crate::{
    Category, Facts, Key, Limit, SignIn, Verify,
    rest::{Errors, Vendor},
};

/// Ironbeam.
pub(crate) static IRONBEAM: Vendor = Vendor {
    session: Some(&session::Sessions),
    ..Vendor::new(&FACTS, &endpoints::ENDPOINTS, Errors::ByBody(|status, _, body| errors::name_error(status, body)))
};

const USERNAME: Key = Key::any("IRONBEAM_USERNAME", "The number of the account, as the API's welcome mail names it.");
const API_KEY: Key = Key::any("IRONBEAM_API_KEY", "app.ironbeam.com, Settings, API key.");
const ENV: Key = Key::of_account_kind("IRONBEAM_ENV");
const PASSWORD: Key = Key::any("IRONBEAM_PASSWORD", "Only for accounts of enterprises; leave it out otherwise.");

static FACTS: Facts = Facts {
    name: "ironbeam",
    title: "Ironbeam",
    category: Category::Source(Source::Broker),
    base: "",
    required_keys: &[USERNAME, API_KEY, ENV],
    optional_keys: &[PASSWORD],
    sign_in: SignIn::Session,
    verify: Some(Verify { method: "GET", path: "info/trader", query: "" }),
    limits: &[Limit { requests: 10, per: Duration::from_secs(1) }],
    request_id_header: None,
    plan: "The API is open to every account that has a key; what the account may not do is answered with 403.",
};
