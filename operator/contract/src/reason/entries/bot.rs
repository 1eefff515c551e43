//! The Bot's own spec, its policy, and what either still has to prove. Pure.

use super::{Acts, Closes, Entry, Passes, entry};
use crate::ReasonCode as Code;

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        Code::GateUnmeasured,
        "a gate has not been measured",
        "Wait for the measurement; a gate never opens without one.",
        Acts::Nobody,
        Passes::ByItself,
        Closes::Promotion,
    ),
    entry(
        Code::MarketDataUnproven,
        "no row proves the Bot's own bars in the last completed cycle",
        "See the cycle's rows in /api/_proof/bot/NAMESPACE/NAME.",
        Acts::Operator,
        Passes::OnceFixed,
        Closes::Promotion,
    ),
    entry(
        Code::PolicyInvalid,
        "the StagePolicy of the Bot's stage cannot be obeyed",
        "Correct the field of the StagePolicy that the message names.",
        Acts::PolicyOwner,
        Passes::OnceFixed,
        Closes::Bot,
    ),
    entry(
        Code::PolicyMissing,
        "no StagePolicy exists for the Bot's stage",
        "Apply a StagePolicy named after the stage in lower case, for example `lab`.",
        Acts::PolicyOwner,
        Passes::OnceFixed,
        Closes::Bot,
    ),
    entry(
        Code::ResultUnverified,
        "no replay has reproduced the results",
        "Promotion opens when the verifier has reproduced a session's hash from the stored answers.",
        Acts::Nobody,
        Passes::ByItself,
        Closes::Promotion,
    ),
    entry(
        Code::RollRisk,
        "the symbol holds each contract until it expires",
        "Create a Bot with the symbol that rolls with the volume: `.v.0` in place of `.c.0`.",
        Acts::BotOwner,
        Passes::OnceFixed,
        Closes::Warning,
    ),
    entry(
        Code::SessionsTooFew,
        "too few completed sessions of the present strategy",
        "Wait for more cycles.",
        Acts::Nobody,
        Passes::ByItself,
        Closes::Promotion,
    ),
    entry(
        Code::SpecInvalid,
        "the Bot's spec is not valid",
        "Correct the field that the message names.",
        Acts::BotOwner,
        Passes::OnceFixed,
        Closes::Bot,
    ),
    entry(
        Code::SourceDisabled,
        "the stage's policy does not allow this",
        "If the stage is to use it: name the provider under spec.sources of the StagePolicy.",
        Acts::PolicyOwner,
        Passes::OnceFixed,
        Closes::Call,
    ),
    entry(
        Code::SourceUnproven,
        "no row proves a source that the stage requires in the last completed cycle",
        "See the cycle's rows in /api/_proof/bot/NAMESPACE/NAME; a runner must have asked a provider of the policy.",
        Acts::Operator,
        Passes::OnceFixed,
        Closes::Promotion,
    ),
];
