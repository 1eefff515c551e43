//! Ten thousand minutes of a vendor that fails in every way, at places that a seed chooses: each reader gets every bar once and in
//! order, or is told what it may lack; and the rows say the same.

use std::{collections::BTreeSet, time::Duration};

use assayer_contract::{Outcome, RequestRow, Sent, Sha256Hash};
use assayer_gateway::{identity::Caller, metrics::OfDataset, streams::Rules};
use assayer_stand_ins::databento::live::{Fault, Kind};
use assayer_store::PgPool;

use super::{
    reading::{Gap, Reading},
    vendor::{MINUTE, START, Vendor, rules},
};

const MINUTES: u64 = 10_000;
const SEED: u64 = 20_260_106;

/// SplitMix64: the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// What goes wrong, and where.
fn faults(random: &mut Random) -> Vec<Fault> {
    let kinds = [
        (Kind::Disconnect, 25),
        (Kind::Tear, 10),
        (Kind::Gap, 10),
        (Kind::Skip, 10),
        (Kind::Overlap, 8),
        (Kind::AgedOut, 5),
        (Kind::Error, 6),
        (Kind::Mute, 3),
        (Kind::Drop, 3),
        (Kind::ConnectionLimit, 3),
    ];
    let all = kinds.into_iter().flat_map(|(kind, count)| std::iter::repeat_n(kind, count));
    let of = |kind| {
        let at = START + (30 + random.below(MINUTES - 60)) * MINUTE;
        Fault { code: 6, text: "Internal error".to_owned(), ..Fault::at(kind, at, 1 + random.below(8)) }
    };
    let mut all: Vec<_> = all.map(of).collect();
    all.sort_by_key(|fault| fault.at);
    all
}

/// A reader that leaves when it likes, or is cut, and comes back for what it missed.
#[derive(Default)]
struct Kept {
    bars: Vec<u64>,
    gaps: Vec<Gap>,
    bytes: Vec<u8>,
    streams: u64,
    cut: u64,
    left: u64,
}

impl Kept {
    fn add(&mut self, reading: Reading) {
        self.cut += u64::from(reading.last_word.is_some());
        self.bars.extend(reading.bars);
        self.gaps.extend(reading.gaps);
        self.bytes.extend(reading.bytes);
        self.streams += 1;
    }

    fn since(&self) -> u64 {
        self.bars.last().copied().unwrap_or(START - MINUTE)
    }
}

/// How a reader reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// As fast as it can, to the end.
    Steady,
    /// Three times it stops until it is cut, and takes what was on its way.
    Slow,
    /// It leaves in the middle.
    Restless,
}

/// Reads until the vendor's clock has stopped and all of it has come.
async fn follow(vendor: &Vendor, caller: &Caller, random: &mut Random, habit: Habit) -> Kept {
    let end = START + MINUTES * MINUTE;
    let mut kept = Kept::default();
    while kept.bars.last().is_none_or(|last| last + MINUTE < end) {
        let mut reading = vendor.read_as(caller, Some(kept.since())).await;
        if reading.status != 200 {
            // The vendor let nobody in just now.
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        }
        let mut stays = 200 + usize::try_from(random.below(1_000)).unwrap();
        let mut left = habit == Habit::Restless;
        while reading.bars.last().is_none_or(|last| last + MINUTE < end) && reading.next().await {
            if left && reading.bars.len() >= stays {
                break;
            }
            if habit == Habit::Slow && kept.streams < 3 && reading.bars.len() >= stays {
                stop_until_cut(vendor).await;
                stays = usize::MAX;
            }
        }
        left &= !reading.ended;
        kept.left += u64::from(left);
        kept.add(reading);
    }
    kept
}

/// Takes nothing until somebody was cut, or there is nothing more to be cut from.
async fn stop_until_cut(vendor: &Vendor) {
    let of = OfDataset { dataset: vendor.dataset.to_owned() };
    let cut = || vendor.metrics.stream_cut.get_or_create(&of).get();
    let before = cut();
    let waited = async {
        while cut() == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(3), waited).await;
}

/// Moves the vendor's clock on, a stretch at a time, as fast as the slowest good reader lets it.
async fn pass(vendor: &Vendor, mut random: Random) {
    let mut passed = 0;
    while passed < MINUTES {
        let minutes = (1 + random.below(40)).min(MINUTES - passed);
        vendor.live.clock().advance(minutes);
        passed += minutes;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn check(vendor: &Vendor, kept: &Kept) {
    assert!(kept.bars.windows(2).all(|pair| pair[0] < pair[1]), "a bar came twice or out of order");
    let truth = vendor.bars(START, START + MINUTES * MINUTE);
    let given: BTreeSet<_> = kept.bars.iter().copied().collect();
    let named = |bar: u64| kept.gaps.iter().any(|(start, end, _)| (*start..*end).contains(&bar));
    let lacking: Vec<_> = truth.iter().filter(|bar| !given.contains(bar) && !named(**bar)).collect();
    assert!(lacking.is_empty(), "{} bars are missing without a word, the first at {:?}", lacking.len(), lacking.first());
    let truth: BTreeSet<_> = truth.into_iter().collect();
    assert!(given.is_subset(&truth), "a bar came that the vendor does not have");
    // A law that a stream of nothing but gaps would keep is none.
    assert!(given.len() * 100 >= truth.len() * 95, "{} of {} bars", given.len(), truth.len());
}

/// The rows of a reader that took all that it was given stand for that, byte by byte; one that left may have left some on its way.
fn check_rows(rows: &[RequestRow], bot: uuid::Uuid, kept: &Kept) {
    let rows: Vec<_> = rows.iter().filter(|row| row.outcome == Outcome::Served && row.bot_id == Some(bot)).collect();
    let given: i64 = rows.iter().filter_map(|row| row.bar_count).sum();
    let got = i64::try_from(kept.bars.len()).unwrap();
    if kept.left > 0 {
        assert!(given >= got, "{given} bars have rows, {got} came");
        return;
    }
    assert_eq!(given, got);
    let mut bytes = kept.bytes.as_slice();
    for row in &rows {
        let (these, rest) = bytes.split_at(usize::try_from(row.bar_count.unwrap()).unwrap() * size_of::<dbn::OhlcvMsg>());
        assert_eq!(row.response_digest, Some(Sha256Hash::of(these)));
        bytes = rest;
    }
    let gaps: usize = rows.iter().filter_map(|row| row.gaps.as_ref()).map(Vec::len).sum();
    assert_eq!(gaps, kept.gaps.len());
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn over_ten_thousand_minutes_every_bar_comes_once_and_in_order_or_is_named_as_missing(pool: PgPool) {
    let rules =
        Rules { heartbeat_max_age: Duration::from_millis(400), patience: Duration::from_millis(100), held: 12_000, ..rules() };
    let vendor = Vendor::start(&pool, rules).await;
    let mut random = Random(SEED);
    let faults = faults(&mut random);
    for fault in &faults {
        vendor.live.fail(fault.clone());
    }
    let callers = [vendor.another(), vendor.another(), vendor.another()];
    let mut randoms = [1, 2, 3].map(|n| Random(SEED + n));
    let [one, two, three] = &mut randoms;
    let ((), steady, slow, restless) = tokio::join!(
        pass(&vendor, Random(SEED)),
        follow(&vendor, &callers[0], one, Habit::Steady),
        follow(&vendor, &callers[1], two, Habit::Slow),
        follow(&vendor, &callers[2], three, Habit::Restless),
    );
    let rows = vendor.rows().await;
    for (caller, kept) in callers.iter().zip([&steady, &slow, &restless]) {
        check(&vendor, kept);
        check_rows(&rows, caller.job.bot_id, kept);
        println!(
            "{} bars, {} gaps, {} streams, cut {} times, left {} times",
            kept.bars.len(),
            kept.gaps.len(),
            kept.streams,
            kept.cut,
            kept.left
        );
    }
    // then: each session at the vendor is one row
    let sessions = |sent| rows.iter().filter(|row| row.method == "LIVE" && row.sent == sent).count() as u64;
    let arrivals = vendor.live.arrivals();
    let (yes, unknown) = (sessions(Sent::Yes), sessions(Sent::Unknown));
    assert!(yes <= arrivals.sessions && arrivals.sessions <= yes + unknown, "{yes} and {unknown}, of {}", arrivals.sessions);
    let spans: BTreeSet<_> = rows.iter().filter(|row| row.method == "LIVE").map(RequestRow::traceparent).collect();
    let joined = |client: &String| spans.iter().filter(|span| client.contains(*span)).count() == 1;
    assert!(arrivals.all.iter().all(|session| joined(&session.client)), "an arrival without a row of its own");
    // then: the faults were met, and the readers were what they were to be
    println!("{} faults, {} sessions, {} rows", faults.len(), arrivals.sessions, rows.len());
    assert!(arrivals.sessions >= 40, "{} sessions", arrivals.sessions);
    assert!(slow.cut > 0 && restless.left > 0 && steady.left == 0);
}
