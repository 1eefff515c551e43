//! Names of the conditions on Bots and Integrations. Pure.

use strum::{Display, EnumIter, IntoStaticStr};

/// A condition of a Bot. `Ready`, `Reconciling` and `Stalled` follow kstatus; the others are Assayer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Display, EnumIter, IntoStaticStr)]
pub enum ConditionType {
    /// The Bot is accepted and its cycles are being run. A blocked promotion does not make a Bot unready.
    Ready,
    /// The controller is working towards what the spec asks for.
    Reconciling,
    /// The controller cannot get further without somebody acting.
    Stalled,
    /// The spec is valid, and a StagePolicy binds it.
    Accepted,
    /// The log can be read.
    EvidenceAvailable,
    /// Every source that the stage requires is proven by rows of the last completed cycle.
    ProofComplete,
    /// The last completed cycle received the Bot's own bars from a vendor, by rows.
    MarketDataProven,
    /// The last completed cycle received economic series or a calendar, by rows. There only where the stage's policy names the source.
    MacroProven,
    /// The same of options flow.
    OptionsFlowProven,
    /// The same of news.
    NewsProven,
    /// The same of language models.
    #[strum(serialize = "AIProven")]
    AiProven,
    /// The bars of the last completed cycle came from another address than the vendor's own, or with a warning of the vendor's,
    /// such as that they are synthetic.
    NotGenuine,
    /// The bars of the last completed cycle came from what stands in for the vendor, so they prove nothing.
    Fallback,
    /// The Bot's symbol holds each contract until it expires.
    RollRisk,
    /// Every gate to the next stage is proven.
    Promotable,
}

/// A condition of an Integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Display, EnumIter, IntoStaticStr)]
pub enum IntegrationCondition {
    /// Every key that the vendor needs is there and has its form.
    Configured,
    /// The last handshake or call succeeded, within `connectedFor`.
    Connected,
}
