//! Tokens. In: a projected token. Out: the pod that it was minted for, by TokenReview, remembered for a few seconds.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use assayer_contract::{
    Sha256Hash,
    wire::{GATEWAY_AUDIENCE, RUNNER_SERVICE_ACCOUNT},
};
use k8s_openapi::api::authentication::v1::{TokenReview, TokenReviewSpec, UserInfo};
use kube::{Api, Client, api::PostParams};
use tokio::{sync::Semaphore, time::timeout};

use super::{Stranger, unanswered, unproven};
use crate::refusal::Refusal;

/// How long a review is believed. A pod that is deleted is noticed by the watch on pods, not by this.
const BELIEVED: Duration = Duration::from_secs(5);
/// An API server that takes longer counts as silent.
const PATIENCE: Duration = Duration::from_secs(5);
/// Reviews asked for at once: a flood of tokens waits in a line here, and does not open a connection for each to the API server.
const AT_ONCE: usize = 16;
/// Most reviews remembered at once.
const REMEMBERED: usize = 10_000;
/// Characters that are kept of the API server's reason.
const WHY: usize = 200;
const POD_NAME: &str = "authentication.kubernetes.io/pod-name";
const POD_UID: &str = "authentication.kubernetes.io/pod-uid";

/// The pod that a token was minted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) user: String,
    pub(super) namespace: String,
    pub(super) pod: String,
    pub(super) pod_uid: String,
}

/// Reviews by hash of the token: the token itself is kept nowhere.
type Reviews = HashMap<Sha256Hash, (Instant, Result<Arc<Holder>, Stranger>)>;

pub(super) struct Tokens {
    client: Client,
    reviews: Mutex<Reviews>,
    turns: Semaphore,
}

impl Tokens {
    pub(super) fn new(client: Client) -> Self {
        Self { client, reviews: Mutex::default(), turns: Semaphore::new(AT_ONCE) }
    }

    pub(super) async fn holder(&self, token: &str) -> Result<Arc<Holder>, Stranger> {
        if !is_web_token(token) {
            return Err(unproven(format!("the token is not valid for audience {GATEWAY_AUDIENCE}: it is no web token")).into());
        }
        let hash = Sha256Hash::of(token.as_bytes());
        if let Some(known) = self.known(&hash) {
            return known;
        }
        let turn = timeout(PATIENCE, self.turns.acquire()).await.map_err(|_| unanswered("too many ask", "a TokenReview"))?;
        // The same token may have been reviewed while this one waited.
        if let Some(known) = self.known(&hash) {
            return known;
        }
        let review = timeout(PATIENCE, self.review(token)).await.map_err(|_| unanswered("no answer", "a TokenReview"))?;
        drop(turn);
        let result = match review.map_err(|error| unanswered(error, "a TokenReview"))? {
            Ok(user) => holder(&user).map(Arc::new).map_err(|refusal| Stranger { user: user.username, refusal }),
            Err(why) => Err(unproven(format!("the token is not valid for audience {GATEWAY_AUDIENCE}{why}")).into()),
        };
        self.remember(hash, result.clone());
        result
    }

    /// The user, or why there is none as far as the API server says it.
    async fn review(&self, token: &str) -> kube::Result<Result<UserInfo, String>> {
        let spec = TokenReviewSpec { token: token.to_owned(), audiences: Some(vec![GATEWAY_AUDIENCE.to_owned()]) };
        let review = TokenReview { spec, ..Default::default() };
        let answer = Api::<TokenReview>::all(self.client.clone()).create(&PostParams::default(), &review).await?;
        let status = answer.status.unwrap_or_default();
        let ours = status.audiences.unwrap_or_default().iter().any(|audience| audience == GATEWAY_AUDIENCE);
        let why = status.error.map(|error| format!(": {}", error.chars().take(WHY).collect::<String>()));
        let user = status.user.filter(|_| ours && status.authenticated == Some(true));
        Ok(user.ok_or_else(|| why.unwrap_or_default()))
    }

    fn known(&self, hash: &Sha256Hash) -> Option<Result<Arc<Holder>, Stranger>> {
        let reviews = self.reviews.lock().unwrap_or_else(PoisonError::into_inner);
        reviews.get(hash).filter(|(at, _)| at.elapsed() < BELIEVED).map(|(_, result)| result.clone())
    }

    fn remember(&self, hash: Sha256Hash, result: Result<Arc<Holder>, Stranger>) {
        let mut reviews = self.reviews.lock().unwrap_or_else(PoisonError::into_inner);
        if reviews.len() >= REMEMBERED {
            reviews.retain(|_, (at, _)| at.elapsed() < BELIEVED);
        }
        if reviews.len() < REMEMBERED {
            reviews.insert(hash, (Instant::now(), result));
        }
    }
}

/// Whether it is written as what is mounted into pods is: three parts in base64url (RFC 7519). The API server is not asked for others.
fn is_web_token(token: &str) -> bool {
    let part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    token.split('.').count() == 3 && token.split('.').all(part)
}

/// A pod of the runners' ServiceAccount, and of no other.
fn holder(user: &UserInfo) -> Result<Holder, Refusal> {
    let name = user.username.clone().unwrap_or_default();
    let namespace = name
        .strip_prefix("system:serviceaccount:")
        .and_then(|rest| rest.split_once(':'))
        .filter(|(_, account)| *account == RUNNER_SERVICE_ACCOUNT)
        .map(|(namespace, _)| namespace.to_owned())
        .ok_or_else(|| unproven(format!("\"{name}\" is not the ServiceAccount {RUNNER_SERVICE_ACCOUNT}")))?;
    let extra = user.extra.clone().unwrap_or_default();
    let unbound = || unproven("the token is not bound to a pod: only tokens mounted into a pod are");
    let pod = single(&extra, POD_NAME).ok_or_else(unbound)?;
    let pod_uid = single(&extra, POD_UID).ok_or_else(unbound)?;
    Ok(Holder { user: name, namespace, pod, pod_uid })
}

fn single(extra: &BTreeMap<String, Vec<String>>, key: &str) -> Option<String> {
    match extra.get(key).map(Vec::as_slice) {
        Some([value]) => Some(value.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str, extra: &[(&str, &[&str])]) -> UserInfo {
        let extra = extra.iter().map(|(key, values)| ((*key).to_owned(), values.iter().map(ToString::to_string).collect()));
        UserInfo { username: Some(name.to_owned()), extra: Some(extra.collect()), ..Default::default() }
    }

    #[test]
    fn a_pod_of_the_runners_service_account_is_a_holder() {
        let user = user("system:serviceaccount:bots:assayer-runner", &[(POD_NAME, &["p"]), (POD_UID, &["u"])]);
        let holder = holder(&user).unwrap();
        assert_eq!((holder.namespace.as_str(), holder.pod.as_str(), holder.pod_uid.as_str()), ("bots", "p", "u"));
    }

    #[test]
    fn what_is_no_web_token_is_told_from_what_may_be_one() {
        assert!(is_web_token("eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOltdfQ.c2ln-_"));
        for other in ["", "flood-1", "a.b", "a..c", "a.b.c.d", "a.b.c=", "a b.c.d"] {
            assert!(!is_web_token(other), "{other}");
        }
    }

    #[test]
    fn another_account_or_a_token_without_a_pod_is_none() {
        let pod: &[(&str, &[&str])] = &[(POD_NAME, &["p"]), (POD_UID, &["u"])];
        for user in [
            user("system:serviceaccount:bots:default", pod),
            user("system:serviceaccount:bots:assayer-runner:x", pod),
            user("assayer-runner", pod),
            user("system:serviceaccount:bots:assayer-runner", &[]),
            user("system:serviceaccount:bots:assayer-runner", &[(POD_NAME, &["p", "q"]), (POD_UID, &["u"])]),
        ] {
            assert_eq!(holder(&user).unwrap_err().reason_code, assayer_contract::ReasonCode::IdentityUnproven);
        }
    }
}
