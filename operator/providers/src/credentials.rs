//! A vendor's secrets. In: the data of a Kubernetes Secret. Out: values that no log, row, error or URL can show. Pure.

use std::{collections::BTreeMap, fmt};

use assayer_contract::{ReasonCode, Sha256Hash};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};

use crate::{AccountKind, Facts, Key};

/// Secrets by the names that the vendor's own tools use, for example `DATABENTO_API_KEY`.
#[derive(Clone, Default)]
pub struct Credentials(BTreeMap<String, SecretString>);

/// What is wrong with a credential. Names the key, never its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// A required key is not there or empty.
    #[error("{0} is missing: add it to the Secret that the Integration names")]
    Missing(&'static str),
    /// The provider is signed in by a session, and there is none.
    #[error("nobody has signed in")]
    NotSignedIn,
    /// The value cannot be one of this vendor's.
    #[error("{key} is not a key of this vendor: {expected}")]
    Malformed {
        /// Name of the key.
        key: &'static str,
        /// What the vendor's keys look like.
        expected: &'static str,
    },
    /// The value is another vendor's.
    #[error("{key}: this is a key of {owner}; expected {expected}")]
    OfAnother {
        /// Name of the key.
        key: &'static str,
        /// The vendor whose key it is.
        owner: &'static str,
        /// What the vendor's keys look like.
        expected: &'static str,
    },
}

impl CredentialError {
    /// The value of a key that cannot be one.
    fn unfit(key: &Key, value: &str, facts: &Facts) -> Self {
        match crate::owner(value).filter(|owner| owner.name != facts.name) {
            Some(owner) => Self::OfAnother { key: key.name, owner: owner.title, expected: key.form.expected },
            None => Self::Malformed { key: key.name, expected: key.form.expected },
        }
    }

    /// The reason code of this error.
    pub fn reason_code(&self) -> ReasonCode {
        match self {
            Self::Missing(_) => ReasonCode::IntegrationKeyMissing,
            Self::NotSignedIn => ReasonCode::ProviderAuth,
            Self::Malformed { .. } | Self::OfAnother { .. } => ReasonCode::IntegrationKeyMalformed,
        }
    }
}

impl Credentials {
    /// Takes a Secret's keys and values. White space at the ends of a value, as editors leave it, is dropped.
    pub fn new(keys: impl IntoIterator<Item = (String, SecretString)>) -> Self {
        Self(keys.into_iter().map(|(name, value)| (name, SecretString::from(value.expose_secret().trim()))).collect())
    }

    /// The same with one more secret, such as the token of a session, so that it is scrubbed like the others.
    #[must_use]
    pub fn with(mut self, name: &str, value: SecretString) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// The value of a key, under whichever of its names it is kept.
    pub(crate) fn of(&self, key: &Key) -> Result<&SecretString, CredentialError> {
        let names = std::iter::once(&key.name).chain(key.also);
        let found = names.filter_map(|name| self.0.get(*name)).find(|value| !value.expose_secret().is_empty());
        found.ok_or(CredentialError::Missing(key.name))
    }

    /// Whether a broker's account is for demonstration or live, by a key of [`Key::of_account_kind`].
    pub(crate) fn account_kind(&self, key: &Key) -> Result<AccountKind, CredentialError> {
        match self.of(key)?.expose_secret() {
            "demo" => Ok(AccountKind::Demo),
            "live" => Ok(AccountKind::Live),
            _ => Err(CredentialError::Malformed { key: key.name, expected: key.form.expected }),
        }
    }

    /// Tells these keys from others of the same provider while a process lives. It may be guessed from: nothing may keep it or show it.
    pub fn fingerprint(&self, facts: &Facts) -> Sha256Hash {
        let hash = |key: &Key| self.of(key).map_or(Sha256Hash::of(b""), |value| Sha256Hash::of(value.expose_secret().as_bytes()));
        let hashes: Vec<_> = facts.keys().map(hash).collect();
        Sha256Hash::of_parts(hashes.iter().map(|hash| hash.as_bytes().as_slice()))
    }

    /// Names of the required keys that are not there.
    pub fn missing(&self, facts: &Facts) -> Vec<&'static str> {
        facts.required_keys.iter().filter(|key| self.of(key).is_err()).map(|key| key.name).collect()
    }

    /// Whether every required key is there, and every key that is there can be one of the vendor's.
    pub(crate) fn check(&self, facts: &Facts) -> Result<(), CredentialError> {
        for key in facts.required_keys {
            self.of(key)?;
        }
        for (key, value) in facts.keys().filter_map(|key| Some((key, self.of(key).ok()?))) {
            if !(key.form.certain)(value.expose_secret()) {
                return Err(CredentialError::unfit(key, value.expose_secret(), facts));
            }
        }
        Ok(())
    }

    /// Keys whose values are there and look unlike the vendor's others, in a sentence each.
    pub fn doubts(&self, facts: &Facts) -> Vec<String> {
        let there = facts.keys().filter_map(|key| Some((key, self.of(key).ok()?)));
        let odd = there.filter(|(key, value)| !(key.form.likely)(value.expose_secret()));
        odd.map(|(key, _)| format!("{} looks unlike a key of {}: expected {}", key.name, facts.title, key.form.expected))
            .collect()
    }

    /// The text with every one of these secrets taken out, plain or as a Basic sign-in encodes it: for whatever a vendor echoes.
    pub fn scrub(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for secret in self.0.values().map(ExposeSecret::expose_secret).filter(|secret| secret.len() >= 8) {
            for form in [secret.to_owned(), STANDARD.encode(secret), STANDARD.encode(format!("{secret}:"))] {
                out = out.replace(&form, "[redacted]");
            }
            // Of a URL that is a secret, the part that opens is a segment of its path or a value of its query.
            let parts = secret.strip_prefix("https://").into_iter().flat_map(|rest| rest.split(['/', '?', '&', '=']).skip(1));
            for part in parts.filter(|part| part.len() >= 8) {
                out = out.replace(part, "[redacted]");
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
