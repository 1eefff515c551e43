//! What crosses a wire or a table: stages, job types, reason codes, log rows, bodies, header names.
//!
//! Pure: no I/O, no clock, no randomness. Every process of Assayer speaks these types, so a word means the same in the
//! custom resources, the tables, the JSON and the console.

pub mod budget;
pub mod condition;
pub mod credential;
pub mod economic_event;
pub mod feed;
pub mod freshness;
pub mod hash;
pub mod integration_rows;
pub mod job;
pub mod kept;
pub mod policy;
pub mod problem;
pub mod quality;
pub mod reason;
pub mod request;
pub mod request_summary;
pub mod research;
pub mod round;
pub mod serving;
pub mod session;
pub mod simulated;
pub mod stage;
pub mod stream;
pub mod verdict;
pub mod wire;

pub use credential::CredentialCheck;
pub use economic_event::EconomicEvent;
pub use feed::{Feed, FeedJob, FeedRows, LastBars};
pub use freshness::{Freshness, Release};
pub use hash::{HashError, Sha256Hash, canonical_hash};
pub use integration_rows::IntegrationRows;
pub use job::{JobAssignment, JobReport, JobStatus, JobType, job_name};
pub use problem::Problem;
pub use quality::{BarQuality, InstrumentDays, QualityLimits};
pub use reason::{Bearing, ReasonCode};
pub use request::{Operation, Outcome, RequestRow, Sent};
pub use request_summary::RequestSummary;
pub use research::{GateResult, Lineage, ResearchReport, ResearchRules, ResearchStep, Trial};
pub use serving::{Offer, serving};
pub use session::{BarBucket, BarBuckets, MAX_BAR_BUCKETS, SessionReport};
pub use stage::{Source, Stage};
pub use stream::{GapCause, StreamGap};
pub use verdict::Verdict;
