//! Rows as a table that a spreadsheet opens without doing anything else. In: rows. Out: text/csv. Pure.

use assayer_contract::RequestRow;
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::api::{Refusal, unwritten};

/// Columns of the table, in the order in which they are read.
const COLUMNS: [&str; 42] = [
    "id",
    "created_at",
    "completed_at",
    "trace_id",
    "job_id",
    "bot_id",
    "bot_namespace",
    "bot_name",
    "stage",
    "user_id",
    "source",
    "provider",
    "operation",
    "method",
    "endpoint",
    "sent",
    "outcome",
    "http_status",
    "reason_code",
    "error_code",
    "error_message",
    "latency_ms",
    "vendor_request_id",
    "response_bytes",
    "response_digest",
    "request_fingerprint",
    "symbol",
    "dataset",
    "schema",
    "start_ts",
    "end_ts",
    "bar_count",
    "first_bar_ts",
    "last_bar_ts",
    "model",
    "tokens_in",
    "tokens_out",
    "cost_usd",
    "call_id",
    "attempt",
    "fallback_of",
    "row_digest",
];

/// A download.
pub(super) fn answer(rows: &[RequestRow]) -> Result<Response, Refusal> {
    let text = table(rows).map_err(|error| {
        tracing::error!(%error, "rows cannot be written as a table");
        unwritten("the table")
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"requests.csv\""),
    ];
    Ok((headers, text).into_response())
}

fn table(rows: &[RequestRow]) -> anyhow::Result<Vec<u8>> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    table.write_record(COLUMNS)?;
    for row in rows {
        let row = serde_json::to_value(row)?;
        table.write_record(COLUMNS.map(|column| cell(row.get(column).unwrap_or(&Value::Null))))?;
    }
    Ok(table.into_inner()?)
}

/// What a spreadsheet would run as a formula is a text by an apostrophe before it; a number stays one.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let number = text.parse::<f64>().is_ok_and(f64::is_finite) && text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    if formula && !number { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_that_a_vendor_or_a_user_wrote_is_run_by_a_spreadsheet() {
        for text in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-inf"] {
            assert_eq!(cell(&json!(text)), format!("'{text}"), "{text}");
        }
        for (value, shown) in
            [(json!("-0.5"), "-0.5"), (json!(-3), "-3"), (json!(null), ""), (json!("a=b"), "a=b"), (json!([1]), "[1]")]
        {
            assert_eq!(cell(&value), shown);
        }
    }

    #[test]
    fn every_column_is_one_of_the_row() {
        let schema = serde_json::to_value(schemars::schema_for!(RequestRow)).unwrap();
        for column in COLUMNS {
            assert!(schema["properties"][column].is_object(), "{column}");
        }
    }
}
