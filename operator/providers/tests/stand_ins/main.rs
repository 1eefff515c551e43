//! Every provider against the stand-in that speaks its vendor's documented protocol: signed in, verified, called, and failing in every
//! documented way. One module a vendor, each a [`Contract`].

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod ai;
mod corpus;

use std::{collections::BTreeMap, sync::Mutex};

use assayer_contract::ReasonCode;
use assayer_providers::{
    ALL, Call, Credentials, Login, Measure, NamedError, NotOpened, Provider, Request, Session, SignedIn, Token, Verify, find,
};
use assayer_stand_ins::{
    faults::{Fault, Kind},
    shell::{Shell, app},
    vendors,
};
use axum::{
    Router,
    body::{Body, to_bytes},
};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use tower::ServiceExt;

/// What one vendor promises.
pub(crate) struct Contract {
    /// Registry name of the provider, and name of the stand-in.
    pub(crate) name: &'static str,
    /// A good credential, as a Secret holds it.
    pub(crate) good: &'static [(&'static str, &'static str)],
    /// What of it the stand-in knows as the key.
    pub(crate) key: &'static str,
    /// One of the same form that the vendor does not know.
    pub(crate) unknown: &'static [(&'static str, &'static str)],
    /// Each documented error: how it is brought about, and its class.
    pub(crate) errors: &'static [(Kind, ReasonCode)],
    /// Calls that succeed, with the things that their answers list.
    pub(crate) calls: &'static [Sample],
}

/// A call that succeeds.
pub(crate) struct Sample {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) query: &'static str,
    /// JSON, or a form; empty where there is none.
    pub(crate) body: &'static str,
    /// Things that the answer lists.
    pub(crate) items: Option<i64>,
}

/// From one list: the file of each vendor, and the contracts in it.
macro_rules! contracts {
    ($($file:ident: $($contract:ident),+;)+) => {
        $(mod $file;)+

        /// All of them.
        const CONTRACTS: &[Contract] = &[$($($file::$contract),+),+];
    };
}

contracts! {
    databento: CONTRACT;
    fmp: CONTRACT;
    fred: CONTRACT;
    massive: CONTRACT;
    unusual_whales: CONTRACT;
    finnhub: CONTRACT;
    marketaux: CONTRACT;
    news_api: CONTRACT;
    alpaca: CONTRACT, NEWS;
    tradovate: CONTRACT;
    ironbeam: CONTRACT;
    discord: CONTRACT;
    slack: CONTRACT;
    webhook: CONTRACT;
    supabase: CONTRACT;
    openai: CONTRACT;
    anthropic: CONTRACT;
    groq: CONTRACT;
    xai: CONTRACT;
    gemini: CONTRACT;
    open_router: CONTRACT;
}

#[test]
fn every_provider_has_its_contract_and_its_stand_in() {
    for provider in ALL {
        let name = provider.facts().name;
        assert!(CONTRACTS.iter().any(|contract| contract.name == name) && vendors::names().any(|known| known == name), "{name}");
    }
}

#[tokio::test]
async fn a_good_key_is_verified_and_an_unknown_one_is_told_apart() {
    for contract in CONTRACTS {
        let world = World::new(contract);
        let verify = provider(contract).facts().verify;
        let verify = verify.map(|Verify { method, path, query }| Sample { method, path, query, body: "", items: None });
        // Where nothing asks whether a key is good, the first call tells.
        let request = verify.as_ref().or(contract.calls.first()).unwrap();
        let good = world.call(contract.good, request).await;
        assert!(good.named.is_none(), "{}: {:?}", contract.name, good.named);
        let unknown = world.call(contract.unknown, request).await.named.unwrap();
        assert_eq!(unknown.reason_code, ReasonCode::ProviderAuth, "{}: {unknown:?}", contract.name);
        for (_, secret) in contract.unknown.iter().chain(contract.good) {
            assert!(secret.len() < 8 || !unknown.error_message.contains(secret), "{} tells a secret: {unknown:?}", contract.name);
        }
    }
}

#[tokio::test]
async fn every_documented_error_has_its_class() {
    for contract in CONTRACTS {
        let world = World::new(contract);
        let good = world.call(contract.good, contract.calls.first().unwrap()).await;
        assert!(good.named.is_none(), "{}: {:?}", contract.name, good.named);
        for (fault, reason) in contract.errors {
            world.fail(*fault);
            let answer = world.call(contract.good, contract.calls.first().unwrap()).await;
            let named = answer.named.unwrap_or_else(|| panic!("{} {fault:?}: {:?}", contract.name, answer.status));
            assert_eq!(named.reason_code, *reason, "{} {fault:?}: {named:?}", contract.name);
            assert!(!named.error_message.is_empty());
        }
    }
}

#[tokio::test]
async fn what_answers_list_is_counted_and_half_an_answer_is_none() {
    for contract in CONTRACTS {
        let world = World::new(contract);
        for sample in contract.calls {
            let answer = world.call(contract.good, sample).await;
            let at = format!("{} {}", contract.name, sample.path);
            assert!(answer.named.is_none(), "{at}: {:?}", answer.named);
            let (call, provider) = (answer.call.clone().unwrap(), provider(contract));
            let measure: Measure = provider.measure(&call, &answer.body, &mut ()).unwrap_or_else(|error| panic!("{at}: {error}"));
            assert_eq!(measure.items, sample.items, "{at}");
            // An answer without a body has no half, and half a number is one: what the vendor says of its length tells them apart.
            let half = answer.body.get(..answer.body.len() / 2).unwrap();
            if !answer.body.is_empty() && serde_json::from_slice::<f64>(half).is_err() {
                provider.measure(&call, half, &mut ()).unwrap_err();
            }
        }
    }
}

fn provider(contract: &Contract) -> &'static dyn Provider {
    find(contract.name).unwrap()
}

/// What a body is.
fn content_type(body: &str) -> Option<&'static str> {
    match body.bytes().next()? {
        b'{' | b'[' => Some("application/json"),
        _ => Some("application/x-www-form-urlencoded"),
    }
}

struct World {
    name: &'static str,
    shell: Shell,
    router: Router,
    /// Open sessions by the credentials that opened them.
    sessions: Mutex<BTreeMap<String, Token>>,
}

struct Answer {
    call: Option<Call>,
    status: StatusCode,
    body: Vec<u8>,
    named: Option<NamedError>,
}

impl World {
    fn new(contract: &Contract) -> Self {
        let shell = Shell::default();
        shell.keys.replace([contract.key.to_owned()]);
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data");
        let vendor = vendors::vendor(contract.name, &data, shell.keys.clone()).unwrap().unwrap();
        Self { name: contract.name, router: app(shell.clone(), vendor), shell, sessions: Mutex::default() }
    }

    fn fail(&self, kind: Kind) {
        let order = serde_json::json!({"fault": kind, "times": 1, "retry_after_s": 7});
        self.shell.faults.replace(vec![serde_json::from_value::<Fault>(order).unwrap()]).unwrap();
    }

    /// As the gateway calls: classified where the registry lists it, signed in, and its answer named.
    async fn call(&self, credentials: &[(&str, &str)], sample: &Sample) -> Answer {
        let provider = find(self.name).unwrap();
        let name = format!("{credentials:?}");
        let credentials =
            Credentials::new(credentials.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))));
        provider.check(&credentials).unwrap();
        let content_type = content_type(sample.body);
        let Sample { method, path, query, body, .. } = *sample;
        let call = provider.classify(&Request { method, path, query, content_type, body: body.as_bytes() }).ok();
        let signed = match provider.session() {
            None => provider.sign_in(&credentials).unwrap(),
            Some(session) => match self.token(session, &name, &credentials).await {
                Ok(token) => session.sign_in(&credentials, &token.secret).unwrap(),
                Err(NotOpened::Named(named)) => {
                    return Answer { call, status: StatusCode::OK, body: Vec::new(), named: Some(named) };
                }
                Err(again) => panic!("{}: {again:?}", self.name),
            },
        };
        let (status, headers, body) = self.send(signed, (method, path, query), body).await;
        corpus::keep(self.name, sample, status, &headers, &body);
        let named = provider.name_error(status, &headers, &body);
        Answer { call, status, body, named }
    }

    /// The token of these credentials: one login serves all their calls.
    async fn token(&self, session: &dyn Session, name: &str, credentials: &Credentials) -> Result<Token, NotOpened> {
        if let Some(token) = self.sessions.lock().unwrap().get(name) {
            return Ok(token.clone());
        }
        let token = self.open(session, &session.login(credentials, None).unwrap(), SignedIn::default()).await?;
        self.sessions.lock().unwrap().insert(name.to_owned(), token.clone());
        Ok(token)
    }

    /// A request of the session's own.
    async fn open(&self, session: &dyn Session, login: &Login, signed: SignedIn) -> Result<Token, NotOpened> {
        let base = login.base.map(|base| SecretString::from(base.to_owned())).or(signed.base);
        let body = login.body.as_ref().map_or("", ExposeSecret::expose_secret);
        let (status, headers, body) = self.send(SignedIn { base, ..signed }, (login.method, login.path, ""), body).await;
        session.opened(status, &headers, &body, chrono::Utc::now())
    }

    /// Sends a request of this method, path and query, with JSON where the body is not empty.
    async fn send(
        &self,
        signed: SignedIn,
        (method, path, query): (&str, &str, &str),
        body: &str,
    ) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>();
        pairs.extend(signed.query.iter().map(|(name, value)| ((*name).to_owned(), value.expose_secret().to_owned())));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let base = signed.base.as_ref().and_then(|base| base.expose_secret().split_once("://")?.1.split_once('/'));
        let base = base.map_or("", |(_, path)| path);
        // Without a path the base is called exactly as it is.
        let path = if path.is_empty() { base.to_owned() } else { format!("{}/{path}", base.trim_end_matches('/')) };
        let mut request = http::Request::builder().method(method).uri(format!("/{}?{query}", path.trim_start_matches('/')));
        request.headers_mut().unwrap().extend(signed.headers);
        if let Some(content_type) = content_type(body) {
            request = request.header("content-type", content_type);
        }
        let answer = self.router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        (status, headers, to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec())
    }
}
