//! One message of many notices. In: what is to be told. Out: the words. Pure.

use assayer_contract::ReasonCode;
use assayer_providers::{Change, Message};
use assayer_store::notices::{LastMessage, Notice};

use crate::forward::About;

/// Changes that are told one by one; the others are counted.
const ONE_BY_ONE: usize = 10;

/// The message that tells of these, the oldest first. The API is reached at `api`; empty where nobody knows.
pub(super) fn message(namespace: &str, notices: &[Notice], last: &LastMessage, api: &str) -> Message {
    let failing = notices.iter().filter(|notice| !notice.holds).count();
    let title = match (failing, notices.len() - failing) {
        (failing, 0) => format!("Assayer, {namespace}: {failing} no longer so"),
        (0, again) => format!("Assayer, {namespace}: {again} recovered"),
        (failing, again) => format!("Assayer, {namespace}: {failing} no longer so, {again} recovered"),
    };
    Message {
        title,
        changes: notices.iter().take(ONE_BY_ONE).map(|notice| change(notice, api)).collect(),
        more: notices.len().saturating_sub(ONE_BY_ONE),
        unknown: usize::try_from(last.unknown).unwrap_or_default(),
    }
}

/// The Bot that all of it is about, if it is one.
pub(super) fn about(notices: &[Notice]) -> Option<About> {
    let first = notices.first().filter(|first| first.object_kind == "Bot")?;
    let one = notices.iter().all(|notice| notice.object_uid == first.object_uid);
    let (namespace, name) = (first.object_namespace.clone(), first.object_name.clone());
    one.then_some(About { bot_id: first.object_uid, namespace, name })
}

fn change(notice: &Notice, api: &str) -> Change {
    let Notice { object_kind, object_namespace, object_name, .. } = notice;
    let fix = notice.reason_code.parse().map_or("", ReasonCode::suggested_fix);
    let path = match object_kind.as_str() {
        "System" => "/api/system/status".to_owned(),
        "Bot" => format!("/api/_proof/bot/{object_namespace}/{object_name}"),
        _ => format!("/api/integrations/{object_namespace}/{object_name}/events"),
    };
    let (object, topic) = match object_kind.as_str() {
        "System" => ("System".to_owned(), "OK".to_owned()),
        kind => (format!("{kind} {object_namespace}/{object_name}"), notice.topic.clone()),
    };
    Change {
        object,
        topic,
        holds: notice.holds,
        reason_code: notice.reason_code.clone(),
        message: notice.message.clone(),
        fix: fix.to_owned(),
        proof: format!("{api}{path}"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    fn notice(bot: u128, holds: bool) -> Notice {
        Notice {
            id: 1,
            created_at: DateTime::UNIX_EPOCH,
            object_kind: "Bot".to_owned(),
            object_uid: Uuid::from_u128(bot),
            object_namespace: "desk".to_owned(),
            object_name: "es".to_owned(),
            topic: "ProofComplete".to_owned(),
            holds,
            reason_code: "PROVIDER_AUTH".to_owned(),
            message: "no".to_owned(),
        }
    }

    #[test]
    fn a_thousand_changes_are_ten_lines_and_a_count() {
        let storm: Vec<_> = (0..1_000).map(|bot| notice(bot, bot % 4 == 0)).collect();
        let message = message("desk", &storm, &LastMessage::default(), "");
        assert_eq!((message.changes.len(), message.more), (10, 990));
        assert_eq!(message.title, "Assayer, desk: 750 no longer so, 250 recovered");
        assert!(about(&storm).is_none());
    }

    #[test]
    fn a_change_says_what_to_do_and_where_its_rows_are() {
        let one = [notice(1, false)];
        let told = message("desk", &one, &LastMessage { unknown: 2, ..LastMessage::default() }, "https://assayer.example");
        let change = told.changes.first().unwrap();
        assert_eq!(change.fix, ReasonCode::ProviderAuth.suggested_fix());
        assert_eq!((change.proof.as_str(), told.unknown), ("https://assayer.example/api/_proof/bot/desk/es", 2));
        assert_eq!(about(&one).unwrap().bot_id, Uuid::from_u128(1));
    }

    #[test]
    fn the_system_is_named_as_what_it_is_and_by_its_path_where_no_address_is_known() {
        let one = [Notice { object_kind: "System".to_owned(), topic: "System".to_owned(), ..notice(0, false) }];
        let told = message("assayer", &one, &LastMessage::default(), "");
        let change = told.changes.first().unwrap();
        assert_eq!(
            (change.object.as_str(), change.topic.as_str(), change.proof.as_str()),
            ("System", "OK", "/api/system/status")
        );
        assert!(about(&one).is_none());
    }
}
