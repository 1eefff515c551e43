//! What a caller may do to a Bot. In: the Bot, who asks. Out: each action, and why not where they may not. Not pure: the API server says.

use assayer_contract::ReasonCode;
use assayer_crds::Bot;
use kube::ResourceExt;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::{
    App, Refusal,
    access::{Caller, Right, lacking, may},
};

/// Something that a person may do to a Bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Action {
    /// Let no further cycle start.
    Hold,
    /// Take the Bot's own stop back.
    Resume,
    /// Start a job at once.
    Run,
    /// Begin every count anew.
    Reset,
}

/// An action, and whether the caller may take it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActionAnswer {
    /// Which.
    action: Action,
    /// Whether the caller has every right that it needs.
    allowed: bool,
    /// Why not; null where they may.
    reason_code: Option<ReasonCode>,
    /// The same in a sentence.
    message: Option<String>,
    /// What to do about it, such as the command that grants the right.
    suggested_fix: Option<String>,
}

/// Each action. Nobody acts without a token, whoever may read.
pub(super) async fn of(app: &App, caller: &Caller, bot: &Bot) -> Result<Vec<ActionAnswer>, Refusal> {
    let (namespace, name) = (bot.namespace().unwrap_or_default(), bot.name_any());
    let change = Right::ChangeBot(namespace.clone(), name.clone());
    let reset = Right::ResetBot(namespace, name);
    let (may_change, may_reset) = match caller {
        Caller::Anyone => (false, false),
        Caller::User(_) => (may(app, caller, &change).await?, may(app, caller, &reset).await?),
    };
    let changes = (may_change, &change);
    // The role that lets somebody reset a Bot lets them change it, too.
    let resets = (may_change && may_reset, &reset);
    let all = [(Action::Hold, changes), (Action::Resume, changes), (Action::Run, changes), (Action::Reset, resets)];
    Ok(all.into_iter().map(|(action, (allowed, right))| ActionAnswer::new(caller, action, allowed, right)).collect())
}

impl ActionAnswer {
    fn new(caller: &Caller, action: Action, allowed: bool, right: &Right) -> Self {
        let (reason_code, message, suggested_fix) = match (allowed, caller) {
            (true, _) => (None, None, None),
            (false, Caller::Anyone) => {
                let reason = ReasonCode::Unauthenticated;
                let message = "whoever may read here acts only with a token of their own".to_owned();
                (Some(reason), Some(message), Some(reason.suggested_fix().to_owned()))
            }
            (false, Caller::User(_)) => {
                let problem = lacking(caller, right);
                (Some(problem.reason_code), Some(problem.detail), Some(problem.suggested_fix))
            }
        };
        Self { action, allowed, reason_code, message, suggested_fix }
    }
}
