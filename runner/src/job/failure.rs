//! Why a job failed, in the closed vocabulary. In: errors of the gateway, the vendor's client and the engine. Pure.

use assayer_contract::{JobReport, ReasonCode};
use assayer_engine::{BacktestError, BarError};
use assayer_research::ResearchError;

use crate::bars::DbnError;

/// Longest message of a report, in characters.
const LONGEST: usize = 1_000;

/// A failed job.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason_code}: {message}")]
pub(crate) struct Failure {
    /// Why.
    pub(crate) reason_code: ReasonCode,
    /// The same in a sentence.
    pub(crate) message: String,
}

impl Failure {
    /// A failure with its message.
    pub(crate) fn new(reason_code: ReasonCode, message: impl Into<String>) -> Self {
        Self { reason_code, message: message.into() }
    }

    /// The report of it.
    pub(crate) fn report(&self) -> JobReport {
        let message = self.message.chars().take(LONGEST).collect();
        JobReport { succeeded: false, reason_code: Some(self.reason_code), message }
    }

    /// What the vendor's client says, while doing `step`.
    pub(crate) fn of_databento(step: &str, error: &databento::Error) -> Self {
        use databento::Error;
        let reason_code = match error {
            // The gateway's own refusals carry the reason in the field where the vendor has its own.
            Error::Api(answer) => answer
                .case
                .as_deref()
                .and_then(|case| case.parse().ok())
                .unwrap_or_else(|| ReasonCode::of_vendor_status(answer.status_code.as_u16())),
            Error::Http(error) if error.is_connect() => ReasonCode::GatewayUnreachable,
            Error::Http(_) => ReasonCode::UnknownOutcome,
            Error::Io(_) => ReasonCode::DataTruncated,
            Error::Json(_) | Error::Utf8(_) | Error::Dbn(_) => ReasonCode::ProviderError,
            Error::Auth(_) => ReasonCode::ProviderAuth,
            // BadArgument, Internal, and what later versions add: this program's own mistakes.
            _ => ReasonCode::RunnerFailed,
        };
        let message = match error {
            Error::Api(answer) => format!("{step}: {} {}", answer.status_code.as_u16(), answer.message),
            other => format!("{step}: {other}"),
        };
        Self::new(reason_code, message)
    }
}

impl From<BarError> for Failure {
    fn from(error: BarError) -> Self {
        let reason_code = if error == BarError::Empty { ReasonCode::DataUnavailable } else { ReasonCode::DataQuality };
        Self::new(reason_code, error.to_string())
    }
}

impl From<DbnError> for Failure {
    fn from(error: DbnError) -> Self {
        Self::new(ReasonCode::DataQuality, error.to_string())
    }
}

impl From<BacktestError> for Failure {
    fn from(error: BacktestError) -> Self {
        let reason_code = match error {
            BacktestError::Invalid(_) | BacktestError::Calendar(_) => ReasonCode::SpecInvalid,
            _ => ReasonCode::EngineError,
        };
        Self::new(reason_code, error.to_string())
    }
}

impl From<ResearchError> for Failure {
    fn from(error: ResearchError) -> Self {
        let message = error.to_string();
        match error {
            ResearchError::Backtest(error) => Self::from(error),
            ResearchError::Rules(_) => Self::new(ReasonCode::PolicyInvalid, format!("spec.research: {message}")),
            ResearchError::TooFewBars(_) => Self::new(ReasonCode::DataQuality, message),
            ResearchError::Hash(_) => Self::new(ReasonCode::EngineError, message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(status: u16, case: Option<&str>) -> ReasonCode {
        let error = databento::Error::Api(databento::error::ApiError {
            request_id: None,
            status_code: reqwest::StatusCode::from_u16(status).unwrap(),
            case: case.map(str::to_owned),
            message: "no".to_owned(),
            docs_url: None,
            payload: None,
        });
        Failure::of_databento("getting bars", &error).reason_code
    }

    #[test]
    fn a_case_of_our_own_vocabulary_wins_and_else_the_status_decides() {
        assert_eq!(api(403, Some("SYMBOL_MISMATCH")), ReasonCode::SymbolMismatch);
        assert_eq!(api(403, Some("license_not_found_unauthorized")), ReasonCode::ProviderEntitlement);
        assert_eq!(api(401, Some("auth_authentication_failed")), ReasonCode::ProviderAuth);
        assert_eq!(api(402, None), ReasonCode::ProviderQuota);
        assert_eq!(api(422, Some("data_end_after_available_end")), ReasonCode::ProviderRejectedRequest);
        assert_eq!(api(429, None), ReasonCode::ProviderRateLimited);
        assert_eq!(api(504, None), ReasonCode::ProviderError);
    }

    #[test]
    fn every_other_error_of_the_client_has_a_reason() {
        use databento::Error;
        let reason = |error: Error| Failure::of_databento("x", &error).reason_code;
        assert_eq!(reason(Error::Io(std::io::Error::other("cut"))), ReasonCode::DataTruncated);
        assert_eq!(reason(Error::Dbn(databento::dbn::Error::decode("bad"))), ReasonCode::ProviderError);
        assert_eq!(reason(Error::Json(serde_json::from_str::<u8>("x").unwrap_err())), ReasonCode::ProviderError);
        assert_eq!(reason(Error::Auth("x".into())), ReasonCode::ProviderAuth);
        assert_eq!(reason(Error::Internal("x".into())), ReasonCode::RunnerFailed);
        assert_eq!(reason(Error::BadArgument { param_name: "x", desc: "y".into() }), ReasonCode::RunnerFailed);
    }

    #[tokio::test]
    async fn a_gateway_that_cannot_be_reached_is_neither_the_vendors_nor_the_logs_fault() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let error = async || reqwest::Client::new().get("http://127.0.0.1:1").send().await.unwrap_err();
        let of_client = Failure::of_databento("x", &databento::Error::Http(error().await));
        let of_runner = Failure::from(super::super::gateway::GatewayError::Silent(error().await));
        assert_eq!(of_client.reason_code, ReasonCode::GatewayUnreachable);
        assert_eq!(of_runner.reason_code, ReasonCode::GatewayUnreachable);
    }

    #[test]
    fn a_report_is_bounded() {
        assert_eq!(Failure::new(ReasonCode::EngineError, "ä".repeat(5_000)).report().message.chars().count(), 1_000);
    }
}
