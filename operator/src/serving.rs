//! What serves the sources of Bots, and who writes the log. In: Integrations, rows. Out: facts for the judge. Not pure: reads rows.

use std::{borrow::Borrow, collections::BTreeMap};

use assayer_contract::{Feed, serving};
use assayer_crds::{Bot, Integration};
use assayer_engine::Instrument;
use assayer_judge::{
    IntegrationEvidence, judge_integration,
    readiness::{Served, Serving, SignOfLife},
};
use assayer_store::{PgPool, StoreError, integrations, system};
use chrono::{DateTime, Utc};
use kube::ResourceExt;
use uuid::Uuid;

/// Of each provider in each namespace, the Integration that serves it, with what its rows prove.
pub(crate) async fn of<I: Borrow<Integration>>(
    pool: &PgPool,
    all: impl IntoIterator<Item = I>,
    now: DateTime<Utc>,
) -> Result<Serving, StoreError> {
    let chosen = serving(all.into_iter().filter_map(|one| Some((one.borrow().offer()?, one))));
    let ids: Vec<_> = chosen.values().filter_map(|one| identified(one.borrow())).collect();
    let mut rows = if ids.is_empty() { BTreeMap::new() } else { integrations::newest(pool, &ids, now).await? };
    let judged = chosen.into_iter().filter_map(|((namespace, provider), one)| {
        let integration: &Integration = one.borrow();
        let (id, _) = identified(integration)?;
        let evidence = IntegrationEvidence::Read(rows.remove(&id).unwrap_or_default().into());
        let judgement = judge_integration(&evidence, integration.spec.connected_for.duration(), now);
        Some(((namespace, provider.to_owned()), Served::of(integration.name_any(), &judgement)))
    });
    Ok(judged.collect())
}

fn identified(integration: &Integration) -> Option<(Uuid, i64)> {
    Some((integration.uid()?.parse().ok()?, integration.metadata.generation?))
}

/// The bars that a Bot works on.
pub(crate) fn feed(bot: &Bot) -> Feed {
    let Instrument { dataset, symbol, schema, .. } = &bot.spec.instrument;
    Feed {
        namespace: bot.namespace().unwrap_or_default(),
        dataset: dataset.clone(),
        schema: schema.name().to_owned(),
        symbol: symbol.clone(),
    }
}

/// The last sign of life of the gateway that writes the log.
pub(crate) async fn writer(pool: &PgPool) -> Result<Option<SignOfLife>, StoreError> {
    let seen = system::log_writer(pool).await?;
    Ok(seen.map(|seen| SignOfLife { by: seen.writer, at: seen.at, id: format!("{}/{}", seen.gateway_set, seen.epoch) }))
}
