//! What the cluster's ingress controller publishes: the release's own API, and one more that lets nobody read without a token, behind a
//! certificate.

use std::net::{IpAddr, SocketAddr};

use anyhow::{Context, Result};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Secret, Service};
use k8s_openapi::api::networking::v1::Ingress;
use kube::api::DeleteParams;
use kube::{Api, Client};
use serde_json::{Value, json};

use crate::certificate;
use crate::installed::RELEASE;
use crate::wait::{self, Look};
use crate::world::World;

const NAME: &str = "assayer-api-guarded";
/// A name that is in nobody's DNS.
const HOST: &str = "guarded.assayer.test";

/// Where the controller serves the release's Ingress, as its status says.
pub async fn address(client: &Client) -> Result<IpAddr> {
    let all: Api<Ingress> = Api::namespaced(client.clone(), RELEASE);
    wait::until("an address in the status of the Ingress assayer-api", async || {
        let ingress = serde_json::to_value(all.get("assayer-api").await?.status)?;
        Ok(match ingress["loadBalancer"]["ingress"][0]["ip"].as_str() {
            Some(ip) => Look::Found(ip.parse()?),
            None => Look::NotYet(ingress.to_string()),
        })
    })
    .await
}

/// The API as a production installation has it: no reading without a token, https alone.
pub struct Guarded<'a> {
    world: &'a World,
    /// Its base URL.
    pub url: String,
    /// Where the host of the URL is.
    pub address: IpAddr,
    /// A client that finds the host, and trusts its certificate and no other.
    pub http: reqwest::Client,
}

impl<'a> Guarded<'a> {
    /// Publishes it beside the release's own, and waits until it answers.
    pub async fn publish(world: &'a World) -> Result<Self> {
        let (client, address) = (&world.client, address(&world.client).await?);
        let (certificate, key) = certificate::of(&format!("DNS:{HOST}"))?;
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
            "stringData": {"tls.crt": certificate, "tls.key": key}});
        world.apply(&Api::<Secret>::namespaced(client.clone(), RELEASE), NAME, &secret).await?;
        let deployments: Api<Deployment> = Api::namespaced(client.clone(), RELEASE);
        let like = serde_json::to_value(deployments.get("assayer-api").await?)?;
        world.apply(&deployments, NAME, &guarded(like)?).await?;
        let service = json!({"apiVersion": "v1", "kind": "Service", "spec": {"selector": {"app": NAME},
            "ports": [{"name": "http", "port": 5000, "targetPort": "http"}]}});
        world.apply(&Api::<Service>::namespaced(client.clone(), RELEASE), NAME, &service).await?;
        let ingresses: Api<Ingress> = Api::namespaced(client.clone(), RELEASE);
        let like = serde_json::to_value(ingresses.get("assayer-api").await?)?;
        world.apply(&ingresses, NAME, &behind_a_certificate(&like)).await?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .resolve(HOST, SocketAddr::new(address, 443))
            .tls_certs_only([reqwest::Certificate::from_pem(certificate.as_bytes())?])
            .build()?;
        let this = Self { world, url: format!("https://{HOST}"), address, http };
        this.answers().await?;
        Ok(this)
    }

    /// Takes it away again.
    pub async fn remove(self) -> Result<()> {
        let (client, now) = (&self.world.client, DeleteParams::default());
        Api::<Ingress>::namespaced(client.clone(), RELEASE).delete(NAME, &now).await?;
        Api::<Service>::namespaced(client.clone(), RELEASE).delete(NAME, &now).await?;
        Api::<Deployment>::namespaced(client.clone(), RELEASE).delete(NAME, &now).await?;
        Api::<Secret>::namespaced(client.clone(), RELEASE).delete(NAME, &now).await?;
        Ok(())
    }

    async fn answers(&self) -> Result<()> {
        wait::until("the guarded API behind its Ingress", async || {
            let answer = self.http.get(format!("{}/api/session", self.url)).send().await?;
            let status = answer.status();
            Ok(if status.is_success() { Look::Found(()) } else { Look::NotYet(format!("{status}: {}", answer.text().await?)) })
        })
        .await
    }
}

/// The same Deployment with labels of its own, in which nobody reads without a token.
fn guarded(mut like: Value) -> Result<Value> {
    let labels = json!({"app": NAME});
    let mut spec = like["spec"].take();
    spec["replicas"] = json!(1);
    spec["selector"] = json!({"matchLabels": labels});
    spec["template"]["metadata"] = json!({"labels": labels});
    spec["template"]["spec"]["topologySpreadConstraints"] = json!([]);
    let variables = spec["template"]["spec"]["containers"][0]["env"].as_array_mut().context("variables of the API")?;
    let anonymous = variables.iter_mut().find(|one| one["name"] == "ASSAYER_ANONYMOUS_READ").context("ASSAYER_ANONYMOUS_READ")?;
    anonymous["value"] = json!("false");
    Ok(json!({"apiVersion": "apps/v1", "kind": "Deployment", "spec": spec}))
}

/// The same Ingress for a host of its own, by https.
fn behind_a_certificate(like: &Value) -> Value {
    let backend = json!({"service": {"name": NAME, "port": {"name": "http"}}});
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"annotations": like["metadata"]["annotations"]},
    "spec": {
        "ingressClassName": like["spec"]["ingressClassName"],
        "tls": [{"hosts": [HOST], "secretName": NAME}],
        "rules": [{"host": HOST, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}],
    }})
}
