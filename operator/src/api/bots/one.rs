//! `GET /api/bots/{namespace}/{name}`. In: which Bot, who asks. Out: the Bot as its custom resource says, with its spec and conditions, and
//! what the caller may do to it. Read from the
//! API server itself, so that who has just changed it sees that. Not pure.

use assayer_contract::{ReasonCode, policy::StopPolicy};
use assayer_crds::{Bot, BotSpec, conditions::from_k8s};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    actions::{self, ActionAnswer},
    answer::BotAnswer,
    run::{self, RunAnswer},
};
use crate::{
    api::{
        App, Refusal,
        access::{Actor, Caller},
        find::{BotRef, find, missing},
    },
    controller::validate::STAGE,
};

/// Path of this handler.
pub(crate) const PATH: &str = "/api/bots/{namespace}/{name}";

/// A Bot with everything that its custom resource says.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OneBot {
    /// The moment of which this speaks.
    as_of: DateTime<Utc>,
    /// The Bot as it stands in the list.
    #[serde(flatten)]
    bot: BotAnswer,
    /// What it was asked to be.
    spec: BotSpec,
    /// The generation of the spec.
    generation: Option<i64>,
    /// The generation that the controller's words are about; null where it has not said anything yet.
    observed_generation: Option<i64>,
    /// How far it is stopped, and by whom.
    stop: Stop,
    /// What came of the run that was last asked for; null where none was.
    run: Option<RunAnswer>,
    /// What the caller may do to it; null where the API server does not say.
    actions: Option<Vec<ActionAnswer>>,
    /// Why `actions` is null.
    actions_reason: Option<&'static str>,
    /// Its conditions; null where the controller has not said anything yet.
    conditions: Option<Vec<ConditionAnswer>>,
    /// Its releases; null is unknown.
    releases: Option<Vec<Release>>,
    /// Why `releases` is null.
    releases_reason: Option<&'static str>,
}

/// How far a Bot is stopped.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Stop {
    /// What the Bot's spec says.
    bot: StopPolicy,
    /// What the stage's policy says; null where the policy is not known.
    stage: Option<StopPolicy>,
    /// What binds: the stricter of the two.
    binds: StopPolicy,
}

/// A condition.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ConditionAnswer {
    /// Which.
    #[serde(rename = "type")]
    type_: String,
    /// `True`, `False` or `Unknown`.
    status: String,
    /// Why.
    reason_code: String,
    /// The same in a sentence.
    message: String,
    /// What to do about it; null where this version does not know the reason.
    suggested_fix: Option<&'static str>,
    /// Since when the status is what it is.
    since: Option<DateTime<Utc>>,
}

/// A release of a Bot.
#[derive(Debug, Serialize, JsonSchema)]
struct Release {
    /// Its hash.
    hash: String,
}

/// The Bot.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Actor(actor): Actor,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<OneBot>, Refusal> {
    let Path((namespace, name)) = path?;
    let found = find(&app, &caller, BotRef::full(&namespace, &name)?).await?;
    let bot = found.bot.ok_or_else(|| missing(&format!("{namespace}/{name}")))?;
    Ok(Json(OneBot::new(&app, &actor, bot).await))
}

impl OneBot {
    /// Of this Bot, as it is now, for whoever would act.
    pub(super) async fn new(app: &App, actor: &Caller, bot: Bot) -> Self {
        let run = run::of(app, &bot).await;
        let actions = actions::of(app, actor, &bot).await.ok();
        let status = bot.status.as_ref();
        let rules = app.bots.rules(status.map_or(STAGE, |status| status.stage));
        let stage = rules.as_ref().map(|rules| rules.stop);
        Self {
            as_of: Utc::now(),
            bot: BotAnswer::new(&bot, rules.as_ref()),
            generation: bot.metadata.generation,
            observed_generation: status.and_then(|status| status.observed_generation),
            stop: Stop {
                bot: bot.spec.stop_policy,
                stage,
                binds: stage.map_or(bot.spec.stop_policy, |stage| stage.max(bot.spec.stop_policy)),
            },
            run,
            actions_reason: actions.is_none().then_some("the Kubernetes API server did not say what you may do"),
            actions,
            conditions: status.map(|status| status.conditions.iter().map(ConditionAnswer::of).collect()),
            releases: None,
            releases_reason: Some("no release is recorded: this version runs Bots in LAB only"),
            spec: bot.spec,
        }
    }
}

impl ConditionAnswer {
    fn of(condition: &k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition) -> Self {
        let reason_code = ReasonCode::of_condition(&condition.reason);
        Self {
            type_: condition.type_.clone(),
            status: condition.status.clone(),
            suggested_fix: reason_code.parse::<ReasonCode>().ok().map(ReasonCode::suggested_fix),
            reason_code,
            message: condition.message.clone(),
            since: from_k8s(&condition.last_transition_time),
        }
    }
}
