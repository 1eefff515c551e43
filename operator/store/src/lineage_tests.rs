//! What a reader of a Bot's lineage relies on, on rounds made by hand.

use serde_json::json;

use super::*;
use crate::proof::tests::{BOT, Job, job};

const OTHER: Uuid = Uuid::from_u128(8);
/// As the Bot's own strategy is called in these jobs.
const OWN: &str = "sha256:aa";

async fn trial(pool: &PgPool, (job, bot): (&Job, Uuid), hash: &str, parents: &[&str], score: Option<i64>) {
    sqlx::query(
        "insert into trials (trial_id, job_id, bot_id, root, family, strategy_hash, score, trial)
         values ($1, $2, $3, 'SPX', 'smaCross', $4, $5, $6)",
    )
    .bind(format!("{hash} {}", job.id))
    .bind(job.id)
    .bind(bot)
    .bind(hash)
    .bind(score)
    .bind(json!({ "parents": parents }))
    .execute(pool)
    .await
    .unwrap();
}

async fn report(pool: &PgPool, job: &Job, best: Option<&str>, candidate: Option<&str>) {
    let best = best.map(|hash| format!("{hash} {}", job.id));
    sqlx::query(
        "insert into research_reports (job_id, trace_id, bot_id, root, family, trials, improved, challenger, report)
         values ($1, $2, $3, 'SPX', 'smaCross', 1, true, $4, $5)",
    )
    .bind(job.id)
    .bind(job.trace)
    .bind(BOT)
    .bind(candidate)
    .bind(json!({ "best": best, "gates": [] }))
    .execute(pool)
    .await
    .unwrap();
    let Some(candidate) = candidate else { return };
    sqlx::query(
        "insert into candidates (id, job_id, bot_id, root, family, strategy_hash, strategy) values ($1, $1, $2, 'SPX', 'smaCross', $3, '{}')",
    )
    .bind(job.id)
    .bind(BOT)
    .bind(candidate)
    .execute(pool)
    .await
    .unwrap();
}

fn told(trials: &[LineageTrial], job: &Job) -> Vec<(String, Option<Uuid>)> {
    trials.iter().filter(|trial| trial.job_id == job.id).map(|trial| (trial.strategy_hash.clone(), trial.first_job)).collect()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_is_told_of_a_round_has_all_that_it_was_made_from_and_where_that_was_tried_first(pool: PgPool) {
    // given: another Bot's trial, a round whose best descends from the own strategy by two steps, and one that goes on from there
    let (others, first) = (job(&pool).await, job(&pool).await);
    trial(&pool, (&others, OTHER), "theirs", &[], Some(1)).await;
    trial(&pool, (&first, BOT), OWN, &[], Some(-9)).await;
    trial(&pool, (&first, BOT), "one", &[OWN], Some(-8)).await;
    trial(&pool, (&first, BOT), "two", &["one"], Some(-7)).await;
    for score in 0..=BEST {
        trial(&pool, (&first, BOT), &format!("like {score}"), &[OWN], Some(score)).await;
    }
    trial(&pool, (&first, BOT), "broken", &[OWN], None).await;
    report(&pool, &first, Some("two"), Some("two")).await;
    let second = job(&pool).await;
    for (hash, parents) in [(OWN, &[][..]), ("two", &[]), ("theirs", &[]), ("child", &["two", "theirs"])] {
        trial(&pool, (&second, BOT), hash, parents, Some(1)).await;
    }
    report(&pool, &second, None, None).await;

    // when
    let rounds = rounds(&pool, BOT, None, 10).await.unwrap();
    let trials = trials(&pool, BOT, &rounds).await.unwrap();

    // then
    let newest: Vec<_> = rounds.iter().map(|round| (round.job_id, round.candidate.as_deref(), round.earlier_trials)).collect();
    assert_eq!(newest[0], (second.id, None, 5 + 1 + BEST));
    assert_eq!((newest[1].0, newest[1].1), (first.id, Some("two")));
    let here = |hash: &str| (hash.to_owned(), Some(first.id));
    let best = (1..=BEST).rev().map(|score| here(&format!("like {score}")));
    assert_eq!(told(&trials, &first), best.chain(["two", "one", OWN].map(here)).collect::<Vec<_>>());
    let mut then = told(&trials, &second);
    then.sort();
    let mut expected = vec![here("two"), here(OWN), ("theirs".to_owned(), None), ("child".to_owned(), Some(second.id))];
    expected.sort();
    assert_eq!(then, expected);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn rounds_come_page_by_page_and_are_the_bots_own(pool: PgPool) {
    let mut made = Vec::new();
    for _ in 0..3 {
        let job = job(&pool).await;
        report(&pool, &job, None, None).await;
        made.push(job.id);
    }
    let ids = |rounds: Vec<LineageRound>| rounds.into_iter().map(|round| round.job_id).collect::<Vec<_>>();
    let first = ids(rounds(&pool, BOT, None, 2).await.unwrap());
    let second = ids(rounds(&pool, BOT, first.last().copied(), 2).await.unwrap());
    assert_eq!([first, second].concat(), made.into_iter().rev().collect::<Vec<_>>());
    assert!(rounds(&pool, OTHER, None, 2).await.unwrap().is_empty());
    assert!(trials(&pool, BOT, &[]).await.unwrap().is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_trial_that_names_itself_among_its_parents_is_told_once(pool: PgPool) {
    let job = job(&pool).await;
    trial(&pool, (&job, BOT), "loop", &["loop", "nobody"], Some(1)).await;
    report(&pool, &job, Some("loop"), None).await;
    let rounds = rounds(&pool, BOT, None, 1).await.unwrap();
    assert_eq!(told(&trials(&pool, BOT, &rounds).await.unwrap(), &job), [("loop".to_owned(), Some(job.id))]);
}
