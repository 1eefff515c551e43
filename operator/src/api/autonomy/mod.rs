//! `GET /api/_proof/autonomy`. In: how many runs and Bots, which window. Out: whether Bots work by themselves as often as their policy says, with
//! what was missed. Needs a right of its own, since it is about all namespaces; Bots are named to who may read them. Not pure.

mod answer;

use std::collections::BTreeMap;

use assayer_contract::policy::StopPolicy;
use assayer_crds::{Bot, DurationText, StagePolicy};
use assayer_judge::autonomy::{Cadence, Expected, Gap, RUN_MAY_TAKE, Runs, Silence, autonomy};
use assayer_store::autonomy::{self as rows, Asked, Totals, Worked};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use chrono::{DateTime, TimeDelta, Utc};
use kube::{Api, ResourceExt, api::ListParams};
use serde::Deserialize;
use uuid::Uuid;

pub(crate) use self::answer::AutonomyAnswer;
use self::answer::{Measured, Named};
use super::{
    App, Refusal,
    access::{Caller, Right, demand},
    asked,
    bots::readable::readable,
    refusal::{bad_request, shown},
};
use crate::{
    controller::validate::{STAGE, validate},
    environment::Installed,
};

/// Path of this handler.
pub(crate) const PATH: &str = "/api/_proof/autonomy";
/// What the caller must be allowed to get.
const RIGHT: Right = Right::Url("/assayer/proof/autonomy");
/// Runs that are shown where nothing else is asked for.
pub(crate) const RUNS: i64 = 20;
/// Runs that may be asked for.
pub(crate) const MAX_RUNS: i64 = 500;
/// Bots, and things missed, that may be asked for; without a limit all are answered.
pub(crate) const MAX_BOTS: i64 = 10_000;
/// Length of the window where nothing else is asked for.
pub(crate) const WINDOW: &str = "1h";
/// A window may be as long as runs of the planner are kept.
const MAX_WINDOW: TimeDelta = TimeDelta::days(7);

/// What may be asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asking {
    last: Option<String>,
    limit: Option<String>,
    window: Option<String>,
}

/// The verdict over the window, and what it rests on.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    asking: Result<Query<Asking>, QueryRejection>,
) -> Result<Json<AutonomyAnswer>, Refusal> {
    demand(&app, &caller, &RIGHT).await?;
    let Query(asking) = asking?;
    let last = last(asking.last.as_deref())?;
    let limit = asked::limit(asking.limit.as_deref(), i64::MAX, MAX_BOTS)?;
    let now = Utc::now();
    let from = now - window(asking.window.as_deref().unwrap_or(WINDOW))?;
    let bots = expected(&app, from).await?;
    let asked: Vec<Asked> = bots.iter().filter_map(|(_, _, asked)| asked.clone()).collect();
    let worked: BTreeMap<Uuid, Worked> =
        rows::worked(&app.pool, &asked, now).await?.into_iter().map(|one| (one.bot_id, one)).collect();
    let totals = rows::totals(&app.pool, from, RUN_MAY_TAKE).await?;
    let measured = Measured {
        runs: rows::runs(&app.pool, last).await?,
        buckets: rows::buckets(&app.pool, from, now).await?,
        cadences: bots
            .iter()
            .map(|(named, expected, asked)| cadence(named, expected, asked.as_ref(), worked.get(&named.id), from))
            .collect(),
        bots: bots.into_iter().map(|(named, ..)| named).collect(),
        window: (from, now),
    };
    let judged = autonomy(&of(&totals), &measured.cadences, now);
    let readable = readable(&app, &caller, measured.bots.iter().map(|bot| bot.namespace.clone()).collect()).await?;
    Ok(Json(AutonomyAnswer::new(&measured, &totals, &judged, &readable, usize::try_from(limit).unwrap_or(usize::MAX))))
}

fn last(text: Option<&str>) -> Result<i64, Refusal> {
    let Some(text) = text else { return Ok(RUNS) };
    match text.parse() {
        Ok(last) if (1..=MAX_RUNS).contains(&last) => Ok(last),
        _ => Err(bad_request(&format!("last is {:?}: give a whole number from 1 to {MAX_RUNS}", shown(text)))),
    }
}

fn window(text: &str) -> Result<TimeDelta, Refusal> {
    let window = text.parse::<DurationText>().ok().and_then(|text| TimeDelta::from_std(text.duration()).ok());
    window.filter(|window| *window <= MAX_WINDOW).ok_or_else(|| {
        bad_request(&format!("window is {:?}: give a duration up to {}h, such as \"24h\"", shown(text), MAX_WINDOW.num_hours()))
    })
}

/// What is expected of each Bot from then on, by its spec and its policy as they are now.
async fn expected(app: &App, from: DateTime<Utc>) -> Result<Vec<(Named, Expected, Option<Asked>)>, Refusal> {
    let bots = app.bots.all_now(&app.client).await?;
    let policies = Api::<StagePolicy>::all(app.client.clone()).list(&ListParams::default()).await?.items;
    let policy = policies.iter().find(|policy| policy.spec.stage == STAGE);
    let alive = bots.iter().filter(|bot| bot.metadata.deletion_timestamp.is_none());
    Ok(alive.filter_map(|bot| of_bot(bot, policy, app.installed, from)).collect())
}

fn of_bot(
    bot: &Bot,
    policy: Option<&StagePolicy>,
    installed: Installed,
    from: DateTime<Utc>,
) -> Option<(Named, Expected, Option<Asked>)> {
    use assayer_contract::ReasonCode::{SpecInvalid, Stopped};
    let bot_id: Uuid = bot.uid()?.parse().ok()?;
    let named = Named { id: bot_id, namespace: bot.namespace()?, name: bot.name_any(), stage: STAGE };
    let created = bot.creation_timestamp().and_then(|at| DateTime::from_timestamp_millis(at.0.as_millisecond()));
    let policy = match validate(bot, policy, installed) {
        Ok(Ok(accepted)) if accepted.policy.stop == StopPolicy::None => accepted.policy,
        Ok(Ok(_)) => return Some((named, Expected::Nothing(Stopped), None)),
        Ok(Err(refusal)) => return Some((named, Expected::Nothing(refusal.reason), None)),
        Err(_) => return Some((named, Expected::Nothing(SpecInvalid), None)),
    };
    let every = policy.backtest_every;
    let since = created.map_or(from, |created| created.max(from));
    let asked = Asked { bot_id, bot: named.full(), since, policy_hash: policy.hash.to_string(), every };
    Some((named, Expected::Every(every), Some(asked)))
}

fn cadence(named: &Named, expected: &Expected, asked: Option<&Asked>, found: Option<&Worked>, from: DateTime<Utc>) -> Cadence {
    let gap = |gap: &rows::LongGap| Gap {
        from: gap.from,
        to: gap.to,
        busy_until: gap.busy_until,
        failed: gap.failed,
        denied: gap.denied,
    };
    Cadence {
        bot: named.full(),
        expected: expected.clone(),
        since: found.map(|one| one.since).or(asked.map(|asked| asked.since)).unwrap_or(from),
        filled: found.map_or(0, |one| one.filled),
        idle: found.map_or(0, |one| one.idle),
        gaps: found.map_or_else(Vec::new, |one| one.gaps.iter().map(gap).collect()),
        longest_gap: found.map(|one| one.longest),
    }
}

fn of(totals: &Totals) -> Runs {
    Runs {
        newest: totals.newest,
        enqueued: totals.enqueued,
        created: totals.created,
        silences: totals.silences.iter().map(|(from, to)| Silence { from: *from, to: *to }).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_number_of_runs_or_a_window_is_refused_with_what_can() {
        assert_eq!(last(None).unwrap(), RUNS);
        assert_eq!(window("24h").unwrap(), TimeDelta::hours(24));
        for refused in [last(Some("0")).unwrap_err(), last(Some("501")).unwrap_err(), last(Some("all")).unwrap_err()] {
            assert!(refused.problem.detail.contains("from 1 to 500"), "{}", refused.problem.detail);
        }
        for text in ["", "1d", "0h", "169h", "24"] {
            let refused = window(text).unwrap_err();
            assert!(refused.problem.detail.contains("up to 168h"), "{text}: {}", refused.problem.detail);
        }
    }
}
