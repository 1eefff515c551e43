//! The economic calendar, asked for by the clock through each Integration for Financial Modeling Prep. In: Integrations, the log. Out:
//! a row each time (`operation=schedule`), and the events of the answer.
//!
//! When it is due is read from the log, so a restart repeats nothing. Only the gateway that holds its set asks.

use std::{sync::Arc, time::Duration};

use assayer_contract::{
    Operation,
    wire::{CALENDAR_LOOP, REQUEST_ID_HEADER},
};
use assayer_crds::Integration;
use assayer_providers::{economic_calendar, economic_events};
use assayer_store::{PgPool, StoreError, economic_calendar as calendar, handshakes};
use axum::response::Response;
use chrono::{TimeDelta, Utc};
use kube::ResourceExt;
use uuid::Uuid;

use crate::{
    access::{Accesses, Freshness},
    by_clock::ByClock,
    forward::{Asked, Forwarder, Own},
};

const PROVIDER: &str = "fmp";
/// Between two looks into a calendar: 96 of the 250 calls that the vendor's free plan has in a day.
const EVERY: TimeDelta = TimeDelta::minutes(15);
/// A calendar of two weeks is well below this.
const LARGEST: usize = 16 << 20;

/// Asks for calendars.
pub(crate) struct Calendar {
    pool: PgPool,
    accesses: Arc<Accesses>,
    forwarder: Arc<Forwarder>,
}

impl Calendar {
    /// Asks through these.
    pub(crate) fn new(pool: PgPool, accesses: Arc<Accesses>, forwarder: Arc<Forwarder>) -> Self {
        Self { pool, accesses, forwarder }
    }

    /// The answer comes after its row is committed, which each event names.
    async fn store(&self, answer: Response) -> Result<(), StoreError> {
        let id = answer.headers().get(REQUEST_ID_HEADER).and_then(|id| id.to_str().ok()?.parse().ok());
        let body = axum::body::to_bytes(answer.into_body(), LARGEST).await;
        let (Some(id), Ok(body)) = (id, body) else { return Ok(()) };
        match economic_events(&body) {
            Ok((events, unfit)) => {
                let stored = calendar::store(&self.pool, PROVIDER, id, &events).await?;
                tracing::info!(request = %id, listed = events.len(), stored, unfit, "the economic calendar");
            }
            Err(error) => tracing::warn!(%error, request = %id, "the economic calendar cannot be read"),
        }
        Ok(())
    }
}

impl ByClock for Calendar {
    type Subject = (i64, Arc<Integration>);

    const TICK: Duration = Duration::from_secs(2);
    const FAILED: &'static str = "the economic calendar: the log";

    fn subjects(&self) -> Vec<(Uuid, Self::Subject)> {
        self.accesses.integrations().into_iter().filter_map(ours).collect()
    }

    /// Asks if it is due, and stores what is new.
    async fn look(&self, id: Uuid, (generation, integration): Self::Subject) -> Result<(), StoreError> {
        let Some(provider) = assayer_providers::find(PROVIDER) else { return Ok(()) };
        let now = Utc::now();
        let last = calendar::last_look(&self.pool, id, generation, now).await?;
        if !last.proven || last.at.is_some_and(|at| now < at + EVERY) {
            return Ok(());
        }
        let wait_until = handshakes::last(&self.pool, id, generation, now).await?.wait_until;
        if wait_until.is_some_and(|until| now < until) {
            return Ok(());
        }
        let by = Own { user: CALENDAR_LOOP, operation: Operation::Schedule, trace_id: Uuid::now_v7(), about: None };
        let access = self.accesses.through(&integration, provider, Freshness::Now).await;
        let (path, query) = economic_calendar(now.date_naive());
        let answer = self.forwarder.own(&by, provider, Asked::get(path, query), access).await;
        if answer.status().is_success() { self.store(answer).await } else { Ok(()) }
    }
}

fn ours(integration: Arc<Integration>) -> Option<(Uuid, (i64, Arc<Integration>))> {
    let (id, generation) = (integration.uid()?.parse().ok()?, integration.metadata.generation?);
    let ours = integration.spec.provider.name() == PROVIDER && integration.metadata.deletion_timestamp.is_none();
    ours.then_some((id, (generation, integration)))
}
