//! A row before it is complete. In: caller, call, refusal. Out: the row as far as it is known. Pure, but for the new id.

use assayer_contract::{Operation, Outcome, ReasonCode, RequestRow, Sent, Sha256Hash};
use assayer_providers::{About, Call};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{
    Access, Through,
    permit::{Denied, Known},
};
use crate::{identity::Caller, refusal::Refusal};

/// The version of the Secret that a login or a handshake was made with, in its row's `params`.
pub(super) const SECRET_VERSION: &str = "secret_version";

/// Who called, for whom, and when. The outcome is unknown, so that an intent that stays open says just that.
pub(crate) fn of_caller(caller: &Caller, provider: &str, method: &str, now: DateTime<Utc>) -> RequestRow {
    let job = &caller.job;
    RequestRow {
        trace_id: job.trace_id,
        job_id: Some(job.id),
        bot_id: Some(job.bot_id),
        bot_namespace: Some(job.bot_namespace.clone()),
        bot_name: Some(job.bot_name.clone()),
        stage: Some(job.stage),
        requested_for_symbol: Some(job.instrument.clone()),
        ..of_user(&caller.user, provider, method, now)
    }
}

/// The same of a caller that works for no job that is known.
pub(crate) fn of_user(user: &str, provider: &str, method: &str, now: DateTime<Utc>) -> RequestRow {
    let id = Uuid::now_v7();
    RequestRow {
        id,
        created_at: now,
        completed_at: None,
        call_id: id,
        attempt: 1,
        fallback_of: None,
        resolves: None,
        served_from: None,
        sent: Sent::Unknown,
        outcome: Outcome::Unknown,
        // Who writes it, and where it stands in the chain, is filled in when its group is sealed.
        gateway_set: String::new(),
        writer: String::new(),
        writer_epoch: 0,
        seq: 0,
        group_no: 0,
        row_digest: None,
        trace_id: Uuid::now_v7(),
        job_id: None,
        bot_id: None,
        bot_namespace: None,
        bot_name: None,
        stage: None,
        user_id: cut(user),
        source: None,
        provider: cut(provider),
        operation: Operation::Call,
        method: cut(method),
        endpoint: String::new(),
        request_fingerprint: Sha256Hash::of(b""),
        params: json!({}),
        http_status: None,
        reason_code: None,
        error_code: None,
        error_message: None,
        latency_ms: None,
        vendor_request_id: None,
        response_bytes: None,
        response_digest: None,
        symbol: None,
        requested_for_symbol: None,
        dataset: None,
        schema: None,
        start_ts: None,
        end_ts: None,
        bar_count: None,
        first_bar_ts: None,
        last_bar_ts: None,
        staleness_ms: None,
        series_ids: None,
        realtime_start: None,
        realtime_end: None,
        keywords: None,
        model: None,
        tokens_in: None,
        tokens_out: None,
        cost_usd: None,
        account: None,
        environment: None,
        action: None,
        qty: None,
        client_order_id: None,
        order_id: None,
        fill_id: None,
        record_count: None,
        quality: None,
        instruments: None,
        endpoint_override: None,
        vendor_warning: None,
        integration_id: None,
        integration_generation: None,
        integration_namespace: None,
        integration_name: None,
        credential_check: None,
        item_count: None,
        delayed: None,
        retry_after_s: None,
        releases: None,
        gaps: None,
        tokens_most: None,
    }
}

/// The same attempt, made now: after a wait, so that an open intent is never older than it looks.
pub(crate) fn stamped(row: RequestRow, now: DateTime<Utc>) -> RequestRow {
    let id = Uuid::now_v7();
    RequestRow { id, call_id: id, created_at: now, ..row }
}

/// One more attempt of the same call, made now.
pub(super) fn repeated(row: RequestRow, now: DateTime<Utc>) -> RequestRow {
    RequestRow { id: Uuid::now_v7(), created_at: now, attempt: row.attempt + 1, ..row }
}

/// What is asked for.
pub(crate) fn with_call(row: RequestRow, call: &Call) -> RequestRow {
    let About {
        series_ids, realtime_start, realtime_end, keywords, model, account, action, qty, client_order_id, order_id, ..
    } = call.about.clone();
    let some = |list: Vec<String>| Some(list).filter(|list| !list.is_empty());
    RequestRow {
        series_ids: some(series_ids),
        realtime_start,
        realtime_end,
        keywords: some(keywords),
        model,
        account,
        action,
        qty,
        client_order_id,
        order_id,
        source: call.source,
        endpoint: call.endpoint.to_owned(),
        request_fingerprint: call.request_fingerprint,
        params: call.params.clone(),
        symbol: call.symbol_text(),
        dataset: call.dataset.clone(),
        schema: call.schema.clone(),
        start_ts: call.start,
        end_ts: call.end,
        ..row
    }
}

/// Where it goes, and through which Integration.
pub(crate) fn with_access(row: RequestRow, access: &Access) -> RequestRow {
    RequestRow {
        endpoint_override: access.endpoint_override.clone(),
        environment: access.signed_in.environment.map(|kind| kind.name().to_owned()),
        ..with_through(row, &access.through)
    }
}

/// Which Integration it goes through, and what was found of its keys.
pub(crate) fn with_through(row: RequestRow, through: &Through) -> RequestRow {
    let Through { id, generation, namespace, name, check, .. } = through.clone();
    RequestRow {
        integration_id: id,
        integration_generation: generation,
        integration_namespace: namespace,
        integration_name: name,
        credential_check: check,
        ..row
    }
}

/// The same, and by which version of its Secret: whether that has changed since is how a rotated key is noticed.
pub(crate) fn with_version(row: RequestRow, through: &Through) -> RequestRow {
    let mut params = row.params.clone();
    if let (Some(params), Some(version)) = (params.as_object_mut(), &through.secret_version) {
        params.insert(SECRET_VERSION.to_owned(), json!(version));
    }
    RequestRow { params, ..with_through(row, through) }
}

/// What is known of a request that is not let through.
pub(crate) fn with_denied(row: RequestRow, denied: &Denied) -> RequestRow {
    match &denied.known {
        Known::Call(call) => with_call(row, call),
        Known::Refused(refused) => {
            RequestRow { endpoint: refused.endpoint.clone(), request_fingerprint: refused.request_fingerprint, ..row }
        }
    }
}

/// What is known where even the provider is not.
pub(crate) fn with_path(row: RequestRow, path: &str) -> RequestRow {
    let request_fingerprint = Sha256Hash::of([&row.provider, &row.method, path].join("\n").as_bytes());
    RequestRow { endpoint: cut(path), request_fingerprint, ..row }
}

/// Refused: nothing was sent.
pub(crate) fn refused(row: RequestRow, refusal: &Refusal, now: DateTime<Utc>) -> RequestRow {
    let row = ended(row, Outcome::Refused, Sent::No, now);
    failed(row, refusal.reason_code, &refusal.message)
}

/// How it ended.
pub(crate) fn ended(row: RequestRow, outcome: Outcome, sent: Sent, now: DateTime<Utc>) -> RequestRow {
    RequestRow { outcome, sent, completed_at: Some(now), ..row }
}

/// Why it did not succeed.
pub(crate) fn failed(row: RequestRow, reason: ReasonCode, message: &str) -> RequestRow {
    RequestRow { reason_code: Some(reason), error_message: Some(message.to_owned()), ..row }
}

fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}
