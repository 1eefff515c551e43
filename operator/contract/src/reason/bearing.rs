//! What a reason says of a connection to a vendor. In: the reason of an attempt. Out: what it bears on. Pure.

use strum::IntoEnumIterator;

use super::ReasonCode;

/// What an attempt that ended for a reason says of the Integration that it was made through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearing {
    /// The Integration cannot be used as it is: a key is missing or malformed, its Secret or its endpoint is out of reach.
    Configuration,
    /// The vendor does not accept the credential.
    Credential,
    /// The vendor accepts the credential, but not for what was asked. Says nothing of anything else.
    Plan,
    /// The vendor wants fewer calls.
    Rate,
    /// The vendor was not reached, or did not answer as it should.
    Vendor,
    /// Nothing: the attempt failed for what was asked, or for Assayer itself.
    Nothing,
}

impl ReasonCode {
    /// What an attempt that ended so says of its Integration.
    pub fn bearing(self) -> Bearing {
        match self {
            Self::IntegrationKeyMalformed | Self::IntegrationKeyMissing | Self::NotAllowed | Self::SecretForbidden => {
                Bearing::Configuration
            }
            Self::BrokerEnvironmentMismatch | Self::ProviderAccountLocked | Self::ProviderAuth => Bearing::Credential,
            Self::DataDelayed | Self::DataLicenseRequired | Self::ProviderEntitlement | Self::ProviderQuota => Bearing::Plan,
            Self::ProviderCaptcha | Self::ProviderRateLimited | Self::SignInLimit => Bearing::Rate,
            Self::CircuitOpen
            | Self::DataTruncated
            | Self::ProviderError
            | Self::ProviderRedirect
            | Self::ProviderTimeout
            | Self::ProviderUnreachable
            | Self::UnknownOutcome => Bearing::Vendor,
            _ => Bearing::Nothing,
        }
    }

    /// Whether a handshake that ended so has failed. Where nothing could be asked, for want of a harmless question or for Assayer's
    /// own sake, it says neither.
    pub fn fails_a_handshake(self) -> bool {
        let own =
            matches!(self, Self::ClusterUnavailable | Self::EvidenceUnavailable | Self::RateLimitedLocally | Self::WriterFenced);
        self != Self::VerifyUnsupported && !own
    }

    /// Whether a job that ended so got no bars that it could use, though nothing else kept it from asking. What says something of the
    /// key, of how often was asked, or of Assayer itself, says nothing of the bars.
    pub fn means_no_usable_data(self) -> bool {
        let of_vendor = matches!(self.bearing(), Bearing::Vendor | Bearing::Plan);
        let of_bars = matches!(
            self,
            Self::DataQuality
                | Self::DataStale
                | Self::DataUnavailable
                | Self::MarketDataUnproven
                | Self::ProviderRange
                | Self::ProviderRejectedRequest
        );
        of_bars || of_vendor && !matches!(self, Self::CircuitOpen | Self::UnknownOutcome)
    }

    /// All reasons of which this is true.
    pub fn all_that(test: impl Fn(Self) -> bool) -> impl Iterator<Item = Self> {
        Self::iter().filter(move |reason| test(*reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_bot_asks_wrongly_says_nothing_of_the_connection() {
        for reason in [ReasonCode::ProviderRejectedRequest, ReasonCode::ProviderRange, ReasonCode::SymbolMismatch] {
            assert_eq!(reason.bearing(), Bearing::Nothing);
        }
        let plan: Vec<_> = ReasonCode::all_that(|reason| reason.bearing() == Bearing::Plan).collect();
        assert!(plan.contains(&ReasonCode::DataLicenseRequired) && !plan.contains(&ReasonCode::ProviderAuth), "{plan:?}");
    }
}
