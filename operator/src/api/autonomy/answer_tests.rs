use std::time::Duration;

use assayer_judge::autonomy::{Runs, autonomy};
use chrono::TimeDelta;

use super::*;

/// Three Bots of `desk` and one of `other`, silent for so many minutes and so missed.
const SILENT: [(&str, &str, i64); 4] = [("desk", "a", 1), ("desk", "b", 30), ("desk", "c", 20), ("other", "d", 40)];

fn shown(limit: usize) -> AutonomyAnswer {
    let now = Utc::now();
    let from = now - TimeDelta::hours(1);
    let bots = SILENT.map(|(namespace, name, _)| Named {
        id: Uuid::now_v7(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        stage: Stage::Lab,
    });
    let cadences = SILENT.map(|(namespace, name, minutes)| Cadence {
        bot: format!("{namespace}/{name}"),
        expected: Expected::Every(Duration::from_mins(5)),
        since: from,
        filled: 1,
        idle: 0,
        gaps: Vec::new(),
        longest_gap: Some(TimeDelta::minutes(minutes)),
    });
    let judged = autonomy(&Runs { newest: Some((now, None)), ..Runs::default() }, &cadences, now);
    let window = (from, now);
    let measured = Measured { runs: Vec::new(), buckets: Vec::new(), cadences: cadences.into(), bots: bots.into(), window };
    AutonomyAnswer::new(&measured, &Totals::default(), &judged, &Readable::These(["desk".to_owned()].into()), limit)
}

#[test]
fn a_limit_leaves_out_those_that_were_silent_for_least_and_counts_them() {
    let names = |answer: &AutonomyAnswer| answer.bots.iter().map(|bot| bot.bot.clone()).collect::<Vec<_>>();
    let all = shown(usize::MAX);
    assert_eq!(
        (names(&all), all.bots_left_out, all.bots_not_shown),
        (vec!["desk/a".into(), "desk/b".into(), "desk/c".into()], 0, 1)
    );
    let two = shown(2);
    assert_eq!((names(&two), two.bots_left_out, two.bots_not_shown), (vec!["desk/b".into(), "desk/c".into()], 1, 1));
    assert_eq!((all.slots_filled, two.slots_filled), (Some(4), Some(4)), "what is said of all does not depend on it");
    assert_eq!(two.reasons.len() + two.missed.len() + two.missed_left_out, all.reasons.len() + all.missed.len());
}
