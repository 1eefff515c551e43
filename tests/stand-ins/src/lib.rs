//! Stand-ins for providers: each speaks its vendor's protocol as the vendor documents it, from committed data.
//!
//! In: HTTP requests of the vendor's own clients, orders to fail under `/__stand-in/`. Out: the vendor's answers, and
//! a ledger of every request that arrived. One process is one vendor, or all, each below its name. [`shell`] holds what all vendors share
//! (counting, failing on demand, keys); a vendor is a router and a few functions, see [`shell::Vendor`].

pub mod ai;
pub mod alpaca;
pub mod bars;
pub mod databento;
pub mod discord;
pub mod faults;
pub mod finnhub;
pub mod fmp;
pub mod fred;
mod headlines;
pub mod ironbeam;
pub mod keys;
pub mod ledger;
pub mod marketaux;
pub mod massive;
pub mod news_api;
mod sessions;
pub mod shell;
pub mod slack;
pub mod supabase;
pub mod synthetic;
pub mod tradovate;
pub mod unusual_whales;
pub mod vendors;
pub mod webhook;
