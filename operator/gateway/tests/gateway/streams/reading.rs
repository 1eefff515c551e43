//! A reader of a stream: what it was given, decoded by the vendor's own crate.

use std::{io::Cursor, time::Duration};

use assayer_contract::{Sha256Hash, wire::REASON_CODE_HEADER};
use axum::{body::BodyDataStream, response::Response};
use dbn::{
    ErrorMsg, OhlcvMsg, SymbolMappingMsg, SystemMsg,
    decode::{DbnMetadata, DbnRecordDecoder, DecodeRecordRef, dbn::Decoder},
};
use futures::StreamExt;
use http::StatusCode;

/// A gap as it is told: start, end, cause.
pub(crate) type Gap = (u64, u64, String);

pub(crate) struct Reading {
    pub(crate) status: StatusCode,
    pub(crate) reason: String,
    body: BodyDataStream,
    begun: bool,
    /// Starts of the bars, in the order in which they came.
    pub(crate) bars: Vec<u64>,
    /// The same as bytes.
    pub(crate) bytes: Vec<u8>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) notices: Vec<String>,
    pub(crate) instruments: Vec<u32>,
    pub(crate) last_word: Option<String>,
    pub(crate) ended: bool,
}

impl Reading {
    pub(crate) fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let reason = head.headers.get(REASON_CODE_HEADER).map(|value| value.to_str().unwrap().to_owned());
        Self {
            status: head.status,
            reason: reason.unwrap_or_default(),
            body: body.into_data_stream(),
            begun: false,
            bars: Vec::new(),
            bytes: Vec::new(),
            gaps: Vec::new(),
            notices: Vec::new(),
            instruments: Vec::new(),
            last_word: None,
            ended: false,
        }
    }

    /// Takes the next piece; false at the end.
    pub(crate) async fn next(&mut self) -> bool {
        let piece = tokio::time::timeout(Duration::from_secs(20), self.body.next()).await.expect("nothing came in 20 s");
        let Some(piece) = piece else {
            self.ended = true;
            return false;
        };
        let piece = piece.unwrap();
        if !self.begun {
            let decoder = Decoder::new(Cursor::new(piece)).unwrap();
            assert_eq!(decoder.metadata().stype_out, dbn::SType::InstrumentId);
            self.begun = true;
            return true;
        }
        let mut decoder = DbnRecordDecoder::new(Cursor::new(piece));
        while let Some(record) = decoder.decode_record_ref().unwrap() {
            if let Some(bar) = record.get::<OhlcvMsg>() {
                self.bars.push(bar.hd.ts_event);
                self.bytes.extend(bar.as_ref());
            } else if let Some(one) = record.get::<SymbolMappingMsg>() {
                self.instruments.push(one.hd.instrument_id);
            } else if let Some(error) = record.get::<ErrorMsg>() {
                self.last_word = Some(error.err().unwrap().to_owned());
            } else {
                let system = record.get::<SystemMsg>().unwrap();
                self.told(system.msg().unwrap(), system.is_heartbeat());
            }
        }
        true
    }

    fn told(&mut self, text: &str, heartbeat: bool) {
        let words: Vec<_> = text.split(' ').collect();
        match words.as_slice() {
            ["GAP", _, start, end, cause] => {
                self.gaps.push((start.parse().unwrap(), end.parse().unwrap(), (*cause).to_owned()));
            }
            _ if heartbeat => {}
            _ => self.notices.push(text.to_owned()),
        }
    }

    /// Reads until this is true of what came, or the stream ends.
    pub(crate) async fn until(&mut self, done: impl Fn(&Self) -> bool) {
        while !done(self) && self.next().await {}
        assert!(done(self), "it ended: {:?} after {} bars, {:?}", self.last_word, self.bars.len(), self.notices);
    }

    /// The end of the newest bar or gap.
    pub(crate) fn reached(&self) -> u64 {
        let bar = self.bars.last().map_or(0, |bar| bar + super::vendor::MINUTE);
        self.gaps.iter().map(|gap| gap.1).max().unwrap_or_default().max(bar)
    }

    /// SHA-256 of so many bars from one on.
    pub(crate) fn digest(&self, from: usize, count: usize) -> Sha256Hash {
        let size = size_of::<OhlcvMsg>();
        Sha256Hash::of(&self.bytes[from * size..(from + count) * size])
    }
}
