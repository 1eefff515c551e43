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
async fn a_session_is_read_by_whom_kubernetes_lets_read_its_bot_and_unknown_while_the_database_is_away() {
    let job = Uuid::from_u128(1);
    for what in ["", "/bars", "/html"] {
        let path = |namespace: &str| format!("/api/bots/{namespace}/spx-cross/reports/{job}{what}");
        let asked = async |namespace: &str, token| refusal(app(false, &["desk", "other"]), &path(namespace), token).await.0;
        assert_eq!(asked("desk", None).await, 401, "{what}");
        assert_eq!(asked("other", Some("good")).await, 403, "{what}");
        assert_eq!(asked("desk", Some("good")).await, 503, "{what}");
    }
}
