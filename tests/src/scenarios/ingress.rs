//! The console behind an ingress: what is published, how a session's cookie goes, and that nothing on the way changes an answer or keeps
//! it back.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures::StreamExt;
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// Proxies end an answer that takes longer than theirs by default, 15 s in Envoy.
const LONGER_THAN_A_PROXY_WAITS: Duration = Duration::from_secs(17);

/// The first page is there; probes and figures, which are for the cluster, are not.
pub async fn the_console_is_published_and_nothing_else(http: &Client, url: &str) -> Result<()> {
    for path in ["/", "/bots", "/metrics", "/healthz", "/readyz"] {
        let answer = http.get(format!("{url}{path}")).send().await?;
        let html = header(&answer, "content-type").starts_with("text/html");
        ensure!(answer.status() == 200 && html, "{path}: {} {:?}", answer.status(), answer.headers());
        ensure!(header(&answer, "content-security-policy").starts_with("default-src 'none'"), "{:?}", answer.headers());
        let text = answer.text().await?;
        ensure!(text.contains("<div id=\"root\"") && !text.contains("assayer_api_"), "{path}: {text}");
    }
    Ok(())
}

/// A refusal reaches the caller as the API wrote it, with its status.
pub async fn refusals_are_passed_on_as_they_are(http: &Client, url: &str) -> Result<()> {
    for (body, status, code) in [
        (json!({"token": "x", "colour": "red"}), 422, "REQUEST_INVALID"),
        (json!({"token": "nobody's"}), 401, "UNAUTHENTICATED"),
        (json!({"token": "x".repeat(20_000)}), 413, "REQUEST_INVALID"),
    ] {
        let answer = sign_in(http, url, &body).await?;
        ensure!(header(&answer, "content-type") == "application/problem+json", "{:?}", answer.headers());
        let (answered, problem) = (answer.status(), answer.json::<Value>().await?);
        ensure!(answered == status && problem["reasonCode"] == code, "{answered}, not {status}: {problem}");
    }
    Ok(())
}

/// By https the cookie is one for https alone, by http it is not, whatever the caller says of how it came.
pub async fn a_session_is_secure_where_it_came_by_https(http: &Client, url: &str, token: &str) -> Result<()> {
    let answer = sign_in(http, url, &json!({"token": token})).await?;
    let cookie = header(&answer, "set-cookie").to_owned();
    let (status, who) = (answer.status(), answer.json::<Value>().await?);
    ensure!(status == 200, "{status}: {who}");
    let secure = cookie.starts_with("__Host-assayer=") && cookie.ends_with("; Secure");
    ensure!(secure == url.starts_with("https"), "the cookie of {url} is {}…", cookie.chars().take(16).collect::<String>());
    ensure!(cookie.contains("; HttpOnly; SameSite=Strict"), "the cookie may be read by scripts");
    let session = cookie.split(';').next().context("a cookie")?;
    let again = http.get(format!("{url}/api/session")).header("cookie", session).send().await?.json::<Value>().await?;
    ensure!(again["user"] == who["user"] && !again["user"].is_null(), "{again}");
    Ok(())
}

/// Events come while the answer goes on, and it goes on for longer than proxies wait by themselves.
pub async fn events_come_as_they_happen(http: &Client, url: &str, token: Option<&str>) -> Result<()> {
    let mut asked = http.get(format!("{url}/api/events"));
    if let Some(token) = token {
        asked = asked.bearer_auth(token);
    }
    let (begun, answer) = (Instant::now(), asked.send().await?);
    ensure!(answer.status() == 200 && header(&answer, "content-type") == "text/event-stream", "{:?}", answer.headers());
    let mut parts = answer.bytes_stream();
    loop {
        let part = parts.next().await.context("the stream ended by itself")?.context("the stream broke off")?;
        if begun.elapsed() > LONGER_THAN_A_PROXY_WAITS && !part.is_empty() {
            return Ok(());
        }
    }
}

async fn sign_in(http: &Client, url: &str, body: &Value) -> Result<Response> {
    let claims = if url.starts_with("https") { "http" } else { "https" };
    let asked = http.post(format!("{url}/api/session")).header("origin", url).header("x-assayer-console", "1");
    Ok(asked.header("x-forwarded-proto", claims).json(body).send().await?)
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
