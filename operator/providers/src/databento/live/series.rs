//! One series of live bars as it grows. In: bars and ends of intervals, of one session after another. Out: each bar once, in order, and a
//! name for each stretch of which bars may be missing. Pure.
//!
//! A minute without a trade has no bar, so a bar that does not come says nothing. What is known: within a session nothing is lost
//! without the vendor's word, which ends each interval once all its bars are sent; a new session is asked to replay from where the
//! last one stopped. (A replay may tell ends of intervals or not: where it tells none, its bars are believed to be all.) So `accounted` moves only over bars that were given, intervals that the vendor ended, and gaps that were named. A
//! hole is asked for once more before it is named.

use std::collections::VecDeque;

use assayer_contract::GapCause;

use super::item::{Behind, Gap, Item, LiveBar, Placed, Step};

/// Of the session under way.
#[derive(Debug, Default)]
struct Session {
    /// Where it was asked to begin.
    start: Option<i64>,
    /// Newest end of an interval that it told.
    ended: Option<i64>,
    /// Whether it said that it left something out, which is not accounted for yet.
    skipped: bool,
    /// The first bar that it sent.
    first_bar: Option<i64>,
}

/// The series of one symbol.
#[derive(Debug)]
pub struct Series<T> {
    length: i64,
    most: usize,
    items: VecDeque<Placed<T>>,
    /// Number of the first item that is held.
    first: u64,
    /// Whatever begins before this was held or named, from `from` on.
    accounted: Option<i64>,
    from: Option<i64>,
    session: Session,
    /// A hole that begins here was asked for once more.
    tried: Option<i64>,
    aged_out: bool,
}

impl<T: Copy> Series<T> {
    /// An empty series of bars of this length in nanoseconds, that holds so many items at most.
    pub fn new(length: i64, most: usize) -> Self {
        Self {
            length,
            most,
            items: VecDeque::new(),
            first: 0,
            accounted: None,
            from: None,
            session: Session::default(),
            tried: None,
            aged_out: false,
        }
    }

    /// Where the next session is to begin; none is now.
    pub fn resume(&self) -> Option<i64> {
        // Zero is all that the vendor keeps.
        if self.aged_out { Some(0) } else { self.accounted }
    }

    /// A session has begun that was asked to begin at `start`.
    pub fn begin(&mut self, start: Option<i64>, came: T) {
        if let (Some(start), Some(accounted)) = (start.filter(|_| !self.aged_out), self.accounted)
            && start > accounted
        {
            self.name(start, GapCause::NotReplayed, came);
        }
        if self.accounted.is_none() {
            self.accounted = start;
            self.from = start;
        }
        self.session = Session { start: start.and(self.accounted), ..Session::default() };
    }

    /// The vendor sent a bar.
    pub fn bar(&mut self, bar: LiveBar, came: T) -> Step {
        let accounted = *self.accounted.get_or_insert(bar.ts_event);
        let from = *self.from.get_or_insert(bar.ts_event);
        if bar.ts_event < accounted {
            return self.known(bar, from, came);
        }
        if bar.ts_event > accounted
            && let Some(cause) = self.missing_before(bar.ts_event)
        {
            if self.ask_again(accounted) {
                return Step::Hole;
            }
            self.name(bar.ts_event, cause, came);
        }
        self.session.skipped = false;
        self.session.first_bar.get_or_insert(bar.ts_event);
        self.aged_out = false;
        self.accounted = Some(self.end_of(bar));
        self.push(Placed { item: Item::Bar(bar), came });
        Step::Taken
    }

    /// The vendor has sent all bars of the interval that ends here.
    pub fn ended(&mut self, end: i64, came: T) -> Step {
        let accounted = *self.accounted.get_or_insert(end);
        self.from.get_or_insert(end);
        let start = end.saturating_sub(self.length);
        let missing = match self.session.ended {
            _ if self.session.skipped => Some((end, GapCause::Skipped)),
            Some(before) if start > before => Some((start, GapCause::Unconfirmed)),
            None if self.begins_late(start) => Some((start, GapCause::NotReplayed)),
            _ => None,
        };
        if let (Some(begun), Some((_, GapCause::NotReplayed))) = (self.unreplayed(), missing) {
            // Its first bar was given out before this was known: there is no asking again.
            self.push(Placed { item: Item::Gap(begun), came });
        }
        if let Some((to, cause)) = missing.filter(|(to, _)| *to > accounted) {
            if self.ask_again(accounted) {
                return Step::Hole;
            }
            self.name(to, cause, came);
        }
        self.session.skipped = false;
        self.session.ended = self.session.ended.max(Some(end));
        self.accounted = self.accounted.max(Some(end));
        if self.tried.is_some_and(|tried| tried < end) {
            self.tried = None;
        }
        Step::Taken
    }

    /// Until where whatever begins was held or named.
    pub fn accounted(&self) -> Option<i64> {
        self.accounted
    }

    /// The market is closed until `start`: nothing is missing before it.
    pub fn closed_until(&mut self, start: i64) {
        if self.accounted.is_some_and(|accounted| accounted < start) {
            self.accounted = Some(start);
            self.session.ended = self.session.ended.map(|ended| ended.max(start));
            self.session.start = self.session.start.map(|begun| begun.max(start));
        }
    }

    /// The vendor has left something out from here on.
    pub fn skipped(&mut self) {
        self.session.skipped = true;
    }

    /// The vendor no longer keeps what a replay was asked to begin with.
    pub fn aged_out(&mut self) {
        self.aged_out = true;
        self.tried = self.accounted;
    }

    /// Start of the first bar after the one that starts at `since`.
    pub fn after(&self, since: i64) -> i64 {
        since.div_euclid(self.length).saturating_add(1).saturating_mul(self.length)
    }

    /// Where a reader begins that has the bar that starts at `since` and those before it, or that wants only what is to come; and
    /// what it cannot get.
    pub fn join(&self, since: Option<i64>) -> (u64, Option<Gap>) {
        let next = self.first + self.items.len() as u64;
        let Some(since) = since else { return (next, None) };
        let wanted = self.after(since);
        let later = |placed: &Placed<T>| match placed.item {
            Item::Bar(bar) => bar.ts_event > since,
            Item::Gap(gap) => gap.end > wanted,
        };
        let begin = self.items.iter().position(later).map_or(next, |place| self.first + place as u64);
        let gap = self.from.filter(|from| *from > wanted).map(|end| Gap { start: wanted, end, cause: GapCause::NotHeld });
        (begin, gap)
    }

    /// The item of this number; none where it has not come yet.
    pub fn get(&self, number: u64) -> Result<Option<Placed<T>>, Behind> {
        let place = number.checked_sub(self.first).ok_or(Behind)?;
        Ok(usize::try_from(place).ok().and_then(|place| self.items.get(place)).copied())
    }

    /// End of the newest bar that is held.
    pub fn newest_end(&self) -> Option<i64> {
        let of = |placed: &Placed<T>| if let Item::Bar(bar) = placed.item { Some(self.end_of(bar)) } else { None };
        self.items.iter().rev().find_map(of)
    }

    /// Whatever time a record says: no number of a vendor's overflows.
    fn end_of(&self, bar: LiveBar) -> i64 {
        bar.ts_event.saturating_add(self.length)
    }

    /// Why bars may be missing between what is accounted for and a bar that starts later.
    fn missing_before(&self, bar: i64) -> Option<GapCause> {
        if self.session.skipped {
            return Some(GapCause::Skipped);
        }
        match self.session.ended {
            // The interval after the newest end has not been ended.
            Some(ended) => (bar > ended).then_some(GapCause::Unconfirmed),
            // A hole was asked for again, and the replay begins after it.
            None => (self.tried == self.accounted).then_some(GapCause::NotReplayed),
        }
    }

    /// Whether the first interval that is ended is later than where the session was to begin, with no bar from in between.
    fn begins_late(&self, first: i64) -> bool {
        self.session.start.is_some_and(|start| start < first) && self.session.first_bar.is_none_or(|bar| bar >= first)
    }

    /// What a replay left out before its first bar.
    fn unreplayed(&self) -> Option<Gap> {
        let (start, end) = (self.session.start?, self.session.first_bar?);
        let named = |placed: &Placed<T>| matches!(placed.item, Item::Gap(gap) if gap.start <= start && end <= gap.end);
        let new = start < end && !self.items.iter().rev().any(named);
        new.then_some(Gap { start, end, cause: GapCause::NotReplayed })
    }

    /// Whether a hole that begins here is still to be asked for.
    fn ask_again(&mut self, hole: i64) -> bool {
        self.tried.replace(hole) != Some(hole)
    }

    /// A bar before what is accounted for: a replay sends it again, or it comes too late.
    fn known(&mut self, bar: LiveBar, from: i64, came: T) -> Step {
        let held_from =
            self.items.iter().find_map(|placed| if let Item::Bar(bar) = placed.item { Some(bar.ts_event) } else { None });
        let forgotten = self.first > 0 && held_from.is_none_or(|held| bar.ts_event < held);
        let accounts = |placed: &Placed<T>| match placed.item {
            Item::Bar(held) => (held.instrument_id, held.ts_event) == (bar.instrument_id, bar.ts_event),
            Item::Gap(gap) => gap.start <= bar.ts_event && bar.ts_event < gap.end,
        };
        if bar.ts_event < from || forgotten || self.items.iter().rev().any(accounts) {
            return Step::Known;
        }
        let gap = Gap { start: bar.ts_event, end: self.end_of(bar), cause: GapCause::Late };
        self.push(Placed { item: Item::Gap(gap), came });
        Step::Taken
    }

    /// Names what is missing from what is accounted for until `end`.
    fn name(&mut self, end: i64, cause: GapCause, came: T) {
        let start = self.accounted.unwrap_or(end);
        self.push(Placed { item: Item::Gap(Gap { start, end, cause }), came });
        self.accounted = Some(end);
        self.tried = None;
    }

    fn push(&mut self, placed: Placed<T>) {
        self.items.push_back(placed);
        if self.items.len() > self.most
            && let Some(old) = self.items.pop_front()
        {
            self.first += 1;
            let end = match old.item {
                Item::Bar(bar) => self.end_of(bar),
                Item::Gap(gap) => gap.end,
            };
            self.from = self.from.max(Some(end));
        }
    }
}
