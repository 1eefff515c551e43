//! `X-Warning`: the header in which the vendor warns of its data, a JSON list of texts. Pure.

use std::convert::Infallible;

use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponseParts, ResponseParts};
use serde_json::json;

use super::catalogue::Dataset;

/// What the answer warns of, if anything.
#[derive(Debug, Clone)]
pub(super) struct Warning(Option<HeaderValue>);

impl Warning {
    /// The dataset's own warning.
    pub(super) fn of(dataset: &Dataset) -> Self {
        let text = dataset.warning.as_ref().map(|text| json!([text]).to_string());
        Self(text.and_then(|text| HeaderValue::from_str(&text).ok()))
    }
}

impl IntoResponseParts for Warning {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        if let Some(value) = self.0 {
            parts.headers_mut().insert(HeaderName::from_static("x-warning"), value);
        }
        Ok(parts)
    }
}
