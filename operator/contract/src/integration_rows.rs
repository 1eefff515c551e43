//! What the log holds of an Integration, as far as it is judged by it. Pure.

use crate::RequestRow;

/// The newest rows of an Integration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntegrationRows {
    /// The newest handshake.
    pub verify: Option<RequestRow>,
    /// The newest success, of whatever purpose.
    pub success: Option<RequestRow>,
    /// The newest handshake that failed, or call that failed for the sake of the connection.
    pub failure: Option<RequestRow>,
    /// The newest handshake that the vendor answered with a no to the credential or its plan.
    pub turned_away: Option<RequestRow>,
    /// The newest call that the vendor's plan did not cover, or covered with a delay, if none of the same kind was covered since.
    pub denial: Option<RequestRow>,
}
