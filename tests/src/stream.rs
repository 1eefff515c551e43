//! A reader of live bars, as a runner would read them over HTTP. In: a job's token. Out: what came, decoded by the vendor's own crate.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use assayer_contract::wire;
use dbn::decode::{DbnRecordDecoder, DecodeRecordRef};
use dbn::{ErrorMsg, OhlcvMsg, SystemMsg};

use crate::world::World;

/// Nothing may take longer than this; a sign of life comes every ten seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Records as they come, in pieces of any size.
#[derive(Default)]
pub struct Records {
    buffer: Vec<u8>,
    begun: bool,
    /// Starts of the bars in nanoseconds since 1970, in the order in which they came.
    pub bars: Vec<u64>,
    /// The same with their prices and volume, as they came.
    pub records: Vec<Vec<u8>>,
    /// Gaps that were named, as they were told.
    pub gaps: Vec<String>,
    /// What else was told.
    pub notices: Vec<String>,
    /// Why it ended, where that was told.
    pub last_word: Option<String>,
}

impl Records {
    /// Takes a piece.
    pub fn feed(&mut self, piece: &[u8]) -> Result<()> {
        self.buffer.extend(piece);
        if !self.begun {
            // `DBN`, a version, and the length of the metadata that follow.
            let Some(length) = self.buffer.get(4..8) else { return Ok(()) };
            ensure!(self.buffer.starts_with(b"DBN"), "no DBN");
            let length = 8 + usize::try_from(u32::from_le_bytes(length.try_into()?))?;
            if self.buffer.len() < length {
                return Ok(());
            }
            self.buffer.drain(..length);
            self.begun = true;
        }
        // The first byte of a record is its length in words of four.
        while let Some(length) = self.buffer.first().map(|words| usize::from(*words) * 4) {
            ensure!(length > 0, "a record without a length");
            if self.buffer.len() < length {
                break;
            }
            let record: Vec<u8> = self.buffer.drain(..length).collect();
            self.take(record)?;
        }
        Ok(())
    }

    fn take(&mut self, bytes: Vec<u8>) -> Result<()> {
        let mut decoder = DbnRecordDecoder::new(bytes.as_slice());
        let record = decoder.decode_record_ref()?.context("a record")?;
        if let Some(bar) = record.get::<OhlcvMsg>() {
            self.bars.push(bar.hd.ts_event);
            self.records.push(bytes);
        } else if let Some(error) = record.get::<ErrorMsg>() {
            self.last_word = Some(error.err()?.to_owned());
        } else if let Some(system) = record.get::<SystemMsg>() {
            let text = system.msg()?.to_owned();
            match text.starts_with("GAP ") {
                true => self.gaps.push(text),
                false if !system.is_heartbeat() => self.notices.push(text),
                false => {}
            }
        }
        Ok(())
    }
}

/// A stream that the gateway answered with.
pub struct Stream {
    answer: reqwest::Response,
    /// Its status.
    pub status: u16,
    /// The reason of a refusal; empty where there is none.
    pub reason: String,
    /// What came.
    pub came: Records,
    /// Whether it has ended.
    pub ended: bool,
}

impl Stream {
    /// Asks with this token for `path`: `{dataset}/{schema}?…`.
    pub async fn open(world: &World, token: &str, path: &str) -> Result<Self> {
        let url = format!("{}{}{path}", world.gateway, wire::STREAMS_PATH);
        let answer = world.http.get(url).header(wire::TOKEN_HEADER, token).send().await?;
        let reason = answer.headers().get(wire::REASON_CODE_HEADER).and_then(|reason| reason.to_str().ok());
        let (status, reason) = (answer.status().as_u16(), reason.unwrap_or_default().to_owned());
        Ok(Self { answer, status, reason, came: Records::default(), ended: false })
    }

    /// Reads until this is true of what came, or the stream ends; an error where it is not.
    pub async fn until(&mut self, what: &str, done: impl Fn(&Records) -> bool) -> Result<()> {
        while !done(&self.came) && !self.ended {
            let piece = tokio::time::timeout(PATIENCE, self.answer.chunk()).await;
            match piece.with_context(|| format!("nothing came in {PATIENCE:?} for {what}"))?? {
                Some(piece) => self.came.feed(&piece)?,
                None => self.ended = true,
            }
        }
        let Records { bars, notices, last_word, .. } = &self.came;
        ensure!(done(&self.came), "no {what}: {} bars, {notices:?}, {last_word:?}, {} {}", bars.len(), self.status, self.reason);
        Ok(())
    }
}
