//! A vendor with a JSON API, as data. In: its facts, endpoints and errors. Out: its [`Provider`]. Pure.

use assayer_contract::ReasonCode;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{Counts, Endpoint, classify::classify};
use crate::{BarVisitor, Call, Facts, Measure, MeasureError, Message, NamedError, Provider, Refused, Request, Session, Told};

/// All that is known of one vendor; what it leaves to [`Vendor::new`] is as with most.
pub(crate) struct Vendor {
    /// What stays the same.
    pub(crate) facts: &'static Facts,
    /// What may be asked of it.
    pub(crate) endpoints: &'static [Endpoint],
    /// Its errors.
    pub(crate) errors: Errors,
    /// What else is to be read from a call, or why the vendor would not answer all of it, in a sentence.
    pub(crate) refine: fn(Call) -> Result<Call, String>,
    /// The JSON of a refusal, where the vendor's own client insists on an envelope; problem+json otherwise.
    pub(crate) refusal: Option<fn(StatusCode, ReasonCode, &str) -> Value>,
    /// How its keys begin and those of no other do.
    pub(crate) key_beginnings: &'static [&'static str],
    /// How it is sent a message, if it takes any.
    pub(crate) message: Option<fn(&Message) -> Told>,
    /// How its sessions are kept, if it has any.
    pub(crate) session: Option<&'static dyn Session>,
}

/// How errors are told from good answers, and named.
#[derive(Clone, Copy)]
pub(crate) enum Errors {
    /// By the status: every 2xx is good, and only others are given to this.
    ByStatus(fn(StatusCode, &HeaderMap, &[u8]) -> NamedError),
    /// By the body, too: some come with a 2xx. None where the answer is good.
    ByBody(fn(StatusCode, &HeaderMap, &[u8]) -> Option<NamedError>),
}

impl Vendor {
    /// A vendor without anything of its own besides.
    pub(crate) const fn new(facts: &'static Facts, endpoints: &'static [Endpoint], errors: Errors) -> Self {
        Self { facts, endpoints, errors, refine: Ok, refusal: None, key_beginnings: &[], message: None, session: None }
    }
}

impl Provider for Vendor {
    fn facts(&self) -> &'static Facts {
        self.facts
    }

    fn classify(&self, request: &Request<'_>) -> Result<Call, Refused> {
        let call = classify(self.facts, self.endpoints, request)?;
        let endpoint = call.endpoint;
        (self.refine)(call).map_err(|message| Refused::invalid(self.facts.name, request, endpoint, &message))
    }

    fn measure(&self, call: &Call, body: &[u8], bars: &mut dyn BarVisitor) -> Result<Measure, MeasureError> {
        let endpoint = self.endpoints.iter().find(|endpoint| endpoint.name == call.endpoint);
        match endpoint.map(|endpoint| endpoint.counts) {
            Some(Counts::Things(count)) => count(call, body),
            Some(Counts::Bars(count)) => count(call, body, bars),
            None => Err(MeasureError::Malformed(format!("{} is no endpoint", call.endpoint))),
        }
    }

    fn name_error(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<NamedError> {
        match self.errors {
            Errors::ByStatus(name) => (!status.is_success()).then(|| name(status, headers, body)),
            Errors::ByBody(name) => name(status, headers, body),
        }
    }

    fn refusal(&self, status: StatusCode, reason: ReasonCode, message: &str) -> (&'static str, Vec<u8>) {
        let (media_type, body) = match self.refusal {
            Some(envelope) => ("application/json", envelope(status, reason, message)),
            None => ("application/problem+json", problem(self.facts.name, status, reason, message)),
        };
        (media_type, body.to_string().into_bytes())
    }

    fn key_beginnings(&self) -> &'static [&'static str] {
        self.key_beginnings
    }

    fn message(&self, message: &Message) -> Option<Told> {
        self.message.map(|tell| tell(message))
    }

    fn session(&self) -> Option<&'static dyn Session> {
        self.session
    }
}

/// For vendors whose own envelope no client insists on.
fn problem(provider: &str, status: StatusCode, reason: ReasonCode, message: &str) -> Value {
    json!({
        "title": reason.title(), "status": status.as_u16(), "detail": message, "reasonCode": reason, "provider": provider,
    })
}
