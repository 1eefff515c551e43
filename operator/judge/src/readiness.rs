//! Whether a Bot may start. In: its policy, what serves the sources that it requires, the request log. Out: BLOCKED, DEGRADED or OK,
//! with what is in the way. Pure.
//!
//! Rules that the tests hold it to:
//! 1. It is OK only if every source that the stage requires is connected through at least one of its providers.
//! 2. Taking evidence away never makes it better, and neither does requiring one source more.
//! 3. What is not required is never in the way.
//! 4. Nothing that keeps a Bot from starting is cleared by a job of that Bot: handshakes and heartbeats clear it. That its bars do not
//!    come, only a job can clear: so it passes with time, and one start is let in (`feed`).

mod served;

use std::time::Duration;

use assayer_contract::{
    Bearing, ReasonCode, Source,
    policy::{Policy, Requirement, SourceRule},
};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{
    Acceptance, IntegrationState, Verdict,
    feed::{self, FeedLook},
};

pub use served::{Served, Serving};

/// A writer of the log without a sign of life for longer than this is gone: another would have taken over by then.
pub const WRITER_WITHIN: Duration = Duration::from_mins(1);

/// How ready something is, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Readiness {
    /// Everything that is required is there.
    Ok,
    /// Something that is required does not fully work, and starting is allowed.
    Degraded,
    /// Something that is required is missing or not proven: nothing starts.
    Blocked,
}

/// What something that blocks belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The whole installation.
    Installation,
    /// A process of the installation, by its role.
    Worker(&'static str),
    /// An Integration, or its absence.
    Integration {
        /// Its namespace.
        namespace: String,
        /// Registry name of the vendor.
        provider: String,
        /// Its name; `None` where there is none.
        name: Option<String>,
    },
    /// A series of bars.
    Feed {
        /// Its namespace.
        namespace: String,
        /// Registry name of the vendor.
        provider: String,
        /// Dataset, schema and symbol.
        feed: String,
    },
    /// A Bot's own spec or policy.
    Bot {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
}

/// What is in the way, or does not fully work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impediment {
    /// Whether it blocks or only degrades.
    pub readiness: Readiness,
    /// Why.
    pub reason: ReasonCode,
    /// What it belongs to.
    pub scope: Scope,
    /// The source that it is about.
    pub source: Option<Source>,
    /// The same as the reason, in a sentence with names and numbers.
    pub message: String,
    /// What was measured.
    pub measured: Option<String>,
    /// What is required.
    pub required: Option<String>,
    /// `Unknown` where nobody knows, `Refuted` where it is known to be so.
    pub verdict: Verdict,
    /// What it rests on.
    pub evidence: Vec<Proof>,
}

/// A row, or an object of the cluster, that a statement rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Proof {
    /// Where it is: a table of the database, or a kind of the cluster.
    pub kind: &'static str,
    /// Its id or name.
    pub id: String,
    /// When it was written.
    pub at: Option<DateTime<Utc>>,
}

/// A sign of life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOfLife {
    /// Who gave it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The row.
    pub id: String,
}

/// What is known of the request log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Log {
    /// It cannot be read now; why.
    Unreadable(String),
    /// The last sign of life of the gateway that writes it, if any does.
    Read(Option<SignOfLife>),
}

/// A Bot whose readiness is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Its namespace.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The policy that binds it, or why it is not run.
    pub acceptance: &'a Acceptance,
    /// The bars that it works on, if it is run.
    pub feed: Option<FeedLook<'a>>,
}

impl Impediment {
    /// Whether a start is let in to find out whether it is still so.
    pub fn is_on_trial(&self) -> bool {
        matches!(self.scope, Scope::Feed { .. }) && self.readiness == Readiness::Degraded
    }

    /// Whether it goes away without anybody: what the vendor, the log or the cluster does by itself.
    pub fn passes_by_itself(&self) -> bool {
        let of_vendor = matches!(self.reason.bearing(), Bearing::Configuration | Bearing::Credential | Bearing::Plan);
        let absent = matches!(self.reason, ReasonCode::IntegrationMissing | ReasonCode::PolicyMissing);
        let mistaken = matches!(self.reason, ReasonCode::PolicyInvalid | ReasonCode::SpecInvalid);
        !of_vendor && !absent && !mistaken
    }
}

/// The worst of these; OK where there is nothing.
pub fn worst<'a>(impediments: impl IntoIterator<Item = &'a Impediment>) -> Readiness {
    impediments.into_iter().map(|one| one.readiness).max().unwrap_or(Readiness::Ok)
}

/// Everything that is in the way of a Bot, what blocks first. Where the log cannot be read, that alone.
pub fn impediments(bot: Candidate<'_>, serving: &Serving, log: &Log, now: DateTime<Utc>) -> Vec<Impediment> {
    let policy = match bot.acceptance {
        Acceptance::Accepted(policy) => policy,
        Acceptance::Refused(reason, message) => {
            let scope = Scope::Bot { namespace: bot.namespace.to_owned(), name: bot.name.to_owned() };
            return vec![blocked(*reason, scope, message.clone(), Verdict::Refuted)];
        }
    };
    if let Log::Unreadable(_) = log {
        // Nothing else is known.
        return of_log(log, now).into_iter().collect();
    }
    let sources = required(policy).filter_map(|(source, rule)| of_source(bot.namespace, source, rule, serving));
    let feed = of_feed(bot, policy, serving, now);
    let mut all: Vec<_> = of_log(log, now).into_iter().chain(sources).chain(feed).collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.readiness));
    all
}

/// Of bars that are required and can be asked for, whether they come.
fn of_feed(bot: Candidate<'_>, policy: &Policy, serving: &Serving, now: DateTime<Utc>) -> Option<Impediment> {
    let rule = &policy.market_data;
    let ready = |provider: &&String| {
        let served = serving.get(&(bot.namespace.to_owned(), (*provider).clone()));
        served.is_some_and(|served| served.readiness() != Readiness::Blocked)
    };
    let provider = rule.providers.iter().find(ready).filter(|_| rule.requirement == Requirement::Required)?;
    feed::impediment(bot, provider, policy, now)
}

/// The sources that a policy requires.
pub(crate) fn required(policy: &Policy) -> impl Iterator<Item = (Source, &SourceRule)> {
    policy.rules().filter(|(_, rule)| rule.requirement == Requirement::Required)
}

/// Why nothing may start anywhere, if the log is not written.
pub(crate) fn of_log(log: &Log, now: DateTime<Utc>) -> Option<Impediment> {
    let writer = match log {
        Log::Unreadable(why) => {
            return Some(blocked(ReasonCode::EvidenceUnavailable, Scope::Installation, why.clone(), Verdict::Unknown));
        }
        Log::Read(writer) => writer.as_ref(),
    };
    let age = writer.map(|writer| (now - writer.at).max(TimeDelta::zero()));
    if age.and_then(|age| age.to_std().ok()).is_some_and(|age| age <= WRITER_WITHIN) {
        return None;
    }
    let message = match writer {
        Some(last) => format!("the gateway does not answer: {} last held the request log at {}", last.by, last.at.to_rfc3339()),
        None => "the gateway does not answer: none holds the request log".to_owned(),
    };
    let scope = Scope::Worker("gateway");
    Some(Impediment {
        measured: writer.map(|last| format!("last sign of life {}", last.at.to_rfc3339())),
        required: Some(format!("one within {} s", WRITER_WITHIN.as_secs())),
        evidence: writer.map(proof_of_writer).into_iter().collect(),
        ..blocked(ReasonCode::GatewayUnreachable, scope, message, Verdict::Refuted)
    })
}

fn proof_of_writer(writer: &SignOfLife) -> Proof {
    Proof { kind: "writers", id: writer.id.clone(), at: Some(writer.at) }
}

/// What is in the way of one source: nothing where one of its providers is connected; else that of its best, the first of equals.
pub fn of_source(namespace: &str, source: Source, rule: &SourceRule, serving: &Serving) -> Option<Impediment> {
    let look = |provider: &String| of_provider(namespace, source, provider, serving);
    let each: Vec<Option<Impediment>> = rule.providers.iter().map(look).collect();
    if each.iter().any(Option::is_none) && !each.is_empty() {
        return None;
    }
    let best = each.into_iter().flatten().min_by_key(|one| (one.readiness, one.reason == ReasonCode::IntegrationMissing));
    // A source that is required and that nobody may be asked for can never be proven.
    Some(best.unwrap_or_else(|| {
        let message = format!("sources.{source} is required and names no provider");
        blocked(ReasonCode::SourceUnproven, Scope::Installation, message, Verdict::Refuted)
    }))
}

fn of_provider(namespace: &str, source: Source, provider: &str, serving: &Serving) -> Option<Impediment> {
    let scope = |name| Scope::Integration { namespace: namespace.to_owned(), provider: provider.to_owned(), name };
    let Some(served) = serving.get(&(namespace.to_owned(), provider.to_owned())) else {
        let message = format!("no Integration in namespace {namespace} has spec.provider \"{provider}\"");
        let none = blocked(ReasonCode::IntegrationMissing, scope(None), message, Verdict::Refuted);
        return Some(Impediment { source: Some(source), ..none });
    };
    let readiness = served.readiness();
    (readiness != Readiness::Ok).then(|| Impediment {
        readiness,
        source: Some(source),
        measured: Some(format!("{:?}", served.state)),
        required: Some(format!("{:?}", IntegrationState::Connected)),
        evidence: served.handshake.iter().cloned().collect(),
        ..blocked(served.reason, scope(Some(served.integration.clone())), served.message.clone(), served.verdict)
    })
}

pub(crate) fn blocked(reason: ReasonCode, scope: Scope, message: String, verdict: Verdict) -> Impediment {
    let (measured, required, source, evidence) = (None, None, None, Vec::new());
    Impediment { readiness: Readiness::Blocked, reason, scope, source, message, measured, required, verdict, evidence }
}

impl SignOfLife {
    /// One whose row has this id.
    pub fn new(id: Uuid, by: &str, at: DateTime<Utc>) -> Self {
        Self { by: by.to_owned(), at, id: id.to_string() }
    }
}
