//! The cookie of a session. In: headers of a request. Out: its sealed text, and the header that sets or ends it. Pure.

use axum::http::{HeaderMap, HeaderValue, header};

/// Name of the cookie where the request came by https. The prefix makes the browser refuse one that another host has set.
const SECURE: &str = "__Host-assayer";
/// Its name elsewhere, such as on 127.0.0.1.
const PLAIN: &str = "assayer";
/// Browsers keep no more of a cookie than 4,096 bytes, with its name and attributes.
pub(crate) const MOST_BYTES: usize = 3_900;

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Came {
    /// Whether by https, as a proxy says that the installation trusts.
    pub(crate) secure: bool,
}

impl Came {
    /// What `X-Forwarded-Proto` says, where it is trusted: this process itself serves plain HTTP.
    pub(crate) fn of(headers: &HeaderMap, trust_forwarded: bool) -> Self {
        let https = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"https");
        Self { secure: trust_forwarded && headers.get("x-forwarded-proto").is_some_and(https) }
    }

    fn name(self) -> &'static str {
        if self.secure { SECURE } else { PLAIN }
    }

    /// The sealed session of the request. Two of one name are none: nobody knows who set which.
    pub(crate) fn sealed(self, headers: &HeaderMap) -> Option<&str> {
        let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut ours = pairs.filter(|(name, _)| *name == self.name()).map(|(_, value)| value);
        ours.next().filter(|_| ours.next().is_none())
    }

    /// The header that gives a browser this session for so many seconds; 0 ends it. `None` where the text cannot stand in a header.
    pub(crate) fn set(self, sealed: &str, seconds: i64) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{}={sealed}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", self.name());
        let mut value = HeaderValue::try_from(text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_cookie_is_secure_only_where_a_trusted_proxy_says_https() {
        let https = headers(&[("x-forwarded-proto", "https")]);
        assert!(Came::of(&https, true).secure);
        assert!(!Came::of(&https, false).secure, "anybody can send that header");
        assert!(!Came::of(&headers(&[("x-forwarded-proto", "http")]), true).secure);
        let set = |secure| Came { secure }.set("x", 60).unwrap().to_str().unwrap().to_owned();
        assert_eq!(set(true), "__Host-assayer=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure");
        assert_eq!(set(false), "assayer=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict");
    }

    #[test]
    fn only_the_one_cookie_of_its_own_name_is_read() {
        let read = |secure, text: &str| Came { secure }.sealed(&headers(&[("cookie", text)])).map(str::to_owned);
        assert_eq!(read(false, "a=b; assayer=x; c=d"), Some("x".into()));
        assert_eq!(read(true, "assayer=x"), None, "one that any host of the domain may have set");
        assert_eq!(read(true, "assayer=x;__Host-assayer=y"), Some("y".into()));
        assert_eq!(read(false, "assayer=x; assayer=y"), None);
        assert_eq!(read(false, "xassayer=x"), None);
    }
}
