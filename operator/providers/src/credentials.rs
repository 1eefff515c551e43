//! A vendor's secrets. In: the data of a Kubernetes Secret. Out: values that no log, row, error or URL can show. Pure.

use std::{collections::BTreeMap, fmt};

use assayer_contract::ReasonCode;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};

/// Secrets by the names that the vendor's own tools use, for example `DATABENTO_API_KEY`.
#[derive(Clone, Default)]
pub struct Credentials(BTreeMap<String, SecretString>);

/// What is wrong with a credential. Names the key, never its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// A required key is not there or empty.
    #[error("{0} is missing: add it to the Secret that the Integration names")]
    Missing(&'static str),
    /// The value cannot be one of this vendor's.
    #[error("{key} is not a key of this vendor: {expected}")]
    Malformed {
        /// Name of the key.
        key: &'static str,
        /// What the vendor's keys look like.
        expected: &'static str,
    },
}

impl CredentialError {
    /// The reason code of this error.
    pub fn reason_code(&self) -> ReasonCode {
        match self {
            Self::Missing(_) => ReasonCode::IntegrationKeyMissing,
            Self::Malformed { .. } => ReasonCode::IntegrationKeyMalformed,
        }
    }
}

impl Credentials {
    /// Takes a Secret's keys and values. White space at the ends of a value, as editors leave it, is dropped.
    pub fn new(keys: impl IntoIterator<Item = (String, SecretString)>) -> Self {
        Self(keys.into_iter().map(|(name, value)| (name, SecretString::from(value.expose_secret().trim()))).collect())
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &'static str) -> Result<&SecretString, CredentialError> {
        let found = self.0.get(key).filter(|value| !value.expose_secret().is_empty());
        found.ok_or(CredentialError::Missing(key))
    }

    /// The text with every one of these secrets taken out, plain or as a Basic sign-in encodes it: for whatever a vendor echoes.
    pub fn scrub(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for secret in self.0.values().map(ExposeSecret::expose_secret).filter(|secret| secret.len() >= 8) {
            for form in [secret.to_owned(), STANDARD.encode(secret), STANDARD.encode(format!("{secret}:"))] {
                out = out.replace(&form, "[redacted]");
            }
        }
        out
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials() -> Credentials {
        Credentials::new([("DATABENTO_API_KEY".to_owned(), SecretString::from("db-0123456789abcdef0123456789abc\n"))])
    }

    #[test]
    fn printing_credentials_shows_names_only() {
        assert_eq!(format!("{:?}", credentials()), r#"{"DATABENTO_API_KEY"}"#);
    }

    #[test]
    fn a_secret_that_a_vendor_echoes_is_taken_out() {
        let basic = STANDARD.encode("db-0123456789abcdef0123456789abc:");
        let text = format!("bad key db-0123456789abcdef0123456789abc (Basic {basic})");
        assert_eq!(credentials().scrub(&text), "bad key [redacted] (Basic [redacted])");
    }
}
