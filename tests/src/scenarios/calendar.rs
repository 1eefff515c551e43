//! The economic calendar is asked for by the clock, and what it says is kept.

use anyhow::{Context, Result, ensure};
use assayer_contract::wire::CALENDAR_LOOP;
use assayer_crds::Integration;
use k8s_openapi::api::core::v1::{Namespace, Secret};
use kube::Api;
use serde_json::{Value, json};

use crate::wait::{self, Look};
use crate::world::World;

/// One look is one row that is nobody's use, with its events; a gateway that starts anew does not look again. A plan without the calendar
/// degrades the Integration, whose handshakes succeed.
pub async fn it_is_asked_for_by_the_clock(
    world: &World,
    (covered, denied): (&str, &str),
    restart: impl AsyncFnOnce() -> Result<()>,
) -> Result<()> {
    integrate(world, denied, Some("license")).await?;
    integrate(world, covered, None).await?;
    let of = |namespace: &str| {
        format!(
            "select m.*, r.user_id, r.integration_name from macro_requests m join requests r using (id)
             where r.integration_namespace = '{namespace}' and m.operation = 'schedule' order by m.id"
        )
    };
    let rows: Vec<Value> = wait::until("the look into the calendar", async || {
        let rows: Vec<Value> = world.rows(&of(covered))?;
        Ok(if rows.is_empty() { Look::NotYet("none".to_owned()) } else { Look::Found(rows) })
    })
    .await?;
    let row = rows.first().context("a row")?;
    ensure!(row["provider"] == "fmp" && row["endpoint"] == "economic-calendar" && row["success"] == true, "{row}");
    ensure!(row["bot_id"].is_null() && row["job_id"].is_null() && row["user_id"] == CALENDAR_LOOP, "{row}");
    // Another Integration's look may have listed the same before.
    world
        .until_sql(
            "its events",
            "select count(*) > 0 and bool_and(e.at > now() - interval '3 days' and exists (select from requests r
                 where r.id = e.request_id and r.operation = 'schedule' and r.outcome = 'success')) from economic_events e",
        )
        .await?;
    wait::until("the Integration to say what its plan lacks", async || {
        let status = Api::<Integration>::namespaced(world.client.clone(), denied).get("fmp").await?.status.context("a status")?;
        let said = status.reason_code == "PROVIDER_ENTITLEMENT" && status.message.contains("economic-calendar");
        Ok(if said { Look::Found(()) } else { Look::NotYet(format!("{status:?}")) })
    })
    .await?;
    restart().await?;
    // The next handshake shows that the gateway has looked at the Integration again.
    let newest = world.sql("select max(id::text) from requests")?;
    let since = format!(
        "select count(*) > 1 from requests where integration_namespace = '{covered}' and operation = 'verify' and id::text > '{}'",
        newest.trim()
    );
    world.until_sql("two handshakes after that", &since).await?;
    for namespace in [covered, denied] {
        let rows: Vec<Value> = world.rows(&of(namespace))?;
        ensure!(rows.len() == 1, "{rows:?}");
    }
    Ok(())
}

async fn integrate(world: &World, namespace: &str, fault: Option<&str>) -> Result<()> {
    let empty = json!({"apiVersion": "v1", "kind": "Namespace"});
    world.apply(&Api::<Namespace>::all(world.client.clone()), namespace, &empty).await?;
    let (key, base) = (uuid::Uuid::new_v4().simple().to_string(), world.vendors.get("fmp").context("the stand-in")?);
    let tell = async |what: &str, body: &Value| {
        world.http.post(format!("{base}/__stand-in/{what}")).json(body).send().await?.error_for_status()
    };
    tell("keys", &json!({"keys": [key]})).await?;
    if let Some(fault) = fault {
        let order = json!({"match": {"path": "economic-calendar", "key": World::fingerprint(&key)}, "fault": fault});
        tell("faults", &order).await?;
    }
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "stringData": {"FMP_API_KEY": key}});
    world.apply(&Api::<Secret>::namespaced(world.client.clone(), namespace), "fmp", &secret).await?;
    let integration = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "Integration", "spec": {"provider": "fmp",
        "credentials": {"secretRef": {"name": "fmp"}}, "endpoint": world.endpoint_of("fmp")?, "verifyEvery": "5s"}});
    world.apply(&Api::<Integration>::namespaced(world.client.clone(), namespace), "fmp", &integration).await?;
    Ok(())
}
