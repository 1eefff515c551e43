//! The values of a credential before they are written, and how they are shown afterwards. In: names and values. Out: what is wrong with
//! them, by name; a masked form. No value leaves this module in a message. Pure.

use std::{collections::BTreeMap, fmt};

use assayer_contract::{Problem, ReasonCode};
use assayer_providers::{ALL, Credentials, Facts, Key, Provider};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// Values by the names of their keys. They are never printed.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Values(BTreeMap<String, Text>);

/// A text that is taken as it comes and is never printed.
struct Text(SecretString);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(SecretString::from(text)))
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Values {
    /// Their names.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// Each with its name, white space at its ends dropped as the gateway drops it.
    pub(crate) fn trimmed(&self) -> impl Iterator<Item = (&str, SecretString)> {
        self.0.iter().map(|(name, Text(value))| (name.as_str(), SecretString::from(value.expose_secret().trim())))
    }

    /// What keeps these from being a credential of the provider's; what only looks odd, in a sentence each.
    pub(crate) fn check(&self, provider: &dyn Provider) -> Result<Vec<String>, Problem> {
        let facts = provider.facts();
        if let Some(unknown) = self.0.keys().find(|name| !names(facts).any(|known| known == name.as_str())) {
            let known: Vec<_> = names(facts).collect();
            // A value in the place of a name must not come back.
            let another = ALL.iter().any(|provider| names(provider.facts()).any(|known| known == unknown));
            let shown = if another { format!("values.{unknown}") } else { "a name in values".to_owned() };
            let detail = format!("{shown} is no key of {}: give {}", facts.title, known.join(", "));
            return Err(Problem::new(422, ReasonCode::RequestInvalid, detail));
        }
        let credentials = Credentials::new(self.trimmed().map(|(name, value)| (name.to_owned(), value)));
        let missing = credentials.missing(facts);
        if !missing.is_empty() {
            let detail = format!("values lacks {}: give every key that {} needs", missing.join(", "), facts.title);
            return Err(Problem::new(422, ReasonCode::IntegrationKeyMissing, detail));
        }
        provider.check(&credentials).map_err(|error| Problem::new(422, error.reason_code(), format!("values: {error}")))?;
        Ok(credentials.doubts(facts))
    }
}

fn names(facts: &Facts) -> impl Iterator<Item = &'static str> {
    facts.keys().flat_map(|key: &'static Key| std::iter::once(key.name).chain(key.also.iter().copied()))
}

/// The last four characters, where that tells nothing: of a long text that is neither a number, a name nor a password.
pub(crate) fn masked(name: &str, value: &str) -> String {
    const HIDDEN: &str = "••••••••";
    let whole = ["USER", "PASS", "_ID", "ACCOUNT", "EMAIL", "URL"].iter().any(|part| name.contains(part));
    let number = value.chars().all(|c| c.is_ascii_digit());
    if whole || number || value.chars().count() < 16 || !value.is_ascii() {
        return HIDDEN.to_owned();
    }
    format!("{HIDDEN}{}", value.get(value.len() - 4..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const GOOD: &str = "db-0123456789abcdef0123456789abc";

    fn checked(values: serde_json::Value) -> Result<Vec<String>, Problem> {
        let values: Values = serde_json::from_value(values).unwrap();
        assert!(!format!("{values:?}").contains(GOOD));
        values.check(assayer_providers::find("databento").unwrap())
    }

    #[test]
    fn a_credential_in_its_vendors_form_passes() {
        assert_eq!(checked(json!({"DATABENTO_API_KEY": format!(" {GOOD}\n")})).unwrap(), Vec::<String>::new());
        assert_eq!(checked(json!({"DATABENTO_API_KEY": GOOD.replace('a', "_")})).unwrap().len(), 1, "odd, but used");
    }

    #[test]
    fn what_is_wrong_is_named_and_no_value_comes_back() {
        for (values, reason, names) in [
            (json!({}), ReasonCode::IntegrationKeyMissing, "DATABENTO_API_KEY"),
            (json!({"DATABENTO_API_KEY": " "}), ReasonCode::IntegrationKeyMissing, "DATABENTO_API_KEY"),
            (json!({"DATABENTO_API_KEY": "a-secret-value"}), ReasonCode::IntegrationKeyMalformed, "DATABENTO_API_KEY"),
            (json!({"FRED_API_KEY": "a-secret-value"}), ReasonCode::RequestInvalid, "values.FRED_API_KEY"),
            (json!({"a-secret-value": "DATABENTO_API_KEY"}), ReasonCode::RequestInvalid, "give DATABENTO_API_KEY"),
        ] {
            let problem = checked(values.clone()).unwrap_err();
            assert_eq!(problem.reason_code, reason, "{values}");
            assert!(problem.detail.contains(names) && !problem.detail.contains("a-secret-value"), "{}", problem.detail);
        }
    }

    #[test]
    fn only_the_end_of_a_long_key_is_shown() {
        assert_eq!(masked("DATABENTO_API_KEY", GOOD), "••••••••9abc");
        for (name, value) in [
            ("DATABENTO_API_KEY", "short"),
            ("TRADOVATE_PASSWORD", "a-long-password-of-many-characters"),
            ("TRADOVATE_USERNAME", "a-long-user-name-of-someone"),
            ("TRADOVATE_CID", "12345678901234567890"),
            ("ALPACA_API_KEY_ID", "PKABCDEFGHIJKLMNOPQR"),
            ("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T0/B0/abcdefgh"),
        ] {
            assert_eq!(masked(name, value), "••••••••", "{name}");
        }
    }
}
