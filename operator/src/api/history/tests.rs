//! What a caller relies on of pages.

use uuid::Uuid;

use super::next;

#[test]
fn a_page_says_where_the_next_begins_and_the_last_says_nothing() {
    let ids: Vec<_> = (0..3).map(Uuid::from_u128).collect();
    let mut rows = ids.clone();
    assert_eq!(next(&mut rows, 2, |id| *id), Some(ids[1]));
    assert_eq!(rows, ids[..2]);
    assert_eq!(next(&mut rows, 2, |id| *id), None);
    assert_eq!(next(&mut Vec::<Uuid>::new(), 2, |id| *id), None);
}
