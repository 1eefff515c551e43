//! Bars that were fetched before. In: a call for bars, of a job whose policy has them kept. Out: how far they reach; the answer that they
//! make, after its row (`served`, nothing sent) is committed, measured as a vendor's would be; or a refusal, which is a row as well.
//!
//! What is kept is no evidence. It is given only to who uses the very Integration that it came through, and names the rows that it came with.

mod days;

use std::sync::Arc;

use assayer_contract::{
    Outcome, ReasonCode, RequestRow, Sent, Source,
    kept::{ENDPOINTS, KeptAnswer, KeptQuery},
};
use assayer_engine::Instrument;
use assayer_providers::{Call, Provider};
use assayer_store::{
    PgPool,
    gateway_jobs::GatewayJob,
    kept_bars::{self, KeptDay, KeptSeries, Wanted},
    log::rows,
};
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderValue, StatusCode, header::CONTENT_TYPE};
use serde::Deserialize as _;
use serde_json::json;

use super::{
    Access, Asked, Forwarder, NoAccess, Through,
    answer::{self, Measured},
    draft,
    exchange::Answered,
    permit,
    quality::OwnedSeries,
};
use crate::{identity::Caller, refusal::Refusal};

/// What no policy keeps any longer.
const LONGEST: TimeDelta = TimeDelta::days(30);
/// What a symbol stands for, by the job's own call of this endpoint.
const RESOLVE: &str = "symbology.resolve";

/// The bars that are kept.
#[derive(Clone)]
pub(super) struct Kept {
    pool: PgPool,
}

impl Kept {
    pub(super) fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Keeps the bars of an answer that is in the log. What cannot be kept is fetched again another time.
    pub(super) async fn keep(
        &self,
        provider: &'static dyn Provider,
        job: &GatewayJob,
        call: &Call,
        row: &RequestRow,
        body: Bytes,
    ) {
        let good = row.outcome == Outcome::Success && row.fallback_of.is_none() && row.delayed != Some(true);
        let series = keep_for(job).filter(|_| good).and_then(|_| series(call, row.integration_id));
        let Some(series) = series else { return };
        let (asked, id, at) = (call.clone(), row.id, row.created_at);
        let split = tokio::task::spawn_blocking(move || provider.days(&asked, &body)).await;
        let Some(days) = split.ok().flatten() else { return };
        let days: Vec<_> = days
            .into_iter()
            .map(|day| KeptDay { from: day.from, until: day.until, request_id: id, fetched_at: at, records: day.records })
            .collect();
        let done = async {
            kept_bars::keep(&self.pool, &series, &days).await?;
            kept_bars::forget(&self.pool, at - LONGEST).await
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, "bars could not be kept");
        }
    }

    /// The days from `start` to `end` that are young enough.
    async fn days(
        &self,
        job: &GatewayJob,
        series: &KeptSeries,
        (start, end): (DateTime<Utc>, DateTime<Utc>),
        records: bool,
    ) -> Result<Vec<KeptDay>, Refusal> {
        let Some(keep_for) = keep_for(job) else { return Ok(Vec::new()) };
        let wanted = Wanted { first: start.date_naive(), last: end.date_naive(), since: Utc::now() - keep_for, records };
        Ok(kept_bars::days(&self.pool, series, wanted).await?)
    }
}

impl Forwarder {
    /// How far what is kept of the job's own series reaches.
    pub async fn kept_until(
        &self,
        caller: &Caller,
        provider: &'static dyn Provider,
        query: KeptQuery,
        through: &Through,
    ) -> Result<KeptAnswer, Refusal> {
        let KeptQuery { stype_in, start, end } = query;
        let job = &caller.job;
        permit::untimely(job, &HeaderMap::new(), Utc::now()).map_or(Ok(()), Err)?;
        let instrument = job.body.get("instrument").and_then(|instrument| Instrument::deserialize(instrument).ok());
        let (Some(instrument), Some(integration_id)) = (instrument, through.id) else { return Ok(KeptAnswer { until: None }) };
        let series = KeptSeries {
            integration_id,
            provider: provider.name().to_owned(),
            dataset: instrument.dataset,
            schema: instrument.schema.name().to_owned(),
            symbol_type: stype_in,
            symbol: instrument.symbol,
        };
        let kept = self.kept.days(job, &series, (start, end), false).await?;
        Ok(KeptAnswer { until: days::reach(&kept, start, end) })
    }

    /// Answers a call for bars from what is kept.
    pub async fn from_kept(
        self: &Arc<Self>,
        caller: &Caller,
        provider: &'static dyn Provider,
        asked: Asked,
        access: impl Future<Output = Result<Access, NoAccess>> + Send,
    ) -> Response {
        let (draft, call) = match self.permitted(caller, provider, &asked).await {
            Ok(permitted) => permitted,
            Err(refused) => return refused,
        };
        let draft = match access.await {
            Ok(access) => draft::with_access(draft, &access),
            Err(no_access) => return self.refuse_without(provider, draft, no_access).await,
        };
        match self.made_of_kept(&caller.job, provider, &call, &draft).await {
            Ok(judged) => self.serve_kept(provider, judged).await,
            Err(refusal) => self.refuse(provider, draft, refusal).await,
        }
    }

    /// The row and the answer; nothing of it is given out before the row is committed.
    async fn made_of_kept(
        &self,
        job: &GatewayJob,
        provider: &'static dyn Provider,
        call: &Call,
        draft: &RequestRow,
    ) -> Result<answer::Judged, Refusal> {
        let series = series(call, draft.integration_id).ok_or_else(not_kept)?;
        let (start, end) = call.start.zip(call.end).ok_or_else(not_kept)?;
        let kept = self.kept.days(job, &series, (start, end), true).await?;
        if days::reach(&kept, start, end) != Some(end) {
            return Err(not_kept());
        }
        let all = rows::of_job(&self.kept.pool, job.trace_id, job.id).await?;
        let resolved =
            |row: &&RequestRow| row.endpoint == RESOLVE && row.outcome == Outcome::Success && row.symbol == draft.symbol;
        let instruments = all.iter().rfind(resolved).and_then(|row| row.instruments.clone()).ok_or_else(not_kept)?;
        let measured = Measured { call: call.clone(), series: OwnedSeries::of(job, call), expects: None };
        let (asked, names) = (call.clone(), days::names(&kept));
        let bodies: Vec<_> = kept.into_iter().map(|day| day.records).collect();
        let work = move || {
            let body = Bytes::from(provider.of_days(&asked, &instruments, &bodies)?);
            Some((answer::figures(provider, measured, &body), body))
        };
        let made = tokio::task::spawn_blocking(work).await.ok().flatten();
        let (figures, body) = made.ok_or_else(not_kept)?;
        let figures = figures.map_err(|error| Refusal::new(StatusCode::CONFLICT, error.reason_code(), error.to_string()))?;
        let row = RequestRow { served_from: names.last().map(|name| name.request_id), ..draft.clone() };
        Ok(judged(provider, row, &names, body, figures))
    }

    async fn serve_kept(&self, provider: &dyn Provider, judged: answer::Judged) -> Response {
        let id = judged.row.id;
        self.metrics.count(&judged.row);
        match self.recorder.row(judged.row).await {
            Ok(()) => answer::with_id(judged.response, id),
            Err(error) => Refusal::from(error).in_envelope(provider),
        }
    }
}

/// The answer, measured as the vendor's own are, and its row, which says that nothing was sent and what it was made of.
fn judged(
    provider: &dyn Provider,
    row: RequestRow,
    names: &[days::Name],
    body: Bytes,
    figures: answer::Figures,
) -> answer::Judged {
    let (now, digest) = (Utc::now(), assayer_contract::Sha256Hash::of(&body));
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"))]);
    let answered = Answered { status: StatusCode::OK, headers, body };
    let row = answer::with_answer(provider, row, &answered, Some(digest));
    let mut judged = answer::of_measured(provider, row, answered, Ok(figures), now);
    (judged.row.outcome, judged.row.sent, judged.row.http_status) = (Outcome::Served, Sent::No, None);
    if let Some(params) = judged.row.params.as_object_mut() {
        params.insert("kept".to_owned(), json!(names));
    }
    judged
}

/// How long the policy that the job was planned under has bars kept.
fn keep_for(job: &GatewayJob) -> Option<TimeDelta> {
    let allowed = job.sources.get(&Source::MarketData)?;
    Some(TimeDelta::milliseconds(allowed.keep_for_ms?.into()).min(LONGEST))
}

/// What a call asks bars of; none where its answer is not kept.
fn series(call: &Call, integration_id: Option<uuid::Uuid>) -> Option<KeptSeries> {
    let kept = call.yields_bars && ENDPOINTS.contains(&(call.provider, call.endpoint)) && call.params.get("limit").is_none();
    Some(KeptSeries {
        integration_id: integration_id.filter(|_| kept)?,
        provider: call.provider.to_owned(),
        dataset: call.dataset.clone()?,
        schema: call.schema.clone()?,
        symbol_type: call.params.get("stype_in")?.as_str()?.to_owned(),
        symbol: call.symbol()?.to_owned(),
    })
}

fn not_kept() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, ReasonCode::DataUnavailable, "not all of these bars are kept: ask the vendor for them")
}
