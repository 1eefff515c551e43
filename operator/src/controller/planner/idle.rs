//! Bots whose slot has no work. In: Bots that are due. Out: those for which there is nothing new, each slot as a row. Not pure.

use std::collections::BTreeMap;

use assayer_contract::research::Round;
use assayer_judge::information::{Done, nothing_new};
use assayer_store::idle_slots::{self, IdleSlot};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::admit::DueNow;
use crate::controller::{
    context::{Context, Error},
    observe,
    reconcile::subject,
};

/// The newest slot of each Bot that this leader has written, so that it writes it once.
pub(super) type Noted = BTreeMap<Uuid, DateTime<Utc>>;

/// The slots without work, by Bot: one query for all.
pub(super) async fn of(
    ctx: &Context,
    due: &[DueNow<'_>],
    rounds: &BTreeMap<Uuid, Vec<Round>>,
) -> Result<BTreeMap<Uuid, IdleSlot>, Error> {
    let audited: Vec<_> = due.iter().filter(|one| one.accepted.policy.audit_every.is_some()).collect();
    if audited.is_empty() {
        return Ok(BTreeMap::new());
    }
    let asked: Vec<_> =
        audited.iter().map(|one| (one.candidate.id, one.accepted.strategy_hash, one.candidate.bot.spec.reset_at)).collect();
    let sessions = idle_slots::newest_sessions(&ctx.pool, &asked).await?;
    let idle = |one: &DueNow<'_>| {
        let (id, slot) = (one.candidate.id, one.start.slot()?);
        let tested = sessions.get(&id).copied().map(observe::tested);
        let done = Done { recent: &one.recent, rounds: rounds.get(&id).map_or(&[][..], Vec::as_slice), tested: tested.as_ref() };
        let nothing = nothing_new(&subject(&one.candidate.bot, id), &one.accepted.policy, done, slot)?;
        Some((
            id,
            IdleSlot {
                bot_id: id,
                due_slot: slot,
                last_bar: nothing.last_bar,
                next_bar_at: nothing.next_bar_at,
                audit_at: nothing.audit_at,
            },
        ))
    };
    Ok(audited.into_iter().filter_map(idle).collect())
}

/// Writes the slots that are new.
pub(super) async fn keep(ctx: &Context, slots: impl Iterator<Item = &IdleSlot>, noted: &mut Noted) -> Result<(), Error> {
    let new: Vec<_> = slots.filter(|slot| noted.get(&slot.bot_id) != Some(&slot.due_slot)).cloned().collect();
    idle_slots::keep(&ctx.pool, &new).await?;
    noted.extend(new.into_iter().map(|slot| (slot.bot_id, slot.due_slot)));
    Ok(())
}
