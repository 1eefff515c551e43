//! What somebody relies on who asks for rows.

use super::*;

type Change = fn(&mut Asking);

fn asked(change: impl FnOnce(&mut Asking)) -> Result<Search, String> {
    let mut asking = Asking::default();
    change(&mut asking);
    asking.search(DateTime::UNIX_EPOCH + TimeDelta::days(20_000), ROWS.1).map_err(|refusal| refusal.problem.detail)
}

#[test]
fn without_a_time_a_day_is_looked_through_of_a_bot_a_month_and_of_a_cycle_everything() {
    let length = |search: Search| search.to - search.from;
    assert_eq!(length(asked(|_| {}).unwrap()), LOOK_BACK);
    assert_eq!(length(asked(|asking| asking.bot_id = Some("desk/x".into())).unwrap()), LOOK_BACK_OF_BOT);
    let of_trace = asked(|asking| asking.trace_id = Some(Uuid::nil().to_string())).unwrap();
    assert_eq!((of_trace.by, of_trace.from), (By::Trace(Uuid::nil()), DateTime::UNIX_EPOCH));
}

#[test]
fn what_cannot_be_asked_for_is_refused_by_its_name_and_value() {
    let ask: [(Change, &str); 8] = [
        (|asking| asking.trace_id = Some("x".into()), "traceId is \"x\""),
        (|asking| asking.before = Some("x".into()), "before is \"x\""),
        (|asking| asking.limit = Some("501".into()), "limit is \"501\""),
        (|asking| asking.limit = Some("0".into()), "limit is \"0\""),
        (|asking| asking.from = Some("yesterday".into()), "from is \"yesterday\""),
        (|asking| asking.to = Some("1970".into()), "to is \"1970\""),
        (|asking| asking.source = Some("weather".into()), "source is \"weather\""),
        (
            |asking| {
                asking.trace_id = Some(Uuid::nil().to_string());
                asking.bot_id = Some("x".into());
            },
            "traceId and botId",
        ),
    ];
    for (change, names) in ask {
        let detail = asked(change).unwrap_err();
        assert!(detail.contains(names), "{detail}");
    }
    let backwards = asked(|asking| asking.from = Some("2300-01-01T00:00:00Z".into()));
    assert!(backwards.unwrap_err().contains("give a to that is later"));
}
