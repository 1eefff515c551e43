//! The back-testing engine: bars and a strategy in, trades and figures out. Pure: no clock, no randomness, no I/O.
//!
//! Numbered rules that the tests hold it to:
//! 1. Prices and money are integers of 1e-9; arithmetic that would overflow is an error, never a wrong figure.
//! 2. A signal is computed when a bar has closed, from that bar and earlier ones.
//! 3. Cash plus position value is equity at every close; the trades' nets sum to final equity less capital.
//! 4. The same inputs give the same result, bit for bit, in any process: hashes say so.

mod account;
pub mod backtest;
pub mod bar_buckets;
pub mod bars;
pub mod calendar;
pub mod contracts;
mod decimal;
mod indicator;
pub mod instrument;
mod invalid;
pub mod money;
mod multiple;
pub mod quality;
pub mod report;
pub mod session;
pub mod simulated;
pub mod spec;
pub mod statistics;
pub mod strategy;

pub use backtest::{BacktestError, Mark, NotEntered};
pub use bars::{Bar, BarError, Bars, Roll};
pub use instrument::{BarSchema, Instrument};
pub use invalid::InvalidField;
pub use money::{Money, NumberError, Overflow, Price};
pub use multiple::Multiple;
pub use report::{BacktestReport, BacktestResult, ENGINE_VERSION, ExitReason, RolledOver, Side, Trade};
pub use session::{Clock, Moment, Span};
pub use spec::{BacktestSpec, Capital, Execution, FillAt, IntraBar};
pub use strategy::{Family, Strategy, Target};
