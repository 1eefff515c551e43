//! Why a statement failed, sorted by what the caller can do about it. Pure.

use assayer_contract::HashError;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Postgres cannot be reached, is starting, or gave no connection in time. Worth trying again.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// The database did not answer in time. It may have done what was asked.
    #[error("the database did not answer within {0:?}")]
    TimedOut(std::time::Duration),
    /// Another writer has taken over the gateway set; nothing that this one holds may be written any more.
    #[error("gateway set \"{gateway_set}\": epoch {epoch} has been superseded by another writer")]
    Fenced {
        /// The gateway set.
        gateway_set: String,
        /// The epoch that is no longer the newest.
        epoch: i64,
    },
    /// The database refused the values themselves (a constraint, a text that it cannot hold). Trying again cannot help.
    #[error("the database refused the row: {0}")]
    Refused(#[source] sqlx::Error),
    /// Any other failure of a statement.
    #[error("the statement failed: {0}")]
    Statement(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the schema could not be migrated: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A row does not have the shape of the contract.
    #[error("a stored value does not have the expected form: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A stored text is not one of the words that the contract knows.
    #[error("column {column}: \"{value}\" is not known to this version")]
    UnknownWord {
        /// Table column.
        column: &'static str,
        /// What it holds.
        value: String,
    },
    /// A row has no canonical form to hash.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// A connection variable is not usable.
    #[error("{variable}=\"{value}\": {remedy}")]
    Configuration {
        /// Name of the environment variable.
        variable: &'static str,
        /// Its value.
        value: String,
        /// What it should be.
        remedy: &'static str,
    },
}

impl StoreError {
    /// Whether the same call may succeed later without anyone changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::TimedOut(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Protocol(_) => {
                Self::Unavailable(error)
            }
            E::Database(refusal) => match refusal.code().as_deref().and_then(|code| code.get(..2)) {
                // connection, read-only after a failover, authorisation, no such database, deadlock, resources, not accepting
                // connections or a lock, operator intervention (shutdown, starting up), system error
                Some("08" | "25" | "28" | "3D" | "40" | "53" | "55" | "57" | "58") => Self::Unavailable(error),
                // data exception, integrity constraint
                Some("22" | "23") => Self::Refused(error),
                _ => Self::Statement(error),
            },
            _ => Self::Statement(error),
        }
    }
}
