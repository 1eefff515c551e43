//! Whether Bots work by themselves as often as their policy says. In: what the planner did, the slots that each Bot's jobs filled. Out:
//! proven, refuted or unknown, with every reason, and what was missed though it refutes nothing. Pure.
//!
//! Rules that the tests hold it to:
//! 1. Nothing measured is unknown, never proven.
//! 2. Taking jobs or runs away never makes it better.
//! 3. A slot that was missed counts unless a reason that is allowed was written down for it.

use std::time::Duration;

use assayer_contract::ReasonCode;
use chrono::{DateTime, TimeDelta, Utc};

use crate::Verdict;

/// More slots missed in a row than this, without a reason that is allowed, refute autonomy.
pub const MISSED_AT_MOST: i64 = 2;
/// A run may take this long beside the time between two.
pub const RUN_MAY_TAKE: TimeDelta = TimeDelta::seconds(5);

/// What the planner did in a window of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runs {
    /// When the newest run was completed, and the time between two runs; `None` where there is none.
    pub newest: Option<(DateTime<Utc>, Option<Duration>)>,
    /// Jobs of which rows were written.
    pub enqueued: i64,
    /// Kubernetes Jobs that were created for them.
    pub created: i64,
    /// Times between two runs that were longer than two intervals.
    pub silences: Vec<Silence>,
}

/// A time without a completed run of the planner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// When the run before it was completed.
    pub from: DateTime<Utc>,
    /// When the run after it was.
    pub to: DateTime<Utc>,
}

/// What is expected of a Bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing, for this reason: it is stopped, or its spec or policy cannot be obeyed.
    Nothing(ReasonCode),
    /// A job in each slot of this length.
    Every(Duration),
}

/// What a Bot did in the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cadence {
    /// `namespace/name`.
    pub bot: String,
    /// What is expected of it.
    pub expected: Expected,
    /// Since when: the window's start, the Bot's creation, or its first job under the present policy, whichever is the latest.
    pub since: DateTime<Utc>,
    /// Slots that jobs filled since then.
    pub filled: i64,
    /// Slots since then that had no work: no new bar, no search and no audit due. Their cadence is kept.
    pub idle: i64,
    /// Times without a slot that was filled or had no work, that may be too long.
    pub gaps: Vec<Gap>,
    /// The longest time without such a slot; `None` where nothing is expected.
    pub longest_gap: Option<TimeDelta>,
}

/// A time between two slots that were filled or had no work; or from `since` to the first, or from the last until now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The slot before it, or `since`.
    pub from: DateTime<Utc>,
    /// The slot after it, or now.
    pub to: DateTime<Utc>,
    /// Until when the job before it was at work.
    pub busy_until: Option<DateTime<Utc>>,
    /// How the job before it failed, which makes the next wait.
    pub failed: Option<ReasonCode>,
    /// What the planner wrote down of this Bot meanwhile.
    pub denied: Option<ReasonCode>,
}

/// Something that was missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// Why; of slots that count against autonomy what they are.
    pub reason: ReasonCode,
    /// The same with names and numbers.
    pub message: String,
    /// The Bot that it concerns.
    pub bot: Option<String>,
    /// From when until when.
    pub time: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Whether it refutes autonomy.
    pub counts: bool,
}

/// What is said of a Bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfBot {
    /// Slots that have ended since then; `None` where nothing is expected.
    pub expected: Option<i64>,
    /// Why nothing is expected.
    pub why_nothing: Option<ReasonCode>,
}

/// Everything that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Autonomy {
    /// Whether Bots work by themselves.
    pub verdict: Verdict,
    /// What was missed, what counts first.
    pub missed: Vec<Missed>,
    /// In the order of the Bots that were given.
    pub bots: Vec<OfBot>,
}

/// Judges the window that ends now.
pub fn autonomy(runs: &Runs, bots: &[Cadence], now: DateTime<Utc>) -> Autonomy {
    let mut missed: Vec<Missed> = of_runs(runs, now);
    missed.extend(bots.iter().flat_map(of_gaps));
    missed.sort_by_key(|one| !one.counts);
    let of_bots: Vec<OfBot> = bots.iter().map(|bot| of_bot(bot, now)).collect();
    let measured = of_bots.iter().any(|bot| bot.expected.is_some_and(|slots| slots > 0));
    let verdict = match (missed.iter().any(|one| one.counts), measured) {
        (true, _) => Verdict::Refuted,
        (false, true) => Verdict::Proven,
        (false, false) => Verdict::Unknown,
    };
    Autonomy { verdict, missed, bots: of_bots }
}

fn of_runs(runs: &Runs, now: DateTime<Utc>) -> Vec<Missed> {
    let one = |reason, message, time, counts| Missed { reason, message, bot: None, time, counts };
    let mut missed = Vec::new();
    match runs.newest {
        None => missed.push(one(ReasonCode::SupervisorSilent, "no run of the planner is recorded".to_owned(), None, true)),
        Some((_, None)) => {
            let message = "the last run does not say how often the planner runs".to_owned();
            missed.push(one(ReasonCode::SupervisorSilent, message, None, true));
        }
        Some((last, Some(every))) if now - last > silent_after(every) => {
            let message = format!(
                "the planner last completed a run {} s ago; it runs every {} s",
                (now - last).num_seconds(),
                every.as_secs()
            );
            missed.push(one(ReasonCode::SupervisorSilent, message, Some((last, now)), true));
        }
        Some(_) => {}
    }
    if runs.created < runs.enqueued {
        let message = format!("{} jobs were enqueued and {} Kubernetes Jobs created", runs.enqueued, runs.created);
        missed.push(one(ReasonCode::JobsNotCreated, message, None, true));
    }
    missed.extend(runs.silences.iter().map(|Silence { from, to }| {
        let message = format!("no planner completed a run for {} s", (*to - *from).num_seconds());
        one(ReasonCode::SupervisorSilent, message, Some((*from, *to)), false)
    }));
    missed
}

/// From when on a planner that runs so often is silent.
pub fn silent_after(every: Duration) -> TimeDelta {
    TimeDelta::from_std(every.saturating_mul(2)).unwrap_or(TimeDelta::MAX / 2) + RUN_MAY_TAKE
}

fn of_gaps(bot: &Cadence) -> Vec<Missed> {
    let Expected::Every(every) = bot.expected else { return Vec::new() };
    bot.gaps.iter().filter_map(|gap| of_gap(bot, gap, every)).collect()
}

fn of_gap(bot: &Cadence, gap: &Gap, every: Duration) -> Option<Missed> {
    let missed = slots(gap.from, gap.to, every) - 1;
    if missed <= MISSED_AT_MOST {
        return None;
    }
    let idle = gap.busy_until.map_or(missed, |until| slots(until.max(gap.from), gap.to, every) - 1);
    let (reason, counts) = match gap {
        _ if idle <= MISSED_AT_MOST => (ReasonCode::JobRunning, false),
        Gap { denied: Some(reason), .. } => (*reason, starves(*reason)),
        Gap { failed: Some(_), .. } if idle <= MISSED_AT_MOST + 1 => (ReasonCode::Backoff, false),
        _ => (ReasonCode::CadenceMissed, true),
    };
    let why = match reason {
        ReasonCode::CadenceMissed => ", and no reason was written down".to_owned(),
        other => format!(": {}", other.title()),
    };
    let message = format!("{} missed {missed} slots in a row{why}", bot.bot);
    Some(Missed { reason, message, bot: Some(bot.bot.clone()), time: Some((gap.from, gap.to)), counts })
}

/// A reason for which no Bot may wait for long: there is to be room for all.
fn starves(reason: ReasonCode) -> bool {
    reason == ReasonCode::ConcurrencyLimit
}

/// Whole slots between two times.
fn slots(from: DateTime<Utc>, to: DateTime<Utc>, every: Duration) -> i64 {
    let every = i64::try_from(every.as_millis()).unwrap_or(i64::MAX).max(1);
    (to - from).num_milliseconds().max(0) / every
}

fn of_bot(bot: &Cadence, now: DateTime<Utc>) -> OfBot {
    match bot.expected {
        Expected::Nothing(reason) => OfBot { expected: None, why_nothing: Some(reason) },
        Expected::Every(every) => OfBot { expected: Some(slots(bot.since, now, every)), why_nothing: None },
    }
}
