//! Vendors' answers as an enemy would write them, through everything that reads them. In: seven lines (provider, method, path, query,
//! request body, status, the answer's headers with tabs between them), and the answer. A panic, an answer that takes long or one that
//! takes much memory is a finding.

#![no_main]

use assayer_providers::{NotOpened, Request, economic_events, find, retry_after};
use chrono::DateTime;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let _ = exchange(input);
});

/// `None` where the input is not one.
fn exchange(input: &[u8]) -> Option<()> {
    let mut lines = input.splitn(8, |byte| *byte == b'\n');
    let mut line = || lines.next().and_then(|line| std::str::from_utf8(line).ok());
    let (provider, method, path) = (find(line()?)?, line()?, line()?);
    let (query, asked, status) = (line()?, line()?, StatusCode::from_u16(line()?.parse().ok()?).ok()?);
    let headers = headers(line()?);
    let answer = lines.next()?;

    // As the gateway's callers say it: JSON, or the form that Databento takes.
    let content_type = match asked.bytes().next() {
        None => None,
        Some(b'{' | b'[') => Some("application/json"),
        Some(_) => Some("application/x-www-form-urlencoded"),
    };
    if let Ok(call) = provider.classify(&Request { method, path, query, content_type, body: asked.as_bytes() })
        && let Ok(measure) = provider.measure(&call, answer, &mut ())
    {
        assert!(measure.items.is_none_or(|items| items >= 0) && measure.bar_count.is_none_or(|bars| bars >= 0));
        assert!(measure.order_id.is_none_or(|id| id.chars().count() <= 200), "a row takes no more");
    }
    let named = provider.name_error(status, &headers, answer);
    assert!(status.is_success() || named.is_some(), "an error has a name");
    let opened = provider.session().map(|session| session.opened(status, &headers, answer, DateTime::UNIX_EPOCH));
    let refused = match opened {
        Some(Err(NotOpened::Named(named))) => Some(named),
        Some(Ok(token)) => {
            assert!(token.renew_at < token.expires_at && status.is_success());
            None
        }
        _ => None,
    };
    for named in named.into_iter().chain(refused) {
        assert!(!named.error_message.is_empty() && named.error_message.chars().count() <= 1_000);
        assert!(named.wait.is_none_or(|wait| wait.as_secs() <= 86_400));
    }
    assert!(provider.warning(&headers).is_none_or(|warning| warning.chars().count() <= 1_000), "a row takes no more");
    for value in headers.values().filter_map(|value| value.to_str().ok()) {
        let _ = retry_after(value, DateTime::UNIX_EPOCH);
    }
    if path == "economic-calendar"
        && let Ok((events, _)) = economic_events(answer)
    {
        assert!(events.iter().all(|event| !event.name.is_empty() && event.name.chars().count() <= 300));
    }
    Some(())
}

/// `name: value` between tabs; what can be none is left out.
fn headers(line: &str) -> HeaderMap {
    let one = |text: &str| {
        let (name, value) = text.split_once(": ")?;
        Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?))
    };
    line.split('\t').filter_map(one).collect()
}
