//! The status of the whole installation. In: what serves the Bots, the installation's own workers, the Bots. Out: BLOCKED, DEGRADED
//! or OK, six gates each with its evidence, and each Bot's readiness by the very function that lets its jobs start. Pure.
//!
//! Rules that the tests hold it to:
//! 1. It is the worst of its required parts: what no Bot requires is in nobody's way, and of a source its gate is neither open nor closed.
//! 2. Taking evidence away never makes it better, and neither does requiring something more.
//! 3. A gate is open only by evidence that it names.

use std::{collections::BTreeMap, time::Duration};

use assayer_contract::{ReasonCode, Source, Stage};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    Acceptance, Verdict,
    autonomy::silent_after,
    limits::{self, Limits},
    readiness::{
        Candidate, Impediment, Log, Proof, Readiness, Scope, Serving, SignOfLife, blocked, impediments, of_log, of_source,
        required, worst,
    },
};

/// A worker without a heartbeat for longer than this is not active.
pub const BEAT_WITHIN: Duration = Duration::from_mins(1);

/// What is known of the installation itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workers {
    /// The request log and who writes it.
    pub log: Log,
    /// Holder of the controller's Lease; or why nobody is known to hold it.
    pub leader: Result<String, String>,
    /// The planner's run that was completed last.
    pub planner: Option<PlannerFact>,
    /// The last heartbeat of each worker that closes what is past its deadline.
    pub timeouts: BTreeMap<&'static str, SignOfLife>,
    /// Which limits the gateways enforce.
    pub limits: Limits,
}

/// A completed run of the planner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannerFact {
    /// Who, when and which row.
    pub run: SignOfLife,
    /// Time between two runs.
    pub every: Option<Duration>,
}

/// The workers that close what is past its deadline: each must beat.
pub const TIMEOUT_WORKERS: [&str; 2] = ["jobs", "intents"];

/// One of the six gates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Its name.
    pub name: &'static str,
    /// `Unknown` also where nobody requires it.
    pub verdict: Verdict,
    /// Why.
    pub reason: ReasonCode,
    /// The same in a sentence.
    pub message: String,
    /// Whether something requires it.
    pub required: bool,
    /// What it rests on.
    pub evidence: Vec<Proof>,
}

/// Everything that is said of the installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// The worst of the required parts.
    pub status: Readiness,
    /// What is in the way, what blocks first; each once, however many Bots it concerns.
    pub blockers: Vec<(Impediment, Vec<usize>)>,
    /// `dataFeedsHealthy`, `brokerConnected`, `llmConnected`, `supervisorLoopActive`, `timeoutWorkerActive`, `riskEngineConnected`.
    pub gates: [Gate; 6],
    /// Of each Bot, in the order in which they were given.
    pub bots: Vec<Vec<Impediment>>,
}

/// Judges the installation.
pub fn system(workers: &Workers, bots: &[Candidate<'_>], serving: &Serving, now: DateTime<Utc>) -> System {
    let of_bots: Vec<_> = bots.iter().map(|bot| impediments(*bot, serving, &workers.log, now)).collect();
    let own = [supervisor(workers, now), timeouts(workers, now)];
    let risk = risk_engine(workers, bots, now);
    let closed = risk.required && risk.verdict != Verdict::Proven;
    let unproven = closed.then(|| blocked(risk.reason, Scope::Worker("gateway"), risk.message.clone(), risk.verdict));
    let own_impediments = own.iter().filter_map(Own::impediment).chain(unproven);
    let of_installation = of_log(&workers.log, now).into_iter().chain(own_impediments);
    let blockers = blockers(&of_installation.collect::<Vec<_>>(), &of_bots);
    let [supervisor, timeouts] = own.map(|own| own.gate);
    let data = [Source::MarketData, Source::Macro, Source::OptionsFlow, Source::News];
    let of = |name, sources: &[Source]| of_sources(name, sources, bots, (serving, &workers.log));
    let gates = [
        with_feeds(of("dataFeedsHealthy", &data), &of_bots),
        of("brokerConnected", &[Source::Broker]),
        of("llmConnected", &[Source::Ai]),
        supervisor,
        timeouts,
        risk,
    ];
    System { status: worst(blockers.iter().map(|(one, _)| one)), blockers, gates, bots: of_bots }
}

/// Each once, with the Bots that it concerns; what blocks first.
fn blockers(of_installation: &[Impediment], of_bots: &[Vec<Impediment>]) -> Vec<(Impediment, Vec<usize>)> {
    let mut found: BTreeMap<_, (Impediment, Vec<usize>)> = BTreeMap::new();
    let mut order = Vec::new();
    let of_bots = of_bots.iter().enumerate().flat_map(|(bot, all)| all.iter().map(move |one| (Some(bot), one)));
    for (bot, one) in of_installation.iter().map(|one| (None, one)).chain(of_bots) {
        let key = (&one.scope, one.reason, one.source);
        let (known, concerned) = found.entry(key).or_insert_with(|| {
            order.push(key);
            (one.clone(), Vec::new())
        });
        concerned.extend(bot);
        if known.readiness < one.readiness {
            known.clone_from(one);
        }
    }
    let mut blockers: Vec<_> = order.iter().filter_map(|key| found.remove(key)).collect();
    blockers.sort_by_key(|(one, _)| std::cmp::Reverse(one.readiness));
    blockers
}

/// A gate of the installation itself, which is always required.
struct Own {
    gate: Gate,
    worker: &'static str,
    measured: Option<String>,
    wanted: String,
}

impl Own {
    fn impediment(&self) -> Option<Impediment> {
        let Gate { verdict, reason, message, evidence, .. } = &self.gate;
        (*verdict != Verdict::Proven).then(|| Impediment {
            measured: self.measured.clone(),
            required: Some(self.wanted.clone()),
            evidence: evidence.clone(),
            ..blocked(*reason, Scope::Worker(self.worker), message.clone(), *verdict)
        })
    }
}

/// A completed run, younger than two intervals, of the present holder of the Lease.
fn supervisor(workers: &Workers, now: DateTime<Utc>) -> Own {
    let every = workers.planner.as_ref().and_then(|run| run.every);
    let within = every.map(silent_after);
    let last = workers.planner.as_ref().map(|fact| &fact.run);
    let (verdict, message) = match (&workers.log, &workers.leader, last, within) {
        (Log::Unreadable(why), ..) | (_, Err(why), ..) => (Verdict::Unknown, why.clone()),
        (_, _, None, _) => (Verdict::Unknown, "no run of the planner is recorded".to_owned()),
        (_, _, Some(_), None) => (Verdict::Unknown, "the last run does not say how often the planner runs".to_owned()),
        (_, Ok(leader), Some(run), _) if *leader != run.by => {
            (Verdict::Unknown, format!("{leader} leads and has completed no run since {} at {}", run.by, clock(run.at)))
        }
        (_, Ok(leader), Some(run), Some(within)) if now - run.at > within => {
            (Verdict::Refuted, format!("{leader} leads, and its last run was completed at {}", clock(run.at)))
        }
        (_, Ok(leader), Some(run), _) => (Verdict::Proven, format!("{leader} leads and completed a run at {}", clock(run.at))),
    };
    let evidence = last.map(|run| proof("planner_runs", run)).into_iter();
    let lease = workers.leader.as_ref().ok().map(|holder| Proof { kind: "leases", id: holder.clone(), at: None });
    let evidence = evidence.chain(lease).collect();
    Own {
        gate: own("supervisorLoopActive", verdict, ReasonCode::SupervisorSilent, message, evidence),
        worker: "planner",
        measured: last.map(|run| format!("last run {} by {}", clock(run.at), run.by)),
        wanted: within
            .map_or_else(|| "a run".to_owned(), |within| format!("a run of the leader within {} s", within.num_seconds())),
    }
}

/// A heartbeat of each that is younger than a minute.
fn timeouts(workers: &Workers, now: DateTime<Utc>) -> Own {
    let beats = TIMEOUT_WORKERS.map(|worker| (worker, workers.timeouts.get(worker)));
    let within = TimeDelta::from_std(BEAT_WITHIN).unwrap_or(TimeDelta::MAX);
    let late = beats.iter().find(|(_, beat)| beat.is_none_or(|beat| now - beat.at > within));
    let (verdict, message) = match (&workers.log, late) {
        (Log::Unreadable(why), _) => (Verdict::Unknown, why.clone()),
        (_, Some((worker, None))) => (Verdict::Unknown, format!("nobody has ever watched the deadlines of {worker}")),
        (_, Some((worker, Some(beat)))) => {
            (Verdict::Refuted, format!("{} last watched the deadlines of {worker} at {}", beat.by, clock(beat.at)))
        }
        (_, None) => (Verdict::Proven, "the deadlines of jobs and of intents are watched".to_owned()),
    };
    let seen = |(worker, beat): &(&str, Option<&SignOfLife>)| match beat {
        Some(beat) => format!("{worker} {}", clock(beat.at)),
        None => format!("{worker} never"),
    };
    let evidence = beats.iter().filter_map(|(_, beat)| beat.map(|beat| proof("worker_heartbeats", beat))).collect();
    Own {
        gate: own("timeoutWorkerActive", verdict, ReasonCode::TimeoutWorkerSilent, message, evidence),
        worker: "timeouts",
        measured: Some(beats.iter().map(seen).collect::<Vec<_>>().join(", ")),
        wanted: format!("each within {} s", BEAT_WITHIN.as_secs()),
    }
}

fn own(name: &'static str, verdict: Verdict, closed: ReasonCode, message: String, evidence: Vec<Proof>) -> Gate {
    let reason = if verdict == Verdict::Proven { ReasonCode::Proven } else { closed };
    Gate { name, verdict, reason, message, required: true, evidence }
}

/// The sources of these kinds that Bots require, each as good as its best provider; the worst says why.
fn of_sources(name: &'static str, kinds: &[Source], bots: &[Candidate<'_>], (serving, log): (&Serving, &Log)) -> Gate {
    let mut wanted = BTreeMap::new();
    for bot in bots {
        let Acceptance::Accepted(policy) = bot.acceptance else { continue };
        for (source, rule) in required(policy).filter(|(source, _)| kinds.contains(source)) {
            wanted.entry((bot.namespace, source)).or_insert(rule);
        }
    }
    if wanted.is_empty() {
        let message = "required by no Bot".to_owned();
        return Gate {
            name,
            verdict: Verdict::Unknown,
            reason: ReasonCode::NotRequired,
            message,
            required: false,
            evidence: vec![],
        };
    }
    if let Log::Unreadable(why) = log {
        return own(name, Verdict::Unknown, ReasonCode::EvidenceUnavailable, why.clone(), vec![]);
    }
    let looked = wanted.iter().map(|((namespace, source), rule)| of_source(namespace, *source, rule, serving));
    if let Some(first) = looked.flatten().max_by_key(|one| (one.readiness, std::cmp::Reverse(one.verdict))) {
        let Impediment { verdict, reason, message, evidence, .. } = first;
        return Gate { name, verdict, reason, message, required: true, evidence };
    }
    let handshakes = wanted.iter().flat_map(|((namespace, _), rule)| {
        let of = |provider: &String| serving.get(&((*namespace).to_owned(), provider.clone()));
        rule.providers.iter().filter_map(of).filter_map(|served| served.handshake.clone())
    });
    let message = format!("every source that a Bot requires is connected: {}", wanted.len());
    Gate {
        name,
        verdict: Verdict::Proven,
        reason: ReasonCode::Proven,
        message,
        required: true,
        evidence: handshakes.take(NAMED).collect(),
    }
}

/// Sources that are connected are not healthy while a feed brings nothing.
fn with_feeds(gate: Gate, of_bots: &[Vec<Impediment>]) -> Gate {
    let mut of_feeds = of_bots.iter().flatten().filter(|one| matches!(one.scope, Scope::Feed { .. }));
    match of_feeds.next().filter(|_| gate.verdict == Verdict::Proven) {
        Some(Impediment { verdict, reason, message, evidence, .. }) => {
            Gate { verdict: *verdict, reason: *reason, message: message.clone(), evidence: evidence.clone(), ..gate }
        }
        None => gate,
    }
}

/// Rows that a gate names; there may be one for every namespace.
const NAMED: usize = 20;

/// Limits bind from PAPER on, where orders are placed.
fn risk_engine(workers: &Workers, bots: &[Candidate<'_>], now: DateTime<Utc>) -> Gate {
    let beyond = |bot: &Candidate<'_>| matches!(bot.acceptance, Acceptance::Accepted(policy) if policy.stage != Stage::Lab);
    limits::gate(&workers.limits, &workers.log, bots.iter().any(beyond), now)
}

fn proof(kind: &'static str, seen: &SignOfLife) -> Proof {
    Proof { kind, id: seen.id.clone(), at: Some(seen.at) }
}

fn clock(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
