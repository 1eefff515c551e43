//! HTTP without a client's tidying: paths go out as they are written, which no HTTP library lets a caller do.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request line, headers and a body, byte by byte.
pub struct Raw<'a> {
    /// Method as written.
    pub method: &'a str,
    /// Request target as written: a path with its query, or anything else.
    pub target: &'a str,
    /// Further headers.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a str,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: String,
}

impl Raw<'_> {
    /// Sends it to the server at `http://host:port`.
    pub async fn send(&self, base: &str) -> Result<Answer> {
        let address = base.strip_prefix("http://").context("a plain http base")?;
        let mut connection = TcpStream::connect(address).await.with_context(|| base.to_owned())?;
        let length = self.body.len();
        let mut text = format!(
            "{} {} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n",
            self.method, self.target
        );
        for (name, value) in self.headers {
            text += &[name, ": ", value, "\r\n"].concat();
        }
        text += &["\r\n", self.body].concat();
        connection.write_all(text.as_bytes()).await?;
        let mut received = Vec::new();
        // A server that refuses a large body closes before it has read all of it.
        if let Err(error) = connection.read_to_end(&mut received).await {
            ensure!(!received.is_empty(), error);
        }
        parse(&String::from_utf8_lossy(&received)).with_context(|| format!("{} {}", self.method, self.target))
    }
}

fn parse(text: &str) -> Result<Answer> {
    let (head, body) = text.split_once("\r\n\r\n").context("no answer")?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status line")?;
    let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    Ok(Answer { status: status.parse()?, headers: headers.collect(), body: body.to_owned() })
}
