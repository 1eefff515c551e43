//! Handshakes that somebody asks for without the API, with `kubectl annotate`, and in whose name.

use anyhow::{Context, Result, ensure};
use assayer_crds::Integration;
use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use tokio::process::Command;
use uuid::Uuid;

use super::given::Given;
use crate::wait::{self, Look};
use crate::world::World;

/// Asks for a call, `verify` or `test`, in one's own name, as README.md says; its trace.
pub(super) async fn ask(given: &Given<'_>, call: &str) -> Result<Uuid> {
    let trace = Uuid::now_v7();
    let command = format!(
        r#"kubectl -n {} annotate --overwrite integration {} assayer.dev/{call}-requested={trace} \
            assayer.dev/{call}-requested-by="$(kubectl auth whoami -o jsonpath='{{.status.userInfo.username}}')""#,
        given.namespace,
        given.name()
    );
    let ran = Command::new("sh").args(["-c", &command]).output().await?;
    ensure!(ran.status.success(), "{command}: {}", String::from_utf8_lossy(&ran.stderr));
    Ok(trace)
}

/// Who acts in these scenarios, as the API server knows them.
pub(super) async fn me(world: &World) -> Result<String> {
    let reviews = Api::<SelfSubjectReview>::all(world.client.clone());
    let review = reviews.create(&PostParams::default(), &SelfSubjectReview::default()).await?;
    review.status.and_then(|status| status.user_info?.username).context("a name")
}

fn asking(call: &str, trace: &Value, by: &Value) -> Value {
    let (requested, requested_by) = (format!("assayer.dev/{call}-requested"), format!("assayer.dev/{call}-requested-by"));
    json!({"metadata": {"annotations": {requested: trace, requested_by: by}}})
}

/// Admission lets everybody ask in their own name alone, an administrator too, and tells them which that is.
pub async fn nobody_asks_in_anothers_name(world: &World, namespace: &str) -> Result<()> {
    let api = Api::<Integration>::namespaced(world.client.clone(), namespace);
    let (me, somebody) = (json!(me(world).await?), json!("somebody-else"));
    let tried = PatchParams { dry_run: true, ..PatchParams::default() };
    let (asked, nobody) = (json!(Uuid::now_v7()), Value::Null);
    for call in ["verify", "test"] {
        let says = format!("assayer.dev/{call}-requested-by={me}");
        let refused = async |trace: &Value, by: &Value| -> Result<bool> {
            let answer = api.patch("databento", &tried, &Patch::Merge(asking(call, trace, by))).await;
            let said = answer.as_ref().err().map(ToString::to_string);
            ensure!(said.as_ref().is_none_or(|said| said.contains(&says)), "{trace} by {by}: {said:?}");
            Ok(said.is_some())
        };
        // A policy that was just installed is obeyed some time later.
        wait::until("another's name to be refused", async || {
            Ok(if refused(&asked, &somebody).await? { Look::Found(()) } else { Look::NotYet("accepted".to_owned()) })
        })
        .await?;
        for (trace, by, wanted) in
            [(&asked, &nobody, true), (&nobody, &somebody, true), (&asked, &me, false), (&nobody, &nobody, false)]
        {
            ensure!(refused(trace, by).await? == wanted, "{call}: {trace} by {by}");
        }
        let mut made = asking(call, &asked, &somebody);
        made["metadata"]["name"] = json!("made-by-another");
        made["spec"] = json!({"provider": "databento", "credentials": {"secretRef": {"name": "databento"}}});
        let made: Integration = serde_json::from_value(made)?;
        let answer = api.create(&PostParams { dry_run: true, ..PostParams::default() }, &made).await;
        ensure!(answer.as_ref().is_err_and(|error| error.to_string().contains(&says)), "{answer:?}");
    }
    Ok(())
}
