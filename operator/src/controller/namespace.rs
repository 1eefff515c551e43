//! What runners need once in each namespace that has Bots: a ServiceAccount without any right, and a NetworkPolicy that leaves them
//! the gateway and DNS. In: the namespace. Out: the objects. Pure.

use assayer_contract::wire;
use k8s_openapi::{
    api::{core::v1::ServiceAccount, networking::v1::NetworkPolicy},
    apimachinery::pkg::apis::meta::v1::LabelSelector,
};
use kube::api::ObjectMeta;
use serde_json::json;

fn metadata(namespace: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(wire::RUNNER_SERVICE_ACCOUNT.to_owned()),
        namespace: Some(namespace.to_owned()),
        labels: Some([(wire::MANAGED_BY_LABEL.to_owned(), wire::MANAGED_BY.to_owned())].into()),
        ..ObjectMeta::default()
    }
}

/// The runners' ServiceAccount. No role is ever bound to it.
pub(super) fn service_account(namespace: &str) -> ServiceAccount {
    ServiceAccount { metadata: metadata(namespace), automount_service_account_token: Some(false), ..ServiceAccount::default() }
}

/// The runners' NetworkPolicy: nothing comes in; out go calls to the gateway's pods and to the cluster's DNS.
pub(super) fn network_policy(namespace: &str, control_plane: &str) -> Result<NetworkPolicy, serde_json::Error> {
    let runners: LabelSelector = serde_json::from_value(json!({"matchLabels": {(wire::MANAGED_BY_LABEL): wire::MANAGED_BY}}))?;
    let spec = json!({
        "podSelector": runners,
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [],
        "egress": [
            {"to": [{
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": control_plane}},
                "podSelector": {"matchLabels": {"app.kubernetes.io/name": "assayer", "app.kubernetes.io/component": "gateway"}},
            }]},
            {
                "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
                "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
            },
        ],
    });
    Ok(NetworkPolicy { metadata: metadata(namespace), spec: Some(serde_json::from_value(spec)?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runners_reach_the_gateway_and_dns_and_nothing_else() {
        let policy = serde_json::to_value(network_policy("bots", "assayer").unwrap()).unwrap();
        let egress = policy["spec"]["egress"].as_array().unwrap();
        assert_eq!(egress.len(), 2);
        assert!(egress.iter().all(|rule| rule.get("to").is_some()), "a rule without `to` would open everything");
        assert_eq!(policy["spec"]["policyTypes"], json!(["Ingress", "Egress"]));
        assert!(policy["spec"].get("ingress").is_none_or(|rules| rules == &json!([])));
        assert_eq!(policy["spec"]["podSelector"]["matchLabels"][wire::MANAGED_BY_LABEL], wire::MANAGED_BY);
    }
}
