//! Which headers pass. In: headers of one side. Out: those that the other side may see. Pure.

use assayer_contract::wire::PRIVATE_HEADER_PREFIX;
use http::{HeaderMap, HeaderName, header};

/// Of one connection, not of the message (RFC 9110 §7.6.1).
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Set by the gateway itself, or saying who called.
const NOT_TO_VENDORS: [HeaderName; 9] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::AUTHORIZATION,
    header::COOKIE,
    header::EXPECT,
    header::VIA,
    header::FORWARDED,
    // What is measured must come plain: only the vendor's own compression of its data is understood.
    header::ACCEPT_ENCODING,
    header::REFERER,
];
const NOT_TO_VENDORS_PREFIXES: [&str; 2] = [PRIVATE_HEADER_PREFIX, "x-forwarded-"];
const NOT_TO_VENDORS_TRACE: [&str; 3] = ["traceparent", "tracestate", "baggage"];

/// Set anew, or an instruction to the caller's client that would lead it past the gateway.
const NOT_TO_RUNNERS: [HeaderName; 5] =
    [header::CONTENT_LENGTH, header::SET_COOKIE, header::LOCATION, header::ALT_SVC, header::STRICT_TRANSPORT_SECURITY];

/// What a vendor may see of a runner's headers.
pub(super) fn to_vendor(headers: &HeaderMap) -> HeaderMap {
    kept(headers, |name| {
        let text = name.as_str();
        !NOT_TO_VENDORS.contains(name)
            && !NOT_TO_VENDORS_TRACE.contains(&text)
            && !NOT_TO_VENDORS_PREFIXES.iter().any(|prefix| text.starts_with(prefix))
    })
}

/// What a runner may see of a vendor's headers.
pub(super) fn to_runner(headers: &HeaderMap) -> HeaderMap {
    kept(headers, |name| !NOT_TO_RUNNERS.contains(name) && !name.as_str().starts_with(PRIVATE_HEADER_PREFIX))
}

fn kept(headers: &HeaderMap, may_pass: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let passes = |name: &HeaderName| {
        !HOP_BY_HOP.contains(&name.as_str()) && !named.iter().any(|hop| hop == name.as_str()) && may_pass(name)
    };
    headers.iter().filter(|(name, _)| passes(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        headers.keys().map(HeaderName::as_str).collect()
    }

    #[test]
    fn a_vendor_sees_neither_our_headers_nor_the_callers_credentials_nor_those_of_the_connection() {
        let sent = headers(&[
            ("accept", "application/octet-stream"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("user-agent", "Databento/0.64.0"),
            ("host", "gateway"),
            ("content-length", "5"),
            ("authorization", "Basic eDo="),
            ("cookie", "a=b"),
            ("accept-encoding", "gzip"),
            ("x-assayer-token", "secret"),
            ("x-assayer-trace-id", "t"),
            ("x-forwarded-for", "10.0.0.1"),
            ("traceparent", "00-a-b-01"),
            ("connection", "close, X-Hop"),
            ("x-hop", "1"),
            ("transfer-encoding", "chunked"),
        ]);
        assert_eq!(names(&to_vendor(&sent)), ["accept", "content-type", "user-agent"]);
    }

    #[test]
    fn a_runner_sees_the_vendors_ids_and_warnings_but_no_redirect_and_no_forged_row_id() {
        let received = headers(&[
            ("content-type", "application/json"),
            ("request-id", "abc"),
            ("x-warning", "[]"),
            ("retry-after", "1"),
            ("location", "http://evil.example/"),
            ("set-cookie", "a=b"),
            ("content-length", "2"),
            ("x-assayer-request-id", "forged"),
            ("transfer-encoding", "chunked"),
        ]);
        assert_eq!(names(&to_runner(&received)), ["content-type", "request-id", "x-warning", "retry-after"]);
    }
}
