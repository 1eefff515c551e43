//! The vendor's own live client works against the stand-in, in order and in every way in which that fails.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use assayer_stand_ins::bars::Bar;
use assayer_stand_ins::databento::live::{Clock, Ends, Fault, Kind, Live, Manner};
use assayer_stand_ins::databento::{Catalogue, Record};
use assayer_stand_ins::keys::Keys;
use databento::dbn::{ErrorCode, ErrorMsg, OhlcvMsg, SType, Schema, SymbolMappingMsg, SystemCode, SystemMsg};
use databento::live::Subscription;
use databento::{LiveClient, live::Client};
use time::OffsetDateTime;
use tokio::net::TcpListener;

use crate::support::{KEY, data};

const MINUTE: u64 = 60_000_000_000;
/// 2026-01-06 15:00 UTC, a Tuesday in regular hours.
const START: u64 = 1_767_711_600_000_000_000;

struct World {
    live: Live,
    address: SocketAddr,
    catalogue: Arc<Catalogue>,
}

#[derive(Debug, PartialEq)]
enum Got {
    Mapping(String, String, u32),
    Bar(u64),
    End(u64),
    Replayed,
    Heartbeat,
    Acknowledged,
    Error(ErrorCode, String),
    Closed,
}

impl World {
    async fn start() -> Self {
        let catalogue = Arc::new(Catalogue::read(&data()).unwrap());
        let keys = Keys::default();
        keys.replace([KEY.to_owned()]);
        let live = Live::new(Arc::clone(&catalogue), keys, Clock::standing(START));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(live.clone().serve(listener));
        Self { live, address, catalogue }
    }

    async fn client(&self, key: &str, dataset: &str) -> databento::Result<Client> {
        LiveClient::builder().addr(self.address).await?.key(key)?.dataset(dataset).build().await
    }

    /// A session of MES.v.0, replayed from a moment or from now on.
    async fn session(&self, start: Option<u64>) -> Client {
        let mut client = self.client(KEY, "GLBX.MDP3").await.unwrap();
        let moment = start.map(|start| OffsetDateTime::from_unix_timestamp_nanos(start.into()).unwrap());
        let one = Subscription::builder().symbols("MES.v.0").schema(Schema::Ohlcv1M).stype_in(SType::Continuous);
        let one = match moment {
            Some(moment) => one.start(moment).build(),
            None => one.build(),
        };
        client.subscribe(one).await.unwrap();
        client.start().await.unwrap();
        client
    }

    /// Waits until all sessions but one have ended, so that no other meets the next fault.
    async fn alone(&self) {
        while self.live.arrivals().open > 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The bars of the contract that the volume was in, by their start.
    fn bars(&self, start: u64, end: u64) -> Vec<Bar> {
        let dataset = self.catalogue.get("GLBX.MDP3").unwrap();
        let contract = dataset.contracts.iter().find(|contract| contract.symbol == "MESH6").unwrap();
        contract.between(start, end).map(|Record { bar, .. }| bar).collect()
    }
}

async fn next(client: &mut Client) -> Got {
    let record = tokio::time::timeout(Duration::from_secs(10), client.next_record()).await.expect("nothing came").unwrap();
    let Some(record) = record else { return Got::Closed };
    if let Some(bar) = record.get::<OhlcvMsg>() {
        Got::Bar(bar.hd.ts_event)
    } else if let Some(one) = record.get::<SymbolMappingMsg>() {
        let symbols = (one.stype_in_symbol().unwrap().to_owned(), one.stype_out_symbol().unwrap().to_owned());
        Got::Mapping(symbols.0, symbols.1, one.hd.instrument_id)
    } else if let Some(error) = record.get::<ErrorMsg>() {
        Got::Error(error.code().unwrap(), error.err().unwrap().to_owned())
    } else {
        let system = record.get::<SystemMsg>().unwrap();
        match system.code().unwrap() {
            SystemCode::EndOfInterval => Got::End(system.hd.ts_event),
            SystemCode::ReplayCompleted => Got::Replayed,
            SystemCode::Heartbeat => Got::Heartbeat,
            SystemCode::SubscriptionAck => Got::Acknowledged,
            other => panic!("{other:?}"),
        }
    }
}

/// What comes until this.
async fn until(client: &mut Client, last: Got) -> Vec<Got> {
    let mut all = Vec::new();
    loop {
        let got = next(client).await;
        let done = got == last;
        all.push(got);
        if done {
            return all;
        }
        assert!(all.last() != Some(&Got::Closed) && all.len() < 5_000, "{last:?} did not come: {:?}", all.last());
    }
}

fn bars_of(all: &[Got]) -> Vec<u64> {
    all.iter().filter_map(|got| if let Got::Bar(at) = got { Some(*at) } else { None }).collect()
}

#[tokio::test]
async fn bars_come_when_their_minute_is_over_after_the_contract_that_they_are_of() {
    let world = World::start().await;
    let mut client = world.session(None).await;
    assert_eq!(next(&mut client).await, Got::Acknowledged);
    world.live.clock().advance(2);
    assert!(matches!(next(&mut client).await, Got::Mapping(symbol, raw, _) if symbol == "MES.v.0" && raw == "MESH6"));
    let rest = until(&mut client, Got::End(START + 2 * MINUTE)).await;
    assert_eq!(rest, [Got::Bar(START), Got::End(START + MINUTE), Got::Bar(START + MINUTE), Got::End(START + 2 * MINUTE)]);
    let arrivals = world.live.arrivals();
    assert_eq!((arrivals.sessions, arrivals.open, arrivals.subscriptions, arrivals.bars), (1, 1, 1, 2));
    let session = &arrivals.all[0];
    assert_eq!((session.subscriptions[0].symbols[0].as_str(), session.subscriptions[0].start), ("MES.v.0", None));
    assert!(session.client.contains("Databento"), "{}", session.client);
}

#[tokio::test]
async fn a_replay_sends_what_was_missed_and_then_says_that_it_has_caught_up() {
    let world = World::start().await;
    let from = START - 3 * 60 * MINUTE;
    let mut client = world.session(Some(from)).await;
    let all = until(&mut client, Got::Replayed).await;
    let expected: Vec<_> = world.bars(from, START).iter().map(|bar| bar.ts_event).collect();
    assert_eq!(bars_of(&all), expected);
    world.live.clock().advance(1);
    assert_eq!(bars_of(&until(&mut client, Got::End(START + MINUTE)).await), [START]);
}

#[tokio::test]
async fn no_more_is_replayed_than_the_vendor_keeps() {
    let world = World::start().await;
    world.live.behave(Manner { replay_minutes: 10, ..Manner::default() });
    let mut client = world.session(Some(START - 60 * MINUTE)).await;
    assert_eq!(bars_of(&until(&mut client, Got::Replayed).await).first(), Some(&(START - 10 * MINUTE)));
}

#[tokio::test]
async fn who_may_not_come_in_is_told_why_in_the_vendors_words() {
    let world = World::start().await;
    let refused = async |key: &str, dataset: &str| match world.client(key, dataset).await.unwrap_err() {
        databento::Error::Auth(why) => why,
        other => panic!("{other}"),
    };
    assert_eq!(refused("db-another-key-of-the-stand-in-2", "GLBX.MDP3").await, "Authentication failed.");
    assert_eq!(refused(KEY, "XNAS.ITCH").await, "Unknown dataset XNAS.ITCH");
    for (kind, why) in [
        (Kind::License, "A live data license is required to access GLBX.MDP3."),
        (Kind::ConnectionLimit, "User has reached their open connection limit"),
        (Kind::Unauthorized, "Authentication failed."),
        (Kind::Drop, ""),
    ] {
        world.live.fail(Fault::at(kind, 0, 1));
        assert_eq!(refused(KEY, "GLBX.MDP3").await, why);
    }
    let arrivals = world.live.arrivals();
    assert_eq!((arrivals.sessions, arrivals.open), (6, 0));
}

#[tokio::test]
async fn heartbeats_come_while_there_is_nothing_else_unless_the_vendor_is_mute() {
    let world = World::start().await;
    world.live.behave(Manner { heartbeat_ms: Some(20), ..Manner::default() });
    let mut client = world.session(None).await;
    assert_eq!(until(&mut client, Got::Heartbeat).await.len(), 2);
    // when: it sends no bars any more
    world.live.fail(Fault::at(Kind::Silence, START + MINUTE, 1));
    world.live.clock().advance(5);
    assert_eq!(bars_of(&until(&mut client, Got::End(START + MINUTE)).await), [START]);
    assert_eq!(until(&mut client, Got::Heartbeat).await, [Got::Heartbeat]);
    // when: it sends nothing at all
    let mut other = world.session(None).await;
    world.live.fail(Fault::at(Kind::Mute, START + 5 * MINUTE, 1));
    world.live.clock().advance(5);
    let heard = async { while next(&mut other).await != Got::Closed {} };
    assert!(tokio::time::timeout(Duration::from_millis(300), heard).await.is_err(), "it was closed");
    assert!(world.live.arrivals().all[1].bars == 0 && world.live.arrivals().open == 2);
}

#[tokio::test]
async fn a_session_can_be_cut_torn_or_ended_with_an_error_and_the_next_goes_on() {
    let world = World::start().await;
    let error = Fault {
        code: ErrorCode::InternalError as u8,
        text: "Gateway restarting".to_owned(),
        ..Fault::at(Kind::Error, START + MINUTE, 1)
    };
    for fault in [Fault::at(Kind::Disconnect, START + MINUTE, 1), Fault::at(Kind::Tear, START + MINUTE, 1), error] {
        world.live.clock().set(START);
        let mut client = world.session(None).await;
        world.live.fail(fault.clone());
        world.live.clock().advance(3);
        let mut all = vec![next(&mut client).await];
        while all.last() != Some(&Got::Closed) {
            all.push(next(&mut client).await);
        }
        assert_eq!(bars_of(&all), [START], "{:?}", fault.kind);
        let told = all.contains(&Got::Error(ErrorCode::InternalError, "Gateway restarting".to_owned()));
        assert_eq!(told, fault.kind == Kind::Error);
        drop(client);
        let mut next_one = world.session(Some(START + MINUTE)).await;
        assert_eq!(bars_of(&until(&mut next_one, Got::Replayed).await), [START + MINUTE, START + 2 * MINUTE]);
    }
}

#[tokio::test]
async fn bars_can_be_lost_skipped_replayed_twice_or_too_late() {
    let world = World::start().await;
    // lost: not in the replay either, and their intervals are not ended
    world.live.fail(Fault::at(Kind::Gap, START + MINUTE, 2));
    let mut client = world.session(None).await;
    world.live.clock().advance(4);
    let all = until(&mut client, Got::End(START + 4 * MINUTE)).await;
    assert_eq!(bars_of(&all), [START, START + 3 * MINUTE]);
    assert!(!all.contains(&Got::End(START + 2 * MINUTE)) && !all.contains(&Got::End(START + 3 * MINUTE)));
    let replayed = until(&mut world.session(Some(START)).await, Got::Replayed).await;
    assert_eq!(bars_of(&replayed), [START, START + 3 * MINUTE]);
    world.alone().await;
    // skipped: told, and in the replay
    world.live.fail(Fault::at(Kind::Skip, START + 5 * MINUTE, 2));
    world.live.clock().advance(5);
    let all = until(&mut client, Got::End(START + 9 * MINUTE)).await;
    assert_eq!(bars_of(&all), [4, 7, 8].map(|n| START + n * MINUTE));
    assert!(all.iter().any(|got| matches!(got, Got::Error(ErrorCode::SkippedRecordsAfterSlowReading, _))));
    for (kind, first) in [(Kind::Overlap, 3), (Kind::AgedOut, 7)] {
        world.live.fail(Fault::at(kind, 0, 2));
        let replayed = until(&mut world.session(Some(START + 5 * MINUTE)).await, Got::Replayed).await;
        assert_eq!(bars_of(&replayed).first(), Some(&(START + first * MINUTE)));
    }
    world.live.fail(Fault::at(Kind::Delayed, 0, 10));
    let mut late = world.session(None).await;
    world.live.clock().advance(11);
    assert_eq!(bars_of(&until(&mut late, Got::End(START + 10 * MINUTE)).await), [START + 9 * MINUTE]);
}

#[tokio::test]
async fn ends_of_intervals_can_be_left_out() {
    let world = World::start().await;
    world.live.behave(Manner { ends: Ends::Never, ..Manner::default() });
    let mut client = world.session(Some(START - 5 * MINUTE)).await;
    let all = until(&mut client, Got::Replayed).await;
    assert_eq!((bars_of(&all).len(), world.live.arrivals().all[0].ends), (5, 0));
}

#[tokio::test]
async fn what_it_does_not_have_is_an_error_record() {
    let world = World::start().await;
    let mut client = world.client(KEY, "GLBX.MDP3").await.unwrap();
    client.subscribe(Subscription::builder().symbols("NOPE").schema(Schema::Ohlcv1M).build()).await.unwrap();
    client.subscribe(Subscription::builder().symbols("MESH6").schema(Schema::Ohlcv1H).build()).await.unwrap();
    client.start().await.unwrap();
    assert!(matches!(next(&mut client).await, Got::Error(ErrorCode::SymbolResolutionFailed, text) if text.contains("NOPE")));
    assert!(matches!(next(&mut client).await, Got::Error(ErrorCode::InvalidSubscription, _)));
}
