//! Whether a feed delivers usable bars. In: the jobs that worked on it last, the newest bars, the policy. Out: what keeps others from
//! starting on it, or nothing. Pure.
//!
//! Keys that are accepted say nothing of the bars that a Bot needs: only a job finds out. So one of them has to be let in again, or a
//! start that is denied would be denied forever.
//!
//! Rules that the tests hold it to:
//! 1. Losing a success, or one more job without bars, never lets a start in earlier.
//! 2. A denied start is always let in later: after a pause, or at once after a test call that succeeded. Pauses are bounded.
//! 3. While one job tries, no other Bot starts on the feed.

use std::time::Duration;

use assayer_contract::{Feed, FeedJob, FeedRows, ReasonCode, Source, policy::Policy};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::{
    Verdict,
    readiness::{Candidate, Impediment, Proof, Readiness, Scope, blocked},
};

/// So many jobs in a row without usable bars, and the next start is only a trial.
const IN_A_ROW: usize = 2;
/// The longest pause between two trials.
const LONGEST: Duration = Duration::from_hours(1);

/// A feed and what the log says of it.
#[derive(Clone, Copy, Debug)]
pub struct FeedLook<'a> {
    /// The feed.
    pub feed: &'a Feed,
    /// Its rows.
    pub rows: &'a FeedRows,
}

/// What is in the way of a Bot on its feed, which `provider` serves: it blocks until the next trial, and degrades from then on.
pub(crate) fn impediment(bot: Candidate<'_>, provider: &str, policy: &Policy, now: DateTime<Utc>) -> Option<Impediment> {
    let FeedLook { feed, rows } = bot.feed?;
    let in_vain = in_vain(rows, policy);
    let newest = in_vain.first().filter(|_| in_vain.len() >= IN_A_ROW)?;
    let again = trial(rows, newest.at, pause(policy.market_data.cooldown, in_vain.len()));
    let trying = rows.open.iter().find(|job| job.bot != bot.name);
    let next = match trying {
        Some(job) => format!("job {} tries now", job.job_name),
        None => format!("the next start is a trial, from {} on", clock(again)),
    };
    let bars = last_bar(rows, newest.at);
    let reason = newest.reason.unwrap_or(ReasonCode::DataUnavailable);
    let said = newest.message.as_deref().unwrap_or(reason.title());
    let message = format!(
        "{provider} {feed}: {bars}; {} jobs in a row got no usable bars, the last for {reason} at {}; {next}; {said}",
        in_vain.len(),
        clock(newest.at)
    );
    let readiness = if trying.is_some() || now < again { Readiness::Blocked } else { Readiness::Degraded };
    let proven = rows.bars.as_ref().map(|last| Proof { kind: "requests", id: last.request_id.to_string(), at: Some(last.at) });
    let failed = in_vain.iter().map(|job| Proof { kind: "bot_jobs", id: job.id.to_string(), at: Some(job.at) });
    let scope = Scope::Feed { namespace: feed.namespace.clone(), provider: provider.to_owned(), feed: feed.to_string() };
    Some(Impediment {
        readiness,
        source: Some(Source::MarketData),
        measured: Some(bars),
        required: Some("a job with usable bars".to_owned()),
        evidence: failed.chain(proven).collect(),
        ..blocked(ReasonCode::DataUnavailable, scope, message, Verdict::Refuted)
    })
}

/// The jobs without usable bars since the last that succeeded, under the present policy. What failed for another reason says nothing.
fn in_vain<'a>(rows: &'a FeedRows, policy: &Policy) -> Vec<&'a FeedJob> {
    let hash = policy.hash.to_string();
    let present = rows.ended.iter().filter(|job| job.policy_hash == hash);
    let since = present.take_while(|job| !job.succeeded);
    since.filter(|job| job.reason.is_some_and(ReasonCode::means_no_usable_data)).collect()
}

/// Doubled with each job in vain after the first that is paused for.
fn pause(cooldown: Duration, in_vain: usize) -> TimeDelta {
    let doubled = u32::try_from(in_vain.saturating_sub(IN_A_ROW)).unwrap_or(u32::MAX).min(16);
    let pause = cooldown.saturating_mul(1 << doubled).min(LONGEST);
    TimeDelta::from_std(pause).unwrap_or(TimeDelta::zero())
}

fn trial(rows: &FeedRows, failed_at: DateTime<Utc>, pause: TimeDelta) -> DateTime<Utc> {
    let asked_for = rows.tested_at.filter(|tested| *tested > failed_at);
    asked_for.unwrap_or(failed_at + pause).min(failed_at + pause)
}

/// The newest bar, and how old it was when the last job ended: the age of now would be another text at each look.
fn last_bar(rows: &FeedRows, at: DateTime<Utc>) -> String {
    match rows.bars.as_ref().map(|bars| bars.last_bar) {
        Some(Some(end)) => format!("last bar {}, {} old", clock(end), age(at - end)),
        Some(None) => "last bar not measured".to_owned(),
        None => "no bar within the last days".to_owned(),
    }
}

fn age(age: TimeDelta) -> String {
    match age.num_seconds().max(0) {
        seconds if seconds >= 172_800 => format!("{} days", seconds / 86_400),
        seconds if seconds >= 7_200 => format!("{} h", seconds / 3_600),
        seconds if seconds >= 120 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

fn clock(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
