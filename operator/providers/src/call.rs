//! What a request asks for. In: a request as the runner sent it. Out: the facts that its row in the log needs. Pure.

use assayer_contract::{ReasonCode, Sha256Hash, Source};
use chrono::{DateTime, Utc};

use crate::text;

/// A request to a vendor as it came in.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// HTTP method, upper case.
    pub method: &'a str,
    /// Path below the vendor's base, not decoded, without a leading slash.
    pub path: &'a str,
    /// Query without `?`, not decoded; empty where there is none.
    pub query: &'a str,
    /// `Content-Type` of the body.
    pub content_type: Option<&'a str>,
    /// The whole body.
    pub body: &'a [u8],
}

/// A request that may be let through, and everything that its row says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Registry name of the provider.
    pub provider: &'static str,
    /// The kind of source that the call uses; none where it uses none, such as a message to people.
    pub source: Option<Source>,
    /// HTTP method.
    pub method: &'static str,
    /// Path below the vendor's base, as it is sent.
    pub path: String,
    /// The vendor's own name of the endpoint, such as `timeseries.get_range`.
    pub endpoint: &'static str,
    /// SHA-256 of provider, method, path, sorted query and sorted form, or the body's canonical JSON.
    pub request_fingerprint: Sha256Hash,
    /// The same, readable: an object of strings, without credentials. Of content that no row may hold, such as a prompt, an object
    /// of its `sha256`, its `bytes` and the `count` of its parts.
    pub params: serde_json::Value,
    /// Symbols asked for; empty where the endpoint has none to ask for. A wildcard is one symbol, spelt as the vendor does.
    pub symbols: Vec<String>,
    /// Dataset asked for.
    pub dataset: Option<String>,
    /// Schema asked for.
    pub schema: Option<String>,
    /// Start of the range asked for, inclusive, in whole microseconds.
    pub start: Option<DateTime<Utc>>,
    /// End of the range asked for, exclusive, in whole microseconds.
    pub end: Option<DateTime<Utc>>,
    /// Whether a success holds bars, which are then counted.
    pub yields_bars: bool,
    /// What the vendor takes for it. A call that is not free is never sent again by itself.
    pub charge: Charge,
    /// Whether it changes anything at the vendor. Nor is such a call.
    pub changes: bool,
    /// Whether all that it changes is that an order is taken back: what limits allow is kept back for such calls.
    pub cancels: bool,
    /// What else it asks for.
    pub about: About,
}

/// What a vendor takes for a call, each time that it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charge {
    /// Nothing.
    #[default]
    Free,
    /// A price that the vendor tells beforehand, if it is asked.
    Quoted,
    /// A price that only the answer decides, by the tokens that went and came.
    ByUse,
}

/// What calls of some kinds of source ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Economic series.
    pub series_ids: Vec<String>,
    /// First day of the vintage, at midnight UTC.
    pub realtime_start: Option<DateTime<Utc>>,
    /// Last day of the vintage, at midnight UTC.
    pub realtime_end: Option<DateTime<Utc>>,
    /// Words that are searched for.
    pub keywords: Vec<String>,
    /// Language model.
    pub model: Option<String>,
    /// The most tokens that all answers together may have; none where the request does not say.
    pub most_tokens_out: Option<u64>,
    /// The broker's account.
    pub account: Option<String>,
    /// What is ordered, in the broker's word.
    pub action: Option<String>,
    /// Contracts, as a decimal string.
    pub qty: Option<String>,
    /// The caller's own id of the order.
    pub client_order_id: Option<String>,
    /// The broker's id of the order that the call is about.
    pub order_id: Option<String>,
}

impl Call {
    /// The one symbol asked for, if it is one.
    pub fn symbol(&self) -> Option<&str> {
        match self.symbols.as_slice() {
            [symbol] => Some(symbol),
            _ => None,
        }
    }

    /// What goes into the row's `symbol`: the symbols joined by commas, at most 1,000 characters.
    pub fn symbol_text(&self) -> Option<String> {
        (!self.symbols.is_empty()).then(|| text::clean(&self.symbols.join(","), text::LONGEST))
    }

    /// Whether sending it again can do no harm: it changes nothing at the vendor and costs nothing.
    pub fn is_safe_to_repeat(&self) -> bool {
        self.charge == Charge::Free && !self.changes
    }
}

/// A request that is not let through: nothing is sent, and a row with outcome `refused` says why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refused {
    /// HTTP status for the caller.
    pub status: u16,
    /// Why.
    pub reason_code: ReasonCode,
    /// The same in a sentence that names the field and its value.
    pub message: String,
    /// The endpoint, or the path where it is none that is known, at most 200 characters.
    pub endpoint: String,
    /// SHA-256 of what was asked, as in [`Call::request_fingerprint`].
    pub request_fingerprint: Sha256Hash,
}

impl Refused {
    /// The request is for no endpoint that the registry lists.
    pub(crate) fn unknown(provider: &str, request: &Request<'_>) -> Self {
        let (method, path) = (text::clean(request.method, 20), text::clean(request.path, 200));
        Self {
            status: 404,
            reason_code: ReasonCode::EndpointUnknown,
            message: format!("{method} {path} is not an endpoint of {provider} that the gateway knows"),
            endpoint: path,
            request_fingerprint: request.fingerprint(provider),
        }
    }

    /// The endpoint is known, but not what is asked of it.
    pub(crate) fn invalid(provider: &str, request: &Request<'_>, endpoint: &str, message: &str) -> Self {
        Self {
            status: 422,
            reason_code: ReasonCode::RequestInvalid,
            message: text::clean(&format!("{endpoint}: {message}"), text::LONGEST),
            endpoint: endpoint.to_owned(),
            request_fingerprint: request.fingerprint(provider),
        }
    }
}

impl Request<'_> {
    /// The same for every order and spelling of the same fields.
    pub(crate) fn fingerprint(&self, provider: &str) -> Sha256Hash {
        let body = if self.is_json() { canonical(self.body) } else { sorted(self.body) };
        let lines = [provider, self.method, self.path, &sorted(self.query.as_bytes()), &body];
        Sha256Hash::of(lines.join("\n").as_bytes())
    }

    /// Whether the body says that it is JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.essence().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
    }

    /// Media type of the body without its parameters.
    pub(crate) fn essence(&self) -> Option<&str> {
        self.content_type.and_then(|value| value.split(';').next()).map(str::trim)
    }
}

/// JSON with its fields in order; what is none stays as it is.
fn canonical(body: &[u8]) -> String {
    // The map of serde_json is ordered by key.
    let parsed = serde_json::from_slice::<serde_json::Value>(body).map(|value| value.to_string());
    parsed.unwrap_or_else(|_| String::from_utf8_lossy(body).into_owned())
}

/// Form-encoded text with its fields in order.
fn sorted(form: &[u8]) -> String {
    let mut fields: Vec<_> = form_urlencoded::parse(form).collect();
    fields.sort();
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_the_same_for_any_order_of_fields_and_another_for_other_values() {
        let of = |query, body| Request { method: "POST", path: "v0/x", query, content_type: None, body }.fingerprint("databento");
        assert_eq!(of("", b"a=1&b=x%2Cy"), of("", b"b=x,y&a=1"));
        assert_ne!(of("", b"a=1&b=2"), of("", b"a=1&b=3"));
        assert_ne!(of("a=1", b""), of("", b"a=1"));
    }
}
