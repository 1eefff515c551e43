//! The rules on bars, one by one, and that what is not known never passes.

use super::*;

fn limits() -> QualityLimits {
    let ratio = |text: &str| Some(text.parse().unwrap());
    QualityLimits {
        min_sessions: Some(60),
        min_rth_ratio: ratio("0.995"),
        min_eth_ratio: ratio("0.9"),
        max_gap_minutes: Some(60),
        max_missing_ratio: ratio("0.001"),
    }
}

fn good() -> BarQuality {
    let calendar = CalendarQuality {
        name: "globex-equity-index".into(),
        rth: Bars { present: 995, expected: 1_000 },
        eth: Bars { present: 900, expected: 1_000 },
        sessions: 60,
        longest_gap_minutes: 60,
        longest_gap_start: None,
        outside: 0,
    };
    BarQuality { calendar: Some(calendar), fields: Some(Bars { present: 9_990, expected: 10_000 }), ..BarQuality::default() }
}

fn rules(quality: Option<&BarQuality>, bars: i64, record_count: Option<i64>) -> Vec<(&'static str, bool)> {
    let all = breaches(&limits(), Delivered { bars, record_count, quality });
    all.iter().map(|breach| (breach.rule, breach.known)).collect()
}

#[test]
fn bars_at_the_very_limits_pass() {
    assert_eq!(rules(Some(&good()), 1_895, Some(1_895)), []);
}

type Flaw = fn(&mut BarQuality);

#[test]
fn each_flaw_is_named_by_its_own_rule() {
    let flaws: [(&str, Flaw); 9] = [
        ("duplicates", |q| q.duplicates = 1),
        ("unordered", |q| q.unordered = 1),
        ("ohlcViolations", |q| q.ohlc_violations = 1),
        ("offTick", |q| q.off_tick = 1),
        ("maxMissingRatio", |q| q.fields.as_mut().unwrap().present -= 1),
        ("minBarRatio.rth", |q| q.calendar.as_mut().unwrap().rth.present -= 1),
        ("minBarRatio.eth", |q| q.calendar.as_mut().unwrap().eth.present -= 1),
        ("maxGapMinutes", |q| q.calendar.as_mut().unwrap().longest_gap_minutes += 1),
        ("minSessions", |q| q.calendar.as_mut().unwrap().sessions -= 1),
    ];
    for (rule, flaw) in flaws {
        let mut quality = good();
        flaw(&mut quality);
        assert_eq!(rules(Some(&quality), 1_895, Some(1_895)), [(rule, true)]);
    }
    assert_eq!(rules(Some(&good()), 1_894, Some(1_895)), [("recordCount", true)]);
}

#[test]
fn what_nobody_measured_never_passes() {
    assert_eq!(rules(None, 5, Some(5)), [("quality", false)]);
    assert_eq!(rules(Some(&good()), 5, None), [("recordCount", false)]);
    let without = BarQuality { calendar: None, off_tick: 1, ..good() };
    let unknown = ["minBarRatio.rth", "minBarRatio.eth", "maxGapMinutes", "minSessions"].map(|rule| (rule, false));
    assert_eq!(rules(Some(&without), 5, Some(5)), [[("offTick", true)].as_slice(), &unknown].concat());
}

#[test]
fn a_breach_says_what_was_measured_and_what_is_required() {
    let mut quality = good();
    quality.calendar.as_mut().unwrap().rth = Bars { present: 994_999, expected: 1_000_000 };
    let all = breaches(&limits(), Delivered { bars: 1, record_count: Some(1), quality: Some(&quality) });
    assert_eq!(all[0].to_string(), "minBarRatio.rth: measured 0.994999 (994999 of 1000000), required >= 0.995");
    assert!(all.iter().all(|breach| breach.measured.len() <= 64 && breach.required.len() <= 64));
}

#[test]
fn a_ratio_is_written_as_it_is_read() {
    for text in ["0", "0.9", "0.995", "0.000001", "1"] {
        assert_eq!(text.parse::<Ratio>().unwrap().to_string(), text);
    }
    assert_eq!("1.000000".parse::<Ratio>().unwrap(), "1".parse().unwrap());
    for text in ["1.000001", "2", "-0.1", "", ".5", "0.", "0.1234567", "0,5", "0.5 "] {
        assert!(text.parse::<Ratio>().is_err(), "{text}");
    }
}

#[test]
fn fields_that_are_missing_are_counted_against_their_limit_and_without_one_none_may_be() {
    let of = |most: Option<&str>, fields: Option<Bars>| {
        let limits = QualityLimits { max_missing_ratio: most.map(|text| text.parse().unwrap()), ..QualityLimits::default() };
        let quality = BarQuality { fields, ..good() };
        let all = breaches(&limits, Delivered { bars: 1, record_count: Some(1), quality: Some(&quality) });
        all.first().map(|breach| (breach.known, breach.to_string()))
    };
    let lacking = |missing: i64| Some(Bars { present: 1_000 - missing, expected: 1_000 });
    assert_eq!(of(Some("0.01"), lacking(10)), None);
    let said = "maxMissingRatio: measured 0.011000 (11 of 1000), required <= 0.01".to_owned();
    assert_eq!(of(Some("0.01"), lacking(11)), Some((true, said)));
    for limit in [None, Some("0")] {
        assert_eq!(of(limit, lacking(0)), None);
        let said = "maxMissingRatio: measured 0.001000 (1 of 1000), required <= 0".to_owned();
        assert_eq!(of(limit, lacking(1)), Some((true, said)));
    }
    assert_eq!(of(None, None), None, "bars that were measured before fields were counted");
    assert!(!of(Some("0.01"), None).unwrap().0, "where there is a limit, what nobody counted never passes");
}
