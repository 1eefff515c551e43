//! Signing in at an OpenID Connect issuer, with the API server's own word on whom it trusts.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use k8s_openapi::api::rbac::v1::ClusterRoleBinding;
use kube::Api;
use kube::api::DeleteParams;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Response, redirect};
use serde_json::{Value, json};

use crate::issuer::{self, Issuer};
use crate::processes::Processes;
use crate::wait::{self, Look};

const API: &str = "guarded-api";
const BINDING: &str = "signed-in-at-issuer";

/// Who signs in at the issuer is who the API server takes them for, and may what they may there: nothing before the API server trusts the
/// issuer, and nothing before somebody gives them a role.
pub async fn people_sign_in_at_an_issuer(running: &mut Processes) -> Result<()> {
    let issuer = Issuer::start().await?;
    let files = tempfile::tempdir()?;
    let (authority, secret) = (files.path().join("ca.crt"), files.path().join("secret"));
    std::fs::write(&authority, &issuer.certificate)?;
    std::fs::write(&secret, issuer::SECRET)?;
    let path = |file: &PathBuf| file.display().to_string();
    let (url, authority, secret) = (running.url(API), path(&authority), path(&secret));
    let facts = [
        ("ASSAYER_OIDC_ISSUER", issuer.url.as_str()),
        ("ASSAYER_OIDC_CLIENT_ID", issuer::CLIENT),
        ("ASSAYER_OIDC_CLIENT_SECRET_FILE", &secret),
        ("ASSAYER_OIDC_CA_FILE", &authority),
        ("ASSAYER_OIDC_SCOPES", "email,groups"),
        ("ASSAYER_EXTERNAL_URL", &url),
    ];
    running.install(API, &facts).await?;
    let browser = Browser {
        url,
        http: Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .tls_certs_merge([reqwest::Certificate::from_pem(issuer.certificate.as_bytes())?])
            .build()?,
    };
    ensure!(browser.session("").await?["issuer"] == issuer.url, "the console is not told of the issuer");
    ensure!(browser.signed_in().await? == Err("untrusted".to_owned()), "an issuer that the API server does not know was trusted");

    let configuration = std::env::var_os("AUTHENTICATION_CONFIG").context("AUTHENTICATION_CONFIG of `cluster api run`")?;
    issuer::trust(&issuer, &PathBuf::from(configuration))?;
    let session = wait::until("the API server to trust the issuer", async || {
        Ok(match browser.signed_in().await? {
            Ok(session) => Look::Found(session),
            Err(why) => Look::NotYet(why),
        })
    })
    .await?;
    let who = browser.session(&session).await?;
    ensure!(who["user"] == format!("oidc:{}", issuer::EMAIL) && who["endsAt"].is_string(), "{who}");
    browser.what_is_not_ours_signs_nobody_in().await?;
    ensure!(browser.system(&session).await? == 403, "nobody gave them a role");
    let bindings: Api<ClusterRoleBinding> = Api::all(running.world.client.clone());
    let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "assayer-viewer"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": format!("oidc:{}", issuer::GROUP)}]});
    running.world.roles_for_people().await?;
    running.world.apply(&bindings, BINDING, &binding).await?;
    wait::until("what their group may read", async || {
        let status = browser.system(&session).await?;
        Ok(if status == 200 { Look::Found(()) } else { Look::NotYet(status.to_string()) })
    })
    .await?;
    bindings.delete(BINDING, &DeleteParams::default()).await?;
    Ok(())
}

/// As much of a browser as a sign-in needs.
struct Browser {
    url: String,
    http: Client,
}

impl Browser {
    /// Signs in: the cookies of the session, or the word with which the sign-in page is shown again.
    async fn signed_in(&self) -> Result<Result<String, String>> {
        let (begun, back) = self.sent_back().await?;
        let answer = self.get(&back, &begun).await?;
        Ok(match location(&answer)?.strip_prefix("/sign-in?refused=") {
            Some(why) => Err(why.to_owned()),
            None => Ok(cookies(&answer)),
        })
    }

    /// Goes to the issuer: the cookie of what has begun, and where the issuer sends back to.
    async fn sent_back(&self) -> Result<(String, String)> {
        let begun = self.get(&format!("{}/api/session/oidc", self.url), "").await?;
        ensure!(begun.status() == 303, "{begun:?}");
        let asked = self.get(&location(&begun)?, "").await?;
        ensure!(asked.status().is_redirection(), "the issuer: {asked:?}");
        Ok((cookies(&begun), location(&asked)?))
    }

    /// Codes that are used up, come without the cookie, with another one, or with an error of the issuer.
    async fn what_is_not_ours_signs_nobody_in(&self) -> Result<()> {
        let ((begun, back), (other, _)) = (self.sent_back().await?, self.sent_back().await?);
        let denied = back.replace("code=", "error=access_denied&was=");
        for (cookie, url, why) in [("", &back, "expired"), (&*other, &back, "expired"), (&*begun, &denied, "refused")] {
            let answer = self.get(url, cookie).await?;
            ensure!(location(&answer)? == format!("/sign-in?refused={why}"), "{answer:?}");
            ensure!(cookies(&answer).is_empty(), "{why} left a cookie");
        }
        ensure!(location(&self.get(&back, &begun).await?)? == "/observatory", "the code was good until it was used");
        ensure!(location(&self.get(&back, &begun).await?)? == "/sign-in?refused=unreachable", "a code was good twice");
        Ok(())
    }

    async fn session(&self, cookies: &str) -> Result<Value> {
        Ok(self.get(&format!("{}/api/session", self.url), cookies).await?.json().await?)
    }

    async fn system(&self, cookies: &str) -> Result<u16> {
        Ok(self.get(&format!("{}/api/system/status", self.url), cookies).await?.status().as_u16())
    }

    async fn get(&self, url: &str, cookies: &str) -> Result<Response> {
        Ok(self.http.get(url).header(COOKIE, cookies).send().await?)
    }
}

fn location(answer: &Response) -> Result<String> {
    let status = answer.status();
    let to = answer.headers().get(LOCATION).with_context(|| format!("{status} leads nowhere"))?;
    Ok(to.to_str()?.to_owned())
}

/// What a browser keeps of an answer.
fn cookies(answer: &Response) -> String {
    let all = answer.headers().get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    let kept = all.filter(|cookie| !cookie.contains("; Max-Age=0;")).filter_map(|cookie| cookie.split(';').next());
    kept.collect::<Vec<_>>().join("; ")
}
