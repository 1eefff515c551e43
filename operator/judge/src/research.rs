//! When a Bot improves its strategy, and when it evolves another. In: its last rounds, the policy, the time. Out: the round that goes with
//! the next backtest, the same for every leader. Pure.
//!
//! `BACKTEST → IMPROVE → BACKTEST → IMPROVE → … → EVOLVE`: a round follows a backtest in the same cycle, over the bars that it fetched.

use assayer_contract::{JobType, ReasonCode, policy::ResearchPolicy, research::Round};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::cadence::current_slot;

/// Which round goes with the cycle of the slot `due_slot`, given the last ones, the newest first; or why none does.
pub fn due(bot_id: Uuid, policy: &ResearchPolicy, rounds: &[Round], due_slot: DateTime<Utc>) -> Result<JobType, ReasonCode> {
    if failed_evolutions(rounds) >= policy.retire_after_failed_evolutions {
        return Err(ReasonCode::LineageRetired);
    }
    let began = |job_type: JobType| rounds.iter().filter(|round| round.job_type == job_type).map(|round| round.due_slot).max();
    // A round is due in the first cycle of each slot of its own cadence.
    let is_due = |last: Option<DateTime<Utc>>, every| {
        last.is_none_or(|last| current_slot(bot_id, every, last) < current_slot(bot_id, every, due_slot))
    };
    if wants_another(policy, rounds) && is_due(began(JobType::Evolve), policy.evolve_every) {
        return Ok(JobType::Evolve);
    }
    let newest = rounds.iter().map(|round| round.due_slot).max();
    if is_due(newest, policy.improve_every) { Ok(JobType::Improve) } else { Err(ReasonCode::CadenceWait) }
}

/// Evolutions in a row, the newest last, that found no challenger.
fn failed_evolutions(rounds: &[Round]) -> u32 {
    let evolutions = rounds.iter().filter(|round| round.job_type == JobType::Evolve && round.succeeded);
    count(evolutions.take_while(|round| !round.challenger))
}

/// Whether enough improvements were made since the last evolution, or enough of them found nothing.
fn wants_another(policy: &ResearchPolicy, rounds: &[Round]) -> bool {
    let since = || rounds.iter().filter(|round| round.succeeded).take_while(|round| round.job_type == JobType::Improve);
    let in_vain = count(since().take_while(|round| !round.improved));
    count(since()) >= policy.improve_rounds_before_evolve || in_vain >= policy.evolve_when_stalled_for
}

fn count<'a>(rounds: impl Iterator<Item = &'a Round>) -> u32 {
    u32::try_from(rounds.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Duration;

    use assayer_contract::{budget::ResearchLimits, research::ResearchRules};
    use chrono::TimeDelta;

    use super::*;

    const BOT: Uuid = Uuid::from_u128(7);
    const MINUTES: u64 = 20;

    pub(crate) fn policy() -> ResearchPolicy {
        ResearchPolicy {
            improve_every: Duration::from_mins(MINUTES),
            evolve_every: Duration::from_mins(6 * MINUTES),
            improve_rounds_before_evolve: 4,
            evolve_when_stalled_for: 2,
            retire_after_failed_evolutions: 5,
            limits: ResearchLimits {
                improvements_per_hour: 3,
                evolutions_per_hour: 1,
                trials_per_day_per_root: 500,
                holdout_reads_per_quarter_per_root: 4,
                trials_per_round: 60,
            },
            rules: ResearchRules::default(),
            ai_suggestions: None,
        }
    }

    fn slot(n: i32) -> DateTime<Utc> {
        let first = current_slot(BOT, Duration::from_mins(MINUTES), DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        first + TimeDelta::minutes(i64::try_from(MINUTES).unwrap()) * n
    }

    /// The rounds of so many slots, each found by what came before it.
    fn lived(
        policy: &ResearchPolicy,
        slots: i32,
        ends: impl Fn(JobType) -> (bool, bool, bool),
    ) -> Vec<Result<JobType, ReasonCode>> {
        let mut rounds = Vec::new();
        let step = |n: i32| {
            let due = due(BOT, policy, &rounds, slot(n));
            if let Ok(job_type) = due {
                let (succeeded, improved, challenger) = ends(job_type);
                rounds.insert(0, Round { job_type, due_slot: slot(n), succeeded, improved, challenger });
            }
            due
        };
        (0..slots).map(step).collect()
    }

    fn word(lived: &[Result<JobType, ReasonCode>]) -> String {
        lived.iter().map(|due| due.map_or('.', |job_type| if job_type == JobType::Improve { 'I' } else { 'E' })).collect()
    }

    #[test]
    fn a_bot_improves_so_often_and_then_evolves() {
        let found = |_| (true, true, true);
        assert_eq!(word(&lived(&policy(), 9, found)), "IIIIEIIII");
        let rare = ResearchPolicy { evolve_every: Duration::from_hours(168), ..policy() };
        let word_of = word(&lived(&rare, 40, found));
        assert!(word_of.matches('E').count() <= 2, "not more often than the cadence of evolutions lets it: {word_of}");
        let slow = ResearchPolicy { improve_every: Duration::from_mins(2 * MINUTES), ..policy() };
        let word = word(&lived(&slow, 6, found));
        assert!(["I.I.I.", "II.I.I"].contains(&word.as_str()), "{word}");
    }

    #[test]
    fn improvements_in_vain_bring_the_evolution_forward() {
        let nothing = |job_type| (true, job_type == JobType::Evolve, job_type == JobType::Evolve);
        assert!(word(&lived(&policy(), 4, nothing)).starts_with("IIE"));
    }

    #[test]
    fn a_round_that_failed_counts_for_the_cadence_alone() {
        assert_eq!(word(&lived(&policy(), 6, |_| (false, false, false))), "IIIIII");
    }

    #[test]
    fn a_strategy_is_retired_after_so_many_evolutions_without_a_challenger() {
        let policy = ResearchPolicy { evolve_every: Duration::from_mins(MINUTES), retire_after_failed_evolutions: 2, ..policy() };
        let lived = lived(&policy, 8, |_| (true, false, false));
        assert_eq!(word(&lived), "IIEIIE..");
        assert_eq!(lived[7], Err(ReasonCode::LineageRetired));
    }
}
