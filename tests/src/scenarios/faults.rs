//! Every failure on the way to a vendor has its own name: in the row, on the Bot, and on the job or, where it is known before one
//! starts, in the planner's record; with what to do about it. A Bot recovers by itself once it is put right. One table; all of its lines run at once, each in a namespace with a key of its own.

mod check;
mod inject;

use anyhow::{Context, Result};
use assayer_contract::{Outcome, ReasonCode, Sent};
use futures::future::{BoxFuture, try_join_all};
use serde_json::{Value, json};

use crate::world::World;

/// How a failure is brought about.
#[derive(Clone, Copy)]
pub(crate) enum Inject {
    /// The namespace has no Integration.
    NoIntegration,
    /// The Secret that the Integration names is not there.
    NoSecret,
    /// The Secret has no key of the vendor's.
    NoKey,
    /// The value is no key of the vendor's.
    MalformedKey,
    /// The vendor does not know the key.
    UnknownKey,
    /// Nobody lets the gateway read the Secret.
    OutOfReach,
    /// Nothing listens where the Integration says.
    NobodyThere,
    /// The vendor does this, as its stand-in calls it.
    Vendor(&'static str),
}

impl Inject {
    /// Whether a handshake meets it, or nothing can be asked at all: then no job starts. Otherwise only a job finds out.
    pub(crate) fn keeps_jobs_from_starting(self) -> bool {
        !matches!(self, Self::Vendor(_))
    }
}

/// One line of the table.
pub(crate) struct Fault {
    /// Namespace of the line.
    pub(crate) name: &'static str,
    /// How it is brought about.
    pub(crate) inject: Inject,
    /// Why, in the row, on the job and on the Bot alike; `None` where it succeeds.
    pub(crate) reason: Option<ReasonCode>,
    /// How the row ended: that of a job's call, or of the handshake where no job starts.
    pub(crate) outcome: Outcome,
    /// Whether it reached the vendor.
    pub(crate) sent: Sent,
    /// The vendor's status.
    pub(crate) status: Option<i32>,
    /// What the message must say for a person to know what is wrong.
    pub(crate) said: &'static str,
    /// What the suggested fix must name.
    pub(crate) fix: &'static str,
}

/// Milliseconds that a slow answer takes: below every policy's `maxLatency`.
pub(crate) const SLOW_MS: i64 = 700;
/// Seconds that a rate limit asks to wait.
const WAIT_S: u32 = 7;

/// The table.
#[rustfmt::skip]
pub(crate) fn table() -> Vec<Fault> {
    use Inject::{MalformedKey, NoIntegration, NoKey, NoSecret, NobodyThere, UnknownKey, Vendor};
    use ReasonCode as R;
    let refused = |name, inject, reason, said, fix| {
        Fault { name, inject, reason: Some(reason), outcome: Outcome::Refused, sent: Sent::No, status: None, said, fix }
    };
    let answered = |name, inject, status, reason, said, fix| {
        Fault { name, inject, reason: Some(reason), outcome: Outcome::Failed, sent: Sent::Yes, status: Some(status), said, fix }
    };
    let silent = |name, inject, sent, reason, said, fix| {
        Fault { name, inject, reason: Some(reason), outcome: Outcome::Failed, sent, status: None, said, fix }
    };
    vec![
        refused("fault-no-integration", NoIntegration, R::IntegrationMissing, "no Integration in namespace fault-no-integration", "Apply an Integration"),
        refused("fault-no-secret", NoSecret, R::IntegrationKeyMissing, "Secret fault-no-secret/databento does not exist", "Create the Secret"),
        refused("fault-no-key", NoKey, R::IntegrationKeyMissing, "DATABENTO_API_KEY is missing", "Create the Secret"),
        refused("fault-malformed-key", MalformedKey, R::IntegrationKeyMalformed, "DATABENTO_API_KEY is not a key of this vendor", "Copy the key again"),
        answered("fault-unknown-key", UnknownKey, 401, R::ProviderAuth, "Authentication failed", "Set a valid key"),
        answered("fault-license", Vendor("license"), 403, R::DataLicenseRequired, "data license is required", "Accept the exchange's licence"),
        answered("fault-locked", Vendor("locked"), 403, R::ProviderAccountLocked, "account is locked", "unlock the account"),
        answered("fault-funds", Vendor("insufficient_funds"), 402, R::ProviderQuota, "insufficient funds", "Add funds"),
        answered("fault-range", Vendor("out_of_range"), 422, R::ProviderRange, "after the available range", "range"),
        answered("fault-rate-limit", Vendor("rate_limited"), 429, R::ProviderRateLimited, "the vendor asks to wait 7 s", "Lower the cadence"),
        answered("fault-server-error", Vendor("server_error"), 500, R::ProviderError, "Internal Server Error", "status page"),
        answered("fault-maintenance", Vendor("unavailable"), 503, R::ProviderError, "Service Unavailable", "status page"),
        answered("fault-upstream", Vendor("gateway_timeout"), 504, R::ProviderError, "Gateway Timeout", "status page"),
        answered("fault-redirect", Vendor("redirect"), 307, R::ProviderRedirect, "307 Temporary Redirect", "final address"),
        answered("fault-truncated", Vendor("truncate"), 200, R::DataTruncated, "", "name the request id"),
        answered("fault-cut", Vendor("close"), 200, R::DataTruncated, "the connection broke before the end", "name the request id"),
        silent("fault-hang", Vendor("hang"), Sent::Unknown, R::ProviderTimeout, "maxLatency", "sources.marketData.maxLatency"),
        silent("fault-dropped", Vendor("drop"), Sent::Unknown, R::UnknownOutcome, "may or may not have received", "trace and span"),
        silent("fault-unreachable", NobodyThere, Sent::No, R::ProviderUnreachable, "no connection to the vendor", "Integration's endpoint"),
        Fault {
            name: "fault-slow", inject: Vendor("slow"), reason: None,
            outcome: Outcome::Success, sent: Sent::Yes, status: Some(200), said: "bars of SPX", fix: "",
        },
    ]
}

/// Where the gateway reads Secrets by RBAC, a namespace in which nobody has let it.
fn out_of_reach() -> Fault {
    Fault {
        name: "fault-out-of-reach",
        inject: Inject::OutOfReach,
        reason: Some(ReasonCode::SecretForbidden),
        outcome: Outcome::Refused,
        sent: Sent::No,
        status: None,
        said: "not allowed to read it",
        fix: "gateway.secrets",
    }
}

/// Every line of the table fails as it says, nothing is computed without data, and every Bot recovers by itself. `allow` lets the
/// gateway read a namespace's Secret, where it could not otherwise.
pub async fn every_failure_has_its_own_name(world: &World, allow: Option<&dyn Allow>) -> Result<()> {
    let table: Vec<Fault> = table().into_iter().chain(allow.map(|_| out_of_reach())).collect();
    world.add_keys(table.iter().filter(|fault| !matches!(fault.inject, Inject::UnknownKey)).map(Fault::key)).await?;
    world.order_faults(&table.iter().filter_map(Fault::order).collect::<Vec<_>>()).await?;
    for fault in &table {
        match allow {
            Some(allow) if !matches!(fault.inject, Inject::OutOfReach) => allow.read_secrets_of(fault.name).await?,
            _ => {}
        }
        inject::bring_about(world, fault).await.context(fault.name)?;
    }
    try_join_all(table.iter().map(async |fault| check::told_apart(world, fault).await.context(fault.name))).await?;
    world.add_keys(table.iter().map(Fault::key)).await?;
    for fault in &table {
        world.clear_faults(&fault.key()).await?;
        if let Some(allow) = allow {
            allow.read_secrets_of(fault.name).await?;
        }
        inject::put_right(world, fault).await.context(fault.name)?;
    }
    try_join_all(table.iter().map(async |fault| check::recovers(world, fault).await.context(fault.name))).await?;
    for fault in &table {
        world.remove_namespace(fault.name).await?;
    }
    Ok(())
}

/// Lets the gateway read the Secrets of a namespace, as the chart does for its own.
pub trait Allow: Sync {
    /// Makes the namespace, if need be, and the Role in it.
    fn read_secrets_of<'a>(&'a self, namespace: &'a str) -> BoxFuture<'a, Result<()>>;
}

impl Fault {
    /// The key of this line alone, in the vendor's form.
    pub(crate) fn key(&self) -> String {
        World::key_of(self.name)
    }

    /// The order to the stand-in, for the line's key. Bars break where they are bars; anything else breaks at a job's first call,
    /// which is none that a handshake makes.
    fn order(&self) -> Option<Value> {
        let Inject::Vendor(kind) = self.inject else { return None };
        let path = match kind {
            "slow" | "truncate" | "close" | "hang" => "timeseries.get_range",
            _ => "metadata.get_dataset_range",
        };
        let after_ms = if kind == "slow" { SLOW_MS } else { 0 };
        let order = json!({"match": {"path": path, "key": World::fingerprint(&self.key())}, "fault": kind, "after_ms": after_ms,
            "retry_after_s": WAIT_S});
        Some(order)
    }
}
