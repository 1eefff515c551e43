//! Writes to the cluster. In: objects as they should be. Out: objects as they are. Not pure.

use std::time::{Duration, Instant};

use assayer_crds::Bot;
use assayer_store::jobs::BotJob;
use chrono::{DateTime, Utc};
use k8s_openapi::{
    NamespaceResourceScope,
    api::{batch::v1::Job, core::v1::ServiceAccount, networking::v1::NetworkPolicy},
};
use kube::{
    Api, Resource, ResourceExt,
    api::{Patch, PatchParams, PostParams},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    context::{Context, Error, FIELD_MANAGER},
    job,
    namespace::{network_policy, service_account},
};

/// Somebody may have changed a namespace's objects; after this long they are applied again.
const PREPARE_EVERY: Duration = Duration::from_mins(10);

/// Applies what runners need in a namespace, unless that was done lately.
pub(super) async fn prepare(ctx: &Context, namespace: &str) -> Result<(), Error> {
    let fresh = |at: &Instant| at.elapsed() < PREPARE_EVERY;
    if locked(ctx, |prepared| prepared.get(namespace).is_some_and(fresh)) {
        return Ok(());
    }
    apply::<ServiceAccount>(ctx, namespace, &service_account(namespace)).await?;
    apply::<NetworkPolicy>(ctx, namespace, &network_policy(namespace, &ctx.settings.namespace)?).await?;
    locked(ctx, |prepared| prepared.insert(namespace.to_owned(), Instant::now()));
    Ok(())
}

/// Has a namespace's objects applied at the next occasion: it may have been deleted and made anew under its name.
pub(super) fn forget(ctx: &Context, namespace: &str) {
    locked(ctx, |prepared| prepared.remove(namespace));
}

fn locked<R>(ctx: &Context, f: impl FnOnce(&mut std::collections::BTreeMap<String, Instant>) -> R) -> R {
    // A panic while the lock was held leaves at worst a namespace to be applied once more.
    f(&mut ctx.prepared.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

async fn apply<K>(ctx: &Context, namespace: &str, object: &K) -> Result<(), Error>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + Clone + std::fmt::Debug + Serialize + DeserializeOwned,
{
    let api = Api::<K>::namespaced(ctx.client.clone(), namespace);
    api.patch(&object.name_any(), &PatchParams::apply(FIELD_MANAGER).force(), &Patch::Apply(object)).await?;
    Ok(())
}

/// Creates the Kubernetes Job of a row; false where it is there already, made by an earlier run or another leader.
pub(super) async fn launch(ctx: &Context, row: &BotJob, bot: &Bot, now: DateTime<Utc>) -> Result<bool, Error> {
    prepare(ctx, &row.bot_namespace).await?;
    let job = job::build(row, bot, &ctx.settings, now);
    let params = PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() };
    match Api::<Job>::namespaced(ctx.client.clone(), &row.bot_namespace).create(&params, &job).await {
        Ok(_) => {
            ctx.metrics.jobs_created.inc();
            Ok(true)
        }
        Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(false),
        Err(error) => Err(error.into()),
    }
}
