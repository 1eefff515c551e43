//! Integrations between the store, the judge and the custom resource. In: rows, a judgement. Out: facts, a state. Pure.

use assayer_judge::{Attempt, IntegrationFacts, IntegrationState as Judged};
use assayer_store::integrations::IntegrationRows;

use assayer_crds::IntegrationState;

/// The rows as the judge reads them.
pub(crate) fn facts(rows: IntegrationRows) -> IntegrationFacts {
    IntegrationFacts {
        verify: rows.verify.map(Attempt::from),
        success: rows.success.map(Attempt::from),
        failure: rows.failure.map(Attempt::from),
        turned_away: rows.turned_away.map(Attempt::from),
        denial: rows.denial.map(Attempt::from),
    }
}

/// A state as custom resource and API name it.
pub(crate) fn state(state: Judged) -> IntegrationState {
    match state {
        Judged::NotConfigured => IntegrationState::NotConfigured,
        Judged::NotConnected => IntegrationState::NotConnected,
        Judged::Degraded => IntegrationState::Degraded,
        Judged::Connected => IntegrationState::Connected,
    }
}
