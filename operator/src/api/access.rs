//! Who asks, and what they may read. In: the `Authorization` header. Out: a caller as the API server knows them, and its answer
//! whether they may `get` a Bot. Nothing is decided here. Not pure: asks the API server.

use assayer_contract::{Problem, ReasonCode};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use k8s_openapi::api::{
    authentication::v1::{TokenReview, TokenReviewSpec, UserInfo},
    authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec},
};
use kube::{Api, api::PostParams};

use super::{App, Refusal};

/// Who asks.
pub(crate) enum Caller {
    /// Anyone: the installation lets everybody read.
    Anyone,
    /// A user whose token the API server accepts.
    User(Box<UserInfo>),
}

impl FromRequestParts<App> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        if app.anonymous_read {
            return Ok(Self::Anyone);
        }
        let token = bearer(&parts.headers)?;
        let user = review(app, token).await?;
        let refused = || unauthenticated("the API server does not accept the token; it may have expired");
        Ok(Self::User(Box::new(user.ok_or_else(refused)?)))
    }
}

/// Whether the caller may read this Bot, by the API server's own rules.
pub(crate) async fn may_read(app: &App, caller: &Caller, namespace: &str, name: &str) -> Result<bool, Refusal> {
    let Caller::User(user) = caller else { return Ok(true) };
    let review = SubjectAccessReview {
        spec: SubjectAccessReviewSpec {
            user: user.username.clone(),
            uid: user.uid.clone(),
            groups: user.groups.clone(),
            extra: user.extra.clone(),
            resource_attributes: Some(ResourceAttributes {
                group: Some("assayer.dev".to_owned()),
                resource: Some("bots".to_owned()),
                verb: Some("get".to_owned()),
                namespace: Some(namespace.to_owned()),
                name: Some(name.to_owned()),
                ..Default::default()
            }),
            ..Default::default()
        },
        ..Default::default()
    };
    let reviews: Api<SubjectAccessReview> = Api::all(app.client.clone());
    Ok(reviews.create(&PostParams::default(), &review).await?.status.is_some_and(|status| status.allowed))
}

/// The refusal of a caller who may not read this Bot.
pub(crate) fn forbidden(caller: &Caller, namespace: &str, name: &str) -> Refusal {
    let user = match caller {
        Caller::Anyone => "anyone",
        Caller::User(user) => user.username.as_deref().unwrap_or("a user without a name"),
    };
    let detail = format!("{user} may not get bots.assayer.dev \"{name}\" in namespace \"{namespace}\"");
    Problem::new(403, ReasonCode::NotAllowed, detail)
        .with_fix(format!("Have a Role in namespace {namespace} that allows `get` on `bots.assayer.dev` bound to {user}."))
        .into()
}

async fn review(app: &App, token: &str) -> Result<Option<UserInfo>, Refusal> {
    // Without an audience of its own: a token for another service, such as a runner's for the gateway, is not accepted.
    let spec = TokenReviewSpec { token: token.to_owned(), audiences: None };
    let reviews: Api<TokenReview> = Api::all(app.client.clone());
    let review = TokenReview { spec, ..Default::default() };
    let status = reviews.create(&PostParams::default(), &review).await?.status.unwrap_or_default();
    Ok(status.user.filter(|_| status.authenticated == Some(true)))
}

fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Err(unauthenticated("there is no Authorization header"));
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
