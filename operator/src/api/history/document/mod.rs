//! `GET /api/bots/{namespace}/{name}/reports/{jobId}/html`. In: a backtest of a Bot. Out: one document that needs nothing else: what it
//! is, its checks, equity, drawdown, trades on bars, and the round of research of its cycle. From rows alone: the same rows, the same
//! bytes. Not pure.

mod chart;
mod facts;
mod page;
mod result;
mod round;

use assayer_contract::Sha256Hash;
use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};

use self::facts::Facts;
use super::report::{Named, posted};
use crate::api::{App, Refusal, access::Caller, unwritten};

/// Path of [`show`].
pub(crate) const PATH: &str = "/api/bots/{namespace}/{name}/reports/{jobId}/html";
/// The one style that the document has.
const STYLE: &str = include_str!("style.css");
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::CACHE_CONTROL, "private, no-cache"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// The document.
pub(crate) async fn show(State(app): State<App>, caller: Caller, path: Named) -> Result<Response, Refusal> {
    let posted = posted(&app, &caller, path).await?;
    let file = format!("inline; filename=\"backtest-{}.html\"", posted.job_id);
    let text = page::render(&Facts::of(&app.pool, posted).await?);
    let policy = format!("{}; frame-ancestors 'none'", policy());
    // All three are of hexadecimal digits, base64 and what is written here.
    let made = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CONTENT_DISPOSITION, file),
        (header::ETAG, format!("\"{}\"", Sha256Hash::of(text.as_bytes()))),
    ];
    let mut answer = text.into_response();
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in made {
        let value = HeaderValue::try_from(value).map_err(|_| unwritten("the report"))?;
        answer.headers_mut().insert(name, value);
    }
    Ok(answer)
}

/// Nothing is loaded and nothing is run; the one style is known by its hash. It stands in the document, too, which is kept as a file.
fn policy() -> String {
    let style = BASE64_STANDARD.encode(Sha256Hash::of(STYLE.as_bytes()).as_bytes());
    format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'")
}

#[cfg(test)]
mod tests;
