//! `GET /api/integrations/{namespace}/{name}/verifications`, `…/events` and `…/usage`. In: an Integration. Out: its newest rows, or
//! counts of them. Not pure.

use assayer_contract::{Problem, ReasonCode};
use assayer_crds::{DurationText, Integration};
use assayer_store::{
    integration_history::{self, UsageEvent, Verification},
    integration_use::{self, Bucket},
};
use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use kube::{Api, ResourceExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::namespace_name;
use crate::api::{
    App, Refusal,
    access::{Caller, Right, demand},
    find::is_name,
    refusal::{bad_request, shown},
};

/// Path of [`verifications`].
pub(crate) const VERIFICATIONS: &str = "/api/integrations/{namespace}/{name}/verifications";
/// Path of [`events`].
pub(crate) const EVENTS: &str = "/api/integrations/{namespace}/{name}/events";
/// Path of [`usage`].
pub(crate) const USAGE: &str = "/api/integrations/{namespace}/{name}/usage";
/// Rows that are listed.
const ROWS: i64 = 20;
/// Minutes of one count.
const MINUTES: i32 = 15;
const DAY: TimeDelta = TimeDelta::hours(24);
const WEEK: TimeDelta = TimeDelta::days(7);

/// The newest handshakes.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Verifications {
    /// The Integration.
    integration: Whose,
    /// The newest of the last 30 days, the newest first; at most 20.
    verifications: Vec<Verification>,
}

/// The newest rows, of whatever purpose.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Events {
    /// The Integration.
    integration: Whose,
    /// The newest of the last 30 days, the newest first; at most 20.
    events: Vec<UsageEvent>,
}

/// Counts by quarters of an hour.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Usage {
    /// The Integration.
    integration: Whose,
    /// Beginning of the first quarter of an hour.
    from: DateTime<Utc>,
    /// End of the last.
    to: DateTime<Utc>,
    /// The oldest first. One without rows is there, with zeros.
    buckets: Vec<Bucket>,
}

/// Which Integration.
#[derive(Debug, Serialize, JsonSchema)]
struct Whose {
    /// Its UID.
    id: Uuid,
    /// Its namespace.
    namespace: String,
    /// Its name.
    name: String,
    /// Registry name of its provider.
    provider: String,
}

/// How far back.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asking {
    window: Option<String>,
}

type Named = Result<Path<(String, String)>, PathRejection>;

/// The newest handshakes.
pub(crate) async fn verifications(State(app): State<App>, caller: Caller, path: Named) -> Result<Json<Verifications>, Refusal> {
    let integration = find(&app, &caller, path).await?;
    let verifications = integration_history::verifications(&app.pool, integration.id, ROWS, Utc::now()).await?;
    Ok(Json(Verifications { integration, verifications }))
}

/// The newest rows.
pub(crate) async fn events(State(app): State<App>, caller: Caller, path: Named) -> Result<Json<Events>, Refusal> {
    let integration = find(&app, &caller, path).await?;
    let events = integration_history::events(&app.pool, integration.id, ROWS, Utc::now()).await?;
    Ok(Json(Events { integration, events }))
}

/// Counts of rows, by quarters of an hour up to the present one.
pub(crate) async fn usage(
    State(app): State<App>,
    caller: Caller,
    path: Named,
    asking: Result<Query<Asking>, QueryRejection>,
) -> Result<Json<Usage>, Refusal> {
    let integration = find(&app, &caller, path).await?;
    let Query(Asking { window }) = asking?;
    let (from, to) = stretch(window.as_deref().map(length).transpose()?.unwrap_or(DAY), Utc::now());
    let buckets = integration_use::series(&app.pool, integration.id, from, to, MINUTES).await?;
    Ok(Json(Usage { integration, from, to, buckets }))
}

async fn find(app: &App, caller: &Caller, path: Named) -> Result<Whose, Refusal> {
    let Path((namespace, name)) = path?;
    let namespace = namespace_name(&namespace)?.to_owned();
    if !is_name(&name) {
        return Err(bad_request(&format!("the Integration's name cannot be {:?}", shown(&name))));
    }
    demand(app, caller, &Right::Integration(namespace.clone(), name.clone())).await?;
    let found = Api::<Integration>::namespaced(app.client.clone(), &namespace).get_opt(&name).await?;
    let identified = found.and_then(|one| Some((one.uid()?.parse().ok()?, one.spec.provider.name().to_owned())));
    let Some((id, provider)) = identified else {
        let problem = Problem::new(404, ReasonCode::NotFound, format!("there is no Integration \"{namespace}/{name}\""));
        return Err(problem
            .with_fix("See `kubectl get integrations --all-namespaces`. Rows outlive it: see the table requests.")
            .into());
    };
    Ok(Whose { id, namespace, name, provider })
}

fn length(text: &str) -> Result<TimeDelta, Refusal> {
    let parsed = text.parse::<DurationText>().ok().and_then(|text| TimeDelta::from_std(text.duration()).ok());
    parsed
        .filter(|length| *length <= WEEK)
        .ok_or_else(|| bad_request(&format!("window is {:?}: give a duration up to 168h, such as 24h", shown(text))))
}

/// From the beginning of a quarter of an hour to the end of the present one.
fn stretch(length: TimeDelta, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let quarter = i64::from(MINUTES) * 60;
    let of = |second: i64| DateTime::from_timestamp(second, 0).unwrap_or(now);
    let end = (now.timestamp().div_euclid(quarter) + 1) * quarter;
    let quarters = length.num_seconds().div_euclid(quarter) + i64::from(length.num_seconds().rem_euclid(quarter) != 0);
    (of(end - quarters.max(1) * quarter), of(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_with_the_present_quarter_of_an_hour_and_is_whole() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let now = at("2026-11-21T10:07:30Z");
        assert_eq!(stretch(TimeDelta::hours(24), now), (at("2026-11-20T10:15:00Z"), at("2026-11-21T10:15:00Z")));
        assert_eq!(stretch(TimeDelta::minutes(20), now), (at("2026-11-21T09:45:00Z"), at("2026-11-21T10:15:00Z")));
        assert_eq!(stretch(TimeDelta::seconds(1), now), (at("2026-11-21T10:00:00Z"), at("2026-11-21T10:15:00Z")));
    }

    #[test]
    fn a_window_that_is_none_or_too_long_is_refused_by_its_value() {
        for text in ["", "day", "169h", "-1h"] {
            assert!(length(text).unwrap_err().problem.detail.contains(&format!("window is {text:?}")));
        }
        assert_eq!(length("168h").unwrap(), WEEK);
    }
}
