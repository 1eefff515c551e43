//! What a language model suggests is data: read strictly, tried like anything else, and enough to make the same report again.

use std::collections::BTreeSet;

use crate::support::{noise, rules, sma_cross, spec, study, trends};
use assayer_contract::{
    Lineage, ReasonCode, ResearchReport, ResearchRules, ResearchStep, canonical_hash,
    research::{Figures, Recent, Suggestions, SuggestionsWanted},
};
use assayer_engine::{BacktestSpec, Bar, Bars, Strategy};
use assayer_research::{Study, prompt, read, search};
use proptest::{
    prelude::{Just, ProptestConfig, Strategy as _, any},
    prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use serde_json::{Value, json};
use uuid::Uuid;

const ROW: Uuid = Uuid::from_u128(7);

fn wanted() -> SuggestionsWanted {
    SuggestionsWanted { provider: "openai".into(), model: "gpt-5-mini".into(), at_most: 4, max_tokens: 2_048, required: false }
}

/// A study of a search that keeps to its family.
struct Given {
    spec: BacktestSpec,
    bars: Bars,
    rules: ResearchRules,
    lineage: Lineage,
}

impl Given {
    fn over(bars: Vec<Bar>) -> Self {
        let spec = spec(sma_cross(10, 40));
        let bars = Bars::new(&spec.instrument, bars).unwrap();
        Self { spec, bars, rules: rules(), lineage: Lineage::default() }
    }

    fn study<'a>(&'a self, suggestions: Option<&'a Suggestions>) -> Study<'a> {
        Study { suggestions, ..study(&self.spec, &self.bars, &self.rules, &self.lineage, 7) }
    }

    fn read(&self, words: &str) -> Suggestions {
        read(&self.study(None), &wanted(), ROW, words).unwrap()
    }

    fn evolved(&self, suggestions: Option<&Suggestions>) -> ResearchReport {
        search(ResearchStep::Evolve, &self.study(suggestions)).unwrap()
    }
}

fn answer(suggestions: &Value) -> String {
    json!({"suggestions": suggestions}).to_string()
}

fn cross(name: &str, fast: i32, slow: i32) -> Value {
    json!({"name": name, "strategy": {"smaCross": {"fast": fast, "slow": slow, "direction": "LongShort"}}})
}

fn ids(report: &ResearchReport) -> BTreeSet<String> {
    report.trials.iter().map(|trial| trial.trial_id.to_string()).collect()
}

#[test]
fn what_is_accepted_is_one_more_parent_and_its_record_makes_the_same_report_again() {
    let given = Given::over(trends(1, 3_000));
    let suggestions = given.read(&answer(&json!([cross("fast one", 3, 21), cross("slow one", 60, 300)])));
    assert_eq!((suggestions.accepted.len(), suggestions.refused.len()), (2, 0), "{suggestions:?}");
    let report = given.evolved(Some(&suggestions));
    for one in &suggestions.accepted {
        let trial = report.trials.iter().find(|trial| trial.strategy_hash == one.strategy_hash).unwrap();
        assert_eq!((&trial.made_by, trial.parents.len()), (&format!("suggestion \"{}\"", one.name), 0));
        assert!(trial.refusal.is_some() || Some(trial.trial_id) == report.best);
    }
    assert!(report.trials.len() <= given.rules.trials_per_job as usize);
    // when: all that is left is what was recorded
    let recorded: Value = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
    let replayed: Suggestions = serde_json::from_value(recorded["suggestions"].clone()).unwrap();
    assert_eq!(given.evolved(Some(&replayed)), report);
    // then: the suggestions are among what makes a trial the same as another
    assert!(ids(&report).is_disjoint(&ids(&given.evolved(None))));
    let other = given.read(&answer(&json!([cross("fast one", 3, 21)])));
    assert!(ids(&report).is_disjoint(&ids(&given.evolved(Some(&other)))));
}

#[test]
fn a_round_that_got_none_is_the_round_as_it_was_and_says_why() {
    let given = Given::over(noise(2, 1_500));
    let before = given.evolved(None);
    let nothing = answer(&json!([{"name": "none", "strategy": {"smaCross": {"fast": 40, "slow": 10}}}]));
    let silent = wanted().unanswered(None, ReasonCode::AiBudget, "the day's tokens are used up");
    for record in [silent, given.read(&nothing), given.read("I would rather not.")] {
        let report = given.evolved(Some(&record));
        assert_eq!(report.suggestions.as_ref(), Some(&record));
        assert!(record.hash.is_none() && (record.reason_code.is_some() || !record.refused.is_empty()), "{record:?}");
        assert_eq!(ResearchReport { suggestions: None, ..report }, before);
    }
    assert!(serde_json::to_value(&before).unwrap().get("suggestions").is_none(), "reports without are written as before");
}

#[test]
fn every_refusal_names_the_field_and_keeps_what_was_said_cut_short() {
    let mut given = Given::over(noise(2, 1_500));
    given.lineage.tried = BTreeSet::from([canonical_hash(&sma_cross(5, 50)).unwrap()]);
    let strategy = |strategy: Value| json!({"name": "one", "strategy": strategy});
    let invalid = ReasonCode::SuggestionInvalid;
    for (said, field, reason, part) in [
        (cross("<script>alert(1)</script>", 3, 20), "name", invalid, "letters, digits"),
        (cross(&"x".repeat(61), 3, 20), "name", invalid, "1 to 60"),
        (json!("smaCross"), "suggestions", invalid, "invalid type"),
        (json!({"strategy": {}}), "suggestions", invalid, "missing field `name`"),
        (json!({"name": "one", "strategy": {}, "run": "rm"}), "run", invalid, "nobody knows this field"),
        (strategy(json!({"smaCross": {"fast": "ten", "slow": 20}})), "strategy.smaCross.fast", invalid, "invalid type"),
        (
            strategy(json!({"smaCross": {"fast": 30, "slow": 20}})),
            "strategy.smaCross.fast",
            invalid,
            "choose fewer bars than slow",
        ),
        (strategy(json!({"smaCross": {"fast": 3, "slow": 20, "why": 1}})), "strategy.smaCross.why", invalid, "nobody knows"),
        (strategy(json!({"smaCross": {"fast": 3, "slow": 9_999}})), "strategy.smaCross.slow", invalid, "from 2 to 1000"),
        (strategy(json!({"magic": {"edge": 1}})), "strategy", invalid, "exactly one family"),
        (strategy(json!({"momentum": {"lookback": 20}})), "strategy.momentum", invalid, "keep to the family smaCross"),
        (cross("own", 10, 40), "strategy", ReasonCode::SuggestionKnown, "the Bot's own"),
        (cross("old", 5, 50), "strategy", ReasonCode::SuggestionKnown, "tried before"),
    ] {
        let read = given.read(&answer(&json!([said, cross("good", 3, 21), cross("again", 3, 21)])));
        let [refused, again] = &read.refused[..] else { panic!("{said}: {read:?}") };
        assert_eq!((refused.place, refused.field.as_str(), refused.reason_code), (1, field, reason), "{refused:?}");
        assert!(refused.message.contains(part) && refused.said.chars().count() <= 200, "{refused:?}");
        assert_eq!((again.place, again.reason_code), (3, ReasonCode::SuggestionKnown));
        assert_eq!(read.accepted.len(), 1, "one that is wrong does not take another with it");
        assert_eq!(read.contradicts(&wanted()), None);
    }
}

#[test]
fn no_more_are_read_than_were_asked_for_and_an_answer_that_is_none_is_told_as_a_whole() {
    let given = Given::over(noise(2, 1_500));
    let many: Vec<_> = (0..40).map(|more| cross("one", 2 + more, 50 + more)).collect();
    let read = given.read(&answer(&json!(many)));
    assert_eq!((read.accepted.len(), read.refused.len()), (4, 16));
    assert!(read.refused.iter().all(|one| one.message.contains("4 were asked for at most")));
    let fenced = format!("```json\n{}\n```", answer(&json!([cross("one", 3, 21)])));
    assert_eq!(given.read(&fenced).accepted.len(), 1);
    let long = answer(&json!([{"name": "x".repeat(70_000)}]));
    for words in ["", "[]", "{\"suggestions\": {}}", "{\"suggestions\": [], \"note\": \"hi\"}", "{\"suggestions\": [", &long] {
        let read = given.read(words);
        assert_eq!((read.reason_code, read.request_id), (Some(ReasonCode::SuggestionInvalid), Some(ROW)), "{words}");
        assert!(read.accepted.is_empty() && read.refused.is_empty() && read.message.is_some());
    }
}

#[test]
fn the_prompt_is_the_same_whatever_the_bars_do_after_the_training_part() {
    let told = |bars: Vec<Bar>, change: fn(&mut Given)| {
        let mut given = Given::over(bars);
        change(&mut given);
        prompt(&given.study(None), &wanted()).unwrap()
    };
    let (one, mut other) = (trends(1, 3_000), trends(1, 3_000));
    for (bar, noise) in other.iter_mut().zip(noise(9, 3_000)).skip(1_500) {
        *bar = Bar { ts_event: bar.ts_event, ..noise };
    }
    let first = told(one.clone(), |_| ());
    assert_eq!(first, told(one.clone(), |_| ()));
    assert_eq!(first, told(other, |_| ()), "neither the tests of the walk forward nor the hold-out are in it");
    assert_ne!(first, told(trends(2, 3_000), |_| ()), "and the training part is");
    let known: Value = serde_json::from_str(&first.user).unwrap();
    assert_eq!((&known["family"], &known["atMost"]), (&json!("smaCross"), &json!(4)));
    assert_eq!(known["parameters"][0], json!({"name": "smaCross.fast", "from": "2", "to": "120", "step": "2"}));
    assert_eq!(known["present"]["strategy"], serde_json::to_value(sma_cross(10, 40)).unwrap());
    for form in known["form"].as_array().unwrap() {
        let form: Strategy = serde_json::from_value(form.clone()).unwrap();
        form.validate(&spec(sma_cross(10, 40)).instrument).unwrap();
    }
    let more = told(one, |given| {
        let in_sample = Figures { sharpe: None, net: "12.5".to_owned(), trades: 3, days: 40 };
        given.lineage.recent = vec![Recent { strategy: json!({"smaCross": {"fast": 2, "slow": 9}}), in_sample }; 30];
    });
    let known: Value = serde_json::from_str(&more.user).unwrap();
    assert_eq!(known["recentlyTried"].as_array().unwrap().len(), 20);
    assert_eq!(known["recentlyTried"][0]["figures"]["net"], "12.5");
    assert!(more.user.len() < 16_000, "{} bytes, each of which counts as a token until the answer is there", more.user.len());
}

#[test]
fn a_suggestion_gets_no_strategy_through_a_gate_that_it_does_not_pass() {
    for seed in 0..3 {
        let given = Given::over(noise(seed, 4_000));
        let suggestions = given.read(&answer(&json!([cross("sure thing", 3, 21), cross("surer thing", 30, 130)])));
        let report = given.evolved(Some(&suggestions));
        assert!(report.challenger.is_none() && report.trials.len() <= given.rules.trials_per_job as usize);
    }
}

/// JSON that comes near to an answer.
fn words() -> impl proptest::strategy::Strategy<Value = String> {
    let number = prop_oneof![(-5..1_200_i32).prop_map(Value::from), Just(json!(null)), Just(json!("7")), Just(json!(1.5))];
    let direction = prop_oneof![Just(json!("LongShort")), Just(json!("LongOnly")), Just(json!("Up"))];
    let name = prop_oneof!["[a-z ]{0,70}".prop_map(Value::from), any::<String>().prop_map(Value::from), Just(json!(3))];
    let family = prop_oneof![Just("smaCross"), Just("momentum"), Just("exits")];
    let one = (name, family, number.clone(), number, direction).prop_map(|(name, family, fast, slow, direction)| {
        json!({"name": name, "strategy": {family: {"fast": fast, "slow": slow, "direction": direction}}})
    });
    let near = proptest::collection::vec(one, 0..8).prop_map(|list| answer(&json!(list)));
    prop_oneof![3 => near, 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_a_model_says_only_valid_strategies_are_accepted_within_the_bounds_and_the_same_each_time(words in words()) {
        let given = Given::over(noise(2, 400));
        let read = given.read(&words);
        prop_assert_eq!(&read, &given.read(&words));
        prop_assert!(read.accepted.len() <= 4 && read.refused.len() <= 16);
        prop_assert_eq!(read.contradicts(&wanted()), None);
        for one in &read.accepted {
            let strategy: Strategy = serde_json::from_value(one.strategy.clone()).unwrap();
            prop_assert!(strategy.validate(&given.spec.instrument).is_ok());
            prop_assert_eq!(canonical_hash(&strategy).unwrap(), one.strategy_hash);
        }
        for one in &read.refused {
            prop_assert!(one.said.chars().count() <= 200 && !one.said.chars().any(char::is_control));
        }
    }
}
