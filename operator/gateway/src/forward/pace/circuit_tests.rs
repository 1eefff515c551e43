use proptest::prelude::*;

use super::*;

const COOLDOWN: Duration = Duration::from_mins(1);

fn failed(circuit: &mut Circuit, times: u32, now: Instant) {
    for _ in 0..times {
        let tried = circuit.admit(false, COOLDOWN, now).unwrap();
        circuit.ended(tried, Ending::Failed, now);
    }
}

#[test]
fn so_many_failures_in_a_row_open_it_and_an_answer_between_them_does_not() {
    let (now, mut circuit) = (Instant::now(), Circuit::new());
    failed(&mut circuit, FAILURES - 1, now);
    circuit.ended(false, Ending::Answered, now);
    failed(&mut circuit, FAILURES, now);
    assert_eq!(circuit.admit(false, COOLDOWN, now), Err(Shut::Open { until: now + COOLDOWN }));
}

#[test]
fn after_the_cooldown_one_call_tries_and_its_end_decides() {
    let (now, mut circuit) = (Instant::now(), Circuit::new());
    failed(&mut circuit, FAILURES, now);
    let later = now + COOLDOWN;
    assert_eq!(circuit.admit(false, COOLDOWN, later), Ok(true));
    assert_eq!(circuit.admit(false, COOLDOWN, later), Err(Shut::Trying));
    circuit.ended(true, Ending::Failed, later);
    assert_eq!(circuit.admit(false, COOLDOWN, later), Err(Shut::Open { until: later + COOLDOWN }));
    // a trial that was not made after all leaves it to the next
    let later = later + COOLDOWN;
    assert_eq!(circuit.admit(false, COOLDOWN, later), Ok(true));
    circuit.ended(true, Ending::NotMade, later);
    assert_eq!(circuit.admit(false, COOLDOWN, later), Ok(true));
    circuit.ended(true, Ending::Answered, later);
    assert_eq!(circuit.admit(false, COOLDOWN, later), Ok(false));
}

#[test]
fn a_handshake_tries_at_once_and_closes_it_for_all() {
    let (now, mut circuit) = (Instant::now(), Circuit::new());
    failed(&mut circuit, FAILURES, now);
    assert_eq!(circuit.admit(true, COOLDOWN, now), Ok(true));
    circuit.ended(true, Ending::Answered, now);
    assert_eq!(circuit.admit(false, COOLDOWN, now), Ok(false));
}

#[test]
fn a_vendor_that_asks_to_be_left_alone_is_by_handshakes_too_and_a_shorter_wish_does_not_shorten_it() {
    let (now, mut circuit) = (Instant::now(), Circuit::new());
    let reason = ReasonCode::ProviderRateLimited;
    let asked = Some(Duration::from_secs(30));
    circuit.note_rate(Some(reason), asked, now);
    circuit.note_rate(Some(reason), Some(Duration::from_secs(1)), now);
    circuit.note_rate(Some(reason), None, now);
    circuit.note_rate(None, None, now);
    let until = now + Duration::from_secs(30);
    assert_eq!(circuit.admit(true, COOLDOWN, now), Err(Shut::LeftAlone { reason, until, asked }));
    assert_eq!(circuit.admit(false, COOLDOWN, until), Ok(false));
}

#[test]
fn without_a_time_a_limited_rate_rests_for_the_cooldown_or_until_something_succeeds() {
    let (now, mut circuit) = (Instant::now(), Circuit::new());
    circuit.note_rate(Some(ReasonCode::ProviderRateLimited), None, now);
    assert!(matches!(circuit.admit(false, COOLDOWN, now), Err(Shut::LeftAlone { asked: None, .. })));
    assert_eq!(circuit.admit(false, Duration::from_secs(1), now + Duration::from_secs(1)), Ok(false));
    circuit.note_rate(None, None, now);
    assert_eq!(circuit.admit(false, COOLDOWN, now), Ok(false));
    circuit.note_rate(Some(ReasonCode::ProviderAuth), None, now);
    assert_eq!(circuit.admit(false, COOLDOWN, now), Ok(false), "a wrong key is no matter of how often");
}

proptest! {
    #[test]
    fn while_it_is_open_ordinary_calls_go_one_at_a_time_and_never_before_the_cooldown(
        steps in prop::collection::vec((0_u64..30, 0_u8..4), 1..200)
    ) {
        let (mut now, mut circuit) = (Instant::now(), Circuit::new());
        let (mut row, mut opened, mut trying) = (0_u32, None::<Instant>, false);
        for (pause, step) in steps {
            now += Duration::from_secs(pause);
            if trying {
                prop_assert_eq!(circuit.admit(false, COOLDOWN, now), Err(Shut::Trying));
                let ending = [Ending::Answered, Ending::Failed, Ending::Failed, Ending::NotMade][usize::from(step)];
                circuit.ended(true, ending, now);
                trying = false;
                match ending {
                    Ending::Answered => (row, opened) = (0, None),
                    Ending::Failed => opened = Some(now),
                    Ending::NotMade => {}
                }
                continue;
            }
            match circuit.admit(false, COOLDOWN, now) {
                Ok(true) => {
                    prop_assert!(opened.is_some_and(|at| now >= at + COOLDOWN));
                    trying = true;
                }
                Ok(false) => {
                    prop_assert!(opened.is_none());
                    let ending = if step == 0 { Ending::Answered } else { Ending::Failed };
                    circuit.ended(false, ending, now);
                    row = if step == 0 { 0 } else { row + 1 };
                    if row >= FAILURES { opened = Some(now) }
                }
                Err(_) => prop_assert!(opened.is_some_and(|at| now < at + COOLDOWN)),
            }
        }
    }
}
