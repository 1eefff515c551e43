//! Vendors' answers as an enemy would write them, through everything that reads them. In: five lines (provider, method, path, query,
//! request body), a status, and the answer. A panic, an answer that takes long or one that takes much memory is a finding.

#![no_main]

use assayer_providers::{NotOpened, Request, find};
use chrono::DateTime;
use http::{HeaderMap, StatusCode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let _ = exchange(input);
});

/// `None` where the input is not one.
fn exchange(input: &[u8]) -> Option<()> {
    let mut lines = input.splitn(7, |byte| *byte == b'\n');
    let mut line = || lines.next().and_then(|line| std::str::from_utf8(line).ok());
    let (provider, method, path) = (find(line()?)?, line()?, line()?);
    let (query, asked, status) = (line()?, line()?, StatusCode::from_u16(line()?.parse().ok()?).ok()?);
    let answer = lines.next()?;

    let content_type = (!asked.is_empty()).then_some("application/json");
    if let Ok(call) = provider.classify(&Request { method, path, query, content_type, body: asked.as_bytes() })
        && let Ok(measure) = provider.measure(&call, answer, &mut ())
    {
        assert!(measure.items.is_none_or(|items| items >= 0) && measure.bar_count.is_none_or(|bars| bars >= 0));
        assert!(measure.order_id.is_none_or(|id| id.chars().count() <= 200), "a row takes no more");
    }
    let named = provider.name_error(status, &HeaderMap::new(), answer);
    assert!(status.is_success() || named.is_some(), "an error has a name");
    let opened = provider.session().map(|session| session.opened(status, &HeaderMap::new(), answer, DateTime::UNIX_EPOCH));
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
    Some(())
}
