//! The default policies. In: YAML documents. Out: StagePolicies. Pure.

use std::collections::BTreeSet;

use assayer_crds::StagePolicy;

/// Why the policies cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PoliciesError {
    /// A document is no StagePolicy.
    #[error("not a StagePolicy: {0}")]
    Malformed(String),
    /// A stage can have one policy only.
    #[error("stage {0} has more than one policy")]
    Twice(assayer_contract::Stage),
}

/// The policies in this text, at most one a stage.
pub(crate) fn parse(text: &str) -> Result<Vec<StagePolicy>, PoliciesError> {
    let policies: Vec<StagePolicy> =
        serde_saphyr::from_multiple(text).map_err(|error| PoliciesError::Malformed(error.to_string()))?;
    let mut stages = BTreeSet::new();
    match policies.iter().find(|policy| !stages.insert(policy.spec.stage)) {
        Some(twice) => Err(PoliciesError::Twice(twice.spec.stage)),
        None => Ok(policies),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAB: &str = "
---
apiVersion: assayer.dev/v1alpha1
kind: StagePolicy
metadata: {name: lab}
spec:
  stage: LAB
  sources: {marketData: {requirement: Required, providers: [databento]}}
  cadence: {backtest: 20m}
  jobTimeout: 10m
  budgets: { maxConcurrentBacktests: 4, maxDataUsdPerDay: '0' }
  promotion: {requires: {sessions: 3}}
";

    #[test]
    fn each_document_is_a_policy_and_none_is_fine() {
        let policies = parse(LAB).unwrap();
        assert_eq!(policies.len(), 1);
        assert_eq!(policies[0].metadata.name.as_deref(), Some("lab"));
        assert!(parse("").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_policy_is_refused_by_the_name_of_its_field() {
        let message = parse(&LAB.replace("20m", "often")).unwrap_err().to_string();
        assert!(message.contains("backtest") || message.contains("often"), "{message}");
        let message = parse(&LAB.replace("stage: LAB", "stage: MOON")).unwrap_err().to_string();
        assert!(message.contains("MOON"), "{message}");
    }

    #[test]
    fn a_second_policy_for_a_stage_is_refused() {
        assert_eq!(parse(&format!("{LAB}{LAB}")).unwrap_err().to_string(), "stage LAB has more than one policy");
    }
}
