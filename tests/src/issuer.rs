//! Stands where an OpenID Connect issuer stands: by https, with the documents and answers of OpenID Connect Core 1.0 that a sign-in by code
//! needs. It lets everybody in as the same person and knows nothing of who asks.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::serve::Listener;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::Utc;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use url::Url;
use uuid::Uuid;

use crate::certificate;

/// The client that it knows.
pub const CLIENT: &str = "assayer";
/// That client's secret.
pub const SECRET: &str = "the issuer's word for the client";
/// Whom it lets in.
pub const EMAIL: &str = "ann@desk.example";
/// The group that they are in.
pub const GROUP: &str = "desk";

type Words = BTreeMap<String, String>;

/// An issuer. It ends when it is dropped.
pub struct Issuer {
    /// Its URL, which is its name.
    pub url: String,
    /// Its certificate, which signs itself.
    pub certificate: String,
    task: JoinHandle<()>,
}

struct Inside {
    url: String,
    key: EcdsaKeyPair,
    random: SystemRandom,
    /// By code, what it was asked with. A code is good once.
    asked: Mutex<BTreeMap<String, Words>>,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Issuer {
    /// Starts one on a free port.
    pub async fn start() -> Result<Self> {
        let (certificate, key) = certificate::of("IP:127.0.0.1")?;
        let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes())?];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes())?;
        let tls = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("https://{}", listener.local_addr()?);
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        let made = made.map_err(|_| anyhow!("no key could be made"))?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random);
        let key = key.map_err(|error| anyhow!("the key that was made: {error}"))?;
        let inside = Inside { url: url.clone(), key, random, asked: Mutex::default() };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(description))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .with_state(Arc::new(inside));
        let listener = Tls { listener, acceptor: TlsAcceptor::from(Arc::new(tls)) };
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, certificate, task })
    }
}

async fn description(State(inside): State<Arc<Inside>>) -> Json<Value> {
    let url = &inside.url;
    Json(json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"], "code_challenge_methods_supported": ["S256"],
    }))
}

async fn keys(State(inside): State<Arc<Inside>>) -> Json<Value> {
    // An uncompressed point: 0x04, x, y.
    let point = inside.key.public_key().as_ref();
    let half = |from: usize| URL_SAFE_NO_PAD.encode(point.get(from..from + 32).unwrap_or_default());
    Json(json!({"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "1", "x": half(1), "y": half(33)}]}))
}

/// Lets whoever asks in at once: nobody has to type a password into a scenario.
async fn authorize(State(inside): State<Arc<Inside>>, Query(asked): Query<Words>) -> Response {
    let word = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let known = word("client_id") == CLIENT && word("response_type") == "code" && word("code_challenge_method") == "S256";
    let scopes: Vec<_> = word("scope").split(' ').collect();
    let Ok(mut back) = Url::parse(word("redirect_uri")) else { return StatusCode::BAD_REQUEST.into_response() };
    if !known || !scopes.contains(&"openid") {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let code = Uuid::new_v4().to_string();
    back.query_pairs_mut().append_pair("code", &code).append_pair("state", word("state"));
    inside.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(code, asked);
    Redirect::to(back.as_str()).into_response()
}

async fn token(State(inside): State<Arc<Inside>>, headers: HeaderMap, Form(form): Form<Words>) -> Response {
    match redeemed(&inside, &headers, &form) {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response(),
    }
}

fn redeemed(inside: &Inside, headers: &HeaderMap, form: &Words) -> Result<Value, &'static str> {
    // RFC 6749, section 2.3.1: each half is encoded as in a form before they are joined.
    let half = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let proof = format!("Basic {}", STANDARD.encode(format!("{}:{}", half(CLIENT), half(SECRET))));
    if headers.get(header::AUTHORIZATION).is_none_or(|shown| shown.as_bytes() != proof.as_bytes()) {
        return Err("invalid_client");
    }
    let word = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let asked = inside.asked.lock().unwrap_or_else(PoisonError::into_inner).remove(word("code")).ok_or("invalid_grant")?;
    let verifier = URL_SAFE_NO_PAD.encode(digest(&SHA256, word("code_verifier").as_bytes()));
    if asked.get("code_challenge") != Some(&verifier) || asked.get("redirect_uri") != form.get("redirect_uri") {
        return Err("invalid_grant");
    }
    let token = inside.signed(asked.get("nonce")).ok_or("server_error")?;
    Ok(json!({"access_token": "of no use", "token_type": "Bearer", "expires_in": 600, "id_token": token}))
}

impl Inside {
    fn signed(&self, nonce: Option<&String>) -> Option<String> {
        let now = Utc::now().timestamp();
        let claims = json!({"iss": self.url, "aud": CLIENT, "sub": "1", "email": EMAIL, "email_verified": true,
            "groups": [GROUP], "nonce": nonce, "iat": now, "exp": now + 600});
        let half = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", half(&json!({"alg": "ES256", "kid": "1", "typ": "JWT"})), half(&claims));
        let signature = self.key.sign(&self.random, text.as_bytes()).ok()?;
        Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// Connections by https. One whose handshake fails is left.
struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            if let Ok((stream, address)) = self.listener.accept().await
                && let Ok(stream) = self.acceptor.accept(stream).await
            {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// What makes an API server trust it: names and groups with a prefix, as its documents advise.
///
/// # Errors
/// Where the configuration cannot be written.
pub fn trust(issuer: &Issuer, file: &std::path::Path) -> Result<()> {
    let claim = |name: &str| json!({"claim": name, "prefix": "oidc:"});
    let configuration = json!({
        "apiVersion": "apiserver.config.k8s.io/v1", "kind": "AuthenticationConfiguration",
        "jwt": [{
            "issuer": {"url": issuer.url, "audiences": [CLIENT], "certificateAuthority": issuer.certificate},
            "claimMappings": {"username": claim("email"), "groups": claim("groups")},
        }],
    });
    // Replaced as a whole: the API server reads it whenever it changes.
    let beside = file.with_extension("new");
    std::fs::write(&beside, configuration.to_string())?;
    std::fs::rename(&beside, file).with_context(|| file.display().to_string())
}
