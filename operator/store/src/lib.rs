//! The only SQL of Assayer. In: typed values of the contract. Out: rows, or a [`StoreError`]. Not pure: talks to Postgres.
//!
//! One module a subject; each process uses the modules that its database role is granted.

pub mod autonomy;
pub mod bot_history;
pub mod cycles;
pub mod economic_calendar;
mod error;
pub mod evidence;
pub mod fail_closed;
pub mod feeds;
pub mod gateway_jobs;
pub mod handshakes;
pub mod idle_slots;
pub mod integration_history;
pub mod integration_use;
pub mod integrations;
pub mod job_ends;
pub mod jobs;
pub mod kept_bars;
pub mod limits;
pub mod lineage;
pub mod log;
mod migrate;
pub mod notices;
pub mod notify;
pub mod pace;
pub mod planner;
mod pool;
pub mod proof;
pub mod provider_proof;
pub mod request_search;
pub mod requested;
pub mod research;
pub mod roles;
pub mod session_report;
pub mod sign_ins;
pub mod spending;
pub mod system;

pub use error::StoreError;
pub use migrate::{MIGRATOR, migrate, schema_is_current};
pub use pool::{connect, connect_reader};
/// The pool of connections, so that callers need not name sqlx.
pub use sqlx::PgPool;
