//! Messages to people about what changed. In: notices that the controller wrote, Integrations that want them. Out: one message each, as a
//! call like any other (`operation=notify`); of many at once, one that counts them.
//!
//! What is still to be told is read from the log each time, so a restart repeats nothing. Only the gateway that holds its set tells
//! anything.

mod digest;

use std::{sync::Arc, time::Duration};

use assayer_contract::{Operation, wire::NOTIFY_LOOP};
use assayer_crds::Integration;
use assayer_providers::Provider;
use assayer_store::{
    PgPool, StoreError, handshakes,
    notices::{self, LastMessage, Subscription},
};
use chrono::{DateTime, TimeDelta, Utc};
use kube::ResourceExt;
use uuid::Uuid;

use crate::{
    access::{Accesses, Freshness},
    by_clock::ByClock,
    forward::{Asked, Forwarder, Own},
};

/// Between two messages through an Integration: what changes meanwhile is told in one.
const APART: TimeDelta = TimeDelta::seconds(10);
/// The same after one that the vendor did not take.
const AFTER_A_FAILURE: TimeDelta = TimeDelta::minutes(1);

/// Tells people.
pub(crate) struct Notifier {
    pool: PgPool,
    accesses: Arc<Accesses>,
    forwarder: Arc<Forwarder>,
    /// Where people reach the API; empty where nobody knows.
    api: String,
}

impl Notifier {
    /// Tells through these.
    pub(crate) fn new(pool: PgPool, accesses: Arc<Accesses>, forwarder: Arc<Forwarder>, api: String) -> Self {
        Self { pool, accesses, forwarder, api }
    }

    async fn send(&self, integration: &Integration, provider: &'static dyn Provider, by: &Own, asked: Asked) {
        let access = self.accesses.through(integration, provider, Freshness::Now).await;
        self.forwarder.own(by, provider, asked, access).await;
    }

    async fn vendor_wants_rest(&self, integration: &Integration, id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let Some(generation) = integration.metadata.generation else { return Ok(true) };
        let last = handshakes::last(&self.pool, id, generation, now).await?;
        Ok(last.wait_until.is_some_and(|until| until > now))
    }
}

impl ByClock for Notifier {
    type Subject = Arc<Integration>;

    const TICK: Duration = Duration::from_secs(1);
    const FAILED: &'static str = "people cannot be told: the log cannot be read";

    fn subjects(&self) -> Vec<(Uuid, Self::Subject)> {
        self.accesses.integrations().into_iter().filter_map(wanting).collect()
    }

    /// Tells what is to be told now, if anything is.
    async fn look(&self, id: Uuid, integration: Arc<Integration>) -> Result<(), StoreError> {
        let Some(provider) = assayer_providers::find(integration.spec.provider.name()) else { return Ok(()) };
        let topics: Vec<_> = integration.spec.notify.iter().flat_map(|notify| &notify.on).map(ToString::to_string).collect();
        let created = integration.creation_timestamp().and_then(|at| assayer_crds::conditions::from_k8s(&at));
        let Some(since) = created else { return Ok(()) };
        let (now, namespace) = (Utc::now(), integration.namespace().unwrap_or_default());
        let to = Subscription { integration_id: id, namespace: &namespace, topics: &topics, since };
        let untold = notices::untold(&self.pool, &to, now).await?;
        if untold.is_empty() {
            return Ok(());
        }
        let last = notices::last_message(&self.pool, id, now).await?;
        if not_before(&last).is_some_and(|at| at > now) || self.vendor_wants_rest(&integration, id, now).await? {
            return Ok(());
        }
        let message = digest::message(&namespace, &untold, &last, &self.api);
        let Some(told) = provider.message(&message) else { return Ok(()) };
        let by = Own { user: NOTIFY_LOOP, operation: Operation::Notify, trace_id: Uuid::now_v7(), about: digest::about(&untold) };
        let ids: Vec<_> = untold.iter().map(|notice| notice.id).collect();
        notices::claim(&self.pool, id, by.trace_id, &ids).await?;
        self.send(&integration, provider, &by, Asked::post(told.query, &told.body)).await;
        Ok(())
    }
}

/// The Integration by its UID, if it wants to be told anything.
fn wanting(integration: Arc<Integration>) -> Option<(Uuid, Arc<Integration>)> {
    let id = integration.uid()?.parse().ok()?;
    let wants = integration.spec.notify.is_some() && integration.metadata.deletion_timestamp.is_none();
    wants.then_some((id, integration))
}

fn not_before(last: &LastMessage) -> Option<DateTime<Utc>> {
    let apart = if last.arrived || last.rate_limited || last.unknown > 0 { APART } else { AFTER_A_FAILURE };
    last.at.map(|at| at + apart)
}
