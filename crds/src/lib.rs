//! The custom resources of `assayer.dev/v1alpha1`. In: what users apply. Out: typed specs, and the policy that binds a Bot. Pure.

#![allow(unreachable_pub, reason = "KubeSchema repeats each struct inside a function")]
#![allow(clippy::duplicated_attributes, reason = "columns of one type are no duplicates")]

mod ai;
mod bot;
mod bot_status;
pub mod conditions;
mod duration;
mod freshness;
mod integration;
mod integration_status;
mod limits;
mod provider;
mod quality;
mod research;
mod source_rules;
mod sources;
mod stage_policy;

pub use ai::{Ai, Mode, Price};
pub use bot::{Adviser, Bot, BotSpec, Proxies};
pub use bot_status::{ActiveJob, Activity, ActivityState, Blocker, BotStatus, LastJob};
pub use duration::{DurationText, MalformedDuration};
pub use freshness::{Basis, Freshness, Hours};
pub use integration::{Credentials, Integration, IntegrationSpec, Notify, SecretRef, Topic};
pub use integration_status::{IntegrationState, IntegrationStatus, LastVerified};
pub use limits::limits_hash;
pub use provider::Provider;
pub use quality::{MinBarRatio, PolicyError, Quality};
pub use research::{AiSuggestions, Research};
pub use sources::{MarketData, OtherSource, Sources};
pub use stage_policy::{Budgets, Cadence, Promotion, PromotionRequires, StagePolicy, StagePolicySpec};
