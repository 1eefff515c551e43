//! `BACKTEST`: fetch the Bot's bars, run its strategy over them, post the session. In: the job. Out: a session in the database.

use assayer_contract::{JobAssignment, QualityLimits, ReasonCode, SessionReport};
use assayer_engine::{BacktestReport, BacktestSpec, Bars, Capital, Execution, Instrument, Strategy, bar_buckets};
use serde::Deserialize;
use tracing::info;
use uuid::Uuid;

use super::{
    Failure, Gateway, assignment,
    fallback::{self, StoodIn},
    fetch::{self, Fetched, Gaps},
    provenance,
    round::Studied,
};

/// The job's body.
#[derive(Deserialize)]
struct Body {
    instrument: Instrument,
    strategy: Strategy,
    execution: Execution,
    capital: Capital,
    /// What the bars must satisfy.
    quality: Option<QualityLimits>,
    /// Registry name of the provider that stands in where the first one fails.
    fallback: Option<String>,
}

/// Does the whole job; the answer is a sentence for the report, and what the next job of the cycle works on.
pub(super) async fn perform(gateway: &Gateway, job: &JobAssignment) -> Result<(String, Studied), Failure> {
    let Body { instrument, strategy, execution, capital, quality, fallback } = assignment::body(job)?;
    let spec = BacktestSpec { instrument, strategy, execution, capital };
    spec.validate().map_err(|error| Failure::new(ReasonCode::SpecInvalid, error.to_string()))?;
    let limits = quality.as_ref();
    let (bars, request_ids, stood_in) = match (own(gateway, &spec.instrument, limits).await, fallback) {
        (Err(failure), Some(provider)) => {
            let StoodIn { bars, request_ids } = fallback::bars(gateway, &spec.instrument, &provider, limits, failure).await?;
            (Bars::new(&spec.instrument, bars)?, request_ids, true)
        }
        (done, _) => done.map(|(bars, request_ids)| (bars, request_ids, false))?,
    };
    info!(bars = bars.as_slice().len(), requestIds = ?request_ids, "the bars are whole");
    let report = assayer_engine::backtest::run(&spec, &bars, &mut |_| {})?;
    info!(trades = report.result.trade_counts.total, net = %report.result.net, inputsHash = %report.inputs_hash,
        resultHash = %report.result_hash, "the back-test is done");
    gateway.post_session(&session(&report, &bars, request_ids)?).await?;
    let summary = format!("{} bars, {} trades", report.result.bars, report.result.trade_counts.total);
    Ok((summary, Studied { spec, bars: (!stood_in).then_some(bars) }))
}

/// The bars of the provider that is named first, and the rows that brought them.
async fn own(gateway: &Gateway, instrument: &Instrument, limits: Option<&QualityLimits>) -> Result<(Bars, Vec<Uuid>), Failure> {
    let tolerant = limits.is_some_and(QualityLimits::tolerates_missing_fields);
    let gaps = if tolerant { Gaps::Counted } else { Gaps::Refused };
    let Fetched { bars, contracts, incomplete } = fetch::bars(gateway, instrument, gaps).await?;
    let rows = gateway.requests().await?;
    let request_ids = provenance::fed_by(&rows, bars.len() + incomplete)?;
    provenance::good_enough(&rows, limits)?;
    Ok((Bars::of_contracts(instrument, bars, &contracts)?, request_ids))
}

fn session(report: &BacktestReport, bars: &Bars, request_ids: Vec<Uuid>) -> Result<SessionReport, Failure> {
    let unfit = |error: String| Failure::new(ReasonCode::EngineError, format!("the result: {error}"));
    Ok(SessionReport {
        request_ids,
        data_hash: report.data_hash,
        strategy_hash: report.strategy_hash,
        inputs_hash: report.inputs_hash,
        engine_version: report.engine_version.to_owned(),
        bars: i64::try_from(report.result.bars).map_err(|error| unfit(error.to_string()))?,
        first_bar: report.result.first_bar,
        last_bar: report.result.last_bar,
        result: serde_json::to_value(&report.result).map_err(|error| unfit(error.to_string()))?,
        result_hash: report.result_hash,
        bar_buckets: Some(bar_buckets::of(bars).map_err(|error| unfit(error.to_string()))?),
    })
}
