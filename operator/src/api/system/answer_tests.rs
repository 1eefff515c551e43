//! What a reader of the status relies on.

use assayer_contract::Feed;
use assayer_judge::{
    limits::Limits,
    readiness::{Log, Serving},
    system::{Workers, system},
};

use super::*;

/// Three Bots of one namespace, of which the last may not start, and one elsewhere.
fn judged() -> Judged {
    let limits = Limits { present: Err("no policy".to_owned()), said: Vec::new() };
    let (log, leader) = (Log::Read(None), Err("nobody leads".to_owned()));
    let workers = Workers { log, leader, planner: None, timeouts: BTreeMap::new(), limits };
    let mut system = system(&workers, &[], &Serving::new(), Utc::now());
    let (blocks, _) = system.blockers.first().unwrap().clone();
    system.bots = vec![Vec::new(), Vec::new(), vec![blocks], Vec::new()];
    let bots = [("desk", "a"), ("desk", "b"), ("desk", "c"), ("other", "d")].map(|(namespace, name)| Named {
        id: None,
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        stage: Stage::Lab,
        feed: Feed { namespace: namespace.to_owned(), dataset: String::new(), schema: String::new(), symbol: String::new() },
    });
    Judged { at: Utc::now(), system, bots: bots.into() }
}

fn shown(limit: usize) -> (Vec<String>, usize, usize) {
    let answer = SystemAnswer::new(&judged(), &Readable::These(["desk".to_owned()].into()), limit);
    (answer.bots.into_iter().map(|bot| bot.bot).collect(), answer.bots_left_out, answer.bots_not_shown)
}

#[test]
fn a_limit_leaves_out_no_bot_for_one_that_nothing_is_in_the_way_of_and_counts_what_it_leaves_out() {
    assert_eq!(shown(2), (vec!["desk/a".to_owned(), "desk/c".to_owned()], 1, 1));
    assert_eq!(shown(1), (vec!["desk/c".to_owned()], 2, 1));
}

#[test]
fn without_a_limit_that_binds_all_are_there_by_name() {
    let all = vec!["desk/a".to_owned(), "desk/b".to_owned(), "desk/c".to_owned()];
    assert_eq!((shown(3), shown(usize::MAX)), ((all.clone(), 0, 1), (all, 0, 1)));
}
