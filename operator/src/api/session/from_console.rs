//! Whether a request with a cookie comes from the console. In: its headers. Out: nothing, or why it is refused. Pure.
//!
//! A browser sends a cookie whoever made it ask. A page of another origin can send neither this header nor our origin.

use assayer_contract::{Problem, ReasonCode};
use axum::http::{HeaderMap, HeaderValue, header, request::Parts, uri::Authority};

use super::{super::Refusal, cookie::Came};

/// A header that only a script of our own origin can send.
pub(crate) const HEADER: &str = "x-assayer-console";

/// Refuses what was not sent by a page of the host that it was sent to.
pub(crate) fn demand(parts: &Parts, came: Came) -> Result<(), Refusal> {
    let headers = &parts.headers;
    if headers.get(HEADER).map(HeaderValue::as_bytes) != Some(b"1") {
        return Err(unproven("there is no header X-Assayer-Console: 1"));
    }
    let Some(origin) = only(headers, header::ORIGIN) else {
        return Err(unproven("there is no Origin header"));
    };
    let host = only(headers, header::HOST).or_else(|| parts.uri.authority().map(Authority::as_str));
    let (scheme, from) = origin.split_once("://").unwrap_or_default();
    let scheme_fits = if came.secure { scheme == "https" } else { matches!(scheme, "http" | "https") };
    if scheme_fits && host.is_some_and(|host| host.eq_ignore_ascii_case(from)) {
        Ok(())
    } else {
        Err(unproven("the Origin header does not name the host that was asked"))
    }
}

fn only(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())?.to_str().ok()
}

fn unproven(detail: &str) -> Refusal {
    Problem::new(403, ReasonCode::OriginUnproven, detail).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn asked(secure: bool, headers: &[(&str, &str)]) -> Result<(), (u16, ReasonCode)> {
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        demand(&parts, Came { secure }).map_err(|refusal| (refusal.problem.status, refusal.problem.reason_code))
    }

    #[test]
    fn a_page_of_the_same_host_may_write() {
        let header = ("x-assayer-console", "1");
        asked(false, &[("host", "127.0.0.1:5000"), ("origin", "http://127.0.0.1:5000"), header]).unwrap();
        asked(true, &[("host", "assayer.example.com"), ("origin", "https://Assayer.example.com"), header]).unwrap();
    }

    #[test]
    fn who_does_not_prove_to_be_such_a_page_may_not() {
        let (host, origin) = (("host", "desk.example"), ("origin", "https://desk.example"));
        let header = ("x-assayer-console", "1");
        for headers in [
            vec![host, origin],
            vec![host, header],
            vec![origin, header],
            vec![host, origin, ("x-assayer-console", "0")],
            vec![host, origin, origin, header],
            vec![host, ("origin", "null"), header],
            vec![host, ("origin", "http://desk.example"), header],
            vec![host, ("origin", "https://desk.example:8443"), header],
            vec![host, ("origin", "https://evil.example"), header],
            vec![host, ("origin", "https://desk.example.evil.example"), header],
        ] {
            assert_eq!(asked(true, &headers), Err((403, ReasonCode::OriginUnproven)), "{headers:?}");
        }
    }
}
