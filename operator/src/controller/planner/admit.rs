//! Who of those that are due begins a cycle. In: Bots that are due, the rows of what is used. Out: written cycles, in the Bots' turn and within
//! the limits of their stage; of the others, why not. Not pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use assayer_contract::{Feed, JobType, ReasonCode, research::Round};
use assayer_crds::Bot;
use assayer_judge::{cadence::Ended, research};
use assayer_store::{
    cycles::{self, Enqueued},
    jobs::BotJob,
    research::rounds,
};
use chrono::{DateTime, Utc};
use kube::runtime::reflector::ObjectRef;
use uuid::Uuid;

use super::{
    Candidate, Counts, cycle,
    idle::{self, Noted},
};
use crate::controller::{
    context::{Context, Error},
    plan::Start,
    validate::{Accepted, STAGE},
};

/// A Bot that is due.
pub(super) struct DueNow<'a> {
    pub(super) turn: (Option<DateTime<Utc>>, Uuid),
    pub(super) candidate: &'a Candidate,
    pub(super) accepted: &'a Accepted,
    pub(super) start: Start,
    /// Its jobs that filled a slot and ended last, the newest first.
    pub(super) recent: Vec<Ended>,
    /// The feed of which its job is to find out whether it delivers again: one Bot at a time does.
    pub(super) trial: Option<Feed>,
}

/// Enqueues those that are due, in their turn, as far as there is room; answers with the jobs to be launched.
pub(super) async fn all(
    ctx: &Context,
    mut due: Vec<DueNow<'_>>,
    counts: &mut Counts,
    noted: &mut Noted,
    now: DateTime<Utc>,
) -> Result<Vec<(Arc<Bot>, BotJob)>, Error> {
    let (mut launches, mut tried, mut full) = (Vec::new(), BTreeSet::new(), None);
    let rounds = rounds_of(ctx, &due).await?;
    let idle = idle::of(ctx, &due, &rounds).await?;
    idle::keep(ctx, idle.values(), noted).await?;
    due.sort_by_key(|one| one.turn);
    for one in due {
        let bot = &one.candidate.bot;
        if idle.contains_key(&one.candidate.id) {
            counts.skip(ReasonCode::NoNewInformation);
            continue;
        }
        if one.trial.as_ref().is_some_and(|feed| tried.contains(feed)) {
            counts.skip(ReasonCode::DataUnavailable);
            counts.deny(bot, ReasonCode::DataUnavailable);
            continue;
        }
        if let Some(reason) = full {
            wait(ctx, bot, reason, counts);
            continue;
        }
        let last = rounds.get(&one.candidate.id).map_or(&[][..], Vec::as_slice);
        let round = round(&one, last, counts);
        let cycle = cycle::of(&one, round, now)?;
        match cycles::enqueue(&ctx.pool, &cycle, now).await? {
            Enqueued::Written { jobs, denied } => {
                tried.extend(one.trial);
                if let Some(reason) = denied {
                    counts.deny(bot, reason);
                }
                // A cycle's jobs are worked by one Kubernetes Job, and both are counted as one.
                *counts.enqueued.entry(STAGE).or_default() += 1;
                launches.push((Arc::clone(bot), cycle::first(cycle, jobs)));
            }
            Enqueued::Taken => counts.skip(ReasonCode::JobQueued),
            Enqueued::NoRoom(reason) => {
                full = Some(reason);
                wait(ctx, bot, reason, counts);
            }
        }
    }
    Ok(launches)
}

/// A Bot for which there is no room says so itself.
fn wait(ctx: &Context, bot: &Arc<Bot>, reason: ReasonCode, counts: &mut Counts) {
    counts.skip(reason);
    let _ = ctx.touch.unbounded_send(ObjectRef::from_obj(&**bot));
}

/// The round that goes with this cycle: none with a run that was asked for. A strategy that is searched no more is named.
fn round(one: &DueNow<'_>, past: &[Round], counts: &mut Counts) -> Option<JobType> {
    let (policy, slot) = (one.accepted.policy.research.as_ref()?, one.start.slot()?);
    let due = research::due(one.candidate.id, policy, past, slot);
    if due == Err(ReasonCode::LineageRetired) {
        counts.deny(&one.candidate.bot, ReasonCode::LineageRetired);
    }
    due.ok()
}

/// The last rounds of those that search: one query for all.
async fn rounds_of(ctx: &Context, due: &[DueNow<'_>]) -> Result<BTreeMap<Uuid, Vec<Round>>, Error> {
    let searching = due.iter().filter(|one| one.accepted.policy.research.is_some());
    let asked: Vec<_> = searching.map(|one| (one.candidate.id, one.accepted.strategy_hash)).collect();
    if asked.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(rounds(&ctx.pool, &asked).await?)
}
