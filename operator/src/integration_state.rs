//! Integrations between the judge and the custom resource. In: a judgement's state. Out: the same of the custom resource. Pure.

use assayer_crds::IntegrationState;
use assayer_judge::IntegrationState as Judged;

/// A state as custom resource and API name it.
pub(crate) fn state(state: Judged) -> IntegrationState {
    match state {
        Judged::NotConfigured => IntegrationState::NotConfigured,
        Judged::NotConnected => IntegrationState::NotConnected,
        Judged::Degraded => IntegrationState::Degraded,
        Judged::Connected => IntegrationState::Connected,
    }
}
