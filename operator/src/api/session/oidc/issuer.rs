//! The issuer over HTTP. In: this installation as the issuer knows it. Out: where to send a browser, and the ID token of whom it sends
//! back. Not pure.

use std::time::Duration;

use anyhow::{Context, ensure};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, ExtraTokenFields, HttpRequest, HttpResponse,
    PkceCodeChallenge, RedirectUrl, Scope, StandardRevocableToken, StandardTokenResponse, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::begun::Begun;

/// The issuer answers a few small documents.
const TIMEOUT: Duration = Duration::from_secs(5);

type Answer = StandardTokenResponse<IdToken, BasicTokenType>;
type Flow = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    oauth2::EndpointSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointSet,
>;

/// What the issuer's answer has beside OAuth's own fields.
#[derive(Clone, Deserialize, Serialize)]
struct IdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for IdToken {}

impl std::fmt::Debug for IdToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an ID token")
    }
}

/// What this installation is to the issuer.
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: Option<SecretString>,
    pub(super) scopes: Vec<String>,
    /// Where browsers are sent back to.
    pub(super) back: String,
}

/// The issuer.
pub(super) struct Issuer {
    url: String,
    client: Client,
    http: reqwest::Client,
}

/// What is needed of the issuer's own description (OpenID Connect Discovery 1.0, section 3).
#[derive(Deserialize)]
struct Description {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
}

impl Issuer {
    pub(super) fn new(url: String, client: Client, authority: Option<&str>) -> anyhow::Result<Self> {
        let mut http = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).https_only(true);
        if let Some(authority) = authority {
            let certificates = reqwest::Certificate::from_pem_bundle(authority.as_bytes()).context("--oidc-ca-file")?;
            http = http.tls_certs_only(certificates);
        }
        Ok(Self { url, client, http: http.build().context("making the client of the issuer")? })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Where to send a browser, and what to know again when it is back.
    pub(super) async fn ask(&self) -> anyhow::Result<(Url, Begun)> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random();
        let flow = self.flow().await?;
        let scopes =
            ["openid"].into_iter().chain(self.client.scopes.iter().map(String::as_str)).filter(|scope| !scope.is_empty());
        let (url, state) = flow
            .authorize_url(CsrfToken::new_random)
            .add_scopes(scopes.map(|scope| Scope::new(scope.to_owned())))
            .add_extra_param("nonce", nonce.secret())
            .set_pkce_challenge(challenge)
            .url();
        Ok((url, Begun::new(&state, &nonce, &verifier)))
    }

    /// The ID token that a code stands for.
    pub(super) async fn redeem(&self, code: AuthorizationCode, begun: &Begun) -> anyhow::Result<SecretString> {
        let flow = self.flow().await?;
        let http = self.http.clone();
        let call = move |request| called(http.clone(), request);
        let answer = flow.exchange_code(code).set_pkce_verifier(begun.verifier()).request_async(&call).await;
        // An error's source may quote the answer, and that may hold a token.
        let answer =
            answer.map_err(|_| anyhow::anyhow!("the issuer's token endpoint refused the code, or answered something else"))?;
        let token = answer.extra_fields().id_token.as_deref().context("the issuer's answer has no id_token")?;
        Ok(SecretString::from(token))
    }

    async fn flow(&self) -> anyhow::Result<Flow> {
        let found = format!("{}/.well-known/openid-configuration", self.url.trim_end_matches('/'));
        let answer = self.http.get(&found).send().await.and_then(reqwest::Response::error_for_status);
        let described: Description = answer.with_context(|| found.clone())?.json().await.with_context(|| found.clone())?;
        ensure!(described.issuer == self.url, "{found} describes another issuer");
        let mut flow = oauth2::Client::new(ClientId::new(self.client.id.clone()));
        if let Some(secret) = &self.client.secret {
            flow = flow.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
        }
        Ok(flow
            .set_auth_uri(AuthUrl::new(described.authorization_endpoint).context("authorization_endpoint")?)
            .set_token_uri(TokenUrl::new(described.token_endpoint).context("token_endpoint")?)
            .set_redirect_uri(RedirectUrl::new(self.client.back.clone()).context("--external-url")?))
    }
}

async fn called(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let answer = http.execute(request.try_into()?).await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = HttpResponse::new(answer.bytes().await?.to_vec());
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    Ok(response)
}
