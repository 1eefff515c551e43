//! The closed vocabulary of reasons: one enum for status, rows, problem+json and console alike. Pure.

mod bearing;
mod entries;

pub use bearing::Bearing;
pub use entries::{AREAS, Acts, Closes, Entry, Passes};

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumCount, EnumIter, EnumString};

/// Why something is as it is. Written `SCREAMING_SNAKE_CASE`, and `CamelCase` as the reason of a condition.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumCount,
    EnumString,
    EnumIter,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "title() and suggested_fix() say what each means, to users as well")]
pub enum ReasonCode {
    // Nothing is wrong.
    Accepted,
    AwaitingFirstCycle,
    AwaitingHandshake,
    Backoff,
    CadenceWait,
    ConcurrencyLimit,
    CpuBudget,
    EvolveBudget,
    ImproveBudget,
    JobQueued,
    JobRunning,
    JobSuspended,
    NoNewInformation,
    NotRequired,
    Proven,
    LineageRetired,
    RunRequested,
    Stopped,
    TrialBudget,
    // The Bot or its policy.
    GateUnmeasured,
    MarketDataUnproven,
    PolicyInvalid,
    PolicyMissing,
    ResultUnverified,
    RollRisk,
    SessionsTooFew,
    SpecInvalid,
    // A strategy that research has tried.
    CostStressFailed,
    DeflatedSharpeTooLow,
    DrawdownTooDeep,
    HoldOutFailed,
    LookAhead,
    NoImprovement,
    NotAPlateau,
    OneBarLateFailed,
    OneTradeCarries,
    OrderDoesNotMatter,
    PboTooHigh,
    SpaNotSignificant,
    SuggestionInvalid,
    SuggestionKnown,
    TooFewRegimes,
    TooFewTrades,
    WalkForwardFailed,
    WarmUpWrong,
    // The job.
    BotDeleted,
    CycleEnded,
    EngineError,
    GatewayUnreachable,
    HoldoutBudget,
    JobMismatch,
    JobTimeout,
    JobTypeUnknown,
    RunnerFailed,
    SymbolMismatch,
    // The integration and its vendor.
    AiBudget,
    AiDisabled,
    BrokerEnvironmentMismatch,
    CircuitOpen,
    CostBudget,
    CostUnquoted,
    DataDelayed,
    DataLicenseRequired,
    DataQuality,
    DataSimulated,
    DataStale,
    DataTruncated,
    DataUnavailable,
    FallbackNoSymbol,
    FallbackNotAllowed,
    FallbackUsed,
    HandshakeStale,
    IntegrationKeyMalformed,
    IntegrationKeyMissing,
    IntegrationMissing,
    IntegrationUnused,
    NotGenuine,
    ProviderAccountLocked,
    ProviderAuth,
    ProviderCaptcha,
    ProviderEntitlement,
    ProviderError,
    ProviderQuota,
    ProviderRange,
    ProviderRateLimited,
    ProviderRedirect,
    ProviderRejectedRequest,
    ProviderTimeout,
    ProviderUnreachable,
    RateLimitedLocally,
    SecretExternal,
    SecretForbidden,
    SignInLimit,
    SourceDisabled,
    SourceUnproven,
    UnknownOutcome,
    VerifyUnsupported,
    // Refusals of the gateway and the API.
    AmbiguousName,
    ClusterUnavailable,
    EndpointUnknown,
    EvidenceUnavailable,
    IdentityUnproven,
    JobFinished,
    NotAllowed,
    NotFound,
    OriginUnproven,
    ProviderUnknown,
    RequestInvalid,
    ResponseTooLarge,
    Unauthenticated,
    WriterFenced,
    // The installation's own workers.
    CadenceMissed,
    JobsNotCreated,
    LimitsUnproven,
    SupervisorSilent,
    TimeoutWorkerSilent,
}

impl ReasonCode {
    /// The spelling for a condition's `reason`: `PROVIDER_AUTH` is `ProviderAuth`.
    pub fn condition_reason(self) -> String {
        let mut out = String::new();
        for word in self.to_string().split('_') {
            let (first, rest) = word.split_at(word.len().min(1));
            let _ = write!(out, "{first}{}", rest.to_lowercase());
        }
        out
    }

    /// The code behind a condition's `reason`: `ProviderAuth` is `PROVIDER_AUTH`, also where this version does not know it.
    pub fn of_condition(reason: &str) -> String {
        let mut out = String::new();
        for letter in reason.chars() {
            if letter.is_ascii_uppercase() && !out.is_empty() {
                out.push('_');
            }
            out.push(letter.to_ascii_uppercase());
        }
        out
    }

    /// Whether a job that ended so says nothing of the Bot, its key or its vendor: the next may well succeed.
    pub fn passes_by_itself(self) -> bool {
        matches!(
            self,
            Self::ClusterUnavailable
                | Self::EvidenceUnavailable
                | Self::GatewayUnreachable
                | Self::RateLimitedLocally
                | Self::Stopped
                | Self::UnknownOutcome
                | Self::WriterFenced
        )
    }

    /// Whether another vendor may be asked for what a call that ended so was to bring: its vendor was away, failed, was too slow, wanted
    /// fewer calls or more money. What was asked wrongly, was not allowed, or came and was not good enough is nobody else's to answer.
    pub fn may_fall_back(self) -> bool {
        matches!(
            self,
            Self::CircuitOpen
                | Self::ProviderError
                | Self::ProviderQuota
                | Self::ProviderRateLimited
                | Self::ProviderTimeout
                | Self::ProviderUnreachable
        )
    }

    /// What an error status of a vendor means where its documents say nothing else.
    pub fn of_vendor_status(status: u16) -> Self {
        match status {
            300..=399 => Self::ProviderRedirect,
            401 => Self::ProviderAuth,
            402 => Self::ProviderQuota,
            403 => Self::ProviderEntitlement,
            429 => Self::ProviderRateLimited,
            400..=499 => Self::ProviderRejectedRequest,
            _ => Self::ProviderError,
        }
    }

    /// What the code means, in a few words.
    pub fn title(self) -> &'static str {
        self.entry().title
    }

    /// What to do about it.
    pub fn suggested_fix(self) -> &'static str {
        self.entry().fix
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn a_condition_reason_is_the_camel_case_of_the_same_code() {
        assert_eq!(ReasonCode::ProviderAuth.to_string(), "PROVIDER_AUTH");
        assert_eq!(ReasonCode::ProviderAuth.condition_reason(), "ProviderAuth");
    }

    #[test]
    fn every_code_says_what_it_means_and_what_to_do() {
        for code in ReasonCode::iter() {
            assert!(!code.title().is_empty() && code.suggested_fix().ends_with('.'), "{code}");
            assert_eq!(serde_json::to_value(code).unwrap(), serde_json::json!(code.to_string()));
            assert_eq!(ReasonCode::of_condition(&code.condition_reason()), code.to_string());
        }
    }
}
