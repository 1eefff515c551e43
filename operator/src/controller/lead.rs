//! One term of leadership: the watches, the reconciler, the planner and the followers, from the first list to the end. Not pure.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use assayer_contract::wire;
use assayer_crds::{Bot, Integration, StagePolicy};
use assayer_store::PgPool;
use futures::{StreamExt, TryStreamExt, channel::mpsc, future};
use k8s_openapi::api::batch::v1::{Job, JobSpec};
use kube::{
    Api, Client,
    runtime::{
        Controller, WatchStreamExt,
        controller::{self, Error as ControllerError},
        events::{Recorder, Reporter},
        reflector, watcher,
    },
};
use tokio::{
    select,
    sync::{self, Notify},
};
use tokio_util::sync::CancellationToken;

use super::{
    context::{Context, FIELD_MANAGER, Settings},
    follow, integrations,
    metrics::Metrics,
    planner,
    reconcile::{on_error, reconcile},
    watch,
};

/// Bots looked at at once; each look makes a few queries.
const CONCURRENCY: usize = 8;
/// The controller's own word for as many as there are: who waits has a turn by [`Context::looks`].
const UNLIMITED: u16 = 0;
/// Changes of one Bot within this time are one look.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// Leads until the term ends.
pub(super) async fn lead(
    client: Client,
    pool: PgPool,
    settings: Arc<Settings>,
    metrics: Arc<Metrics>,
    term: CancellationToken,
) -> anyhow::Result<()> {
    let (policies, policy_writer) = reflector::store::<StagePolicy>();
    let (jobs, job_writer) = reflector::store::<Job>();
    let (all_listed, listed) = sync::watch::channel(false);
    let (touch, touched) = mpsc::unbounded();
    let (touch_integration, touched_integrations) = mpsc::unbounded();

    let policy_changes = watcher(Api::<StagePolicy>::all(client.clone()), watcher::Config::default())
        .default_backoff()
        .reflect(policy_writer)
        .touched_objects()
        .inspect_err(|error| tracing::warn!(%error, "watching StagePolicies"))
        .filter_map(|change| future::ready(change.ok().map(drop)));
    let ours = watcher::Config::default().labels(&format!("{}={}", wire::MANAGED_BY_LABEL, wire::MANAGED_BY));
    let job_changes = watcher(Api::<Job>::all(client.clone()), ours)
        .default_backoff()
        .modify(|job| {
            // Only its name, its owner, whether it is suspended, and how it ended are read.
            let suspend = job.spec.take().and_then(|spec| spec.suspend);
            job.spec = suspend.map(|suspend| JobSpec { suspend: Some(suspend), ..JobSpec::default() });
            job.metadata.managed_fields = None;
        })
        .reflect(job_writer)
        .touched_objects();
    let bots = Controller::new(Api::<Bot>::all(client.clone()), watcher::Config::default());
    let vendors = Controller::new(Api::<Integration>::all(client.clone()), watcher::Config::default());
    let reporter = Reporter { controller: FIELD_MANAGER.to_owned(), instance: Some(settings.instance.clone()) };
    let ctx = Arc::new(Context {
        recorder: Recorder::new(client.clone(), reporter),
        client,
        pool,
        settings,
        metrics,
        bots: bots.store(),
        integrations: vendors.store(),
        policies,
        jobs,
        listed,
        looks: sync::Semaphore::new(CONCURRENCY),
        integration_looks: sync::Semaphore::new(CONCURRENCY / 2),
        touch,
        touch_integration,
        due: Notify::new(),
        prepared: std::sync::Mutex::default(),
    });
    let reconciling = bots
        .owns_stream(job_changes)
        .reconcile_all_on(policy_changes)
        .reconcile_on(touched)
        .with_config(controller::Config::default().concurrency(UNLIMITED).debounce(DEBOUNCE))
        .graceful_shutdown_on(term.clone().cancelled_owned())
        .run(reconcile, on_error, Arc::clone(&ctx))
        .for_each(|done| {
            if let Err(ControllerError::QueueError(error)) = done {
                tracing::warn!(%error, "watching Bots and Jobs");
            }
            future::ready(())
        });
    let vendors = vendors
        .reconcile_on(touched_integrations)
        .with_config(controller::Config::default().concurrency(UNLIMITED).debounce(DEBOUNCE))
        .graceful_shutdown_on(term.clone().cancelled_owned())
        .run(integrations::reconcile, integrations::on_error, Arc::clone(&ctx))
        .for_each(|done| {
            if let Err(ControllerError::QueueError(error)) = done {
                tracing::warn!(%error, "watching Integrations");
            }
            future::ready(())
        });
    let planning = async {
        let synced = async {
            let (bots, integrations) = (ctx.bots.wait_until_ready(), ctx.integrations.wait_until_ready());
            tokio::try_join!(bots, integrations, ctx.policies.wait_until_ready(), ctx.jobs.wait_until_ready())
        };
        select! {
            synced = synced => synced.map(drop).context("waiting for the first lists")?,
            () = term.cancelled() => {
                drop(all_listed);
                return Ok(());
            }
        }
        all_listed.send_replace(true);
        let following = async { tokio::join!(follow::jobs(&ctx, &term), follow::tables(&ctx, &term)) };
        tokio::join!(planner::run(&ctx, &term), following, watch::system(&ctx, &term));
        Ok(())
    };
    let ((), (), planned) = tokio::join!(reconciling, vendors, planning);
    planned
}
