//! What one session is sent, interval by interval. In: subscriptions, the time, faults. Out: records as bytes. No I/O.

use std::collections::BTreeMap;
use std::sync::Arc;

use dbn::encode::{DbnMetadataEncoder, DbnRecordEncoder, EncodeRecord};
use dbn::{
    ErrorCode, ErrorMsg, HasRType, MetadataBuilder, OhlcvMsg, RType, RecordHeader, SType, SymbolMappingMsg, SystemCode, SystemMsg,
};

use super::faults::{Fault, Kind};
use super::lines::Subscription;
use super::{Ends, Live, Manner};
use crate::bars::Bar;
use crate::databento::catalogue::{Catalogue, Dataset, length};
use crate::databento::{dates, symbology};
use crate::synthetic::Contract;

/// Bytes that are made at once.
const PIECE: usize = 64 << 10;

/// What is to be sent now.
#[derive(Default)]
pub(super) struct Due {
    pub(super) bytes: Vec<u8>,
    pub(super) bars: u64,
    pub(super) ends: u64,
    /// Why the connection is closed after it.
    pub(super) end: Option<&'static str>,
    /// Whether nothing more is sent in this session, not even heartbeats.
    pub(super) mute: bool,
}

/// One session.
pub(super) struct Publisher {
    live: Live,
    dataset: String,
    manner: Manner,
    length: u64,
    subscriptions: Vec<Subscription>,
    /// Start of the next interval.
    cursor: u64,
    /// Until where this is a replay.
    replay_to: Option<u64>,
    quiet: Option<Kind>,
    skip_to: Option<u64>,
    mapped: BTreeMap<(usize, String), u32>,
}

impl Publisher {
    /// A session that begins now, or where a replay was asked for.
    pub(super) fn begin(live: &Live, dataset: &str, subscriptions: Vec<Subscription>) -> Self {
        let (now, manner) = (live.clock.now(), live.manner());
        let length = live.catalogue.get(dataset).and_then(|one| length(one.schema)).unwrap_or(super::clock::MINUTE);
        let starts = subscriptions.iter().filter_map(|one| one.start);
        let moved = live.faults.meet(&[Kind::AgedOut, Kind::Overlap]);
        let minutes = |fault: &Fault| fault.minutes * super::clock::MINUTE;
        let oldest = now.saturating_sub(manner.replay_minutes * super::clock::MINUTE);
        let first = starts.min().map(|start| match &moved {
            Some(fault) if fault.kind == Kind::AgedOut => start + minutes(fault),
            Some(fault) => start.saturating_sub(minutes(fault)),
            None => start,
        });
        let overlap = moved.is_some_and(|fault| fault.kind == Kind::Overlap);
        let begun = |one: Subscription| if overlap { Subscription { start: first, ..one } } else { one };
        let cursor = first.map_or(now, |first| first.max(oldest).min(now));
        let cursor = if first.is_some() { cursor.next_multiple_of(length) } else { cursor - cursor % length };
        Self {
            live: live.clone(),
            dataset: dataset.to_owned(),
            manner,
            length,
            subscriptions: subscriptions.into_iter().map(begun).collect(),
            cursor,
            replay_to: first.map(|_| now),
            quiet: None,
            skip_to: None,
            mapped: BTreeMap::new(),
        }
    }

    /// The metadata, and an answer to each subscription.
    pub(super) fn head(&self) -> dbn::Result<Vec<u8>> {
        let metadata = MetadataBuilder::new()
            .dataset(self.dataset.clone())
            .schema(None)
            .start(self.live.clock.now())
            .stype_in(None)
            .stype_out(SType::InstrumentId)
            .build();
        let mut bytes = Vec::new();
        DbnMetadataEncoder::new(&mut bytes).encode(&metadata)?;
        for one in &self.subscriptions {
            bytes.extend(self.acknowledge(one)?);
        }
        Ok(bytes)
    }

    /// A subscription that was added to a session under way: from now on.
    pub(super) fn add(&mut self, one: Subscription) -> dbn::Result<Vec<u8>> {
        let bytes = self.acknowledge(&one);
        self.subscriptions.push(Subscription { start: Some(self.live.clock.now()), ..one });
        bytes
    }

    fn acknowledge(&self, one: &Subscription) -> dbn::Result<Vec<u8>> {
        let now = self.live.clock.now();
        let Some(dataset) = self.live.catalogue.get(&self.dataset) else { return Ok(Vec::new()) };
        if one.schema != dataset.schema {
            let text = format!("Schema {} is not available for {}", one.schema, self.dataset);
            return encoded(&ErrorMsg::new(now, Some(ErrorCode::InvalidSubscription), &text, true));
        }
        let found = |symbol: &String| !symbology::spans(dataset, std::slice::from_ref(symbol), one.stype_in).is_empty();
        let unknown: Vec<_> = one.symbols.iter().filter(|symbol| !found(symbol)).map(String::as_str).collect();
        if unknown.is_empty() {
            let text = format!("Subscription request for {} data succeeded", one.schema);
            return encoded(&SystemMsg::new(now, Some(SystemCode::SubscriptionAck), &text)?);
        }
        let text = format!("Failed to resolve symbols: {}", unknown.join(", "));
        encoded(&ErrorMsg::new(now, Some(ErrorCode::SymbolResolutionFailed), &text, true))
    }

    /// What has come due until now, as much as fits into one piece.
    pub(super) fn due(&mut self, now: u64) -> dbn::Result<Due> {
        let mut due = Due { mute: self.quiet == Some(Kind::Mute), ..Due::default() };
        let catalogue = Arc::clone(&self.live.catalogue);
        let Some(dataset) = catalogue.get(&self.dataset) else { return Ok(due) };
        while self.cursor + self.length + self.live.faults.delay() <= now && due.bytes.len() < PIECE {
            if self.quiet.is_none() && self.fails(&mut due)? {
                return Ok(due);
            }
            self.interval(dataset, &mut due)?;
            self.cursor += self.length;
        }
        if self.replay_to.is_some_and(|to| self.cursor + self.length > to) && self.quiet.is_none() {
            self.replay_to = None;
            let text = format!("Finished {} replay", dataset.schema);
            due.bytes.extend(encoded(&SystemMsg::new(self.cursor, Some(SystemCode::ReplayCompleted), &text)?)?);
        }
        due.mute = self.quiet == Some(Kind::Mute);
        Ok(due)
    }

    /// Whether the connection ends here.
    fn fails(&mut self, due: &mut Due) -> dbn::Result<bool> {
        let Some(fault) = self.live.faults.at(self.cursor) else { return Ok(false) };
        match fault.kind {
            Kind::Disconnect => due.end = Some("disconnect"),
            Kind::Tear => {
                let whole = encoded(&OhlcvMsg {
                    hd: RecordHeader::new::<OhlcvMsg>(0x21, 1, 1, self.cursor),
                    ..OhlcvMsg::default_for_schema(dbn::Schema::Ohlcv1M)
                })?;
                due.bytes.extend(whole.into_iter().take(20));
                due.end = Some("tear");
            }
            Kind::Error => {
                let code = ErrorCode::try_from(fault.code).ok();
                due.bytes.extend(encoded(&ErrorMsg::new(self.cursor, code, &fault.text, true))?);
                due.end = Some("error");
            }
            Kind::Skip => self.skip_to = Some(self.cursor + fault.minutes * super::clock::MINUTE),
            kind => self.quiet = Some(kind),
        }
        Ok(due.end.is_some())
    }

    fn interval(&mut self, dataset: &Dataset, due: &mut Due) -> dbn::Result<()> {
        match self.skip_to {
            Some(to) if self.cursor < to => return Ok(()),
            Some(_) => {
                self.skip_to = None;
                let text = "Slow client detected: records were skipped";
                let code = Some(ErrorCode::SkippedRecordsAfterSlowReading);
                due.bytes.extend(encoded(&ErrorMsg::new(self.cursor, code, text, true))?);
            }
            None => {}
        }
        if self.quiet.is_some() || self.live.faults.lost(self.cursor) {
            return Ok(());
        }
        for index in 0..self.subscriptions.len() {
            self.bars(dataset, index, due)?;
        }
        let moment = self.live.clock.in_data(self.cursor);
        let ended = match self.manner.ends {
            Ends::Always => true,
            Ends::Never => false,
            Ends::Trading => dataset.contracts.iter().any(|one| one.between(moment, moment + self.length).next().is_some()),
        };
        if ended {
            let text = format!("End of interval for {}", dataset.schema);
            due.bytes.extend(encoded(&SystemMsg::new(self.cursor + self.length, Some(SystemCode::EndOfInterval), &text)?)?);
            due.ends += 1;
        }
        Ok(())
    }

    /// The bars of one subscription in the interval at the cursor, each new contract before its first bar.
    fn bars(&mut self, dataset: &Dataset, index: usize, due: &mut Due) -> dbn::Result<()> {
        let Some(one) = self.subscriptions.get(index).filter(|one| one.start.is_none_or(|start| start <= self.cursor)).cloned()
        else {
            return Ok(());
        };
        if one.schema != dataset.schema {
            return Ok(());
        }
        let moment = self.live.clock.in_data(self.cursor);
        let day = dates::from_nanos(moment).date_naive();
        for symbol in &one.symbols {
            let spans = symbology::spans(dataset, std::slice::from_ref(symbol), one.stype_in);
            let Some((_, _, contract)) = spans.into_iter().find(|(first, end, _)| *first <= day && day < *end) else { continue };
            if self.mapped.insert((index, symbol.clone()), contract.instrument_id) != Some(contract.instrument_id) {
                due.bytes.extend(self.mapping(one.stype_in, symbol, contract)?);
            }
            for record in contract.between(moment, moment + self.length) {
                due.bytes.extend(encoded(&self.bar(dataset, contract, &record.bar))?);
                due.bars += 1;
            }
        }
        Ok(())
    }

    fn mapping(&self, stype_in: SType, symbol: &str, contract: &Contract) -> dbn::Result<Vec<u8>> {
        let (id, now) = (contract.instrument_id, self.cursor);
        encoded(&SymbolMappingMsg::new(id, now, stype_in, symbol, SType::RawSymbol, &contract.symbol, 0, 0)?)
    }

    fn bar(&self, dataset: &Dataset, contract: &Contract, bar: &Bar) -> OhlcvMsg {
        let (rtype, at) = (RType::from(dataset.schema) as u8, self.live.clock.of_data(bar.ts_event));
        OhlcvMsg {
            hd: RecordHeader::new::<OhlcvMsg>(rtype, dataset.publisher_id, contract.instrument_id, at),
            open: bar.open,
            high: bar.high,
            low: bar.low,
            close: bar.close,
            volume: bar.volume,
        }
    }
}

/// A record as it is sent.
pub(super) fn encoded<R: HasRType + dbn::encode::DbnEncodable>(record: &R) -> dbn::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    DbnRecordEncoder::new(&mut bytes).encode_record(record)?;
    Ok(bytes)
}

/// Whether the catalogue has this dataset.
pub(super) fn serves(catalogue: &Catalogue, dataset: &str) -> bool {
    catalogue.get(dataset).is_some()
}
