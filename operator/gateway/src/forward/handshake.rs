//! A handshake: the vendor's own harmless call, which proves a credential. In: who asks, and the access. Out: a row, in the same
//! sequence as any call. Where nothing can be asked, the row says why, and nothing is sent.

use std::{sync::Arc, time::Duration};

use assayer_contract::{Operation, ReasonCode, RequestRow};
use assayer_providers::{Call, Provider, Request, Verify};
use chrono::Utc;
use http::{Method, StatusCode};
use uuid::Uuid;

use super::{
    Access, Asked, By, Exchange, Forwarder, Lease, Limit, Need, NoAccess, Through, draft,
    pace::{Patience, Purpose},
};
use crate::refusal::Refusal;

/// A vendor that takes longer to answer its smallest question is as good as away.
const LIMIT: Limit = Limit { within: Duration::from_secs(15), by: "the time that a handshake has" };
/// Longer than a penalty that a vendor gives to a login for no reason.
const SIGN_IN: Duration = Duration::from_secs(30);
/// Some vendors want to know what calls them.
pub(super) const AGENT: &str = concat!("assayer/", env!("CARGO_PKG_VERSION"));

/// Who makes a handshake, and why.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// The user that it is recorded under: who asked for it, or the loop that it is due in.
    pub user: String,
    /// `Verify`, or `Test` where a person asks for one call.
    pub operation: Operation,
    /// The trace that its row carries.
    pub trace_id: Uuid,
    /// Whether a person asks for it, or it is made in time.
    pub need: Need,
}

impl Forwarder {
    /// Makes it, or records why it cannot be made. Its row is committed when this returns, unless the log is away.
    pub async fn handshake(self: &Arc<Self>, by: &Handshake, provider: &'static dyn Provider, access: Result<Access, NoAccess>) {
        let facts = provider.facts();
        let draft = draft::of_user(&by.user, facts.name, facts.verify.map_or("", |verify| verify.method), Utc::now());
        let draft = RequestRow {
            trace_id: by.trace_id,
            operation: by.operation,
            source: facts.category.source(),
            ..draft::with_path(draft, facts.verify.map_or("", |verify| verify.path))
        };
        let permitted = match permitted(provider, access) {
            Ok((call, asked, access)) => {
                self.signed_in(by, provider, access).await.map(|(access, session)| (call, asked, access, session))
            }
            Err(none) => Err(none),
        };
        match permitted {
            Ok((call, asked, access, session)) => {
                let draft = draft::with_version(draft::with_call(draft, &call), &access.through);
                let purpose = if by.need == Need::Asked { Purpose::OnDemand } else { Purpose::Handshake };
                let (limit, patience) = (LIMIT, Patience::NONE);
                self.detach(provider, draft, call, Exchange { asked, access, limit, patience, purpose, job: None, session })
                    .await;
            }
            Err(denied) => {
                let NoAccess { refusal, through } = *denied;
                self.refuse(provider, draft::with_version(draft, &through), refusal).await;
            }
        }
    }

    /// With the session that is open, if the vendor has any; or a new one, where `sessions::pause` lets one be opened.
    async fn signed_in(
        self: &Arc<Self>,
        by: &Handshake,
        provider: &'static dyn Provider,
        access: Access,
    ) -> Result<(Access, Option<(Lease, By)>), Box<NoAccess>> {
        let by = By { need: by.need, user: by.user.as_str().into(), trace_id: by.trace_id, within: SIGN_IN };
        self.join(provider, Ok(access), by).await.map_err(Box::new)
    }
}

/// The vendor's harmless call, if it has one and there is a credential to prove.
fn permitted(provider: &dyn Provider, access: Result<Access, NoAccess>) -> Result<(Call, Asked, Access), Box<NoAccess>> {
    let facts = provider.facts();
    let nothing_to_ask = |through: Through, why: String| {
        let refusal = Refusal::new(StatusCode::NOT_IMPLEMENTED, ReasonCode::VerifyUnsupported, why);
        Box::new(NoAccess { refusal, through })
    };
    let access = access.map_err(Box::new)?;
    let Some(verify) = facts.verify else {
        let why = format!("{} has no harmless call that proves a key: its first real success does", facts.title);
        return Err(nothing_to_ask(access.through, why));
    };
    match call(provider, verify) {
        Ok((call, asked)) => Ok((call, asked, access)),
        Err(refusal) => Err(Box::new(NoAccess { refusal, through: access.through })),
    }
}

fn call(provider: &dyn Provider, Verify { method, path, query }: Verify) -> Result<(Call, Asked), Refusal> {
    let call =
        provider.classify(&Request { method, path, query, content_type: None, body: &[] }).map_err(|no| Refusal::from(&no))?;
    let unknown = |_| Refusal::new(StatusCode::NOT_FOUND, ReasonCode::EndpointUnknown, format!("{method} is no HTTP method"));
    let method = Method::from_bytes(method.as_bytes()).map_err(unknown)?;
    Ok((call, Asked { method, ..Asked::get(path, query.to_owned()) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handshake_of_every_provider_is_let_through_costs_nothing_and_changes_nothing() {
        for provider in assayer_providers::ALL {
            let Some(verify) = provider.facts().verify else { continue };
            let (call, asked) = call(*provider, verify).unwrap();
            assert!(call.is_safe_to_repeat() && asked.method.as_str() == verify.method, "{call:?}");
        }
    }
}
