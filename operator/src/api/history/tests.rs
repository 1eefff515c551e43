//! What a caller relies on of pages.

use uuid::Uuid;

use super::next;
use crate::api::tests::{app, refusal};

#[test]
fn a_page_says_where_the_next_begins_and_the_last_says_nothing() {
    let ids: Vec<_> = (0..3).map(Uuid::from_u128).collect();
    let mut rows = ids.clone();
    assert_eq!(next(&mut rows, 2, |id| *id), Some(ids[1]));
    assert_eq!(rows, ids[..2]);
    assert_eq!(next(&mut rows, 2, |id| *id), None);
    assert_eq!(next(&mut Vec::<Uuid>::new(), 2, |id| *id), None);
}

#[tokio::test(start_paused = true)]
async fn a_session_and_a_lineage_are_read_by_whom_kubernetes_lets_read_its_bot_and_unknown_while_the_database_is_away() {
    let job = Uuid::from_u128(1);
    let report = |what: &str| format!("reports/{job}{what}");
    for what in [report(""), report("/bars"), report("/html"), "lineage".to_owned()] {
        let path = |namespace: &str| format!("/api/bots/{namespace}/spx-cross/{what}");
        let asked = async |namespace: &str, token| refusal(app(false, &["desk", "other"]), &path(namespace), token).await.0;
        assert_eq!(asked("desk", None).await, 401, "{what}");
        assert_eq!(asked("other", Some("good")).await, 403, "{what}");
        assert_eq!(asked("desk", Some("good")).await, 503, "{what}");
    }
    for (query, parameter) in [("limit=51", "limit"), ("before=yesterday", "before"), ("colour=red", "colour")] {
        let (status, _, told) =
            refusal(app(false, &["desk"]), &format!("/api/bots/desk/spx-cross/lineage?{query}"), Some("good")).await;
        assert_eq!(status, 400, "{query}");
        assert!(told.to_string().contains(parameter), "{told}");
    }
}
