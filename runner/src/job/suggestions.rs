//! What a language model suggests to a round. In: the round, whose body names the model. Out: the record of what was asked and what came,
//! which the search is given. Nothing that goes wrong here ends the round, unless the policy requires models.

mod dialect;

use std::sync::Arc;

use assayer_contract::{
    ReasonCode,
    research::{Suggestions, SuggestionsWanted},
};
use assayer_research::Prompt;
use tracing::{info, warn};

use super::{
    Failure, Gateway,
    round::{Work, computed},
};

/// Asks once, where the round may ask at all.
pub(super) async fn ask(gateway: &Gateway, work: &Arc<Work>) -> Result<Option<Suggestions>, Failure> {
    let Some(wanted) = work.body.suggestions.clone() else { return Ok(None) };
    let about = wanted.clone();
    let prompt = computed(work, move |work| assayer_research::prompt(&work.study(None), &about)).await?;
    let suggestions = asked(gateway, work, &wanted, &prompt).await?;
    if let Some(reason) = suggestions.reason_code {
        let message = suggestions.message.as_deref().unwrap_or_default();
        warn!(provider = wanted.provider, model = wanted.model, reasonCode = %reason, message, "the model suggests nothing");
        if wanted.required {
            return Err(Failure::new(
                reason,
                format!("asking {} for suggestions, which the policy requires: {message}", wanted.model),
            ));
        }
    } else {
        info!(provider = wanted.provider, model = wanted.model, requestId = ?suggestions.request_id,
            accepted = suggestions.accepted.len(), refused = suggestions.refused.len(), "the model's suggestions are read");
    }
    Ok(Some(suggestions))
}

async fn asked(gateway: &Gateway, work: &Arc<Work>, wanted: &SuggestionsWanted, prompt: &Prompt) -> Result<Suggestions, Failure> {
    let Some(question) = dialect::question(wanted, prompt) else {
        let message = format!("this runner does not know how {} is asked", wanted.provider);
        return Ok(wanted.unanswered(None, ReasonCode::ProviderUnknown, &message));
    };
    let answer = match gateway.ask_model(&wanted.provider, &question.path, &question.body).await {
        Ok(answer) => answer,
        Err(error) => {
            let Failure { reason_code, message } = error.into();
            return Ok(wanted.unanswered(None, reason_code, &message));
        }
    };
    if let Some(reason) = answer.refused {
        // The vendor's own words may repeat a part of a key; the row has them without.
        let message = format!("{}: the row of the call says more", reason.title());
        return Ok(wanted.unanswered(answer.request_id, reason, &message));
    }
    let Some(row) = answer.request_id else {
        let message = "the answer names no row of the log, so nothing is taken from it";
        return Ok(wanted.unanswered(None, ReasonCode::EvidenceUnavailable, message));
    };
    match dialect::said(&wanted.provider, &answer.body) {
        Ok(words) => {
            let wanted = wanted.clone();
            computed(work, move |work| assayer_research::read(&work.study(None), &wanted, row, &words)).await
        }
        Err((reason, message)) => Ok(wanted.unanswered(Some(row), reason, &message)),
    }
}
