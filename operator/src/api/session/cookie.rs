//! The cookies of a session. In: headers of a request. Out: its sealed text, and the headers that set or end it. Pure.
//!
//! A text that is too long for one cookie goes on in numbered ones. Parts that do not belong together do not open.

use axum::http::{HeaderMap, HeaderValue, header};

/// Name of the cookie where the request came by https. The prefix makes the browser refuse one that another host has set.
const SECURE: &str = "__Host-assayer";
/// Its name elsewhere, such as on 127.0.0.1.
const PLAIN: &str = "assayer";
/// What the name of the cookie of a sign-in that has begun at the issuer goes on with.
const BEGUN: &str = "sign-in";
/// Browsers keep no more of a cookie than 4,096 bytes, with its name and attributes.
const PART_BYTES: usize = 3_800;
/// Proxies take no headers of any length.
const MOST_PARTS: usize = 4;
/// The longest text that cookies can hold.
pub(crate) const MOST_BYTES: usize = PART_BYTES * MOST_PARTS;

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

    fn base(self) -> &'static str {
        if self.secure { SECURE } else { PLAIN }
    }

    /// Name of the cookie with this part of the text, the first being 1.
    fn name(self, part: usize) -> String {
        let name = self.base();
        if part == 1 { name.to_owned() } else { format!("{name}-{part}") }
    }

    /// The sealed sign-in that has begun, which comes back with the browser from the issuer.
    pub(crate) fn begun(self, headers: &HeaderMap) -> Option<String> {
        only(headers, &format!("{}-{BEGUN}", self.base())).map(str::to_owned)
    }

    /// The header that keeps a sign-in that has begun for so many seconds. The browser comes back from another site, so `Strict` would
    /// keep it away.
    pub(crate) fn set_begun(self, sealed: &str, seconds: i64) -> Option<HeaderValue> {
        self.header(&format!("{}-{BEGUN}", self.base()), sealed, seconds, "Lax")
    }

    /// The sealed session of the request. Two cookies of one name are none: nobody knows who set which.
    pub(crate) fn sealed(self, headers: &HeaderMap) -> Option<String> {
        let mut sealed = self.part(headers, 1)?.to_owned();
        for part in 2..=MOST_PARTS {
            let Some(text) = self.part(headers, part) else { break };
            sealed.push_str(text);
        }
        Some(sealed)
    }

    fn part(self, headers: &HeaderMap, part: usize) -> Option<&str> {
        only(headers, &self.name(part))
    }

    /// The headers that give a browser this session for so many seconds, and end what is left of an earlier one; 0 ends it all. `None`
    /// where the text cannot stand in headers.
    pub(crate) fn set(self, sealed: &str, seconds: i64) -> Option<Vec<HeaderValue>> {
        let mut parts = Vec::new();
        let mut rest = sealed;
        for part in 1..=MOST_PARTS {
            let (text, after) = rest.split_at_checked(rest.len().min(PART_BYTES))?;
            parts.push(self.one(part, text, if text.is_empty() { 0 } else { seconds })?);
            rest = after;
        }
        rest.is_empty().then_some(parts)
    }

    fn one(self, part: usize, text: &str, seconds: i64) -> Option<HeaderValue> {
        self.header(&self.name(part), text, seconds, "Strict")
    }

    fn header(self, name: &str, text: &str, seconds: i64, same_site: &str) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{name}={text}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={same_site}{secure}");
        let mut value = HeaderValue::try_from(text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// The text of the one cookie of this name.
fn only<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value);
    ours.next().filter(|_| ours.next().is_none())
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
        let set = |secure| Came { secure }.set("x", 60).unwrap().first().unwrap().to_str().unwrap().to_owned();
        assert_eq!(set(true), "__Host-assayer=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure");
        assert_eq!(set(false), "assayer=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict");
    }

    #[test]
    fn only_the_one_cookie_of_its_own_name_is_read() {
        let read = |secure, text: &str| Came { secure }.sealed(&headers(&[("cookie", text)]));
        assert_eq!(read(false, "a=b; assayer=x; c=d"), Some("x".into()));
        assert_eq!(read(true, "assayer=x"), None, "one that any host of the domain may have set");
        assert_eq!(read(true, "assayer=x;__Host-assayer=y"), Some("y".into()));
        assert_eq!(read(false, "assayer=x; assayer=y"), None);
        assert_eq!(read(false, "xassayer=x"), None);
    }

    /// What a browser sends after it was given these.
    fn kept(given: &[HeaderValue]) -> String {
        let all = given.iter().map(|value| value.to_str().unwrap());
        let kept = all.filter(|text| !text.contains("Max-Age=0;")).map(|text| text.split(';').next().unwrap());
        kept.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_text_of_any_length_up_to_the_longest_comes_back_and_no_cookie_is_too_long() {
        for (bytes, cookies) in [(1, 1), (3_800, 1), (3_801, 2), (11_000, 3), (MOST_BYTES, 4)] {
            for secure in [false, true] {
                let (came, text) = (Came { secure }, "x".repeat(bytes));
                let given = came.set(&text, 60).unwrap();
                assert!(given.iter().all(|value| value.len() <= 4_096), "{bytes}");
                let sent = kept(&given);
                assert_eq!(sent.split("; ").count(), cookies, "{bytes}");
                assert_eq!(came.sealed(&headers(&[("cookie", &sent)])), Some(text));
            }
        }
        assert_eq!(Came { secure: false }.set(&"x".repeat(MOST_BYTES + 1), 60), None);
    }

    #[test]
    fn a_shorter_session_ends_what_is_left_of_a_longer_one() {
        let given = Came { secure: false }.set("x", 60).unwrap();
        let ended: Vec<_> = given.iter().skip(1).map(|value| value.to_str().unwrap().split(';').next().unwrap()).collect();
        assert_eq!(ended, ["assayer-2=", "assayer-3=", "assayer-4="]);
        assert_eq!(kept(&Came { secure: false }.set("", 0).unwrap()), "");
    }
}
