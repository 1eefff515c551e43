//! What Assayer knows of each vendor: its sign-in, its endpoints, how to measure its answers and name its errors.
//!
//! In: requests as a runner sent them, answers as a vendor gave them. Out: facts for the request log. Pure: no I/O, no clock.
//! What stands between is the same for most of them, and a vendor with a JSON API is data: a `rest::Vendor` in a file of its own.
//!
//! To add one:
//!
//! 1. A file here with its [`Facts`] (names, base, keys, sign-in, limits, plan), its endpoints (`rest::Endpoint`, each with the fields
//!    that it knows, what they ask for and how its answer is counted), what its errors mean, and of these one
//!    `pub(crate) static NAME: rest::Vendor = rest::Vendor::new(&FACTS, &ENDPOINTS, errors)`: `Errors::ByStatus` if every 2xx is good,
//!    `Errors::ByBody` if some mean no. The vendor's other fields are for keys that begin like nobody else's, a client that wants its own
//!    envelope, sessions, and calls of which more must be read or checked than the endpoints say.
//! 2. A stand-in with its documented answers in `tests/stand-ins/src`, and the contract that holds the two to the vendor's documents, in
//!    `tests/stand_ins` beside this crate.
//! 3. A line in each list: of vendors below, of names and kinds for specs (`crds/src/provider.rs`), of stand-ins
//!    (`tests/stand-ins/src/lib.rs`), of contracts (`tests/stand_ins/main.rs`), and of the scenarios that take each provider through all its
//!    states (`tests/src/scenarios/integrations/kinds`).
//! 4. `make crds openapi runbook values` writes the rest: schemas, where its keys are found, the chart's Secrets.
//!
//! Whatever is left out fails a test. A vendor that is asked and answers in ways of its own implements [`Provider`] itself: Databento
//! takes forms and sends DBN.

mod call;
mod chat;
mod credentials;
mod economic_calendar;
mod facts;
mod measure;
mod message;
mod named_error;
mod redact;
mod releases;
mod rest;
mod retry;
mod session;
mod sign_in;
mod text;

pub use self::databento::live;

pub use call::{About, Call, Charge, Refused, Request};
pub use credentials::{CredentialError, Credentials};
pub use economic_calendar::{economic_calendar, economic_events};
pub use facts::{Category, Facts, Form, Key, Limit, Verify};
pub use measure::{AccountKind, AnsweredBar, BarVisitor, DayOfBars, Measure, MeasureError};
pub use message::{Change, Message, Told};
pub use named_error::NamedError;
pub use retry::retry_after;
pub use session::{Login, NotOpened, Session, Token};
pub use sign_in::{SignIn, SignedIn};

use assayer_contract::{InstrumentDays, ReasonCode};
use http::{HeaderMap, StatusCode};

/// From one list: the file of each vendor, and the providers in it.
macro_rules! vendors {
    ($($file:ident: $($provider:ident),+;)+) => {
        $(mod $file;)+

        /// Every provider that Assayer knows.
        pub static ALL: &[&dyn Provider] = &[$($(&$file::$provider),+),+];
    };
}

vendors! {
    databento: Databento;
    fmp: FMP;
    fred: FRED;
    massive: MASSIVE;
    unusual_whales: UNUSUAL_WHALES;
    finnhub: FINNHUB;
    marketaux: MARKETAUX;
    news_api: NEWS_API;
    alpaca: ALPACA, ALPACA_NEWS;
    tradovate: TRADOVATE;
    ironbeam: IRONBEAM;
    discord: DISCORD;
    slack: SLACK;
    webhook: WEBHOOK;
    supabase: SUPABASE;
    openai: OPENAI;
    anthropic: ANTHROPIC;
    groq: GROQ;
    xai: XAI;
    gemini: GEMINI;
    open_router: OPEN_ROUTER;
}

/// The provider of this registry name.
pub fn find(name: &str) -> Option<&'static dyn Provider> {
    ALL.iter().copied().find(|provider| provider.facts().name == name)
}

/// The vendor whose key this is, where its beginning says so.
pub(crate) fn owner(value: &str) -> Option<&'static Facts> {
    let owns = |provider: &&&dyn Provider| provider.key_beginnings().iter().any(|beginning| value.starts_with(beginning));
    ALL.iter().find(owns).map(|provider| provider.facts())
}

/// One vendor's API.
pub trait Provider: Sync {
    /// What stays the same.
    fn facts(&self) -> &'static Facts;

    /// Says what a request asks for, or why it cannot be let through.
    fn classify(&self, request: &Request<'_>) -> Result<Call, Refused>;

    /// Measures the whole body of a good answer. A body that is cut short is an error, never a smaller count.
    /// `bars` sees each bar; what it has seen is worth nothing if this fails.
    fn measure(&self, call: &Call, body: &[u8], bars: &mut dyn BarVisitor) -> Result<Measure, MeasureError>;

    /// Names the error in an answer; none where it is good. Some vendors answer 200 and mean no.
    fn name_error(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<NamedError>;

    /// Assayer's own refusal in the vendor's envelope, so that the vendor's own client can read it: media type and body.
    fn refusal(&self, status: StatusCode, reason: ReasonCode, message: &str) -> (&'static str, Vec<u8>);

    /// The bars of an answer that [`Provider::measure`] found good, by the day, so that they can be kept; none of a vendor whose bars are not.
    fn days(&self, _call: &Call, _body: &[u8]) -> Option<Vec<DayOfBars>> {
        None
    }

    /// The answer to `call` that such days make (their `records`, ascending and without a hole), as the vendor would give it;
    /// `instruments` is what its symbol stands for. None where they make none.
    fn of_days(&self, _call: &Call, _instruments: &[InstrumentDays], _days: &[Vec<u8>]) -> Option<Vec<u8>> {
        None
    }

    /// What the vendor warns of in an answer that is otherwise good, in a sentence.
    fn warning(&self, _headers: &HeaderMap) -> Option<String> {
        None
    }

    /// How keys of this vendor begin and those of no other do: by it, a key in another vendor's field is recognised.
    fn key_beginnings(&self) -> &'static [&'static str] {
        &[]
    }

    /// The request that tells people something, of a vendor that takes messages.
    fn message(&self, _message: &Message) -> Option<Told> {
        None
    }

    /// How its sessions are kept, if it has any.
    fn session(&self) -> Option<&'static dyn Session> {
        None
    }
}

impl dyn Provider + '_ {
    /// Registry name.
    pub fn name(&self) -> &'static str {
        self.facts().name
    }

    /// Checks that every required secret is there and every one that is there can be one of the vendor's.
    pub fn check(&self, credentials: &Credentials) -> Result<(), CredentialError> {
        credentials.check(self.facts())
    }

    /// What is added to a request to sign it in; of a vendor with sessions, [`Session::sign_in`] says it.
    pub fn sign_in(&self, credentials: &Credentials) -> Result<SignedIn, CredentialError> {
        sign_in::signed_in(self.facts(), credentials)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_provider_is_found_by_its_exact_name_only() {
        assert_eq!(find("databento").map(|provider| provider.facts().name), Some("databento"));
        assert!(find("Databento").is_none() && find("").is_none());
    }

    #[test]
    fn names_are_unique_and_bases_end_in_a_slash_so_that_paths_can_be_appended() {
        let names: BTreeSet<_> = ALL.iter().map(|provider| provider.facts().name).collect();
        assert_eq!(names.len(), ALL.len());
        assert!(ALL.iter().map(|provider| provider.facts().base).all(|base| base.is_empty() || base.ends_with('/')));
    }

    #[test]
    fn every_provider_says_what_it_needs_and_where_that_is_found() {
        for facts in ALL.iter().map(|provider| provider.facts()) {
            assert!(!facts.required_keys.is_empty() && !facts.title.is_empty() && facts.plan.ends_with('.'), "{}", facts.name);
            for key in facts.keys() {
                assert!(key.hint.ends_with('.') && !key.form.expected.is_empty(), "{} {}", facts.name, key.name);
            }
        }
    }
}
