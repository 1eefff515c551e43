//! Watches the status of the installation as a whole, for who wants to be told of it. In: what is judged every few seconds. Out: a notice
//! when it changed, and stayed so for a moment: who takes over a Lease has not planned yet. Not pure.

use std::time::Duration;

use assayer_crds::Topic;
use assayer_judge::readiness::{Impediment, Readiness, Scope};
use chrono::Utc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{context::Context, follow::pause, tell};
use crate::installation::{self, Judged, Known};

/// Between two looks.
const LOOK: Duration = Duration::from_secs(2);
/// For so long a status has to stand.
const STANDS: Duration = Duration::from_secs(6);
/// Characters of a message that lists what is in the way: a vendor's message shows no more of it.
const ROOM: usize = 240;

/// Looks until the term ends.
pub(super) async fn system(ctx: &Context, term: &CancellationToken) {
    let mut since: Option<(Readiness, Instant)> = None;
    loop {
        if !is_wanted(ctx) {
            since = None;
            if pause(LOOK, term).await {
                continue;
            }
            return;
        }
        let known = Known {
            bots: ctx.bots.state(),
            policies: ctx.policies.state(),
            integrations: ctx.integrations.state(),
            leader: Ok(ctx.settings.instance.clone()),
            installed: ctx.settings.installed,
        };
        let judged = installation::judge(&ctx.pool, known, Utc::now()).await;
        let status = judged.system.status;
        let (_, from) = *since.get_or_insert((status, Instant::now()));
        if since.is_some_and(|(known, _)| known != status) {
            since = Some((status, Instant::now()));
        } else if from.elapsed() >= STANDS
            && let Err(error) = tell::of_system(ctx, status, &message(&judged), reason(&judged)).await
        {
            // The next look tells it.
            tracing::warn!(%error, "nobody can be told of the system");
        }
        if !pause(LOOK, term).await {
            return;
        }
    }
}

/// Whether anybody wants to be told: judging the installation reads the newest rows of all that is in it.
fn is_wanted(ctx: &Context) -> bool {
    ctx.integrations.state().iter().any(|one| {
        one.metadata.namespace.as_ref() == Some(&ctx.settings.namespace)
            && one.spec.notify.as_ref().is_some_and(|notify| notify.on.contains(&Topic::System))
    })
}

fn reason(judged: &Judged) -> assayer_contract::ReasonCode {
    judged.system.blockers.first().map_or(assayer_contract::ReasonCode::Proven, |(one, _)| one.reason)
}

/// The status, and what is in the way, what blocks first.
fn message(judged: &Judged) -> String {
    let blockers = &judged.system.blockers;
    let mut text = match judged.system.status {
        Readiness::Ok => return format!("nothing is in the way of {} Bots", judged.bots.len()),
        Readiness::Degraded => "DEGRADED".to_owned(),
        Readiness::Blocked => "BLOCKED".to_owned(),
    };
    for (told, (one, bots)) in blockers.iter().enumerate() {
        let next = format!("{} {} {}", if told == 0 { ":" } else { ";" }, one.reason, place(one, bots.len()));
        if told > 0 && text.len() + next.len() > ROOM {
            return format!("{text}; and {} more", blockers.len() - told);
        }
        text += &next;
    }
    text
}

fn place(one: &Impediment, bots: usize) -> String {
    let of = match &one.scope {
        Scope::Installation => "of the installation".to_owned(),
        Scope::Worker(worker) => format!("of the {worker}"),
        Scope::Integration { namespace, provider, .. } => format!("of {provider} in {namespace}"),
        Scope::Feed { namespace, provider, feed } => format!("of {provider} {feed} in {namespace}"),
        Scope::Bot { namespace, name } => format!("of Bot {namespace}/{name}"),
    };
    match bots {
        0 | 1 => of,
        bots => format!("{of}, {bots} Bots"),
    }
}
