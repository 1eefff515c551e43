//! What serves the sources of Bots, and who writes the log. In: Integrations, rows. Out: facts for the judge. Not pure: reads rows.

use std::{borrow::Borrow, collections::BTreeMap};

use assayer_contract::{Feed, serving};
use assayer_crds::{Bot, Integration};
use assayer_engine::Instrument;
use assayer_judge::readiness::{Served, Serving, SignOfLife};
use assayer_store::{PgPool, StoreError, integrations, system};
use chrono::{DateTime, Utc};
use kube::ResourceExt;

/// Of each provider in each namespace, the Integration that serves it, with what its rows prove.
pub(crate) async fn of<I: Borrow<Integration>>(
    pool: &PgPool,
    all: impl IntoIterator<Item = I>,
    now: DateTime<Utc>,
) -> Result<Serving, StoreError> {
    let chosen = serving(all.into_iter().filter_map(|one| Some((one.borrow().offer()?, one))));
    let ids: Vec<_> = chosen.values().filter_map(|one| one.borrow().identified()).collect();
    let mut rows = if ids.is_empty() { BTreeMap::new() } else { integrations::newest(pool, &ids, now).await? };
    let judged = chosen.into_iter().filter_map(|((namespace, provider), one)| {
        let integration: &Integration = one.borrow();
        let (id, _) = integration.identified()?;
        let connected_for = integration.spec.connected_for.duration();
        let served = Served::by_rows(integration.name_any(), rows.remove(&id), connected_for, now);
        Some(((namespace, provider.to_owned()), served))
    });
    Ok(judged.collect())
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
