//! What each reason means and what to do about it. In: a code. Out: two sentences for people. Pure.

use super::ReasonCode;

impl ReasonCode {
    #[allow(clippy::too_many_lines, reason = "one table")]
    pub(super) fn texts(self) -> (&'static str, &'static str) {
        const NOTHING: &str = "Nothing to do.";
        const TRIES_ON: &str = "Nothing to do: the Bot keeps its strategy, and research tries on.";
        match self {
            Self::Accepted => ("accepted", NOTHING),
            Self::AwaitingFirstCycle => ("no cycle has completed yet", "Wait for the first cycle to complete."),
            Self::AwaitingHandshake => (
                "no handshake with the vendor has been recorded yet",
                "Wait for the gateway to make one, or ask for it: POST /api/integrations/verify.",
            ),
            Self::Backoff => (
                "jobs failed one after another, so the next waits longer",
                "Clear what the last job failed with; a change of the Bot or its policy starts the next slot without the wait.",
            ),
            Self::RunRequested => (
                "somebody asked for a run, and the planner has not started it yet",
                "Nothing: the planner looks every few seconds and starts it where nothing is in the way.",
            ),
            Self::CadenceWait => ("waiting for the next slot of the cadence", NOTHING),
            Self::NoNewInformation => (
                "no bar was completed since the last backtest, and neither a search nor an audit is due",
                "Nothing: the next bar, search or audit starts one. cadence.audit of the StagePolicy says how often a backtest is repeated.",
            ),
            Self::ConcurrencyLimit => (
                "as many backtests run as the stage's policy allows",
                "Wait, or raise budgets.maxConcurrentBacktests of the StagePolicy.",
            ),
            Self::CpuBudget => (
                "the cycles of the last hour use as much computing time as the stage's policy allows",
                "Wait, or raise budgets.maxCpuSecondsPerHour of the StagePolicy.",
            ),
            Self::EvolveBudget => (
                "as many evolutions began within the hour as the stage's policy allows",
                "Wait, or raise budgets.maxEvolutionsPerHour of the StagePolicy.",
            ),
            Self::ImproveBudget => (
                "as many improvements began within the hour as the stage's policy allows",
                "Wait, or raise budgets.maxImprovementsPerHour of the StagePolicy.",
            ),
            Self::LineageRetired => (
                "one evolution after another found nothing, so no more is searched from this strategy",
                "Give the Bot another strategy, or raise research.retireAfterFailedEvolutions of the StagePolicy.",
            ),
            Self::TrialBudget => (
                "all Bots of this instrument root have made as many trials today (UTC) as the stage's policy allows",
                "Wait for the next day, or raise budgets.maxTrialsPerDayPerRoot of the StagePolicy: more trials are more luck.",
            ),
            Self::CycleEnded => (
                "an earlier job of the same cycle did not succeed, so this one was not begun",
                "Clear what the earlier job of the same trace failed with.",
            ),
            Self::HoldoutBudget => (
                "the hold-out of this instrument root was read as often this quarter as the stage's policy allows",
                "Wait for the next quarter; each further look makes the hold-out worth less.",
            ),
            Self::JobQueued => ("a job waits for its pod", "If it stays: kubectl describe the runner's Job and its pod."),
            Self::JobRunning => ("a job is running", NOTHING),
            Self::NotRequired => ("not required at this stage", NOTHING),
            Self::Proven => ("proven by rows of the request log", NOTHING),
            Self::Stopped => ("stopped by a stopPolicy", "Set the stopPolicy that the message names to None."),
            Self::GateUnmeasured => ("a gate has not been measured", "Wait for the measurement; a gate never opens without one."),
            Self::MarketDataUnproven => (
                "no row proves the Bot's own bars in the last completed cycle",
                "See the cycle's rows in /api/_proof/bot/NAMESPACE/NAME.",
            ),
            Self::PolicyInvalid => (
                "the StagePolicy of the Bot's stage cannot be obeyed",
                "Correct the field of the StagePolicy that the message names.",
            ),
            Self::PolicyMissing => (
                "no StagePolicy exists for the Bot's stage",
                "Apply a StagePolicy named after the stage in lower case, for example `lab`.",
            ),
            Self::ResultUnverified => (
                "no replay has reproduced the results",
                "Promotion opens when the verifier has reproduced a session's hash from the stored answers.",
            ),
            Self::RollRisk => (
                "the symbol holds each contract until it expires",
                "Create a Bot with the symbol that rolls with the volume: `.v.0` in place of `.c.0`.",
            ),
            Self::SessionsTooFew => ("too few completed sessions of the present strategy", "Wait for more cycles."),
            Self::SpecInvalid => ("the Bot's spec is not valid", "Correct the field that the message names."),
            Self::CostStressFailed => ("the strategy earns nothing at higher costs", TRIES_ON),
            Self::DeflatedSharpeTooLow => (
                "the Sharpe ratio is no more than the best of so many trials shows by luck",
                "Nothing to do: research tries on. Every trial raises the bar; more bars lower it.",
            ),
            Self::DrawdownTooDeep => ("the strategy's equity falls too deep", TRIES_ON),
            Self::HoldOutFailed => ("the strategy does not earn over bars that no search has seen", TRIES_ON),
            Self::LookAhead => (
                "a decision changes when later bars are taken away",
                "Report it with the strategy: a decision may rest on closed bars only.",
            ),
            Self::NoImprovement => ("no strategy that was tried is enough better than the Bot's own", TRIES_ON),
            Self::NotAPlateau => ("the strategy earns, and too few of its neighbours do", TRIES_ON),
            Self::OneBarLateFailed => ("the strategy earns nothing when its decisions are late", TRIES_ON),
            Self::OneTradeCarries => ("one trade brings too much of the net", TRIES_ON),
            Self::PboTooHigh => ("what is best on some days is not on the others: it was picked by luck", TRIES_ON),
            Self::SpaNotSignificant => ("the best of so many trials without skill may look as good", TRIES_ON),
            Self::TooFewTrades => (
                "the strategy trades too seldom to be judged",
                "Nothing to do: research tries on. With more bars, seldom trades may be enough.",
            ),
            Self::WalkForwardFailed => ("too few tests of the walk forward earned something", TRIES_ON),
            Self::WarmUpWrong => (
                "the strategy decides before its warm-up has ended, or not from then on",
                "Report it with the strategy: its warm-up is computed from its parameters.",
            ),
            Self::BotDeleted => ("the Bot was deleted while its job was open", NOTHING),
            Self::EngineError => ("the engine refused the bars or the strategy", "Correct what the message names."),
            Self::GatewayUnreachable => {
                ("the gateway cannot be reached", "See the gateway's pods and Service; the next slot tries again.")
            }
            Self::JobMismatch => (
                "the caller names another job than its pod's own",
                "Leave the trace header out, or send the trace of the pod's own job.",
            ),
            Self::JobTimeout => {
                ("the job ran past its time", "See the runner's log; raise the policy's jobTimeout if it needs longer.")
            }
            Self::JobTypeUnknown => {
                ("the runner does not know the job's type", "Set the runner's image to the version of the controller.")
            }
            Self::RunnerFailed => ("the runner ended without a report", "See the log and events of the runner's pod."),
            Self::SymbolMismatch => (
                "the job asked for another instrument than the Bot's",
                "A runner may only fetch the instrument in the Bot's spec.instrument.",
            ),
            Self::DataDelayed => (
                "the vendor's data is delayed",
                "Subscribe to real-time data at the vendor, or use it at stages that may be late.",
            ),
            Self::DataLicenseRequired => (
                "the vendor wants a licence for this data",
                "Accept the exchange's licence in the vendor's portal, or ask for older data, which needs none.",
            ),
            Self::DataQuality => (
                "the bars fail a quality rule",
                "See the message for the rule; choose other bars, or change sources.marketData.quality in the StagePolicy.",
            ),
            Self::DataSimulated => (
                "the bars are simulated: they stood in for a vendor that failed, and nothing was traded at them",
                "Repair the first provider: simulated bars prove nothing and count for no promotion.",
            ),
            Self::AiBudget => (
                "the stage may not use as much of language models today",
                "Ask for shorter answers, or raise spec.ai.dailyTokens, budgets.maxAiUsdPerDay or spec.ai.prices of the StagePolicy as the message says.",
            ),
            Self::AiDisabled => (
                "the stage asks no language model",
                "If the stage is to have advice: set spec.ai.mode of the StagePolicy to Advisory, with its dailyTokens.",
            ),
            Self::CircuitOpen => (
                "the vendor failed several times in a row, so nothing is sent for a while",
                "Nothing to do: after the StagePolicy's cooldown for the source one call tries, or a handshake before it. See the vendor's status page.",
            ),
            Self::BrokerEnvironmentMismatch => (
                "the broker says that the account is of another kind, demo or live, than the Secret does",
                "Set the key that the message names to what the broker says, or use the credential of the other account.",
            ),
            Self::CostBudget => (
                "the vendor's price is above what the stage may still spend today",
                "If the price is right: raise budgets.maxDataUsdPerDay of the StagePolicy.",
            ),
            Self::CostUnquoted => (
                "a call that costs money was made without asking for its price",
                "Call metadata.get_cost with the same dataset, schema, symbols and range first.",
            ),
            Self::DataStale => (
                "what a source answered, or the newest sign of a live stream, is too old to count",
                "Wait for the next cycle, which asks again; if it persists, see the message: loosen spec.sources.*.freshness of the \
                 StagePolicy, or let a stream's reader read faster.",
            ),
            Self::DataTruncated => (
                "the vendor's answer was cut short",
                "The next slot asks again; if it persists, tell the vendor and name the request id.",
            ),
            Self::DataUnavailable => (
                "the vendor has no usable bars for the Bot's instrument and range",
                "Check dataset, symbol and schema, and what the vendor's plan covers. A job tries again at the time that the message \
                 names, or at once after a call that succeeds: POST /api/integrations/test-call.",
            ),
            Self::FallbackNoSymbol => (
                "the other vendor has no series that is the Bot's instrument",
                "Repair the first provider: nothing can stand in for these bars. Or set marketData.fallback to None.",
            ),
            Self::FallbackNotAllowed => (
                "the policy lets nothing stand in for this call",
                "Set marketData.fallback of the StagePolicy, and name the other provider second in marketData.providers. Sim is for LAB, in an \
                 installation with environment=dev and allowSimFallback=true.",
            ),
            Self::FallbackUsed => (
                "the bars came from what stands in for the vendor",
                "Repair the first provider: what its fallback brings proves nothing and counts for no promotion.",
            ),
            Self::HandshakeStale => (
                "no handshake and no call has succeeded for longer than connectedFor",
                "See that the gateway works; ask for a handshake: POST /api/integrations/verify.",
            ),
            Self::IntegrationKeyMalformed => {
                ("the credential does not have its vendor's form", "Copy the key again from the vendor's portal.")
            }
            Self::IntegrationKeyMissing => (
                "the credential is not there",
                "Create the Secret that the Integration names, with the keys that the message lists.",
            ),
            Self::IntegrationMissing => (
                "no Integration in the Bot's namespace serves this provider",
                "Apply an Integration for the provider in the Bot's namespace.",
            ),
            Self::IntegrationUnused => (
                "a connection that Bots need is there, and no job has used it",
                "See why the jobs of its namespace make no call: kubectl describe their Bots.",
            ),
            Self::NotGenuine => (
                "the data is not the vendor's own",
                "Remove spec.endpoint from the Integration to use the vendor itself; read what the vendor warns of.",
            ),
            Self::ProviderAccountLocked => (
                "the vendor has locked the account",
                "Ask the vendor to unlock the account; another key of the same account does not help.",
            ),
            Self::ProviderAuth => {
                ("the vendor does not accept the credential", "Set a valid key in the Secret that the Integration names.")
            }
            Self::ProviderCaptcha => (
                "the vendor wants a person to prove that they are one",
                "Sign in at the vendor's own site with the same account and do what it shows; the gateway tries again in an hour.",
            ),
            Self::ProviderEntitlement => {
                ("the vendor's plan does not include this", "Upgrade the plan, or use a dataset that it includes.")
            }
            Self::ProviderError => {
                ("the vendor answered with a server error", "The next slot asks again; see the vendor's status page.")
            }
            Self::ProviderQuota => {
                ("the vendor's funds or quota are used up", "Add funds at the vendor, or wait for the quota to renew.")
            }
            Self::ProviderRange => (
                "the vendor has no data for the range asked for",
                "The message names the vendor's range: wait until it reaches further, or use a dataset that covers it.",
            ),
            Self::ProviderRateLimited => {
                ("the vendor limits the rate of calls", "Lower the cadence, or ask the vendor for a higher limit.")
            }
            Self::ProviderRedirect => (
                "the vendor answered with a redirect, which is never followed",
                "Name the final address in the Integration's endpoint, or remove it to use the vendor's own.",
            ),
            Self::ProviderRejectedRequest => {
                ("the vendor rejects the request", "Correct the instrument or range that the message names.")
            }
            Self::ProviderTimeout => (
                "the vendor did not answer in time",
                "The next slot asks again; if the vendor is only slow, raise the StagePolicy's sources.marketData.maxLatency.",
            ),
            Self::ProviderUnreachable => {
                ("the vendor cannot be reached", "Check the network, DNS and the Integration's endpoint.")
            }
            Self::RateLimitedLocally => (
                "the credential is used as often as its vendor allows",
                "Wait; if it stays, lower the cadence or give some Bots a key of their own.",
            ),
            Self::SecretExternal => (
                "the Secret is kept by another operator",
                "Set the value where that operator takes it from: what is written here would be written over.",
            ),
            Self::SecretForbidden => (
                "the gateway may not read the Secret",
                "Name the Secret in the chart value gateway.secrets, or use the default name.",
            ),
            Self::SignInLimit => (
                "session after session was opened with the vendor within the hour",
                "See whether another program signs in with the same credential, which ends the gateway's session: give each its own.",
            ),
            Self::SourceDisabled => (
                "the stage's policy does not allow this",
                "If the stage is to use it: name the provider under spec.sources of the StagePolicy.",
            ),
            Self::SourceUnproven => (
                "no row proves a source that the stage requires in the last completed cycle",
                "See the cycle's rows in /api/_proof/bot/NAMESPACE/NAME; a runner must have asked a provider of the policy.",
            ),
            Self::UnknownOutcome => {
                ("nobody knows how a call ended", "Look the call up at the vendor by the row's trace and span.")
            }
            Self::VerifyUnsupported => (
                "nothing harmless can be asked of the vendor that would prove the key",
                "Nothing to do: the first successful call proves the connection.",
            ),
            Self::AmbiguousName => ("several objects have this name", "Name one as namespace/name, or by its UID."),
            Self::ClusterUnavailable => ("the Kubernetes API server does not answer", "Try again when it is back."),
            Self::EndpointUnknown => {
                ("the provider's endpoint is not known to the gateway", "Use an endpoint that the registry lists.")
            }
            Self::LimitsUnproven => (
                "not every gateway proves that it enforces the present limits",
                "Wait half a minute after a change of a StagePolicy; if it persists, restart the gateway that the message names, and \
                 read in its log why it does not follow the StagePolicies.",
            ),
            Self::CadenceMissed => (
                "a Bot did not work as often as its policy says, and nothing says why",
                "See the Bot's last jobs in /api/_proof/bot/NAMESPACE/NAME and the controller's log of that time.",
            ),
            Self::JobsNotCreated => (
                "jobs were enqueued for which no Kubernetes Job was created",
                "See the Bots' events and the controller's log: an admission policy or a quota may refuse the Jobs.",
            ),
            Self::SupervisorSilent => (
                "no planner has completed a run lately, so no job starts",
                "See the controller's pods and their logs: kubectl get lease assayer-controller names the one that leads.",
            ),
            Self::TimeoutWorkerSilent => (
                "nobody closes what is past its deadline",
                "See the pods that the message names: the controller closes jobs, the gateway that writes the log closes intents.",
            ),
            Self::EvidenceUnavailable => {
                ("the request log cannot be read or written", "Restore Postgres; nothing is sent until then.")
            }
            Self::IdentityUnproven => (
                "the caller is not a running pod of a job",
                "Only pods of Jobs that the controller created may call, with the token mounted for them.",
            ),
            Self::JobFinished => ("the job is finished", "A finished job makes no calls; a retry is a new job."),
            Self::NotAllowed => ("the caller may not do this", "Ask for the role that the message names."),
            Self::NotFound => ("there is no such object", "Check the name."),
            Self::OriginUnproven => (
                "the request carries a session and does not prove that the console sent it",
                "Ask from the console; other programs send a Kubernetes token as `Authorization: Bearer`, and no cookie.",
            ),
            Self::ProviderUnknown => ("the provider is not in the registry", "Use a provider that the registry lists."),
            Self::RequestInvalid => ("the request is not valid", "Correct the field that the message names."),
            Self::ResponseTooLarge => ("the vendor's answer is larger than the gateway holds", "Ask for a shorter range."),
            Self::Unauthenticated => (
                "the caller is not known",
                "Send a Kubernetes token as `Authorization: Bearer`, for example that of `kubectl create token NAME`.",
            ),
            Self::WriterFenced => ("another gateway has taken over the log", "Nothing to do: the runner asks the new one."),
        }
    }
}
