//! Whether every gateway enforces the present limits. In: what each said last, the hash of the present StagePolicies. Out: a gate. Pure.
//!
//! Rules that the tests hold it to:
//! 1. It is open only if whoever writes the log said so within 30 s, and every other gateway that lives did as well.
//! 2. One gateway that says another thing, or falls silent, closes it, and is named.

use std::time::Duration;

use assayer_contract::ReasonCode;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::{
    Verdict,
    readiness::{Log, Proof, SignOfLife},
    system::Gate,
};

/// How old the word of a gateway may be.
pub const SAID_WITHIN: Duration = Duration::from_secs(30);
/// A gateway that has said nothing for longer, and does not write the log, is gone.
pub const LIVES_FOR: Duration = Duration::from_mins(2);

/// What is known of the limits that are enforced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Hash of what the present StagePolicies have a gateway enforce; or why nobody can tell.
    pub present: Result<String, String>,
    /// The last word of each gateway.
    pub said: Vec<LimitsFact>,
}

/// The last word of a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsFact {
    /// Who, when and which row.
    pub by: SignOfLife,
    /// Hash of what it enforces; `None` where it has stopped.
    pub hash: Option<String>,
}

/// The gate `riskEngineConnected`.
pub(crate) fn gate(limits: &Limits, log: &Log, required: bool, now: DateTime<Utc>) -> Gate {
    let (verdict, message) = judged(limits, log, now);
    let living = living(limits, now).map(|one| Proof { kind: "worker_heartbeats", id: one.by.id.clone(), at: Some(one.by.at) });
    let reason = if verdict == Verdict::Proven { ReasonCode::Proven } else { ReasonCode::LimitsUnproven };
    let message = if required { message } else { format!("{message}; in LAB no order is placed, so no Bot requires it") };
    Gate { name: "riskEngineConnected", verdict, reason, message, required, evidence: living.collect() }
}

fn judged(limits: &Limits, log: &Log, now: DateTime<Utc>) -> (Verdict, String) {
    let writer = match log {
        Log::Unreadable(why) => return (Verdict::Unknown, why.clone()),
        Log::Read(writer) => writer.as_ref(),
    };
    let present = match &limits.present {
        Err(why) => return (Verdict::Unknown, why.clone()),
        Ok(present) => present,
    };
    let Some(writer) = writer else {
        return (Verdict::Refuted, "no gateway holds the request log, so none enforces a limit".to_owned());
    };
    let living: Vec<_> = living(limits, now).collect();
    if !living.iter().any(|one| one.by.by == writer.by) {
        return (Verdict::Refuted, format!("{} writes the log and does not say which limits it enforces", writer.by));
    }
    let within = TimeDelta::from_std(SAID_WITHIN).unwrap_or(TimeDelta::MAX);
    if let Some(silent) = living.iter().find(|one| now - one.by.at > within) {
        let message = format!("{} last said at {} which limits it enforces", silent.by.by, clock(silent.by.at));
        return (Verdict::Refuted, message);
    }
    if let Some(other) = living.iter().find(|one| one.hash.as_ref() != Some(present)) {
        let enforced = other.hash.as_deref().unwrap_or_default();
        let message = format!("{} enforces the limits {enforced}, and those of the StagePolicies are {present}", other.by.by);
        return (Verdict::Refuted, message);
    }
    (Verdict::Proven, format!("every gateway enforces the present limits, {present}: {}", living.len()))
}

/// Those that have neither stopped nor been silent for long.
fn living(limits: &Limits, now: DateTime<Utc>) -> impl Iterator<Item = &LimitsFact> {
    let for_ = TimeDelta::from_std(LIVES_FOR).unwrap_or(TimeDelta::MAX);
    limits.said.iter().filter(move |one| one.hash.is_some() && now - one.by.at <= for_)
}

fn clock(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
