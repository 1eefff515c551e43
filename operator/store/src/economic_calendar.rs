//! The economic calendar. In: an Integration; events as an answer listed them. Out: when it was last asked for; new or changed events as
//! rows. Not pure.

use assayer_contract::EconomicEvent;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// What was before says nothing of whether it is due.
const LOOK_BACK: TimeDelta = TimeDelta::hours(25);

/// When the calendar was asked for through an Integration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastLook {
    /// The newest time, under the present spec.
    pub at: Option<DateTime<Utc>>,
    /// Whether anything succeeded through it since its spec is what it is: without that, a look would only be refused once more.
    pub proven: bool,
}

/// The last look through the Integration with this UID, under this generation of its spec.
pub async fn last_look(pool: &PgPool, integration_id: Uuid, generation: i64, now: DateTime<Utc>) -> Result<LastLook, StoreError> {
    let last = sqlx::query_as!(
        LastLook,
        r#"select (select s.created_at from requests s where s.integration_id between $1 and $1 and s.integration_generation = $2
                    and s.operation <> 'call' and s.operation = 'schedule' and s.id >= uuid_floor($3)
                    order by s.integration_id desc, s.id desc limit 1) as at,
               exists (select from requests p where p.integration_id between $1 and $1 and p.integration_generation = $2
                    and p.outcome = 'success' and p.operation <> 'call' and p.id >= uuid_floor($3)) as "proven!""#,
        integration_id,
        generation,
        now - LOOK_BACK
    );
    Ok(last.fetch_one(pool).await?)
}

/// Stores what is new or has changed in an answer; how many that were. `events` has each event once.
pub async fn store(pool: &PgPool, provider: &str, request_id: Uuid, events: &[EconomicEvent]) -> Result<u64, StoreError> {
    let texts = |of: fn(&EconomicEvent) -> Option<String>| events.iter().map(of).collect::<Vec<_>>();
    let times: Vec<_> = events.iter().map(|event| event.at).collect();
    let countries: Vec<_> = events.iter().map(|event| event.country.clone()).collect();
    let names: Vec<_> = events.iter().map(|event| event.name.clone()).collect();
    let done = sqlx::query!(
        "insert into economic_events (provider, request_id, at, country, name, impact, actual, estimate, previous)
         select $1, $2, e.at, e.country, e.name, e.impact, e.actual, e.estimate, e.previous
         from unnest($3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
             as e (at, country, name, impact, actual, estimate, previous)
         left join lateral (select * from economic_events k
             where k.provider = $1 and k.country = e.country and k.name = e.name and k.at = e.at order by k.id desc limit 1) k on true
         where k.id is null
             or (k.impact, k.actual, k.estimate, k.previous) is distinct from (e.impact, e.actual, e.estimate, e.previous)",
        provider,
        request_id,
        &times,
        &countries,
        &names,
        &texts(|event| event.impact.clone()) as _,
        &texts(|event| event.actual.clone()) as _,
        &texts(|event| event.estimate.clone()) as _,
        &texts(|event| event.previous.clone()) as _,
    );
    Ok(done.execute(pool).await?.rows_affected())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::integrations::tests::{INTEGRATION, as_role, row};

    fn event(actual: Option<&str>) -> EconomicEvent {
        let [country, name] = ["US", "CPI MoM"].map(str::to_owned);
        let figure = |text: &str| Some(text.to_owned());
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let (impact, actual) = (figure("High"), actual.and_then(figure));
        EconomicEvent { at, country, name, impact, actual, estimate: figure("0.3"), previous: None }
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn what_is_unchanged_is_stored_once_and_what_changed_back_and_forth_each_time(pool: PgPool) {
        let gateway = as_role(&pool, "assayer_gateway").await;
        let mut stored = Vec::new();
        for actual in [None, None, Some("0.4"), Some("0.4"), None] {
            stored.push(store(&gateway, "fmp", Uuid::now_v7(), &[event(actual)]).await.unwrap());
        }
        assert_eq!(stored, [1, 0, 1, 0, 1]);
        sqlx::query("update economic_events set actual = '9'").execute(&gateway).await.unwrap_err();
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_look_is_found_and_so_is_whether_the_key_was_proven(pool: PgPool) {
        let gateway = as_role(&pool, "assayer_gateway").await;
        assert_eq!(last_look(&gateway, INTEGRATION, 1, Utc::now()).await.unwrap(), LastLook::default());
        row(&gateway, json!({"operation": "verify"})).await;
        let scheduled =
            row(&gateway, json!({"operation": "schedule", "outcome": "failed", "reason_code": "PROVIDER_ENTITLEMENT"})).await;
        let last = last_look(&gateway, INTEGRATION, 1, Utc::now()).await.unwrap();
        assert_eq!((last.at, last.proven), (Some(scheduled.created_at), true));
        assert_eq!(last_look(&gateway, INTEGRATION, 2, Utc::now()).await.unwrap(), LastLook::default());
    }
}
