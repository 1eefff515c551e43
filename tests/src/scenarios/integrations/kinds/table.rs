//! Every vendor, what a job of LAB may ask of it, and how its plan says no. What cannot be of a vendor says why.

use super::super::given::{
    ALPACA, ALPACA_NEWS, ANTHROPIC, DATABENTO, DISCORD, FINNHUB, FMP, FRED, GEMINI, GROQ, IRONBEAM, MARKETAUX, MASSIVE, NEWS_API,
    OPEN_ROUTER, OPENAI, SLACK, SUPABASE, TRADOVATE, UNUSUAL_WHALES, Vendor, WEBHOOK, XAI,
};

/// A vendor and its states.
pub(super) struct Kind {
    pub(super) vendor: &'static Vendor,
    pub(super) used: Used,
    pub(super) denied: Denied,
    /// The scenario that it has for itself, where it cannot go along with the others.
    pub(super) elsewhere: Option<&'static str>,
}

/// How a job of LAB uses it.
pub(super) enum Used {
    /// By the sample Bot's own runner.
    ByItsRunner,
    /// By a call of its pod: method, path with query, and body.
    By(&'static str, &'static str, &'static str),
    /// Not at all, and why.
    Never(&'static str),
}

/// How its plan says no.
pub(super) enum Denied {
    /// To what a job asks for: a part of the path, a parameter, the stand-in's fault, and its reason.
    Call(&'static str, &'static [(&'static str, &'static str)], &'static str, &'static str),
    /// To the handshake, since no job asks for anything: the fault.
    Handshake(&'static str),
    /// Never, and why.
    Never(&'static str),
}

const NO_BROKER: Used =
    Used::Never("no job of LAB reaches a broker; rows of other jobs stand in operator/gateway/tests/gateway/sessions");
const FOR_PEOPLE: Used = Used::Never("messages go to people and are nobody's use: see tests/src/scenarios/notifications.rs");
const ENTITLEMENT: &str = "PROVIDER_ENTITLEMENT";

const fn kind(vendor: &'static Vendor, used: Used, denied: Denied) -> Kind {
    Kind { vendor, used, denied, elsewhere: None }
}

/// A vendor whose plan lacks what this call asks for, at this part of the path.
const fn get(vendor: &'static Vendor, call: &'static str, path: &'static str, fault: &'static str) -> Kind {
    kind(vendor, Used::By("GET", call, ""), Denied::Call(path, &[], fault, ENTITLEMENT))
}

/// A language model, which is asked something that costs money, at a path with this end.
const fn model(vendor: &'static Vendor, path: &'static str, end: &'static str, body: &'static str) -> Kind {
    kind(vendor, Used::By("POST", path, body), Denied::Call(end, &[], "forbidden", ENTITLEMENT))
}

/// All of them.
pub(super) static ALL: [Kind; 22] = [
    // Basic authentication, forms, DBN; a licence that is missing.
    kind(&DATABENTO, Used::ByItsRunner, Denied::Call("timeseries.get_range", &[], "license", "DATA_LICENSE_REQUIRED")),
    // Not to a job: one that goes on after market data was denied to it is a breach, whosever it was.
    kind(&MASSIVE, Used::By("GET", "v3/reference/tickers?active=true", ""), Denied::Handshake("license")),
    // A key in the query, a wrong one being 400.
    kind(
        &FRED,
        Used::By(
            "GET",
            "series/observations?series_id=CPIAUCSL&file_type=json&observation_start=2024-01-01&observation_end=2024-12-31\
             &realtime_start=2025-01-01&realtime_end=2025-01-01",
            "",
        ),
        Denied::Never("every account may use everything"),
    ),
    // A key in the query; 402 for what the plan lacks.
    get(&FMP, "economic-calendar?from=2026-01-01&to=2026-01-31", "economic-calendar", "license"),
    // A bearer token; 403 with a code of its own.
    get(&UNUSUAL_WHALES, "api/market/market-tide?date=2026-01-05&interval_5m=true", "market-tide", "forbidden"),
    get(&FINNHUB, "news?category=general", "news", "license"),
    // The handshake asks the same endpoint for something else.
    kind(
        &MARKETAUX,
        Used::By("GET", "news/all?search=earnings&limit=3", ""),
        Denied::Call("news/all", &[("search", "earnings")], "license", ENTITLEMENT),
    ),
    // 426 for what the plan lacks.
    get(&NEWS_API, "everything?q=spy&language=en&pageSize=2", "everything", "license"),
    kind(
        &ALPACA_NEWS,
        Used::By("GET", "news?start=2025-02-03T00:00:00Z&end=2025-02-05T00:00:00Z&sort=asc", ""),
        Denied::Call("news", &[("sort", "asc")], "license", ENTITLEMENT),
    ),
    // Two headers.
    kind(&ALPACA, NO_BROKER, Denied::Handshake("license")),
    // A session; what the account may not do is a 403.
    kind(&IRONBEAM, NO_BROKER, Denied::Handshake("forbidden")),
    Kind {
        elsewhere: Some("brokers.rs, which counts its logins"),
        ..kind(&TRADOVATE, NO_BROKER, Denied::Handshake("forbidden"))
    },
    // A URL that is the credential.
    kind(&DISCORD, FOR_PEOPLE, Denied::Handshake("forbidden")),
    kind(&SLACK, FOR_PEOPLE, Denied::Never("only a message tells, and is told to nobody then")),
    kind(&WEBHOOK, FOR_PEOPLE, Denied::Never("it is the user's own, and has no plan")),
    kind(&SUPABASE, Used::Never("it is storage, no source: no job may call it"), Denied::Handshake("forbidden")),
    // A bearer token that the vendor echoes where it is wrong; a call that costs money; scopes.
    model(
        &OPENAI,
        "chat/completions",
        COMPLETIONS,
        r#"{"model":"gpt-5-mini","messages":[{"role":"user","content":"Buy EURUSD?"}],"max_completion_tokens":200}"#,
    ),
    model(
        &ANTHROPIC,
        "v1/messages",
        "v1/messages",
        r#"{"model":"claude-haiku-4-5","max_tokens":200,"messages":[{"role":"user","content":"Buy EURUSD?"}]}"#,
    ),
    model(
        &GROQ,
        "openai/v1/chat/completions",
        COMPLETIONS,
        r#"{"model":"openai/gpt-oss-20b","messages":[{"role":"user","content":"Buy EURUSD?"}],"max_completion_tokens":200}"#,
    ),
    model(
        &XAI,
        "chat/completions",
        COMPLETIONS,
        r#"{"model":"grok-4-fast","messages":[{"role":"user","content":"Buy EURUSD?"}],"max_tokens":200}"#,
    ),
    model(
        &GEMINI,
        "v1beta/models/gemini-flash-latest:generateContent",
        ":generateContent",
        r#"{"contents":[{"role":"user","parts":[{"text":"Buy EURUSD?"}]}],"generationConfig":{"maxOutputTokens":200}}"#,
    ),
    // It sells no plan: credits are used up, and a 403 is about the words of a prompt.
    kind(
        &OPEN_ROUTER,
        Used::By(
            "POST",
            "chat/completions",
            r#"{"model":"openai/gpt-5-mini","messages":[{"role":"user","content":"Buy EURUSD?"}],"max_tokens":200}"#,
        ),
        Denied::Call(COMPLETIONS, &[], "insufficient_funds", "PROVIDER_QUOTA"),
    ),
];

const COMPLETIONS: &str = "chat/completions";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use assayer_contract::Source;
    use assayer_crds::Provider;

    use super::*;

    #[test]
    fn every_provider_is_there_once_and_what_it_lacks_has_a_reason() {
        let named: BTreeSet<_> = ALL.iter().map(|kind| kind.vendor.provider).collect();
        assert_eq!(named, Provider::all().map(Provider::name).collect());
        for Kind { vendor, used, denied, .. } in &ALL {
            // A source that LAB may have is used there.
            let source = Provider::all().find(|one| one.name() == vendor.provider).and_then(Provider::source);
            let of_lab = source.is_some_and(|source| source != Source::Broker);
            assert_eq!(!matches!(used, Used::Never(_)), of_lab, "{}", vendor.provider);
            assert!(!matches!(used, Used::Never("")) && !matches!(denied, Denied::Never("")), "{}", vendor.provider);
        }
    }
}
