//! The console's files. In: a directory, a path. Out: a file, or the console's first page, which knows by itself what a path means;
//! outside of the directory nothing. Not pure: reads files.

use std::path::Path;

use anyhow::ensure;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};

use super::{App, Refusal, nothing_here, openapi};

/// Files below this path have a hash of their content in their name, so they never change.
const HASHED: &str = "/assets/";
const FOREVER: &str = "public, max-age=31536000, immutable";
/// A browser asks each time whether the file has changed.
const ASK_FIRST: &str = "no-cache";
/// Nothing but files of this host, no inline script or style, no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The directory with the console's files.
pub(crate) struct Files {
    hashed: ServeDir,
    pages: ServeDir<ServeFile>,
}

impl Files {
    /// In this directory, which must have the first page.
    pub(crate) fn at(directory: &Path) -> anyhow::Result<Self> {
        let page = directory.join("index.html");
        ensure!(page.is_file(), "--console={}: there is no index.html in it", directory.display());
        let files = || ServeDir::new(directory).precompressed_br().precompressed_gzip();
        let pages = files().fallback(ServeFile::new(page).precompressed_br().precompressed_gzip());
        Ok(Self { hashed: files(), pages })
    }

    async fn answer(&self, request: Request) -> Response {
        let hashed = request.uri().path().starts_with(HASHED);
        let answer = if hashed {
            self.hashed.clone().oneshot(request).await.into_response()
        } else {
            self.pages.clone().oneshot(request).await.into_response()
        };
        let found = answer.status().is_success() || answer.status() == StatusCode::NOT_MODIFIED;
        let caching = if hashed && found { FOREVER } else { ASK_FIRST };
        with(answer, caching)
    }
}

/// What is at no route of the API: a file of the console, or where the API is.
pub(crate) async fn show(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let uri = request.uri().clone();
    let of_api = uri.path() == "/api" || uri.path().starts_with("/api/");
    if of_api || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(nothing_here(&uri));
    }
    let Some(files) = &app.console else {
        return if uri.path() == "/" { Ok(without_files()) } else { Err(nothing_here(&uri)) };
    };
    let answer = files.answer(request).await;
    if answer.status() == StatusCode::NOT_FOUND { Err(nothing_here(&uri)) } else { Ok(answer) }
}

fn without_files() -> Response {
    let text = format!("Assayer. There is no console here; the API describes itself at {}\n", openapi::PATH);
    with(text.into_response(), ASK_FIRST)
}

fn with(mut answer: Response, caching: &'static str) -> Response {
    let headers: &mut HeaderMap = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    answer
}

#[cfg(test)]
mod tests;
