//! One leader among the replicas, by a Lease. In: the record and the time. Out: terms of leadership. Not pure, but for [`may_take`].
//!
//! Leadership is an optimisation, never the safety: a Job's name is a function of its Bot and slot. Expiry is judged by when this
//! replica itself last saw the record change, so the replicas' clocks need not agree.

use std::time::{Duration, Instant};

use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
    jiff::Timestamp,
};
use kube::{
    Api, Client, ResourceExt,
    api::{ObjectMeta, PostParams},
};
use tokio::{select, time};
use tokio_util::sync::CancellationToken;

use super::metrics::Metrics;

/// Name of the Lease, in the control plane's namespace.
pub(crate) const LEASE: &str = "assayer-controller";
/// A leader that has not renewed for so long has lost the Lease.
const TTL: Duration = Duration::from_secs(15);
/// A leader that could not renew for so long stops leading by itself, before another may begin.
const GIVE_UP: Duration = Duration::from_secs(10);
const RENEW_EVERY: Duration = Duration::from_secs(3);
const TRY_EVERY: Duration = Duration::from_secs(2);
/// One call to the API server.
const CALL: Duration = Duration::from_secs(4);

pub(super) struct Elector {
    leases: Api<Lease>,
    me: String,
}

/// The record as this replica last saw it change.
struct Seen {
    version: Option<String>,
    at: Instant,
}

impl Elector {
    pub(super) fn new(client: Client, namespace: &str, me: &str) -> Self {
        Self { leases: Api::namespaced(client, namespace), me: me.to_owned() }
    }

    /// Runs one term of `lead` after the other until `stop`; gives the Lease back at the end. Fails only if a term ends by itself.
    pub(super) async fn run<F, T>(&self, metrics: &Metrics, stop: &CancellationToken, lead: F) -> anyhow::Result<()>
    where
        F: Fn(CancellationToken) -> T,
        T: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        while self.acquire(stop).await {
            tracing::info!(instance = self.me, "leading");
            metrics.leader.set(1);
            let term = stop.child_token();
            let mut work = tokio::spawn(lead(term.clone()));
            let ended = select! {
                done = &mut work => Some(done),
                () = self.renew(&term) => None,
            };
            metrics.leader.set(0);
            if let Some(done) = ended {
                self.release().await;
                done??;
                anyhow::ensure!(stop.is_cancelled(), "a term of leadership ended by itself");
                return Ok(());
            }
            term.cancel();
            // What is under way may finish, but not beyond the moment from which another may lead.
            if time::timeout(TTL.saturating_sub(GIVE_UP), &mut work).await.is_err() {
                work.abort();
            }
            tracing::info!(instance = self.me, "not leading any more");
        }
        self.release().await;
        Ok(())
    }

    /// Waits until the Lease is held; false if `stop` came first.
    async fn acquire(&self, stop: &CancellationToken) -> bool {
        let mut seen = None;
        while !stop.is_cancelled() {
            match self.try_hold(&mut seen).await {
                Ok(true) => return true,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "the Lease cannot be read or written"),
            }
            select! {
                () = time::sleep(TRY_EVERY) => {}
                () = stop.cancelled() => {}
            }
        }
        false
    }

    /// Renews until the term ends or the Lease is lost.
    async fn renew(&self, term: &CancellationToken) {
        let (mut seen, mut renewed) = (None, Instant::now());
        while renewed.elapsed() < GIVE_UP {
            select! {
                () = time::sleep(RENEW_EVERY) => {}
                () = term.cancelled() => return,
            }
            match self.try_hold(&mut seen).await {
                Ok(true) => renewed = Instant::now(),
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, "the Lease could not be renewed"),
            }
        }
    }

    /// Takes or renews the Lease; false if somebody else holds it. Losing a race is no error.
    async fn try_hold(&self, seen: &mut Option<Seen>) -> anyhow::Result<bool> {
        let Some(mut lease) = time::timeout(CALL, self.leases.get_opt(LEASE)).await?? else {
            let metadata = ObjectMeta { name: Some(LEASE.to_owned()), ..ObjectMeta::default() };
            let fresh = Lease { metadata, spec: Some(self.held(&LeaseSpec::default())) };
            return won(time::timeout(CALL, self.leases.create(&PostParams::default(), &fresh)).await?);
        };
        let version = lease.resource_version();
        let unchanged = seen.take().filter(|seen| seen.version == version);
        let since = seen.insert(unchanged.unwrap_or_else(|| Seen { version, at: Instant::now() })).at;
        let old = lease.spec.take().unwrap_or_default();
        if !may_take(&old, &self.me, since.elapsed()) {
            return Ok(false);
        }
        lease.spec = Some(self.held(&old));
        // The write carries the version that was read: of several contenders exactly one wins.
        won(time::timeout(CALL, self.leases.replace(LEASE, &PostParams::default(), &lease)).await?)
    }

    fn held(&self, old: &LeaseSpec) -> LeaseSpec {
        let mine = old.holder_identity.as_deref() == Some(&self.me);
        let now = MicroTime(Timestamp::now());
        LeaseSpec {
            holder_identity: Some(self.me.clone()),
            lease_duration_seconds: i32::try_from(TTL.as_secs()).ok(),
            acquire_time: if mine { old.acquire_time.clone() } else { Some(now.clone()) },
            renew_time: Some(now),
            lease_transitions: Some(old.lease_transitions.unwrap_or(0) + i32::from(!mine)),
            ..LeaseSpec::default()
        }
    }

    /// Gives the Lease back, so that another replica need not wait for it to expire.
    async fn release(&self) {
        let give_back = async {
            let Some(mut lease) = self.leases.get_opt(LEASE).await? else { return Ok(()) };
            if let Some(spec) = lease.spec.as_mut().filter(|spec| spec.holder_identity.as_deref() == Some(&self.me)) {
                spec.holder_identity = None;
                self.leases.replace(LEASE, &PostParams::default(), &lease).await?;
            }
            Ok::<(), kube::Error>(())
        };
        match time::timeout(CALL, give_back).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the Lease could not be given back"),
            Err(_) => tracing::warn!("the Lease could not be given back in time"),
        }
    }
}

fn won(written: Result<Lease, kube::Error>) -> anyhow::Result<bool> {
    match written {
        Ok(_) => Ok(true),
        Err(kube::Error::Api(status)) if status.is_conflict() || status.is_already_exists() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether `me` may write itself into a record that has not changed for so long.
fn may_take(record: &LeaseSpec, me: &str, unchanged_for: Duration) -> bool {
    let holder = record.holder_identity.as_deref().filter(|holder| !holder.is_empty());
    let seconds = record.lease_duration_seconds.and_then(|seconds| u64::try_from(seconds).ok());
    holder.is_none_or(|holder| holder == me) || unchanged_for > seconds.map_or(TTL, Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held_by(holder: Option<&str>) -> LeaseSpec {
        LeaseSpec { holder_identity: holder.map(str::to_owned), lease_duration_seconds: Some(15), ..LeaseSpec::default() }
    }

    #[test]
    fn a_lease_of_another_is_taken_only_after_it_stood_still_for_its_duration() {
        assert!(!may_take(&held_by(Some("other")), "me", Duration::ZERO));
        assert!(!may_take(&held_by(Some("other")), "me", Duration::from_secs(15)));
        assert!(may_take(&held_by(Some("other")), "me", Duration::from_secs(16)));
    }

    #[test]
    fn a_lease_that_is_ours_or_given_back_is_taken_at_once() {
        for holder in [Some("me"), Some(""), None] {
            assert!(may_take(&held_by(holder), "me", Duration::ZERO));
        }
    }
}
