//! Trade dates, and strategies that live within them.

use crate::support::{real, run, sma_cross};
use assayer_engine::{
    BacktestSpec, Bar, Clock, ExitReason, Family, Moment, Multiple, Price, Side, Strategy, Target, Trade,
    calendar::Calendar,
    strategy::{Direction, Exits, Filter, Hours, OpeningRange, SessionEnd, SessionFilter, VwapFade},
};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc, Weekday};
use chrono_tz::America::New_York;

const EURUSD: &str = "eurusd-1h-2017.csv";
const HOUR: i64 = 3_600_000_000_000;

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The place of a bar of a minute.
fn minute(text: &str) -> Option<Moment> {
    let start = time(text);
    let mut clock = Clock::new(Calendar::GlobexEquityIndex, start, start).unwrap();
    let nanos = |time: DateTime<Utc>| time.timestamp_nanos_opt().unwrap();
    clock.at(nanos(start), nanos(start + TimeDelta::minutes(1)))
}

/// Trade date, minutes since its beginning and to its end, the same of the regular hours.
type Told = (String, i64, i64, Option<(i64, i64)>);

fn told(moment: Option<Moment>) -> Option<Told> {
    let minutes = |nanos: i64| nanos / 60_000_000_000;
    moment.map(|at| {
        let regular = at.regular.map(|span| (minutes(span.elapsed), minutes(span.left)));
        (at.trade_date.to_string(), minutes(at.all.elapsed), minutes(at.all.left), regular)
    })
}

/// The trade date of foreign exchange, which begins at 17:00 in New York.
fn trade_date(time: DateTime<Utc>) -> NaiveDate {
    (time.with_timezone(&New_York) + TimeDelta::hours(7)).date_naive()
}

fn session_end(minutes: i32) -> Strategy {
    let exits = Exits { session_end: Some(SessionEnd { minutes, hours: Hours::All }), ..Exits::default() };
    Strategy { exits: Some(exits), ..sma_cross(10, 50, Direction::LongShort) }
}

fn opening_range() -> Strategy {
    let family = OpeningRange { minutes: 480, flat_minutes: 60, hours: Hours::All, direction: Direction::LongShort };
    Family::OpeningRange(family).into()
}

fn vwap_fade() -> Strategy {
    let width: Multiple = "1.5".parse().unwrap();
    let family = VwapFade { width, minutes: 180, flat_minutes: 60, hours: Hours::All, direction: Direction::LongShort };
    Family::VwapFade(family).into()
}

fn trades(strategy: Strategy) -> Vec<Trade> {
    run(&real::eurusd(strategy), &real::bars(EURUSD)).0.result.trades
}

#[test]
fn a_trade_date_of_cme_begins_at_five_in_the_afternoon_in_chicago() {
    let date = |text: &str| text.to_owned();
    assert_eq!(told(minute("2025-10-14T20:59:00Z")), Some((date("2025-10-14"), 1_380, 0, None)));
    assert_eq!(told(minute("2025-10-14T21:30:00Z")), None, "the daily break");
    assert_eq!(told(minute("2025-10-14T22:00:00Z")), Some((date("2025-10-15"), 1, 1_379, None)));
    assert_eq!(told(minute("2025-10-15T13:30:00Z")), Some((date("2025-10-15"), 931, 449, Some((1, 404)))));
    // in winter the same hours lie an hour later in UTC
    assert_eq!(told(minute("2026-01-13T22:59:00Z")), None);
    assert_eq!(told(minute("2026-01-13T23:00:00Z")), Some((date("2026-01-14"), 1, 1_379, None)));
}

#[test]
fn a_holiday_session_belongs_to_the_trade_date_of_the_next_day() {
    let thanksgiving = told(minute("2025-11-27T15:00:00Z")).unwrap();
    // the day's own regular hours, which end at noon in Chicago
    assert_eq!((thanksgiving.0.as_str(), thanksgiving.3), ("2025-11-28", Some((31, 179))));
    assert_eq!(told(minute("2025-11-28T15:00:00Z")).unwrap().3, Some((31, 194)));
    assert_eq!(told(minute("2025-12-25T15:00:00Z")), None, "closed all day");
}

/// Trade date and minutes since it began at a bar's end, by the clocks of New York alone.
fn by_new_york(bar: &Bar) -> Option<(NaiveDate, i64)> {
    let date = trade_date(bar.start());
    let closed = matches!(date.weekday(), Weekday::Sat | Weekday::Sun) || (date.month(), date.day()) == (12, 25);
    let since = bar.start().with_timezone(&New_York) + TimeDelta::hours(7);
    (!closed).then(|| (date, i64::from(since.hour()) * 60 + 60))
}

fn signals(strategy: &Strategy, bars: &[Bar]) -> Vec<Target> {
    let mut signals = strategy.start(&real::eurusd(strategy.clone()).instrument);
    let mut clock = Clock::new(Calendar::ForeignExchange, bars[0].start(), bars[bars.len() - 1].start()).unwrap();
    let signal = |bar: &Bar| signals.on_close(bar, clock.at(bar.ts_event, bar.ts_event + HOUR).as_ref()).unwrap().unwrap();
    bars.iter().map(signal).collect()
}

#[test]
fn an_opening_range_is_that_of_its_definition() {
    let bars = real::bars(EURUSD);
    let (mut held, places) = (Target::Flat, bars.iter().map(by_new_york).collect::<Vec<_>>());
    let definition = |i: usize| {
        let (date, minutes) = places[i]?;
        let of_range = |j: &usize| places[*j].is_some_and(|at| at.0 == date && at.1 <= 480);
        let range = || (i.saturating_sub(24)..i).filter(of_range).map(|j| &bars[j]);
        let (high, low) = (range().map(|bar| bar.high).max(), range().map(|bar| bar.low).min());
        held = match (high, low) {
            _ if minutes <= 480 || minutes >= 1_380 => Target::Flat,
            (Some(high), _) if bars[i].close > high => Target::Long,
            (_, Some(low)) if bars[i].close < low => Target::Short,
            (Some(_), Some(_)) => held,
            _ => Target::Flat,
        };
        Some(held)
    };
    let mut definition = definition;
    let definition: Vec<_> = (0..bars.len()).map(|i| definition(i).unwrap_or(Target::Flat)).collect();
    let ours = signals(&opening_range(), &bars);
    let differs = ours.iter().zip(&definition).position(|(our, their)| our != their);
    assert_eq!(differs, None, "{:?}", differs.map(|i| (bars[i], ours[i], definition[i])));
}

#[test]
fn a_fade_of_the_volume_weighted_average_is_that_of_its_definition() {
    let bars = real::bars(EURUSD);
    #[expect(clippy::cast_precision_loss, reason = "the definition in floats")]
    let float = |price: Price| price.nanos() as f64 / 1e9;
    #[expect(clippy::cast_precision_loss, reason = "the definition in floats")]
    let traded = |bar: &Bar| ((float(bar.high) + float(bar.low) + float(bar.close)) / 3.0, bar.volume as f64);
    let (mut held, mut session, mut date) = (Target::Flat, Vec::new(), None);
    let mut definition = Vec::new();
    for bar in &bars {
        let at = by_new_york(bar);
        if at.map(|at| at.0) != date {
            (held, session, date) = (Target::Flat, Vec::new(), at.map(|at| at.0));
        }
        session.push(traded(bar));
        let volume: f64 = session.iter().map(|(_, volume)| volume).sum();
        let vwap = session.iter().map(|(price, volume)| price * volume).sum::<f64>() / volume;
        let variance = session.iter().map(|(price, volume)| (price - vwap) * (price - vwap) * volume).sum::<f64>() / volume;
        let above = float(bar.close) - vwap;
        held = match (at, held) {
            (None, _) => Target::Flat,
            (Some((_, minutes)), _) if minutes <= 180 || minutes >= 1_380 => Target::Flat,
            _ if above < -1.5 * variance.sqrt() => Target::Long,
            _ if above > 1.5 * variance.sqrt() => Target::Short,
            (_, Target::Long) if above >= 0.0 => Target::Flat,
            (_, Target::Short) if above <= 0.0 => Target::Flat,
            (_, unchanged) => unchanged,
        };
        definition.push(held);
    }
    let ours = signals(&vwap_fade(), &bars);
    let differs = ours.iter().zip(&definition).position(|(our, their)| our != their);
    assert_eq!(differs, None, "{:?}", differs.map(|i| (bars[i], ours[i], definition[i])));
}

#[test]
fn nothing_is_held_over_the_end_of_a_session() {
    for (strategy, least) in [(session_end(60), 100), (opening_range(), 100), (vwap_fade(), 100)] {
        let trades = trades(strategy.clone());
        assert!(trades.len() > least, "{} trades of {}", trades.len(), strategy.family.name());
        for trade in trades {
            // an exit at 17:00 itself would be the next session's open
            assert_eq!(trade_date(trade.entry_time), trade_date(trade.exit_time), "{trade:?}");
        }
    }
}

#[test]
fn the_end_of_a_session_ends_the_position_and_the_next_session_begins_anew() {
    let (overnight, daily) = (trades(sma_cross(10, 50, Direction::LongShort)), trades(session_end(60)));
    let ended: Vec<_> = daily.iter().filter(|trade| trade.exit_reason == ExitReason::SessionEnd).collect();
    assert!(daily.len() > overnight.len() && ended.len() > 100, "{} and {}", daily.len(), overnight.len());
    for trade in ended {
        assert_eq!(trade.exit_time.with_timezone(&New_York).hour(), 16, "{trade:?}");
    }
}

#[test]
fn a_session_filter_lets_positions_be_entered_in_its_hours_alone() {
    let session = SessionFilter { hours: Hours::All, skip_first: 480, skip_last: 480 };
    let filter = Some(Filter { session: Some(session), ..Filter::default() });
    let spec = real::eurusd(Strategy { filter, ..sma_cross(10, 50, Direction::LongShort) });
    let result = run(&spec, &real::bars(EURUSD)).0.result;
    assert!(result.trades.len() > 30 && result.not_entered.filter > 30, "{:?}", result.not_entered);
    for trade in result.trades {
        // decided after eight hours and before the last eight: filled at the opens from 02:00 to 08:00
        let hour = trade.entry_time.with_timezone(&New_York).hour();
        assert!((2..=8).contains(&hour), "{trade:?}");
    }
}

#[test]
fn what_looks_at_sessions_gives_a_prefix_of_the_trades_for_a_prefix_of_the_bars() {
    let bars = real::bars(EURUSD);
    for strategy in [opening_range(), vwap_fade(), session_end(120)] {
        let spec = real::eurusd(strategy);
        let whole = run(&spec, &bars).1;
        for cut in [60, 61, 75, 800, 801, 3_333, 6_000] {
            let part = run(&spec, &bars[..cut]).1;
            assert_eq!(part[..cut - 1], whole[..cut - 1], "{cut}");
        }
    }
}

#[test]
fn a_bar_is_used_only_after_it_has_ended() {
    let (bars, spec) = (real::bars(EURUSD), real::eurusd(opening_range()));
    let (report, marks) = run(&spec, &bars);
    for trade in report.result.trades {
        let entry = trade.entry_time.timestamp_nanos_opt().unwrap();
        let decided = marks.iter().rfind(|mark| bars[mark.bar].ts_event + HOUR <= entry && mark.bar + 1 < bars.len()).unwrap();
        assert_eq!(decided.target, Some(if trade.side == Side::Long { Target::Long } else { Target::Short }), "{trade:?}");
        assert_eq!(bars[decided.bar + 1].ts_event, entry, "{trade:?}");
    }
}

#[test]
fn sessions_that_nobody_knows_are_refused_by_the_field_that_needs_them() {
    let complaint = |change: fn(&mut BacktestSpec), strategy: Strategy| {
        let mut spec = real::eurusd(strategy);
        change(&mut spec);
        spec.validate().unwrap_err().to_string()
    };
    let unknown = complaint(|spec| spec.instrument.dataset = "OPRA.PILLAR".to_owned(), opening_range());
    assert!(unknown.starts_with("strategy.openingRange.hours is set: no session calendar is known for EURUSD"), "{unknown}");
    let daily = complaint(|spec| spec.instrument.schema = assayer_engine::BarSchema::Day, vwap_fade());
    assert!(daily.starts_with("instrument.schema is ohlcv-1d: give bars of an hour or less"), "{daily}");
    let short = complaint(|_| (), session_end(30));
    assert!(short.starts_with("strategy.exits.sessionEnd.minutes is 30: choose at least the length of a bar"), "{short}");
    let mut strategy = session_end(60);
    strategy.exits.as_mut().unwrap().session_end.as_mut().unwrap().hours = Hours::Regular;
    let regular = complaint(|_| (), strategy);
    assert!(regular.contains("strategy.exits.sessionEnd.hours is Regular: foreign-exchange has no regular hours"), "{regular}");
}
