//! `timeseries.get_range`: the bars of one query as DBN, streamed.
//!
//! In: a query. Out: a whole DBN body in chunks. Encoding runs beside the server's own threads.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use dbn::{Compression, Encoding};
use futures::stream;

use super::catalogue::Catalogue;
use super::dates;
use super::dbn_file::{Header, encode};
use super::error::Refusal;
use super::query::{Fields, Query};
use super::warning::Warning;
use crate::shell::chunks;

/// Answers with DBN; CSV and JSON, which the vendor also has, are refused.
pub(super) async fn get_range(State(catalogue): State<Arc<Catalogue>>, fields: Fields) -> Result<Response, Refusal> {
    let body = tokio::task::spawn_blocking(move || answer(&fields, &catalogue)).await;
    let body = body.map_err(|_| Refusal::internal())??;
    let (body, warning) = body;
    let pieces = stream::iter(chunks(body).into_iter().map(Ok::<_, Infallible>));
    let typed = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((warning, typed, Body::from_stream(pieces)).into_response())
}

fn answer(fields: &Fields, catalogue: &Catalogue) -> Result<(Bytes, Warning), Refusal> {
    let query = Query::read(fields, catalogue)?;
    // The API's own defaults are csv and none; its clients say dbn and zstd.
    let encoding: Encoding = fields.one_of("encoding", "csv")?;
    let compression: Compression = fields.one_of("compression", "none")?;
    if encoding != Encoding::Dbn {
        return Err(fields.invalid("encoding", "only dbn is served here", "value_error.const"));
    }
    let records = query.records_sent();
    let header = Header {
        dataset: query.dataset.code.clone(),
        schema: query.dataset.schema,
        publisher_id: query.dataset.publisher_id,
        start: dates::to_nanos(query.start),
        end: dates::to_nanos(query.end),
        limit: query.limit,
        stype_in: query.stype_in,
        stype_out: query.stype_out,
        symbols: query.symbols,
        resolved: query.resolved,
    };
    let warning = Warning::of(query.dataset);
    encode(header, &records, compression).map(|body| (Bytes::from(body), warning)).map_err(|e| {
        tracing::error!(error = %e, "cannot encode the answer");
        Refusal::internal()
    })
}
