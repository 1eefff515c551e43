//! What a user relies on, one function each, over any [`World`](crate::World).

pub mod api;
pub mod autonomy;
pub mod calendar;
pub mod console;
pub mod control;
pub mod cycles;
pub mod endurance;
pub mod exactly_once;
pub mod faults;
pub mod idle;
pub mod ingress;
pub mod integrations;
pub mod killed;
pub mod live;
pub mod notifications;
pub mod outages;
pub mod pods;
pub mod quality;
pub mod reaction;
pub mod refusals;
pub mod research;
pub mod secrets;
pub mod strangers;
pub mod truth;
pub mod wrong_key;
