//! Whether a Bot may be run. In: its spec and the policy of its stage. Out: acceptance, or what to correct. Pure.

use assayer_contract::{
    HashError, ReasonCode, Sha256Hash, Stage, canonical_hash,
    policy::{Fallback, Policy, Requirement, StopPolicy},
};
use assayer_crds::{Bot, PolicyError, StagePolicy};
use assayer_engine::BacktestSpec;
use assayer_judge::Acceptance;

use crate::environment::{Environment, Installed};

/// Every Bot stands here until a promotion is recorded; none is recorded by this version.
pub(crate) const STAGE: Stage = Stage::Lab;

/// A Bot that may be run, parsed once.
pub(crate) struct Accepted {
    pub(crate) policy: Policy,
    pub(crate) backtest: BacktestSpec,
    pub(crate) strategy_hash: Sha256Hash,
}

/// Why a Bot is not run, and in a sentence what to change.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) reason: ReasonCode,
    pub(crate) message: String,
}

/// The same as the judge reads it.
pub(crate) fn acceptance(verdict: Result<Accepted, Refusal>) -> Acceptance {
    match verdict {
        Ok(accepted) => Acceptance::Accepted(Box::new(accepted.policy)),
        Err(refusal) => Acceptance::Refused(refusal.reason, refusal.message),
    }
}

/// What the stage says, read once for all Bots that stand there: to read it takes longer than to look at a Bot.
pub(crate) struct Rules(Result<Policy, Refusal>);

impl Rules {
    /// Of the policy, if there is one, as this installation may obey it.
    pub(crate) fn of(policy: Option<&StagePolicy>, installed: impl Into<Installed>) -> Result<Self, HashError> {
        let Some(policy) = policy else {
            let message = format!("no StagePolicy \"{}\" exists; stage {STAGE} needs one", policy_name());
            return Ok(Self(Err(Refusal { reason: ReasonCode::PolicyMissing, message })));
        };
        match obeyed(policy, installed.into()) {
            Ok(rules) => Ok(Self(Ok(rules))),
            Err(PolicyError::Hash(error)) => Err(error),
            Err(mistake) => {
                let message = format!("StagePolicy \"{}\": {mistake}", policy_name());
                Ok(Self(Err(Refusal { reason: ReasonCode::PolicyInvalid, message })))
            }
        }
    }

    /// The Bot as it may be run, or why it is not.
    pub(crate) fn validate(&self, bot: &Bot) -> Result<Result<Accepted, Refusal>, HashError> {
        let backtest = match bot.spec.backtest() {
            Ok(backtest) => backtest,
            Err(mistake) => return Ok(Err(Refusal { reason: ReasonCode::SpecInvalid, message: format!("spec.{mistake}") })),
        };
        let rules = match &self.0 {
            Ok(rules) => rules.clone(),
            Err(refusal) => return Ok(Err(refusal.clone())),
        };
        let strategy_hash = canonical_hash(&backtest.strategy)?;
        let stop = rules.stop.max(bot.spec.stop_policy);
        Ok(Ok(Accepted { policy: Policy { stop, ..rules }, backtest, strategy_hash }))
    }
}

/// The same of one Bot alone.
pub(crate) fn validate(
    bot: &Bot,
    policy: Option<&StagePolicy>,
    installed: impl Into<Installed>,
) -> Result<Result<Accepted, Refusal>, HashError> {
    Rules::of(policy, installed)?.validate(bot)
}

/// The rules, if this installation may obey them. Admission says the same first, where it is installed.
fn obeyed(policy: &StagePolicy, installed: Installed) -> Result<Policy, PolicyError> {
    let rules = policy.spec.policy()?;
    if rules.market_data.fallback == Fallback::Sim && !installed.simulates() {
        return Err(PolicyError::SimNotAllowed);
    }
    match (rules.market_data.requirement, installed.environment) {
        (Requirement::Required, _) | (Requirement::Optional, Environment::Dev) => Ok(rules),
        (requirement, _) => Err(PolicyError::MarketDataNotRequired(requirement)),
    }
}

/// What binds is the stricter of the Bot's and its stage's.
pub(super) fn stop(bot: &Bot, policy: Option<&StagePolicy>) -> StopPolicy {
    policy.map_or(StopPolicy::None, |policy| policy.spec.stop_policy).max(bot.spec.stop_policy)
}

/// Name of the StagePolicy that binds Bots.
pub(super) fn policy_name() -> String {
    STAGE.to_string().to_lowercase()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::json;

    pub(in crate::controller) fn bot() -> Bot {
        serde_json::from_value(json!({
            "apiVersion": "assayer.dev/v1alpha1",
            "kind": "Bot",
            "metadata": {"name": "spx-cross", "namespace": "default", "uid": "00000000-0000-0000-0000-000000000007", "generation": 1},
            "spec": {
                "instrument": {"dataset": "SAMPLE.INDEX", "symbol": "SPX", "schema": "ohlcv-1d", "tickSize": "0.01", "multiplier": 5},
                "strategy": {"smaCross": {"fast": 50, "slow": 200}},
                "execution": {"slippageTicks": 25, "feePerContract": "0.62"},
                "capital": {"amount": "10000", "currency": "USD"},
            },
        }))
        .unwrap()
    }

    pub(in crate::controller) fn policy() -> StagePolicy {
        serde_json::from_value(json!({
            "apiVersion": "assayer.dev/v1alpha1",
            "kind": "StagePolicy",
            "metadata": {"name": "lab"},
            "spec": {
                "stage": "LAB",
                "sources": {"marketData": {"requirement": "Required", "providers": ["databento"]}},
                "cadence": {"backtest": "20m"},
                "jobTimeout": "10m",
                "budgets": {"maxConcurrentBacktests": 4, "maxDataUsdPerDay": "5"},
                "promotion": {"requires": {"sessions": 3}},
            },
        }))
        .unwrap()
    }

    #[test]
    fn a_sound_bot_with_a_policy_is_accepted() {
        let accepted = validate(&bot(), Some(&policy()), Environment::Prod).unwrap().ok().unwrap();
        assert_eq!(accepted.policy.promotion_sessions, 3);
    }

    #[test]
    fn the_stricter_of_the_bots_and_the_stages_stop_policy_binds() {
        let (mut bot, mut policy) = (bot(), policy());
        for (of_bot, of_stage, binds) in [
            (StopPolicy::None, StopPolicy::None, StopPolicy::None),
            (StopPolicy::Hold, StopPolicy::None, StopPolicy::Hold),
            (StopPolicy::None, StopPolicy::HoldAndDrain, StopPolicy::HoldAndDrain),
            (StopPolicy::HoldAndDrain, StopPolicy::Hold, StopPolicy::HoldAndDrain),
        ] {
            (bot.spec.stop_policy, policy.spec.stop_policy) = (of_bot, of_stage);
            assert_eq!(validate(&bot, Some(&policy), Environment::Prod).unwrap().ok().unwrap().policy.stop, binds);
        }
    }

    #[test]
    fn without_a_policy_the_bot_is_refused_by_the_name_of_what_is_missing() {
        let Refusal { reason, message } = validate(&bot(), None, Environment::Prod).unwrap().err().unwrap();
        assert_eq!(reason, ReasonCode::PolicyMissing);
        assert!(message.contains("no StagePolicy \"lab\" exists"), "{message}");
    }

    #[test]
    fn a_spec_that_slipped_past_the_api_server_is_refused_by_its_field() {
        let mut bot = bot();
        bot.spec.instrument.multiplier = 0;
        let Refusal { reason, message } = validate(&bot, Some(&policy()), Environment::Prod).unwrap().err().unwrap();
        assert_eq!(reason, ReasonCode::SpecInvalid);
        assert!(message.starts_with("spec.instrument.multiplier is 0"), "{message}");
    }

    #[test]
    fn only_a_development_installation_lets_lab_do_without_market_data() {
        let mut policy = policy();
        policy.spec.sources.market_data.requirement = Requirement::Optional;
        assert!(validate(&bot(), Some(&policy), Environment::Dev).unwrap().is_ok());
        let Refusal { reason, message } = validate(&bot(), Some(&policy), Environment::Prod).unwrap().err().unwrap();
        assert_eq!(reason, ReasonCode::PolicyInvalid);
        let said = "StagePolicy \"lab\": spec.sources.marketData.requirement is Optional: LAB needs Required, but for a dev installation";
        assert_eq!(message, said);
        policy.spec.sources.market_data.requirement = Requirement::Disabled;
        assert!(validate(&bot(), Some(&policy), Environment::Dev).unwrap().is_err(), "LAB lives on bars");
    }

    #[test]
    fn a_policy_that_simulates_is_obeyed_only_where_the_installation_allows_it() {
        let mut policy = policy();
        policy.spec.sources.market_data.fallback = Fallback::Sim;
        let allowed = Installed::new(Environment::Dev, true).unwrap();
        assert!(validate(&bot(), Some(&policy), allowed).unwrap().is_ok());
        for environment in [Environment::Dev, Environment::Prod] {
            let forbidden = Installed::new(environment, false).unwrap();
            let Refusal { reason, message } = validate(&bot(), Some(&policy), forbidden).unwrap().err().unwrap();
            assert_eq!(reason, ReasonCode::PolicyInvalid);
            assert!(message.contains("fallback is Sim") && message.contains("allowSimFallback=true"), "{message}");
        }
    }

    #[test]
    fn a_policy_that_slipped_past_the_api_server_is_refused_by_its_field() {
        let mut policy = policy();
        policy.spec.cadence = None;
        let Refusal { reason, message } = validate(&bot(), Some(&policy), Environment::Prod).unwrap().err().unwrap();
        assert_eq!(
            (reason, message.as_str()),
            (ReasonCode::PolicyInvalid, "StagePolicy \"lab\": spec.cadence is missing, which Bots of LAB need")
        );
    }
}
