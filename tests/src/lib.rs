//! What the scenarios share: a world with an API server, a database and a stand-in, and ways to wait and to look.
//!
//! A scenario is one function over a [`World`]; it runs on plain processes and on an installed cluster alike.

#![allow(clippy::indexing_slicing, clippy::print_stderr, reason = "a scenario that fails is told as a failed test")]

mod admission;
pub mod certificate;
pub mod crashes;
pub mod database;
pub mod evidence;
pub mod expired;
pub mod held;
pub mod installed;
pub mod issuer;
pub mod kubelet;
pub mod part;
pub mod processes;
pub mod psql;
pub mod published;
pub mod raw;
pub mod scenarios;
pub mod servers;
pub mod stream;
pub mod wait;
pub mod world;

pub use world::World;

/// Awaits one scenario of a test and says how long it took.
#[macro_export]
macro_rules! step {
    ($($scenario:ident)::+ ($($given:tt)*)) => { $crate::timed!($($scenario)::+ ($($given)*)).await? };
}

/// A scenario that says how long it took, to be awaited beside others.
#[macro_export]
macro_rules! timed {
    ($($scenario:ident)::+ ($($given:tt)*)) => {
        async {
            let begun = std::time::Instant::now();
            let done = $($scenario)::+ ($($given)*).await;
            eprintln!("{:6.1} s  {}", begun.elapsed().as_secs_f64(), stringify!($($scenario)::+));
            anyhow::Context::context(done, stringify!($($scenario)::+))
        }
    };
}
