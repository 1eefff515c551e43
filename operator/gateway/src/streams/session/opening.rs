//! Opening a session: a row before and a row after, like any call. In: what is wanted. Out: the vendor's client, or how far it got.

use assayer_contract::{Outcome, RequestRow, Sent, Sha256Hash, Source};
use assayer_providers::{
    Credentials,
    live::{LiveError, key, moment},
};
use chrono::{TimeDelta, Utc};
use databento::live::Client;
use dbn::Schema;
use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

use super::Keeper;
use crate::{
    forward::draft,
    refusal::Refusal,
    streams::{
        hub::{Came, Wanted},
        wire::{self, Broken, Opening, named},
    },
};

/// An intent that is still open after this is closed as unknown; opening takes less.
const INTENT_LIFETIME: TimeDelta = TimeDelta::seconds(60);

/// Why a session is not open.
pub(super) enum Failed {
    Vendor(LiveError),
    /// Without a row nothing is sent, and without rows nothing is given out.
    Log(Refusal),
}

impl Keeper {
    /// The row of one opening, before it is sent.
    pub(super) fn draft(&self, call_id: Uuid, attempt: i32, wanted: &[Wanted], after: Option<&str>) -> RequestRow {
        let one = |wanted: &Wanted| {
            let start = wanted.start.map(|start| start.to_string());
            json!({"schema": wanted.schema.as_str(), "stype_in": wanted.stype_in.as_str(), "symbol": wanted.key.2, "start": start})
        };
        let params = json!({"subscriptions": wanted.iter().map(one).collect::<Vec<_>>(), "after": after});
        let symbols: Vec<_> = wanted.iter().map(|one| one.key.2.as_str()).collect();
        let schema = wanted.first().map_or(Schema::Ohlcv1M, |one| one.schema);
        let row = draft::of_user(&self.user, "databento", "LIVE", Utc::now());
        let row = RequestRow {
            id: if attempt == 1 { call_id } else { row.id },
            call_id,
            attempt,
            source: Some(Source::MarketData),
            endpoint: format!("live.{}", schema.as_str()),
            request_fingerprint: Sha256Hash::of([self.dataset.as_str(), &params.to_string()].join("\n").as_bytes()),
            params,
            symbol: Some(symbols.join(",")),
            dataset: Some(self.dataset.clone()),
            schema: Some(schema.to_string()),
            start_ts: wanted.iter().filter_map(|one| one.start).min().map(moment),
            ..draft::with_access(row, &self.access)
        };
        RequestRow { endpoint_override: self.access.live_endpoint.clone(), ..row }
    }

    /// Intent, session, outcome.
    pub(super) async fn open(&self, draft: RequestRow, wanted: &[Wanted]) -> Result<(Client, Came), Failed> {
        let credentials: &Credentials = &self.access.credentials;
        let key = key(credentials).map_err(|error| Failed::Vendor(named(error.reason_code(), &error.to_string())))?;
        let deadline = Utc::now() + INTENT_LIFETIME;
        self.recorder.intent(draft.clone(), deadline).await.map_err(|error| Failed::Log(error.into()))?;
        let opening = Opening {
            address: &self.address,
            key,
            dataset: &self.dataset,
            agent: format!("traceparent={}", draft.traceparent()),
            subscriptions: wanted.iter().map(|one| wire::subscription(one.schema, one.stype_in, &one.key.2, one.start)).collect(),
        };
        let begun = Instant::now();
        let opened = wire::open(opening, &self.rules).await;
        let now = Utc::now();
        let draft = RequestRow { latency_ms: i64::try_from(begun.elapsed().as_millis()).ok(), ..draft };
        let (row, opened) = match opened {
            Ok(client) => {
                let id = Some(client.session_id().to_owned()).filter(|id| !id.is_empty());
                let row = RequestRow { vendor_request_id: id, ..draft::ended(draft, Outcome::Success, Sent::Yes, now) };
                (row, Ok(client))
            }
            Err(Broken { sent, error }) => {
                let row = draft::ended(draft, Outcome::Failed, sent, now);
                let row = draft::failed(row, error.reason_code, &credentials.scrub(&error.message));
                (RequestRow { error_code: error.error_code.map(str::to_owned), ..row }, Err(Failed::Vendor(error)))
            }
        };
        let came = Came { row: row.id, at: now, begun: now };
        self.metrics.count(&row);
        self.recorder.outcome(row, deadline).await.map_err(|error| Failed::Log(error.into()))?;
        opened.map(|client| (client, came))
    }
}
