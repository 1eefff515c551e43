//! `/api/session/oidc`: signing in at an OpenID Connect issuer that the API server trusts. In: a browser. Out: the same session as with a
//! token, which here is the issuer's ID token. It is the API server that checks signature, audience and expiry. Not pure: asks the issuer.
//!
//! OpenID Connect Core 1.0, section 3.1 (authorization code flow), with PKCE (RFC 7636) and the issuer's discovery document.

mod begun;
mod issuer;

use std::path::PathBuf;

use anyhow::{Context, ensure};
use assayer_contract::{Problem, ReasonCode};
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{AppendHeaders, IntoResponse, Response},
};
use chrono::{TimeDelta, Utc};
use oauth2::AuthorizationCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use self::{begun::Begun, issuer::Issuer};
use super::{Came, exchanged, unsealed};
use crate::api::{App, Refusal, remembered};

/// Where a browser begins.
pub(crate) const PATH: &str = "/api/session/oidc";
/// Where the issuer sends it back to.
pub(crate) const CALLBACK: &str = "/api/session/oidc/callback";
/// Where the console shows whom it could not sign in.
const SIGN_IN: &str = "/sign-in";
const SIGNED_IN: &str = "/observatory";
/// Time to sign in at the issuer.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// Flags of the issuer.
#[derive(clap::Args)]
pub(crate) struct Flags {
    /// OpenID Connect issuer at which people sign in, by https, as the API server's own configuration names it. Empty: with tokens alone.
    #[arg(long = "oidc-issuer", env = "ASSAYER_OIDC_ISSUER", default_value = "")]
    issuer: String,
    /// The client that this installation is at the issuer; an audience that the API server accepts.
    #[arg(long = "oidc-client-id", env = "ASSAYER_OIDC_CLIENT_ID", default_value = "")]
    client_id: String,
    /// File with the client's secret, where the issuer has given one.
    #[arg(long = "oidc-client-secret-file", env = "ASSAYER_OIDC_CLIENT_SECRET_FILE")]
    client_secret_file: Option<PathBuf>,
    /// What to ask the issuer for beside `openid`: the claims that the API server takes names and groups from.
    #[arg(long = "oidc-scopes", env = "ASSAYER_OIDC_SCOPES", default_value = "email", value_delimiter = ',')]
    scopes: Vec<String>,
    /// Certificates of the authority that has certified the issuer; without it those that the system trusts.
    #[arg(long = "oidc-ca-file", env = "ASSAYER_OIDC_CA_FILE")]
    ca_file: Option<PathBuf>,
    /// Where people reach the API, which the issuer sends them back to.
    #[arg(long = "external-url", env = "ASSAYER_EXTERNAL_URL", default_value = "")]
    external_url: String,
}

/// The issuer, and what this installation is to it.
pub(crate) struct Oidc {
    issuer: Issuer,
}

impl Oidc {
    /// None where no issuer is named. What is half set is refused.
    pub(crate) fn of(args: Flags) -> anyhow::Result<Option<Self>> {
        if args.issuer.is_empty() {
            return Ok(None);
        }
        let issuer = Url::parse(&args.issuer).context("--oidc-issuer")?;
        ensure!(issuer.scheme() == "https", "--oidc-issuer={issuer}: the API server trusts issuers by https alone");
        ensure!(!args.client_id.is_empty(), "--oidc-client-id: name the client that this installation is at {issuer}");
        ensure!(!args.external_url.is_empty(), "--external-url: {issuer} has to send people back to it");
        let back = format!("{}{CALLBACK}", args.external_url.trim_end_matches('/'));
        let read = |file: PathBuf| std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()));
        let secret = args.client_secret_file.map(read).transpose()?.map(|text| SecretString::from(text.trim()));
        let authority = args.ca_file.map(read).transpose()?;
        let client = issuer::Client { id: args.client_id, secret, scopes: args.scopes, back };
        Ok(Some(Self { issuer: Issuer::new(args.issuer, client, authority.as_deref())? }))
    }

    /// The issuer's URL.
    pub(crate) fn issuer(&self) -> &str {
        self.issuer.url()
    }
}

/// Why somebody is back at the sign-in page. The page has words for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
enum Failed {
    /// The issuer does not answer, or not as the protocol says.
    Unreachable,
    /// It was begun too long ago, in another browser, or by another site.
    Expired,
    /// The issuer has not let them in.
    Refused,
    /// The API server does not accept the issuer's token.
    Untrusted,
}

/// `GET`: sends the browser to the issuer.
pub(crate) async fn begin(State(app): State<App>, parts: Parts) -> Result<Response, Refusal> {
    let oidc = app.oidc.as_deref().ok_or_else(none)?;
    let came = Came::of(&parts.headers, app.sessions.trust_forwarded);
    let (url, begun) = match oidc.issuer.ask().await {
        Ok(asked) => asked,
        Err(error) => return Ok(failed(came, Failed::Unreachable, &error)),
    };
    let ends = Utc::now() + PATIENCE;
    let sealed = app.sessions.begun.seal(&begun.until(ends)).map_err(|_| unsealed())?;
    let cookie = came.set_begun(&sealed, PATIENCE.num_seconds()).ok_or_else(unsealed)?;
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), to(url.as_str())).into_response())
}

/// What the issuer sends a browser back with (RFC 6749, sections 4.1.2 and 4.1.2.1).
#[derive(Deserialize)]
pub(crate) struct Back {
    code: Option<AuthorizationCode>,
    state: Option<String>,
    error: Option<String>,
}

/// `GET`: takes what the issuer sent the browser back with, and signs in.
pub(crate) async fn back(
    State(app): State<App>,
    parts: Parts,
    query: Result<Query<Back>, QueryRejection>,
) -> Result<Response, Refusal> {
    let oidc = app.oidc.as_deref().ok_or_else(none)?;
    let came = Came::of(&parts.headers, app.sessions.trust_forwarded);
    let Ok(Query(back)) = query else { return Ok(failed(came, Failed::Expired, &"an unreadable query")) };
    let begun = came.begun(&parts.headers).and_then(|sealed| app.sessions.begun.open(&sealed));
    let begun = begun.filter(|begun| Utc::now() < begun.ends).as_ref().and_then(Begun::of);
    let Some(begun) = begun.filter(|begun| back.state.as_deref() == Some(begun.state())) else {
        return Ok(failed(came, Failed::Expired, &"it was not begun here"));
    };
    let Some(code) = back.code.filter(|_| back.error.is_none()) else {
        let said: String = back.error.unwrap_or_default().chars().filter(char::is_ascii_graphic).take(60).collect();
        return Ok(failed(came, Failed::Refused, &said));
    };
    let token = match oidc.issuer.redeem(code, &begun).await {
        Ok(token) => token,
        Err(error) => return Ok(failed(came, Failed::Unreachable, &error)),
    };
    let claims = remembered::claims(token.expose_secret());
    if claims.as_ref().and_then(|claims| claims.get("nonce")?.as_str()) != Some(begun.nonce()) {
        return Ok(failed(came, Failed::Expired, &"the ID token has another nonce"));
    }
    match exchanged(&app, came, token).await {
        Ok((_, _, cookies)) => {
            let cookies = cookies.into_iter().chain(came.set_begun("", 0)).map(|cookie| (header::SET_COOKIE, cookie));
            Ok((AppendHeaders(cookies.collect::<Vec<_>>()), to(SIGNED_IN)).into_response())
        }
        Err(refusal) if refusal.problem.status == 401 => Ok(failed(came, Failed::Untrusted, &refusal.problem.detail)),
        Err(refusal) => Err(refusal),
    }
}

/// Back to the page that says why. A browser would show a problem as it is.
fn failed(came: Came, why: Failed, said: &dyn std::fmt::Display) -> Response {
    let word: &str = why.into();
    tracing::warn!(why = word, %said, "nobody was signed in by the issuer");
    let gone = came.set_begun("", 0).map(|cookie| (header::SET_COOKIE, cookie));
    (AppendHeaders(gone), to(&format!("{SIGN_IN}?refused={word}"))).into_response()
}

/// 303, and nothing of it is kept by anybody on the way.
fn to(place: &str) -> Response {
    let place = HeaderValue::try_from(place).unwrap_or(HeaderValue::from_static(SIGN_IN));
    (StatusCode::SEE_OTHER, [(header::LOCATION, place), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))])
        .into_response()
}

fn none() -> Refusal {
    let problem = Problem::new(404, ReasonCode::NotFound, "no OpenID Connect issuer is set");
    problem.with_fix("Sign in with a token, or set the chart's api.oidc.issuer and api.oidc.clientId.").into()
}

#[cfg(test)]
mod tests;
