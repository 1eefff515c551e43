//! What serves the sources of Bots, and who writes the log. In: Integrations, rows. Out: facts for the judge. Not pure: reads rows.

use std::{borrow::Borrow, collections::BTreeMap};

use assayer_crds::Integration;
use assayer_judge::{
    IntegrationEvidence, judge_integration,
    readiness::{Served, Serving, SignOfLife},
};
use assayer_store::{PgPool, StoreError, integrations, system};
use chrono::{DateTime, Utc};
use kube::ResourceExt;
use uuid::Uuid;

/// Of each provider in each namespace, the Integration that serves it, which is the first by name, with what its rows prove.
pub(crate) async fn of<I: Borrow<Integration>>(
    pool: &PgPool,
    all: impl IntoIterator<Item = I>,
    now: DateTime<Utc>,
) -> Result<Serving, StoreError> {
    let mut first: BTreeMap<(String, String), (String, Uuid, i64, I)> = BTreeMap::new();
    for one in all {
        let Some((key, serves)) = identified(one) else { continue };
        if first.get(&key).is_none_or(|known| serves.0 < known.0) {
            first.insert(key, serves);
        }
    }
    let ids: Vec<_> = first.values().map(|(_, id, generation, _)| (*id, *generation)).collect();
    let mut rows = if ids.is_empty() { BTreeMap::new() } else { integrations::newest(pool, &ids, now).await? };
    let serving = first.into_iter().map(|(key, (name, id, _, integration))| {
        let evidence = IntegrationEvidence::Read(rows.remove(&id).unwrap_or_default().into());
        let judgement = judge_integration(&evidence, integration.borrow().spec.connected_for.duration(), now);
        (key, Served::of(name, &judgement))
    });
    Ok(serving.collect())
}

type Serves<I> = ((String, String), (String, Uuid, i64, I));

fn identified<I: Borrow<Integration>>(one: I) -> Option<Serves<I>> {
    let it: &Integration = one.borrow();
    let key = (it.namespace()?, it.spec.provider.name().to_owned());
    let (name, id, generation) = (it.name_any(), it.uid()?.parse().ok()?, it.metadata.generation?);
    Some((key, (name, id, generation, one)))
}

/// The last sign of life of the gateway that writes the log.
pub(crate) async fn writer(pool: &PgPool) -> Result<Option<SignOfLife>, StoreError> {
    let seen = system::log_writer(pool).await?;
    Ok(seen.map(|seen| SignOfLife { by: seen.writer, at: seen.at, id: format!("{}/{}", seen.gateway_set, seen.epoch) }))
}
