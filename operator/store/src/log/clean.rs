//! Makes any row storable. In: a row with texts from outside. Out: the same row without what Postgres cannot hold (NUL), with
//! texts of bounded length and times in microseconds. Pure. It runs before the row is hashed, so what is stored is what was hashed.

use assayer_contract::RequestRow;
use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Value, json};

/// Longest text in a row, in characters.
const MAX_TEXT: usize = 2_000;
/// Largest `params`, in bytes of JSON.
const MAX_PARAMS: usize = 32 * 1024;

/// The row as it can be stored. Fails only where a row is no valid row to begin with.
pub fn clean(row: &RequestRow) -> Result<RequestRow, serde_json::Error> {
    let mut value = serde_json::to_value(row)?;
    clean_value(&mut value);
    let mut row: RequestRow = serde_json::from_value(value)?;
    let size = row.params.to_string().len();
    if size > MAX_PARAMS {
        row.params = json!({ "omitted": format!("{size} bytes of parameters; request_fingerprint covers them") });
    }
    row.created_at = row.created_at.trunc_subsecs(6);
    for time in times(&mut row) {
        *time = time.map(|time| time.trunc_subsecs(6));
    }
    Ok(row)
}

fn times(row: &mut RequestRow) -> [&mut Option<DateTime<Utc>>; 7] {
    [
        &mut row.completed_at,
        &mut row.start_ts,
        &mut row.end_ts,
        &mut row.first_bar_ts,
        &mut row.last_bar_ts,
        &mut row.realtime_start,
        &mut row.realtime_end,
    ]
}

fn clean_value(value: &mut Value) {
    match value {
        Value::String(text) => clean_text(text),
        Value::Array(items) => items.iter_mut().for_each(clean_value),
        Value::Object(fields) => {
            if fields.keys().any(|key| is_bad(key)) {
                *fields = std::mem::take(fields)
                    .into_iter()
                    .map(|(mut key, value)| {
                        clean_text(&mut key);
                        (key, value)
                    })
                    .collect();
            }
            fields.values_mut().for_each(clean_value);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn is_bad(text: &str) -> bool {
    text.contains('\0') || text.len() > MAX_TEXT
}

fn clean_text(text: &mut String) {
    if !is_bad(text) {
        return;
    }
    let mut kept: String = text.chars().take(MAX_TEXT).map(|c| if c == '\0' { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(MAX_TEXT).is_some() {
        kept.pop();
        kept.push('…');
    }
    *text = kept;
}
