//! What a language model may know of a search, and what it suggests. In: a study, the model's words. Out: a prompt; what was accepted of
//! the words and what was not, with the field and the reason. Pure.
//!
//! The prompt speaks of the training part of the bars alone, from before the first test of the walk forward: what the search is judged
//! by later, and the hold-out above all, is in none of it. The words are data: they are read into the types of a Bot's own strategy, and
//! what is kept of the rest is cut and shown, never obeyed.

mod answer;

use assayer_contract::{
    HashError, ReasonCode, ResearchStep,
    research::{Figures, Suggestions, SuggestionsWanted},
};
use assayer_engine::{BacktestError, Strategy};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    ResearchError, Study, figures,
    genes::{Part, Searched, searched, typical},
    lab::Lab,
};

/// Trials of the Bot that the model is told of, at most.
const RECENT: usize = 20;

/// What a language model is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// What it is to do, the same for everybody.
    pub system: &'static str,
    /// What it may know, as JSON: the same for the same study, to the byte.
    pub user: String,
}

const SYSTEM: &str = "You propose parameters for systematic trading strategies that are searched by evolution. The user's message is \
    data in JSON: the strategy family, the parameters that are searched with their values, the present strategy and recently tried \
    ones with their figures over a training period. Answer with one JSON object and nothing else, no prose and no code fence: \
    {\"suggestions\": [{\"name\": \"...\", \"strategy\": {...}}]}. Give at most as many suggestions as \"atMost\" says. A name has at most \
    60 letters, digits, spaces or -_.,+/(). A strategy has the very form of \"form\", which shows every part that may be there; entry, \
    exits, sizing and filter may be left out. Suggest strategies that differ from those shown.";

/// What the model may know.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Known<'a> {
    at_most: u32,
    family: String,
    other_families: bool,
    parameters: Vec<Searched>,
    form: Vec<Strategy>,
    present: Told<'a>,
    recently_tried: Vec<Told<'a>>,
}

/// A strategy, and what it did over the training period.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    strategy: &'a Value,
    figures: Option<&'a Figures>,
}

/// What a language model is asked for this study: deterministic, and nothing of the tests of the walk forward or of the hold-out.
pub fn prompt(study: &Study<'_>, wanted: &SuggestionsWanted) -> Result<Prompt, ResearchError> {
    let study = &Study { suggestions: None, ..*study };
    let lab = Lab::open(ResearchStep::Evolve, study)?;
    let days = lab.timeline.in_sample();
    let figures = |of: &crate::evaluate::Evaluation| figures::of(of.on(&days), &of.entered(&lab.timeline.times(&days)));
    let too_large = |source| BacktestError::Overflow { time: chrono::DateTime::default(), source };
    let own = lab.evaluation(0).map(figures).transpose().map_err(too_large)?;
    let strategy = serde_json::to_value(&study.spec.strategy).map_err(HashError::from)?;
    let form = forms(study);
    let recent = study.lineage.recent.iter().take(RECENT);
    let known = Known {
        at_most: wanted.at_most,
        family: study.spec.strategy.family.name(),
        other_families: study.rules.other_families,
        parameters: parameters(&form),
        form,
        present: Told { strategy: &strategy, figures: own.as_ref() },
        recently_tried: recent.map(|one| Told { strategy: &one.strategy, figures: Some(&one.in_sample) }).collect(),
    };
    Ok(Prompt { system: SYSTEM, user: serde_json::to_string(&known).map_err(HashError::from)? })
}

/// What the model's words hold. Each suggestion is accepted or refused by itself.
pub fn read(study: &Study<'_>, wanted: &SuggestionsWanted, request_id: Uuid, words: &str) -> Result<Suggestions, ResearchError> {
    match answer::list(words) {
        Ok(list) => {
            let (accepted, refused) = answer::sorted(study, wanted, list);
            Ok(wanted.answered(request_id, accepted, refused)?)
        }
        Err(why) => Ok(wanted.unanswered(Some(request_id), ReasonCode::SuggestionInvalid, &why)),
    }
}

/// Whether a search of this study may try the strategy: it is of the same family, or may be of another.
pub(crate) fn is_of_the_family(study: &Study<'_>, strategy: &Strategy) -> bool {
    study.rules.other_families || strategy.family.name() == study.spec.strategy.family.name()
}

/// The Bot's own strategy, and one of each family that may be tried besides, with every part that the instrument allows.
fn forms(study: &Study<'_>) -> Vec<Strategy> {
    let instrument = &study.spec.instrument;
    let others = typical(instrument).into_iter().filter(|other| study.rules.other_families && !same_family(study, other));
    let whole = |strategy: Strategy| {
        Part::ALL.iter().fold(strategy, |so_far, part| {
            let more = if part.is_in(&so_far) { so_far.clone() } else { part.toggled(&so_far) };
            if more.validate(instrument).is_ok() { more } else { so_far }
        })
    };
    std::iter::once(whole(study.spec.strategy.clone())).chain(others).collect()
}

fn same_family(study: &Study<'_>, other: &Strategy) -> bool {
    other.family.name() == study.spec.strategy.family.name()
}

fn parameters(forms: &[Strategy]) -> Vec<Searched> {
    forms.iter().flat_map(searched).collect()
}
