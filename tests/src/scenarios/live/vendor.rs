//! The vendor's side of live data. In: how it is to fail, and what time it is there. Out: orders to its stand-in.

use anyhow::Result;
use chrono::Utc;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::World;

/// Nanoseconds.
pub(super) const MINUTE: u64 = 60_000_000_000;

/// The stand-in for live data, which one scenario at a time uses.
pub(super) struct Vendor<'a> {
    pub(super) world: &'a World,
}

impl Vendor<'_> {
    /// Its time stands at `now`, where the bar begins that begins at `bar` in its data.
    pub(super) async fn stand(&self, now: u64, bar: u64) -> Result<()> {
        self.world.control(Method::PUT, "live/clock", &json!({"now": now, "bar": bar})).await
    }

    /// So many minutes pass there at once.
    pub(super) async fn advance(&self, minutes: u64) -> Result<()> {
        self.world.control(Method::POST, "live/clock", &json!({"advance_minutes": minutes})).await
    }

    pub(super) async fn fail(&self, fault: Value) -> Result<()> {
        self.world.control(Method::POST, "live/faults", &fault).await
    }

    pub(super) async fn mend(&self) -> Result<()> {
        self.world.control(Method::DELETE, "live/faults", &Value::Null).await
    }

    /// As it is when nobody tells it anything.
    pub(super) async fn as_ever(&self) -> Result<()> {
        self.mend().await?;
        self.world.control(Method::DELETE, "live/clock", &Value::Null).await
    }
}

/// This machine's time, in nanoseconds since 1970.
pub(super) fn wall() -> u64 {
    Utc::now().timestamp_nanos_opt().unwrap_or_default().cast_unsigned()
}
