//! Bots, policies and rows for the tests to change.

use std::{collections::BTreeMap, time::Duration};

use assayer_contract::{
    BarQuality, Freshness, JobStatus, JobType, Operation, Outcome, QualityLimits, ReasonCode, Sent, Sha256Hash, Source, Stage,
    policy::{Fallback, Policy, Requirement, SourceRule, StopPolicy},
    quality::{self, CalendarQuality},
};
use assayer_judge::{Acceptance, Cycle, Evidence, Facts, JobFact, Judgement, RowFact, SessionFact, Subject, judge};
use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

pub(crate) fn subject() -> Subject {
    Subject { bot_id: Uuid::from_u128(7), dataset: "SAMPLE.INDEX".into(), symbol: "SPX".into(), schema: "ohlcv-1d".into() }
}

pub(crate) fn policy(market_data: Requirement) -> Acceptance {
    Acceptance::Accepted(Box::new(Policy {
        stage: Stage::Lab,
        hash: Sha256Hash::of(b"policy"),
        market_data: rule(market_data, "databento"),
        market_data_quality: Some(limits()),
        sources: BTreeMap::new(),
        backtest_every: Duration::from_mins(20),
        audit_every: None,
        job_timeout: Duration::from_mins(10),
        stop: StopPolicy::None,
        max_concurrent_backtests: 4,
        max_cpu_seconds_per_hour: None,
        research: None,
        max_data_usd_per_day: "5".into(),
        ai: assayer_contract::policy::AiRules::default(),
        promotion_sessions: 3,
    }))
}

/// A policy that requires market data and has this rule as well.
pub(crate) fn with_source(source: Source, rule: SourceRule) -> Acceptance {
    match policy(Requirement::Required) {
        Acceptance::Accepted(policy) => {
            Acceptance::Accepted(Box::new(Policy { sources: BTreeMap::from([(source, rule)]), ..*policy }))
        }
        refused @ Acceptance::Refused(..) => refused,
    }
}

pub(crate) fn rule(requirement: Requirement, provider: &str) -> SourceRule {
    SourceRule {
        requirement,
        providers: vec![provider.into()],
        max_latency: Duration::from_secs(30),
        retries: 3,
        cooldown: Duration::from_mins(1),
        fallback: Fallback::None,
        keep_for: None,
        reason: None,
        freshness: Freshness::default(),
    }
}

pub(crate) fn limits() -> QualityLimits {
    let ratio = |text: &str| Some(text.parse().unwrap());
    QualityLimits {
        min_sessions: Some(60),
        min_rth_ratio: ratio("0.995"),
        min_eth_ratio: ratio("0.9"),
        max_gap_minutes: Some(60),
        max_missing_ratio: None,
    }
}

pub(crate) fn quality() -> BarQuality {
    let rth = quality::Bars { present: 5_031, expected: 5_031 };
    let calendar = CalendarQuality { name: "nyse".into(), rth, sessions: 5_031, ..CalendarQuality::default() };
    BarQuality { calendar: Some(calendar), ..BarQuality::default() }
}

pub(crate) fn sessions(count: i64) -> SessionFact {
    SessionFact { count, bars: 5_031, record_count: Some(5_031), quality: Some(quality()), fallback: false }
}

pub(crate) fn count() -> RowFact {
    let endpoint = "metadata.get_record_count".into();
    RowFact { id: Uuid::from_u128(4), endpoint, bar_count: None, record_count: Some(5_031), quality: None, ..bars() }
}

pub(crate) fn job(status: JobStatus, reason: Option<ReasonCode>) -> JobFact {
    JobFact {
        id: Uuid::from_u128(1),
        trace_id: Uuid::from_u128(2),
        job_name: "spx-cross-backtest-0123456789ab".into(),
        job_type: JobType::Backtest,
        status,
        reason,
        message: None,
        created_at: now(),
        started_at: Some(now()),
        completed_at: status.is_final().then(now),
        deadline: now(),
    }
}

pub(crate) fn bars() -> RowFact {
    RowFact {
        id: Uuid::from_u128(3),
        source: Some(Source::MarketData),
        operation: Operation::Call,
        provider: "databento".into(),
        endpoint: "timeseries.get_range".into(),
        at: now(),
        sent: Sent::Yes,
        outcome: Outcome::Success,
        dataset: Some("SAMPLE.INDEX".into()),
        symbol: Some("SPX".into()),
        schema: Some("ohlcv-1d".into()),
        bar_count: Some(5_031),
        items: None,
        series: Vec::new(),
        vintage_end: None,
        releases: None,
        start: Some(now()),
        end: Some(now()),
        record_count: None,
        quality: Some(quality()),
        staleness_ms: None,
        delayed: false,
        endpoint_override: None,
        vendor_warning: None,
        served_from: None,
        fallback_of: None,
        reason: None,
        error_message: None,
    }
}

pub(crate) fn refused_key() -> RowFact {
    RowFact {
        outcome: Outcome::Failed,
        bar_count: None,
        reason: Some(ReasonCode::ProviderAuth),
        error_message: Some("Authentication failed.".into()),
        ..bars()
    }
}

pub(crate) fn after(rows: Vec<RowFact>, end: JobFact, passed: i64) -> Evidence {
    let rows = std::iter::once(count()).chain(rows).collect();
    let last_cycle = Some(Cycle { job: end, rows });
    Evidence::Read(Facts { last_cycle, sessions: vec![sessions(passed)], ..Facts::default() })
}

pub(crate) fn judged(evidence: &Evidence) -> Judgement {
    judge(&subject(), &policy(Requirement::Required), evidence, now())
}

pub(crate) fn condition(judgement: &Judgement, kind: &str) -> (&'static str, ReasonCode, String) {
    let found = judgement.conditions.iter().find(|c| c.kind.to_string() == kind).unwrap();
    (found.status, found.reason, found.message.clone())
}
