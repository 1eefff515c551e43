//! Who asks, and what they may read. In: the `Authorization` header, or a session's cookie. Out: a caller as the API server knows them, and its answer
//! whether they have a right. Nothing is decided here. Not pure: asks the API server, and remembers its answers for seconds.

use std::sync::Arc;

use assayer_contract::{Problem, ReasonCode, Sha256Hash};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use k8s_openapi::api::{
    authentication::v1::{TokenReview, TokenReviewSpec, UserInfo},
    authorization::v1::{NonResourceAttributes, ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec},
};
use kube::{Api, Client, api::PostParams};
use secrecy::{ExposeSecret, SecretString};

use super::{App, Refusal, grant, metrics::Authentication, refusal::Cause, remembered, session::Shown};

/// Who asks.
pub(crate) enum Caller {
    /// Anyone: the installation lets everybody read.
    Anyone,
    /// A user whose token the API server accepts.
    User(User),
}

/// A user as the API server knows them by their token.
#[derive(Clone)]
pub(crate) struct User {
    /// What the API server said of the token.
    pub(crate) info: Arc<UserInfo>,
    /// The token's hash, under which answers about it are remembered.
    key: Sha256Hash,
}

/// What a caller must be allowed to `get`, or to `list`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Right {
    /// One Bot, by namespace and name.
    Bot(String, String),
    /// To change one Bot.
    ChangeBot(String, String),
    /// To reset one Bot, beside changing it.
    ResetBot(String, String),
    /// To get any Bot of a namespace, or of all.
    AnyBot(Option<String>),
    /// One Integration, by namespace and name.
    Integration(String, String),
    /// To list the Integrations of a namespace, or of all.
    Integrations(Option<String>),
    /// To list the StagePolicies.
    Policies,
    /// A URL that stands for the rows of every namespace; nothing is served there.
    Url(&'static str),
}

impl FromRequestParts<App> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        if app.anonymous_read {
            app.metrics.authenticated(Authentication::Anyone);
            return Ok(Self::Anyone);
        }
        Ok(Self::User(identified(parts, app).await?.0))
    }
}

/// Who would act: whoever shows a token, also where everybody may read without one.
pub(crate) struct Actor(pub(crate) Caller);

impl FromRequestParts<App> for Actor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        if app.anonymous_read && shown(parts, app).is_err() {
            return Ok(Self(Caller::Anyone));
        }
        match identified(parts, app).await {
            Ok((user, _)) => Ok(Self(Caller::User(user))),
            Err(_) if app.anonymous_read => Ok(Self(Caller::Anyone)),
            Err(refusal) => Err(refusal),
        }
    }
}

/// Somebody who acts with their own token. Nobody acts without one, whoever may read.
pub(crate) struct Acting {
    /// The API server as they may use it.
    pub(crate) client: Client,
    /// Who they are.
    pub(crate) user: User,
}

impl FromRequestParts<App> for Acting {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let (user, token) = identified(parts, app).await?;
        Ok(Self { client: app.as_caller.client(token)?, user })
    }
}

impl User {
    /// Their name at the API server.
    pub(crate) fn name(&self) -> &str {
        self.info.username.as_deref().unwrap_or("a user without a name")
    }
}

/// The user whose token this is, and the token.
async fn identified(parts: &Parts, app: &App) -> Result<(User, SecretString), Refusal> {
    let token = shown(parts, app).inspect_err(|_| app.metrics.authenticated(Authentication::NoToken))?.token;
    let user = authenticate(app, token.expose_secret()).await;
    let user = user.inspect_err(|_| app.metrics.authenticated(Authentication::Unavailable))?;
    app.metrics.authenticated(if user.is_some() { Authentication::Accepted } else { Authentication::Refused });
    Ok((user.ok_or_else(refused_token)?, token))
}

/// The token that came with a request: as a bearer token, which somebody has put there on purpose, or else in a session's cookie.
pub(crate) fn shown(parts: &Parts, app: &App) -> Result<Shown, Refusal> {
    if !parts.headers.contains_key(header::AUTHORIZATION)
        && let Some(shown) = app.sessions.shown(parts, chrono::Utc::now())?
    {
        return Ok(shown);
    }
    Ok(Shown { token: bearer(&parts.headers)?.into(), ends: None })
}

/// Of a token that the API server does not know.
pub(crate) fn refused_token() -> Refusal {
    let detail = "the API server does not accept the token: it may have expired, or be meant for another audience";
    unauthenticated(detail).because(Cause::InvalidToken)
}

/// Refuses a caller without this right, saying which it is and how it is granted.
pub(crate) async fn demand(app: &App, caller: &Caller, right: &Right) -> Result<(), Refusal> {
    if may(app, caller, right).await? { Ok(()) } else { Err(lacking(caller, right).into()) }
}

/// Whether the caller has this right, by the API server's own rules. A refusal is not remembered: who is given the right has it at
/// once.
pub(crate) async fn may(app: &App, caller: &Caller, right: &Right) -> Result<bool, Refusal> {
    let Caller::User(user) = caller else { return Ok(true) };
    let key = (user.key, right.clone());
    if app.remembered.rights.get(&key).is_some() {
        return Ok(true);
    }
    let review = SubjectAccessReview { spec: question(&user.info, right), ..Default::default() };
    let reviews: Api<SubjectAccessReview> = Api::all(app.client.clone());
    let allowed = reviews.create(&PostParams::default(), &review).await?.status.is_some_and(|status| status.allowed);
    if allowed {
        app.remembered.rights.put(key, (), remembered::KEEP);
    }
    Ok(allowed)
}

fn question(user: &UserInfo, right: &Right) -> SubjectAccessReviewSpec {
    let resource = |resource: &str, verb: &str, namespace: Option<&String>, name: Option<&String>| ResourceAttributes {
        group: Some("assayer.dev".to_owned()),
        resource: Some(resource.to_owned()),
        verb: Some(verb.to_owned()),
        namespace: namespace.cloned(),
        name: name.cloned(),
        ..Default::default()
    };
    let (resource_attributes, non_resource_attributes) = match right {
        Right::Bot(namespace, name) => (Some(resource("bots", "get", Some(namespace), Some(name))), None),
        Right::ChangeBot(namespace, name) => (Some(resource("bots", "patch", Some(namespace), Some(name))), None),
        Right::ResetBot(namespace, name) => (Some(resource("bots", "reset", Some(namespace), Some(name))), None),
        Right::AnyBot(namespace) => (Some(resource("bots", "get", namespace.as_ref(), None)), None),
        Right::Integration(namespace, name) => (Some(resource("integrations", "get", Some(namespace), Some(name))), None),
        Right::Integrations(namespace) => (Some(resource("integrations", "list", namespace.as_ref(), None)), None),
        Right::Policies => (Some(resource("stagepolicies", "list", None, None)), None),
        Right::Url(url) => (None, Some(NonResourceAttributes { path: Some((*url).to_owned()), verb: Some("get".to_owned()) })),
    };
    SubjectAccessReviewSpec {
        user: user.username.clone(),
        uid: user.uid.clone(),
        groups: user.groups.clone(),
        extra: user.extra.clone(),
        resource_attributes,
        non_resource_attributes,
    }
}

/// That the caller lacks this right, and how it is granted.
pub(crate) fn lacking(caller: &Caller, right: &Right) -> Problem {
    let user = match caller {
        Caller::Anyone => "anyone",
        Caller::User(user) => user.name(),
    };
    let detail = match right {
        Right::Bot(namespace, name) => format!("{user} may not get bots.assayer.dev \"{name}\" in namespace \"{namespace}\""),
        Right::ChangeBot(namespace, name) => {
            format!("{user} may not patch bots.assayer.dev \"{name}\" in namespace \"{namespace}\"")
        }
        Right::ResetBot(namespace, name) => {
            format!("{user} may not reset bots.assayer.dev \"{name}\" in namespace \"{namespace}\"")
        }
        Right::AnyBot(Some(namespace)) => format!("{user} may not get bots.assayer.dev in namespace \"{namespace}\""),
        Right::AnyBot(None) => format!("{user} may not get bots.assayer.dev in every namespace"),
        Right::Integration(namespace, name) => {
            format!("{user} may not get integrations.assayer.dev \"{name}\" in namespace \"{namespace}\"")
        }
        Right::Integrations(Some(namespace)) => {
            format!("{user} may not list integrations.assayer.dev in namespace \"{namespace}\"")
        }
        Right::Integrations(None) => {
            format!("{user} may not list integrations.assayer.dev in every namespace; name one of yours")
        }
        Right::Policies => format!("{user} may not list stagepolicies.assayer.dev"),
        Right::Url(url) => format!("{user} may not get the nonResourceURL {url}, which stands for the rows of every namespace"),
    };
    Problem::new(403, ReasonCode::NotAllowed, detail).with_fix(format!("Run: {}", grant::command(user, right)))
}

/// The user whom the API server knows by this token; none where it does not accept it.
pub(crate) async fn authenticate(app: &App, token: &str) -> Result<Option<User>, Refusal> {
    let key = Sha256Hash::of(token.as_bytes());
    if let Some(info) = app.remembered.users.get(&key) {
        return Ok(Some(User { info, key }));
    }
    let Some(info) = review(app, token).await?.map(Arc::new) else { return Ok(None) };
    app.remembered.users.put(key, Arc::clone(&info), remembered::keep(token, chrono::Utc::now()));
    Ok(Some(User { info, key }))
}

async fn review(app: &App, token: &str) -> Result<Option<UserInfo>, Refusal> {
    // Without an audience of its own this asks for the API server's: what kubectl and `kubectl create token` send is accepted, and a
    // token for another service, such as a runner's for the gateway, is not.
    let spec = TokenReviewSpec { token: token.to_owned(), audiences: None };
    let reviews: Api<TokenReview> = Api::all(app.client.clone());
    let review = TokenReview { spec, ..Default::default() };
    let status = reviews.create(&PostParams::default(), &review).await?.status.unwrap_or_default();
    Ok(status.user.filter(|_| status.authenticated == Some(true)))
}

fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value,
        (None, _) => return Err(unauthenticated("there is no Authorization header")),
        (Some(_), Some(_)) => return Err(unauthenticated("there is more than one Authorization header")),
    };
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    let token = token.trim();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(token)
    } else {
        Err(unauthenticated("the Authorization header is not of the form `Bearer TOKEN`"))
    }
}

fn unauthenticated(detail: &str) -> Refusal {
    Problem::new(401, ReasonCode::Unauthenticated, detail).into()
}
