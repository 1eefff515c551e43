//! Every provider against the stand-in that speaks its vendor's documented protocol: signed in, verified, called, and failing in every
//! documented way. One module a vendor, each a [`Contract`].

#![allow(clippy::unwrap_used, reason = "tests")]

mod ai;
mod alpaca;
mod anthropic;
mod databento;
mod finnhub;
mod fmp;
mod fred;
mod gemini;
mod groq;
mod marketaux;
mod massive;
mod news_api;
mod open_router;
mod openai;
mod unusual_whales;
mod xai;

use assayer_contract::ReasonCode;
use assayer_providers::{ALL, Call, Credentials, Measure, NamedError, Provider, Request, find};
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
    /// JSON; empty where there is none.
    pub(crate) body: &'static str,
    /// Things that the answer lists.
    pub(crate) items: Option<i64>,
}

/// All of them.
#[rustfmt::skip]
const CONTRACTS: &[Contract] = &[
    databento::CONTRACT,
    fmp::CONTRACT,
    fred::CONTRACT,
    massive::CONTRACT,
    unusual_whales::CONTRACT,
    finnhub::CONTRACT,
    marketaux::CONTRACT,
    news_api::CONTRACT,
    alpaca::CONTRACT,
    alpaca::NEWS,
    openai::CONTRACT,
    anthropic::CONTRACT,
    groq::CONTRACT,
    xai::CONTRACT,
    gemini::CONTRACT,
    open_router::CONTRACT,
];

#[test]
fn every_provider_has_its_contract_and_its_stand_in() {
    for provider in ALL {
        let name = provider.facts().name;
        assert!(CONTRACTS.iter().any(|contract| contract.name == name) && vendors::NAMES.contains(&name), "{name}");
    }
}

#[tokio::test]
async fn a_good_key_is_verified_and_an_unknown_one_is_told_apart() {
    for contract in CONTRACTS {
        let world = World::new(contract);
        let verify = provider(contract).facts().verify.unwrap();
        let request = Sample { method: verify.method, path: verify.path, query: verify.query, body: "", items: None };
        let good = world.call(contract.good, &request).await;
        assert!(good.named.is_none(), "{}: {:?}", contract.name, good.named);
        let unknown = world.call(contract.unknown, &request).await.named.unwrap();
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
            // An answer without a body has no half.
            if !answer.body.is_empty() {
                let half = answer.body.get(..answer.body.len() / 2).unwrap();
                provider.measure(&call, half, &mut ()).unwrap_err();
            }
        }
    }
}

fn provider(contract: &Contract) -> &'static dyn Provider {
    find(contract.name).unwrap()
}

struct World {
    name: &'static str,
    shell: Shell,
    router: Router,
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
        Self { name: contract.name, router: app(shell.clone(), vendor), shell }
    }

    fn fail(&self, kind: Kind) {
        let order = serde_json::json!({"fault": kind, "times": 1, "retry_after_s": 7});
        self.shell.faults.replace(vec![serde_json::from_value::<Fault>(order).unwrap()]).unwrap();
    }

    /// As the gateway calls: classified where the registry lists it, signed in, and its answer named.
    async fn call(&self, credentials: &[(&str, &str)], sample: &Sample) -> Answer {
        let provider = find(self.name).unwrap();
        let credentials =
            Credentials::new(credentials.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))));
        provider.check(&credentials).unwrap();
        let content_type = (!sample.body.is_empty()).then_some("application/json");
        let Sample { method, path, query, body, .. } = *sample;
        let call = provider.classify(&Request { method, path, query, content_type, body: body.as_bytes() }).ok();
        let signed = provider.sign_in(&credentials).unwrap();
        let mut pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>();
        pairs.extend(signed.query.iter().map(|(name, value)| ((*name).to_owned(), value.expose_secret().to_owned())));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let base =
            signed.base.as_ref().and_then(|base| base.expose_secret().split_once("://")?.1.split_once('/')).map(|(_, path)| path);
        let base = base.map_or(String::new(), |path| format!("{}/", path.trim_end_matches('/')));
        let mut request = http::Request::builder().method(method).uri(format!("/{base}{path}?{query}"));
        request.headers_mut().unwrap().extend(signed.headers);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let answer = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (status, headers): (_, HeaderMap) = (answer.status(), answer.headers().clone());
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec();
        let named = provider.name_error(status, &headers, &body);
        Answer { call, status, body, named }
    }
}
