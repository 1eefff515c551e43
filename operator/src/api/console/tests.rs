//! What a browser gets at the root.

use std::{fs, path::PathBuf, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use tower::ServiceExt;

use super::Files;
use crate::api::tests::{app, app_with};

/// A directory that goes with the test.
struct Directory(PathBuf);

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn directory() -> Directory {
    let at = std::env::temp_dir().join(format!("assayer-console-{}", uuid::Uuid::now_v7()));
    fs::create_dir_all(at.join("assets")).unwrap();
    fs::write(at.join("index.html"), "<!doctype html>the first page").unwrap();
    fs::write(at.join("assets/app-1a2b.js"), "go()").unwrap();
    Directory(at)
}

async fn ask(app: axum::Router, method: &str, path: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn every_page_is_the_first_page_and_is_asked_for_anew() {
    let directory = directory();
    let app = app_with(|app| app.console = Some(Arc::new(Files::at(&directory.0).unwrap())));
    for path in ["/", "/bots", "/bots/desk/spx-cross?tab=jobs", "/index.html"] {
        let (status, headers, text) = ask(app.clone(), "GET", path).await;
        assert_eq!((status, text.as_str()), (StatusCode::OK, "<!doctype html>the first page"), "{path}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-cache", "{path}");
        assert!(headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"), "{path}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
    }
}

#[tokio::test]
async fn a_hashed_file_is_kept_and_a_missing_one_is_not_the_first_page() {
    let directory = directory();
    let app = app_with(|app| app.console = Some(Arc::new(Files::at(&directory.0).unwrap())));
    let (status, headers, text) = ask(app.clone(), "GET", "/assets/app-1a2b.js").await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "go()"));
    assert!(headers[header::CACHE_CONTROL].to_str().unwrap().ends_with("immutable"));
    for path in ["/assets/app-0000.js", "/api/elsewhere", "/api"] {
        let (status, headers, _) = ask(app.clone(), "GET", path).await;
        assert_eq!(status, 404, "{path}");
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json", "{path}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{path}");
    }
    assert_eq!(ask(app.clone(), "POST", "/bots").await.0, 404);
    let (_, _, text) = ask(app, "GET", "/..%2f..%2fetc/passwd").await;
    assert!(!text.contains("root:"), "nothing outside of the directory is served");
}

#[tokio::test]
async fn without_files_the_root_says_where_the_api_is() {
    let (status, headers, text) = ask(app(false, &[]), "GET", "/").await;
    assert_eq!(status, 200);
    assert!(text.contains("/api/openapi.json") && headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/plain"));
    assert_eq!(ask(app(false, &[]), "GET", "/bots").await.0, 404);
    assert!(Files::at(std::path::Path::new("/nonexistent")).is_err());
}
