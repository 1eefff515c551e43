//! What a vendor answered, where the call itself went well. Pure.

use super::{Acts, Closes, Entry, Passes, entry};
use crate::ReasonCode as Code;

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        Code::DataDelayed,
        "the vendor's data is delayed",
        "Subscribe to real-time data at the vendor, or use it at stages that may be late.",
        Acts::KeyHolder,
        Passes::OnceFixed,
        Closes::Degrades,
    ),
    entry(
        Code::DataQuality,
        "the bars fail a quality rule",
        "See the message for the rule; choose other bars, or change sources.marketData.quality in the StagePolicy.",
        Acts::PolicyOwner,
        Passes::OnceFixed,
        Closes::Bars,
    ),
    entry(
        Code::DataSimulated,
        "the bars are simulated: they stood in for a vendor that failed, and nothing was traded at them",
        "Repair the first provider: simulated bars prove nothing and count for no promotion.",
        Acts::Operator,
        Passes::OnceFixed,
        Closes::Promotion,
    ),
    entry(
        Code::DataStale,
        "what a source answered, or the newest sign of a live stream, is too old to count",
        "Wait for the next cycle, which asks again; if it persists, see the message: loosen spec.sources.*.freshness of the \
                 StagePolicy, or let a stream's reader read faster.",
        Acts::PolicyOwner,
        Passes::ByItself,
        Closes::Bars,
    ),
    entry(
        Code::DataTruncated,
        "the vendor's answer was cut short",
        "The next slot asks again; if it persists, tell the vendor and name the request id.",
        Acts::Nobody,
        Passes::ByItself,
        Closes::Degrades,
    ),
    entry(
        Code::DataUnavailable,
        "the vendor has no usable bars for the Bot's instrument and range",
        "Check dataset, symbol and schema, and what the vendor's plan covers. A job tries again at the time that the message \
                 names, or at once after a call that succeeds: POST /api/integrations/test-call.",
        Acts::BotOwner,
        Passes::ByItself,
        Closes::Bars,
    ),
    entry(
        Code::FallbackNoSymbol,
        "the other vendor has no series that is the Bot's instrument",
        "Repair the first provider: nothing can stand in for these bars. Or set marketData.fallback to None.",
        Acts::Operator,
        Passes::OnceFixed,
        Closes::Job,
    ),
    entry(
        Code::FallbackNotAllowed,
        "the policy lets nothing stand in for this call",
        "Set marketData.fallback of the StagePolicy, and name the other provider second in marketData.providers. Sim is for LAB, in an \
                 installation with environment=dev and allowSimFallback=true.",
        Acts::PolicyOwner,
        Passes::OnceFixed,
        Closes::Call,
    ),
    entry(
        Code::FallbackUsed,
        "the bars came from what stands in for the vendor",
        "Repair the first provider: what its fallback brings proves nothing and counts for no promotion.",
        Acts::Operator,
        Passes::OnceFixed,
        Closes::Promotion,
    ),
    entry(
        Code::ProviderRange,
        "the vendor has no data for the range asked for",
        "The message names the vendor's range: wait until it reaches further, or use a dataset that covers it.",
        Acts::BotOwner,
        Passes::OnceFixed,
        Closes::Bars,
    ),
];
