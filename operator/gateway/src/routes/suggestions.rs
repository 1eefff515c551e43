//! Whether what a round says of its suggestions is so. In: what its job was let ask, what it says, the rows of its calls. Out: what is
//! wrong with it. Pure.

use assayer_contract::{
    Outcome, RequestRow,
    research::{Suggestions, SuggestionsWanted},
};

/// What is accepted came by a call of this very job that succeeded, and what is named at all is a row of it.
pub(super) fn wrong(wanted: Option<&SuggestionsWanted>, said: Option<&Suggestions>, rows: &[RequestRow]) -> Option<String> {
    let (wanted, said) = match (wanted, said) {
        (Some(wanted), Some(said)) => (wanted, said),
        (None, None) => return None,
        (None, Some(_)) => return Some("suggestions: the job names no model to ask".to_owned()),
        (Some(_), None) => return Some("suggestions: the job names a model, so say what came of it".to_owned()),
    };
    if let Some(wrong) = said.contradicts(wanted) {
        return Some(wrong.to_owned());
    }
    let id = said.request_id?;
    let read = said.reason_code.is_none() || !said.accepted.is_empty();
    let is_it = |row: &RequestRow| row.id == id && row.provider == said.provider && (row.outcome == Outcome::Success || !read);
    let there = rows.iter().any(is_it);
    (!there).then(|| format!("suggestions.requestId: {id} is no call of {} by this job, or did not succeed", said.provider))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use assayer_contract::{ReasonCode, canonical_hash, research::Suggestion};
    use chrono::Utc;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::forward::draft;

    fn wanted() -> SuggestionsWanted {
        SuggestionsWanted { provider: "openai".into(), model: "gpt-5-mini".into(), at_most: 1, max_tokens: 300, required: false }
    }

    fn row(provider: &str, outcome: Outcome) -> RequestRow {
        RequestRow { outcome, ..draft::of_user("pod", provider, "POST", Utc::now()) }
    }

    fn accepted(fast: i32) -> Suggestion {
        let strategy = json!({"smaCross": {"fast": fast, "slow": 90}});
        Suggestion { name: "one".to_owned(), strategy_hash: canonical_hash(&strategy).unwrap(), strategy }
    }

    #[test]
    fn what_came_by_a_call_of_the_job_is_taken_and_so_is_why_nothing_came() {
        let (wanted, good, refused) = (wanted(), row("openai", Outcome::Success), row("openai", Outcome::Refused));
        let said = wanted.answered(good.id, vec![accepted(7)], Vec::new()).unwrap();
        let rows = [good, refused];
        assert_eq!(wrong(Some(&wanted), Some(&said), &rows), None);
        let silent = wanted.unanswered(Some(rows[1].id), ReasonCode::AiBudget, "used up");
        assert_eq!(wrong(Some(&wanted), Some(&silent), &rows), None);
        let unheard = wanted.unanswered(None, ReasonCode::GatewayUnreachable, "no answer");
        assert_eq!(wrong(Some(&wanted), Some(&unheard), &[]), None);
        assert_eq!(wrong(None, None, &[]), None);
    }

    #[test]
    fn nobody_makes_suggestions_up() {
        let (wanted, good) = (wanted(), row("openai", Outcome::Success));
        let (stranger, failed) = (row("fred", Outcome::Success), row("openai", Outcome::Failed));
        let of = |id: Uuid| wanted.answered(id, vec![accepted(7)], Vec::new()).unwrap();
        let rows = [good, stranger, failed];
        for (said, part) in [
            (of(Uuid::nil()), "is no call of openai by this job"),
            (of(rows[1].id), "is no call of openai by this job"),
            (of(rows[2].id), "did not succeed"),
            (Suggestions { request_id: None, ..of(rows[0].id) }, "suggestions.requestId"),
            (Suggestions { model: "gpt-4".into(), ..of(rows[0].id) }, "the provider, the model and the number"),
            (Suggestions { hash: None, ..of(rows[0].id) }, "suggestions.hash"),
            (Suggestions { accepted: vec![accepted(8)], ..of(rows[0].id) }, "suggestions.hash"),
            (wanted.answered(rows[0].id, vec![accepted(7), accepted(8)], Vec::new()).unwrap(), "more than were asked for"),
        ] {
            let wrong = wrong(Some(&wanted), Some(&said), &rows).unwrap();
            assert!(wrong.contains(part), "{wrong}");
        }
        assert!(wrong(None, Some(&of(rows[0].id)), &rows).unwrap().contains("names no model"));
        assert!(wrong(Some(&wanted), None, &rows).unwrap().contains("say what came of it"));
    }
}
