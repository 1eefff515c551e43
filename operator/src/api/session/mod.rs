//! `/api/session`: signing in with a Kubernetes token or at an OpenID Connect issuer, who is signed in, signing out. In: a token that the API server accepts. Out: a
//! cookie that stands for it wherever a bearer token may. The token is in the cookie, sealed, and is kept nowhere. Not pure.

mod cookie;
pub(crate) mod described;
mod from_console;
pub(crate) mod oidc;
mod seal;

use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use assayer_contract::{Problem, ReasonCode};
use axum::{
    Json,
    extract::{FromRequestParts, State, rejection::JsonRejection},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{AppendHeaders, IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};

pub(crate) use self::cookie::Came;
use self::{
    cookie::MOST_BYTES,
    seal::{LEAST_KEY_BYTES, Sealer, Session},
};
use super::{
    App, Refusal,
    access::{User, authenticate, refused_token},
    remembered,
};
use crate::environment::Environment;

/// Path of the handlers.
pub(crate) const PATH: &str = "/api/session";
/// No session is longer, however long its token lives.
const LONGEST: TimeDelta = TimeDelta::hours(12);

/// How sessions are sealed, and how this process is reached.
pub(crate) struct Sessions {
    sealer: Sealer,
    begun: Sealer,
    trust_forwarded: bool,
}

/// A token to sign in with. It is never printed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    #[serde(deserialize_with = "secret")]
    token: SecretString,
}

/// Who is signed in, and where.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionAnswer {
    /// Their name at the API server; null where nobody is signed in.
    user: Option<String>,
    /// Why `user` is null.
    user_reason: Option<&'static str>,
    /// Their groups at the API server.
    groups: Vec<String>,
    /// When they have to sign in again; null where nobody is signed in, or with a bearer token that does not say when it ends.
    ends_at: Option<DateTime<Utc>>,
    /// Whether anyone may read without signing in.
    anonymous: bool,
    /// The OpenID Connect issuer at which one may sign in, by `GET /api/session/oidc`; null where none is set.
    issuer: Option<String>,
    /// The installation.
    installation: InstallationAnswer,
}

/// Facts of the installation, which no custom resource and no API call can change.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct InstallationAnswer {
    /// `dev` or `prod`.
    environment: &'static str,
    /// Version of this API.
    version: &'static str,
    /// Whether simulated bars may stand in for a vendor's.
    simulates: bool,
}

/// A request to sign in or out, made by the console.
pub(crate) struct FromConsole(Came);

/// A token that came with a request, and how long it may be used.
pub(crate) struct Shown {
    /// The token.
    pub(crate) token: SecretString,
    /// When its session ends; none where it came as a bearer token.
    pub(crate) ends: Option<DateTime<Utc>>,
}

impl Sessions {
    /// With the key in this file; without one with a key of this process's own, which no other replica knows.
    pub(crate) fn new(key_file: Option<&Path>, trust_forwarded: bool) -> anyhow::Result<Self> {
        let unmade = |_| anyhow!("no session key could be made");
        let secret = if let Some(file) = key_file {
            let secret = std::fs::read(file).with_context(|| format!("reading the session key {}", file.display()))?;
            ensure!(secret.trim_ascii().len() >= LEAST_KEY_BYTES, "{} has less than {LEAST_KEY_BYTES} bytes", file.display());
            secret.trim_ascii().to_vec()
        } else {
            tracing::info!("no session key is given: sessions of the console end with this process, which alone knows them");
            seal::secret_of_this_process().map_err(unmade)?.to_vec()
        };
        let of = |form| Sealer::of(form, &secret).map_err(unmade);
        Ok(Self { sealer: of(seal::SESSION)?, begun: of(seal::BEGUN)?, trust_forwarded })
    }

    /// The token in the request's cookie, if there is a cookie. A write with it has to come from the console.
    pub(crate) fn shown(&self, parts: &Parts, now: DateTime<Utc>) -> Result<Option<Shown>, Refusal> {
        let came = Came::of(&parts.headers, self.trust_forwarded);
        let Some(sealed) = came.sealed(&parts.headers) else { return Ok(None) };
        if parts.method != Method::GET && parts.method != Method::HEAD {
            from_console::demand(parts, came)?;
        }
        let session = self.sealer.open(&sealed).filter(|session| now < session.ends).ok_or_else(ended)?;
        Ok(Some(Shown { token: session.token, ends: Some(session.ends) }))
    }
}

impl FromRequestParts<App> for FromConsole {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let came = Came::of(&parts.headers, app.sessions.trust_forwarded);
        from_console::demand(parts, came)?;
        Ok(Self(came))
    }
}

/// `POST`: signs in.
pub(crate) async fn sign_in(
    State(app): State<App>,
    FromConsole(came): FromConsole,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Result<Response, Refusal> {
    // A parser's message may quote what it met, and that may be a token.
    let unreadable = |rejection: JsonRejection| {
        let status = if rejection.status().is_client_error() { rejection.status().as_u16() } else { 400 };
        Refusal::from(Problem::new(status, ReasonCode::RequestInvalid, "the body must be JSON: {\"token\": text}"))
    };
    let Json(SignIn { token }) = body.map_err(unreadable)?;
    let token = SecretString::from(token.expose_secret().trim());
    let (user, ends, cookies) = exchanged(&app, came, token).await?;
    let answer = SessionAnswer::new(&app, Some(&user), Some(ends), None);
    Ok((giving(cookies), Json(answer)).into_response())
}

/// The session that a token which the API server accepts is exchanged for: whose, until when, and the cookies that keep it.
async fn exchanged(app: &App, came: Came, token: SecretString) -> Result<(User, DateTime<Utc>, Vec<HeaderValue>), Refusal> {
    let now = Utc::now();
    let user = authenticate(app, token.expose_secret()).await?.ok_or_else(refused_token)?;
    let longest = now + LONGEST;
    let ends = remembered::expiry(token.expose_secret()).map_or(longest, |expiry| expiry.min(longest));
    let sealed = app.sessions.sealer.seal(&Session { token, ends }).map_err(|_| unsealed())?;
    if sealed.len() > MOST_BYTES {
        let detail = format!("token: sealed it has {} bytes, and cookies hold {MOST_BYTES}", sealed.len());
        let fix = "Sign in with a shorter token, such as one with fewer groups in it, or that of `kubectl create token`.";
        return Err(Problem::new(422, ReasonCode::RequestInvalid, detail).with_fix(fix).into());
    }
    let cookies = came.set(&sealed, (ends - now).num_seconds()).ok_or_else(unsealed)?;
    tracing::info!(user = user.name(), "signed in");
    Ok((user, ends, cookies))
}

/// `GET`: who is signed in. Answers anyone, since nobody has signed in yet who asks how to.
pub(crate) async fn show(State(app): State<App>, parts: Parts) -> Result<Json<SessionAnswer>, Refusal> {
    let shown = match super::access::shown(&parts, &app) {
        Ok(shown) => shown,
        Err(refusal) if refusal.problem.status == 401 => {
            let ended = Came::of(&parts.headers, app.sessions.trust_forwarded).sealed(&parts.headers).is_some();
            let why = if ended { "the session has ended" } else { "nobody is signed in" };
            return Ok(Json(SessionAnswer::new(&app, None, None, Some(why))));
        }
        Err(refusal) => return Err(refusal),
    };
    let user = authenticate(&app, shown.token.expose_secret()).await?;
    let why = user.is_none().then_some("the API server does not accept the token any more");
    let ends = shown.ends.filter(|_| user.is_some());
    Ok(Json(SessionAnswer::new(&app, user.as_ref(), ends, why)))
}

/// `DELETE`: signs out. The token itself goes on until it expires; only the API server's own means could end it before.
pub(crate) async fn sign_out(FromConsole(came): FromConsole) -> Result<Response, Refusal> {
    let gone = came.set("", 0).ok_or_else(unsealed)?;
    Ok((StatusCode::NO_CONTENT, giving(gone)).into_response())
}

fn giving(cookies: Vec<HeaderValue>) -> AppendHeaders<Vec<(HeaderName, HeaderValue)>> {
    AppendHeaders(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect())
}

impl SessionAnswer {
    fn new(app: &App, user: Option<&User>, ends_at: Option<DateTime<Utc>>, user_reason: Option<&'static str>) -> Self {
        Self {
            user: user.map(|user| user.name().to_owned()),
            user_reason,
            groups: user.and_then(|user| user.info.groups.clone()).unwrap_or_default(),
            ends_at,
            anonymous: app.anonymous_read,
            issuer: app.oidc.as_ref().map(|oidc| oidc.issuer().to_owned()),
            installation: InstallationAnswer {
                environment: match app.installed.environment {
                    Environment::Dev => "dev",
                    Environment::Prod => "prod",
                },
                version: env!("CARGO_PKG_VERSION"),
                simulates: app.installed.simulates(),
            },
        }
    }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

fn ended() -> Refusal {
    let problem = Problem::new(401, ReasonCode::Unauthenticated, "the session has ended");
    problem.with_fix("Sign in again: POST /api/session, or the console's sign-in page.").into()
}

fn unsealed() -> Refusal {
    Problem::new(503, ReasonCode::ClusterUnavailable, "the session could not be sealed").into()
}

#[cfg(test)]
mod tests;
