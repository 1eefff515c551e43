//! Ironbeam, a broker for futures. In and out: see [`Provider`]. Pure.
//!
//! A good status may hold an error. Orders carry no id of the caller's: after a call whose end is unknown, the list of orders tells.

mod endpoints;
mod errors;
mod session;

use std::time::Duration;

use assayer_contract::Source;
use http::{HeaderMap, StatusCode};

use crate::{
    BarVisitor, Call, Category, Facts, Form, Key, Limit, Measure, MeasureError, NamedError, Provider, Refused, Request, Session,
    SignIn, Verify, rest,
};

/// Ironbeam.
pub(crate) struct Ironbeam;

const USERNAME: Key = Key {
    name: "IRONBEAM_USERNAME",
    also: &[],
    form: Form::ANY,
    hint: "The number of the account, as the API's welcome mail names it.",
};
const API_KEY: Key = Key { name: "IRONBEAM_API_KEY", also: &[], form: Form::ANY, hint: "app.ironbeam.com, Settings, API key." };
/// Required, although one is likelier than the other: silence must not choose real money, nor pretend that it did.
const ENV: Key = Key {
    name: "IRONBEAM_ENV",
    also: &[],
    form: Form { certain: |env| matches!(env, "demo" | "live"), likely: |_| true, expected: "demo or live" },
    hint: "Say which account the key is for: demo is simulated, live is real money.",
};
const PASSWORD: Key = Key {
    name: "IRONBEAM_PASSWORD",
    also: &[],
    form: Form::ANY,
    hint: "Only for accounts of enterprises; leave it out otherwise.",
};

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

impl Provider for Ironbeam {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn classify(&self, request: &Request<'_>) -> Result<Call, Refused> {
        rest::classify(&FACTS, &endpoints::ENDPOINTS, request)
    }

    fn measure(&self, call: &Call, body: &[u8], _bars: &mut dyn BarVisitor) -> Result<Measure, MeasureError> {
        rest::measure(&endpoints::ENDPOINTS, call, body)
    }

    fn name_error(&self, status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> Option<NamedError> {
        errors::name_error(status, body)
    }

    fn session(&self) -> Option<&'static dyn Session> {
        Some(&Ironbeam)
    }
}
