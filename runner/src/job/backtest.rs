//! `BACKTEST`: fetch the Bot's bars, run its strategy over them, post the session. In: the job. Out: a session in the database.

use assayer_contract::{JobAssignment, QualityLimits, ReasonCode, SessionReport};
use assayer_engine::{BacktestReport, BacktestSpec, Bars, Capital, Execution, Instrument, Strategy};
use serde::Deserialize;
use tracing::info;
use uuid::Uuid;

use super::{Failure, Gateway, assignment, fetch, provenance};

/// The job's body.
#[derive(Deserialize)]
struct Body {
    instrument: Instrument,
    strategy: Strategy,
    execution: Execution,
    capital: Capital,
    /// What the bars must satisfy.
    quality: Option<QualityLimits>,
}

/// Does the whole job; the answer is a sentence for the report.
pub(super) async fn perform(gateway: &Gateway, job: &JobAssignment) -> Result<String, Failure> {
    let Body { instrument, strategy, execution, capital, quality } = assignment::body(job)?;
    let spec = BacktestSpec { instrument, strategy, execution, capital };
    spec.validate().map_err(|error| Failure::new(ReasonCode::SpecInvalid, error.to_string()))?;
    let (bars, contracts) = fetch::bars(gateway, &spec.instrument).await?;
    let rows = gateway.requests().await?;
    let request_ids = provenance::fed_by(&rows, bars.len())?;
    provenance::good_enough(&rows, quality.as_ref())?;
    info!(bars = bars.len(), requestIds = ?request_ids, "the bars are whole");
    let bars = Bars::of_contracts(&spec.instrument, bars, &contracts)?;
    let report = assayer_engine::backtest::run(&spec, &bars, &mut |_| {})?;
    info!(trades = report.result.trade_counts.total, net = %report.result.net, inputsHash = %report.inputs_hash,
        resultHash = %report.result_hash, "the back-test is done");
    gateway.post_session(&session(&report, request_ids)?).await?;
    Ok(format!("{} bars, {} trades", report.result.bars, report.result.trade_counts.total))
}

fn session(report: &BacktestReport, request_ids: Vec<Uuid>) -> Result<SessionReport, Failure> {
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
    })
}
