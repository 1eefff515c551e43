//! The status of a Bot. In: its judgement and its last status. Out: a new status, written only where it differs.

use assayer_crds::{
    ActiveJob, Activity, ActivityState, Blocker, Bot, BotStatus, LastJob,
    conditions::{merge, to_k8s},
};
use assayer_judge::{Cycle, Evidence, Judgement, State};
use chrono::{DateTime, Utc};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::{
    Api, Resource, ResourceExt,
    api::{Patch, PatchParams},
};
use serde_json::json;

use super::{
    context::{Context, Error, FIELD_MANAGER},
    events,
    validate::STAGE,
};

/// Texts of a status are cut here, so that all of it stays small.
const TEXT: usize = 230;

/// Writes the status and tells of conditions that flipped; writes nothing where nothing changed.
pub(super) async fn publish(ctx: &Context, bot: &Bot, status: BotStatus) -> Result<(), Error> {
    if bot.status.as_ref() == Some(&status) {
        return Ok(());
    }
    let namespace = bot.namespace().ok_or(Error::Incomplete("namespace"))?;
    let patch = json!({"apiVersion": Bot::api_version(&()), "kind": Bot::kind(&()), "status": status});
    Api::<Bot>::namespaced(ctx.client.clone(), &namespace)
        .patch_status(&bot.name_any(), &PatchParams::apply(FIELD_MANAGER).force(), &Patch::Apply(&patch))
        .await?;
    let old = bot.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    events::conditions(ctx, bot, old, &status.conditions).await;
    Ok(())
}

/// The status that says what was judged. Pure.
pub(super) fn status(bot: &Bot, judgement: Judgement, evidence: &Evidence, now: DateTime<Utc>) -> BotStatus {
    let old = bot.status.as_ref();
    let generation = bot.metadata.generation;
    let old_conditions = old.map(|status| status.conditions.as_slice()).unwrap_or_default();
    BotStatus {
        observed_generation: generation,
        stage: STAGE,
        activity: activity(judgement.activity, old.map(|status| &status.activity), now),
        proof: judgement.proof,
        last_job: match evidence {
            Evidence::Read(facts) => facts.last_cycle.as_ref().map(last_job),
            // What was known of the last job still happened.
            Evidence::Unreadable(_) => old.and_then(|status| status.last_job.clone()),
        },
        blockers: judgement.blockers.into_iter().map(blocker).collect(),
        conditions: judgement
            .conditions
            .iter()
            .filter_map(|new| Some(merge(old_conditions, condition(new, generation, to_k8s(now)?))))
            .collect(),
    }
}

fn condition(new: &assayer_judge::Condition, generation: Option<i64>, at: Time) -> Condition {
    Condition {
        type_: new.kind.to_string(),
        status: new.status.to_owned(),
        reason: new.reason.condition_reason(),
        message: cut(&new.message),
        observed_generation: generation,
        last_transition_time: at,
    }
}

fn activity(new: assayer_judge::Activity, old: Option<&Activity>, now: DateTime<Utc>) -> Activity {
    let state = match new.state {
        State::Backtesting => ActivityState::Backtesting,
        State::Improving => ActivityState::Improving,
        State::Evolving => ActivityState::Evolving,
        State::Queued => ActivityState::Queued,
        State::Idle => ActivityState::Idle,
        State::Stopped => ActivityState::Stopped,
    };
    let reason_code = new.reason.to_string();
    let unchanged = old.filter(|old| old.state == state && old.reason_code == reason_code);
    Activity {
        state,
        since: unchanged.map_or_else(|| to_k8s(now), |old| old.since.clone()),
        reason_code,
        message: cut(&new.message),
        active_job: new.job.map(|job| ActiveJob {
            id: job.id,
            job_type: job.job_type.to_string(),
            trace_id: job.trace_id,
            started_at: job.started_at.and_then(to_k8s),
        }),
    }
}

fn last_job(cycle: &Cycle) -> LastJob {
    let job = &cycle.job;
    LastJob {
        fallback: cycle.stood_in().map(|row| row.provider.clone()),
        id: job.id,
        job_type: job.job_type.to_string(),
        status: job.status,
        reason_code: job.reason.map(|reason| reason.to_string()),
        trace_id: job.trace_id,
        completed_at: job.completed_at.and_then(to_k8s),
    }
}

fn blocker(gate: assayer_judge::Blocker) -> Blocker {
    Blocker {
        reason_code: gate.reason.to_string(),
        message: cut(&gate.message),
        measured: gate.measured,
        required: gate.required,
        suggested_fix: gate.reason.suggested_fix().to_owned(),
    }
}

/// A text as it fits into a status.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{
        plan::tests::now,
        validate::{
            tests::{bot, policy},
            validate,
        },
    };
    use super::*;
    use crate::environment::Environment;
    use assayer_judge::{Acceptance, Facts, Subject, judge};
    use uuid::Uuid;

    fn judged(evidence: &Evidence) -> Judgement {
        let accepted = validate(&bot(), Some(&policy()), Environment::Prod).unwrap().ok().unwrap();
        let subject = Subject {
            bot_id: Uuid::from_u128(7),
            dataset: "SAMPLE.INDEX".into(),
            symbol: "SPX".into(),
            schema: "ohlcv-1d".into(),
        };
        judge(&subject, &Acceptance::Accepted(Box::new(accepted.policy)), evidence, now())
    }

    #[test]
    fn the_same_judgement_later_gives_the_same_status() {
        let mut bot = bot();
        let evidence = Evidence::Read(Facts::default());
        bot.status = Some(status(&bot, judged(&evidence), &evidence, now()));
        let later = now() + chrono::TimeDelta::hours(1);
        assert_eq!(Some(status(&bot, judged(&evidence), &evidence, later)), bot.status);
    }

    #[test]
    fn the_worst_status_stays_below_four_kibibytes() {
        let evidence = Evidence::Unreadable("x".repeat(10_000));
        let status = status(&bot(), judged(&evidence), &evidence, now());
        let size = serde_json::to_string(&status).unwrap().len();
        assert!(size <= 4_096, "{size}");
    }

    #[test]
    fn conditions_carry_the_camel_case_of_the_reason_code() {
        let evidence = Evidence::Read(Facts::default());
        let status = status(&bot(), judged(&evidence), &evidence, now());
        let promotable = status.conditions.iter().find(|c| c.type_ == "Promotable").unwrap();
        assert_eq!(promotable.reason, "AwaitingFirstCycle");
        assert_eq!(status.blockers.first().unwrap().reason_code, "AWAITING_FIRST_CYCLE");
    }
}
