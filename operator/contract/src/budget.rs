//! What research may use and uses. In: what rows say of the present. Out: whether one more cycle or round fits in. Pure.
//!
//! Asked in the transaction that plans a cycle, and again wherever a Bot says why it waits: the same answer of the same rows.

use serde::{Deserialize, Serialize};

use crate::{JobType, ReasonCode};

/// A round with fewer trials tells nothing.
const FEWEST_TRIALS: u32 = 4;

/// What the cycles of a stage may use together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Cycles that may be open at once.
    pub open: u32,
    /// Seconds of one processor that the cycles of one hour may use; `None` sets no limit.
    pub cpu_seconds_per_hour: Option<u32>,
    /// What improvements and evolutions may use; `None` lets none begin.
    pub research: Option<ResearchLimits>,
}

/// What improvements and evolutions of a stage may use together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResearchLimits {
    /// Improvements that may be planned within an hour.
    pub improvements_per_hour: u32,
    /// Evolutions that may be planned within an hour.
    pub evolutions_per_hour: u32,
    /// Trials in one UTC day over all Bots of one instrument root.
    pub trials_per_day_per_root: u32,
    /// Looks at the hold-out in one quarter (UTC) over all Bots of one instrument root.
    pub holdout_reads_per_quarter_per_root: u32,
    /// Most trials of one round.
    pub trials_per_round: u32,
}

/// What is used and reserved now, by rows: what is open counts with all that it may still use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Cycles that are open.
    pub open: i64,
    /// Seconds of one processor in the cycles of the last hour.
    pub cpu_seconds: i64,
    /// Improvements of the last hour.
    pub improvements: i64,
    /// Evolutions of the last hour.
    pub evolutions: i64,
    /// Trials of the UTC day, of one instrument root.
    pub trials: i64,
}

impl Limits {
    /// Whether a cycle that may take so many seconds fits in.
    pub fn admit(&self, usage: &Usage, seconds: i64) -> Result<(), ReasonCode> {
        if usage.open >= i64::from(self.open) {
            return Err(ReasonCode::ConcurrencyLimit);
        }
        let cpu = self.cpu_seconds_per_hour.is_none_or(|most| usage.cpu_seconds.saturating_add(seconds) <= i64::from(most));
        if cpu { Ok(()) } else { Err(ReasonCode::CpuBudget) }
    }

    /// How many trials a round of this type may make, at least four, in a cycle that then may take so many seconds.
    pub fn grant(&self, usage: &Usage, job_type: JobType, seconds: i64) -> Result<u32, ReasonCode> {
        self.admit(usage, seconds)?;
        let (begun, most, reason) = match (job_type, self.research) {
            (JobType::Improve, Some(most)) => (usage.improvements, most, ReasonCode::ImproveBudget),
            (JobType::Evolve, Some(most)) => (usage.evolutions, most, ReasonCode::EvolveBudget),
            (JobType::Backtest, _) | (_, None) => return Err(ReasonCode::JobTypeUnknown),
        };
        let per_hour = if job_type == JobType::Improve { most.improvements_per_hour } else { most.evolutions_per_hour };
        if begun >= i64::from(per_hour) {
            return Err(reason);
        }
        let left = i64::from(most.trials_per_day_per_root).saturating_sub(usage.trials).min(i64::from(most.trials_per_round));
        u32::try_from(left).ok().filter(|left| *left >= FEWEST_TRIALS).ok_or(ReasonCode::TrialBudget)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        open: 2,
        cpu_seconds_per_hour: Some(100),
        research: Some(ResearchLimits {
            improvements_per_hour: 3,
            evolutions_per_hour: 1,
            trials_per_day_per_root: 50,
            holdout_reads_per_quarter_per_root: 4,
            trials_per_round: 20,
        }),
    };

    #[test]
    fn each_limit_says_no_by_its_own_name_and_only_where_it_is_reached() {
        let used = Usage { open: 1, cpu_seconds: 40, improvements: 2, evolutions: 0, trials: 10 };
        assert_eq!(LIMITS.grant(&used, JobType::Improve, 60), Ok(20));
        assert_eq!(LIMITS.admit(&Usage { open: 2, ..used }, 60), Err(ReasonCode::ConcurrencyLimit));
        assert_eq!(LIMITS.admit(&used, 61), Err(ReasonCode::CpuBudget));
        assert_eq!(LIMITS.grant(&Usage { improvements: 3, ..used }, JobType::Improve, 1), Err(ReasonCode::ImproveBudget));
        assert_eq!(LIMITS.grant(&Usage { evolutions: 1, ..used }, JobType::Evolve, 1), Err(ReasonCode::EvolveBudget));
        assert_eq!(LIMITS.grant(&Usage { trials: 47, ..used }, JobType::Evolve, 1), Err(ReasonCode::TrialBudget));
    }

    #[test]
    fn a_round_gets_what_is_left_of_the_day_and_no_more() {
        assert_eq!(LIMITS.grant(&Usage { trials: 43, ..Usage::default() }, JobType::Improve, 1), Ok(7));
        assert_eq!(
            Limits { research: None, ..LIMITS }.grant(&Usage::default(), JobType::Improve, 1),
            Err(ReasonCode::JobTypeUnknown)
        );
    }
}
