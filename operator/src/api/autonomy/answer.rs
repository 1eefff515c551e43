//! The verdict on autonomy as it is answered. In: what was read and judged, and the namespaces whose Bots the caller may read. Out: what
//! becomes JSON. Pure.

use std::cmp::Reverse;

use assayer_contract::{ReasonCode, Stage};
use assayer_judge::{
    Verdict,
    autonomy::{Autonomy, Cadence, Expected, Missed, OfBot},
};
use assayer_store::autonomy::{Bucket, RunRow, Totals};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::api::bots::readable::Readable;

/// A Bot by its names.
pub(super) struct Named {
    pub(super) id: Uuid,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) stage: Stage,
}

impl Named {
    pub(super) fn full(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}

/// What was read.
pub(super) struct Measured {
    pub(super) runs: Vec<RunRow>,
    pub(super) buckets: Vec<Bucket>,
    /// In the order of `bots`.
    pub(super) cadences: Vec<Cadence>,
    pub(super) bots: Vec<Named>,
    pub(super) window: (DateTime<Utc>, DateTime<Utc>),
}

/// Whether Bots work by themselves as often as their policy says.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AutonomyAnswer {
    /// When this was read: the window's end.
    generated_at: DateTime<Utc>,
    /// The window's beginning.
    since: DateTime<Utc>,
    /// Whether they did.
    verdict: Answer,
    /// What made the verdict FAIL, or UNKNOWN.
    reasons: Vec<MissedAnswer>,
    /// What was missed in the window and does not count against the verdict: it has a reason that is allowed, or is over.
    missed: Vec<MissedAnswer>,
    /// Of both, those about Bots that the caller may not read.
    missed_not_shown: usize,
    /// Of both, those that `limit` left out.
    missed_left_out: usize,
    /// Completed runs of the planner in the window.
    planner_runs_total: i64,
    /// Jobs of which rows were written in the window.
    jobs_enqueued: i64,
    /// Kubernetes Jobs that were created for them.
    jobs_created: i64,
    /// The newest runs, the newest first.
    planner_runs: Vec<RunRow>,
    /// Slots of all Bots that ended in the window; null where nothing is expected of any.
    slots_expected: Option<i64>,
    /// Those of them that a job filled; null where nothing is expected of any.
    slots_filled: Option<i64>,
    /// Those that had no work (`NO_NEW_INFORMATION`), each by a row of the planner; null where nothing is expected of any.
    slots_idle: Option<i64>,
    /// The Bots that the caller may read; where `limit` leaves some out, those that were silent for longest.
    bots: Vec<BotAnswer>,
    /// Bots that count and that the caller may not read.
    bots_not_shown: usize,
    /// Bots that the caller may read and that `limit` left out.
    bots_left_out: usize,
    /// Jobs and rows by quarter of an hour.
    buckets: Vec<Bucket>,
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Answer {
    /// Every Bot of which something is expected worked, and the planner runs.
    Pass,
    /// Something was missed that had not to be.
    Fail,
    /// No slot of any Bot ended in the window.
    Unknown,
}

/// Something that was missed.
#[derive(Debug, Serialize, JsonSchema)]
struct MissedAnswer {
    /// Why, or what it is.
    reason_code: ReasonCode,
    /// The same with names and numbers.
    message: String,
    /// The Bot that it concerns; null where it concerns the installation.
    bot: Option<String>,
    /// Since when; null where that is not what counts.
    from: Option<DateTime<Utc>>,
    /// Until when; null where that is not what counts.
    to: Option<DateTime<Utc>>,
    /// What to do about it.
    suggested_fix: &'static str,
}

/// A Bot.
#[derive(Debug, Serialize, JsonSchema)]
struct BotAnswer {
    /// Its UID.
    bot_id: Uuid,
    /// Its namespace and name.
    bot: String,
    /// Its stage.
    stage: Stage,
    /// Seconds from slot to slot; null where nothing is expected.
    cadence_s: Option<u64>,
    /// Why nothing is expected; null where something is.
    nothing_expected_reason: Option<ReasonCode>,
    /// Since when it is counted.
    since: DateTime<Utc>,
    /// Slots that ended since then; null where nothing is expected.
    slots_expected: Option<i64>,
    /// Slots that a job filled since then, the present one among them; null where nothing is expected.
    slots_filled: Option<i64>,
    /// Slots since then that had no work; null where nothing is expected.
    slots_idle: Option<i64>,
    /// The longest time from one slot with a job or without work to the next, or until now; null where nothing is expected.
    longest_silent_gap_s: Option<i64>,
}

impl AutonomyAnswer {
    pub(super) fn new(measured: &Measured, totals: &Totals, judged: &Autonomy, readable: &Readable, limit: usize) -> Self {
        let may = |bot: &str| bot.split_once('/').is_some_and(|(namespace, _)| readable.has(namespace));
        let shown = |counts: bool| -> Vec<MissedAnswer> {
            let some = judged.missed.iter().filter(|one| one.counts == counts && one.bot.as_deref().is_none_or(may));
            some.map(MissedAnswer::of).collect()
        };
        let (mut reasons, mut missed) = (shown(true), shown(false));
        let missed_not_shown = judged.missed.len() - reasons.len() - missed.len();
        if judged.verdict == Verdict::Unknown {
            reasons.push(MissedAnswer::nothing_measured());
        }
        let counted = measured.cadences.iter().zip(&judged.bots);
        let expected: Option<i64> = judged.bots.iter().filter_map(|bot| bot.expected).reduce(|a, b| a + b);
        let sum = |of: fn(&Cadence) -> i64| {
            let of_expected = counted.clone().filter(|(_, bot)| bot.expected.is_some());
            expected.map(|_| of_expected.map(|(cadence, _)| of(cadence)).sum())
        };
        let (filled, idle) = (sum(|cadence| cadence.filled), sum(|cadence| cadence.idle));
        let all = measured.bots.iter().zip(counted);
        let of_readable = all.filter(|(bot, _)| readable.has(&bot.namespace));
        let mut bots: Vec<_> = of_readable.map(|(bot, (cadence, judged))| BotAnswer::of(bot, cadence, judged)).collect();
        let bots_not_shown = measured.bots.len() - bots.len();
        bots.sort_by(|a, b| (Reverse(a.longest_silent_gap_s), &a.bot).cmp(&(Reverse(b.longest_silent_gap_s), &b.bot)));
        let bots_left_out = cut(&mut bots, limit);
        bots.sort_by(|a, b| a.bot.cmp(&b.bot));
        let missed_left_out = cut(&mut reasons, limit) + cut(&mut missed, limit);
        Self {
            generated_at: measured.window.1,
            since: measured.window.0,
            verdict: match judged.verdict {
                Verdict::Proven => Answer::Pass,
                Verdict::Refuted => Answer::Fail,
                Verdict::Unknown => Answer::Unknown,
            },
            reasons,
            missed,
            missed_not_shown,
            missed_left_out,
            planner_runs_total: totals.runs,
            jobs_enqueued: totals.enqueued,
            jobs_created: totals.created,
            planner_runs: measured.runs.clone(),
            slots_expected: expected,
            slots_filled: filled,
            slots_idle: idle,
            bots_not_shown,
            bots_left_out,
            bots,
            buckets: measured.buckets.clone(),
        }
    }
}

/// Cuts a list off, and tells how many that left out.
fn cut<T>(list: &mut Vec<T>, limit: usize) -> usize {
    let left_out = list.len().saturating_sub(limit);
    list.truncate(limit);
    left_out
}

impl MissedAnswer {
    fn of(one: &Missed) -> Self {
        Self {
            reason_code: one.reason,
            message: one.message.clone(),
            bot: one.bot.clone(),
            from: one.time.map(|(from, _)| from),
            to: one.time.map(|(_, to)| to),
            suggested_fix: one.reason.suggested_fix(),
        }
    }

    fn nothing_measured() -> Self {
        let reason = ReasonCode::AwaitingFirstCycle;
        let message = "no slot of any Bot ended in the window, so nothing was measured".to_owned();
        Self::of(&Missed { reason, message, bot: None, time: None, counts: true })
    }
}

impl BotAnswer {
    fn of(bot: &Named, cadence: &Cadence, judged: &OfBot) -> Self {
        let every = match cadence.expected {
            Expected::Every(every) => Some(every),
            Expected::Nothing(_) => None,
        };
        Self {
            bot_id: bot.id,
            bot: bot.full(),
            stage: bot.stage,
            cadence_s: every.map(|every| every.as_secs()),
            nothing_expected_reason: judged.why_nothing,
            since: cadence.since,
            slots_expected: judged.expected,
            slots_filled: judged.expected.map(|_| cadence.filled),
            slots_idle: judged.expected.map(|_| cadence.idle),
            longest_silent_gap_s: cadence.longest_gap.filter(|_| every.is_some()).map(|gap| gap.num_seconds()),
        }
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
