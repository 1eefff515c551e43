//! What a cookie holds: a token that nobody but the processes of this installation can read. In: a token and when the session ends.
//! Out: a text for a cookie, and back. Not pure: draws random numbers.
//!
//! ChaCha20-Poly1305 with a random nonce for each sign-in: one key seals billions of them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    error::Unspecified,
    hkdf,
    rand::{SecureRandom, SystemRandom},
};
use secrecy::{ExposeSecret, SecretString};

/// Sessions. Another form of what is sealed has another word, so that neither is taken for the other.
pub(super) const SESSION: &[u8] = b"assayer session 1";
/// Sign-ins that have begun at the issuer.
pub(super) const BEGUN: &[u8] = b"assayer sign-in 1";
/// Bytes of the moment at which a session ends, before the token.
const MOMENT: usize = size_of::<i64>();
/// A key file with less in it is no key.
pub(crate) const LEAST_KEY_BYTES: usize = 32;

/// The key of all replicas.
pub(crate) struct Sealer {
    form: &'static [u8],
    key: LessSafeKey,
    random: SystemRandom,
}

/// Somebody's session, as the cookie holds it.
pub(crate) struct Session {
    /// The Kubernetes token that they signed in with.
    pub(crate) token: SecretString,
    /// When it ends.
    pub(crate) ends: DateTime<Utc>,
}

/// A secret that this process alone has.
pub(crate) fn secret_of_this_process() -> Result<[u8; LEAST_KEY_BYTES], Unspecified> {
    let mut secret = [0; LEAST_KEY_BYTES];
    SystemRandom::new().fill(&mut secret)?;
    Ok(secret)
}

impl Sealer {
    /// Of a secret that is at least [`LEAST_KEY_BYTES`] long and random.
    pub(crate) fn of(form: &'static [u8], secret: &[u8]) -> Result<Self, Unspecified> {
        let key = hkdf::Salt::new(hkdf::HKDF_SHA256, b"assayer").extract(secret);
        let key = UnboundKey::from(key.expand(&[form], &CHACHA20_POLY1305)?);
        Ok(Self { form, key: LessSafeKey::new(key), random: SystemRandom::new() })
    }

    /// The session as a text of letters, digits, `-` and `_`.
    pub(crate) fn seal(&self, session: &Session) -> Result<String, Unspecified> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce)?;
        let mut sealed = session.ends.timestamp().to_be_bytes().to_vec();
        sealed.extend_from_slice(session.token.expose_secret().as_bytes());
        self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(self.form), &mut sealed)?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What was sealed with the same key; nothing where the text is anything else. Whether the session has ended is the caller's to ask.
    pub(crate) fn open(&self, text: &str) -> Option<Session> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self.key.open_in_place(nonce, Aad::from(self.form), &mut sealed).ok()?;
        let (ends, token) = opened.split_at_checked(MOMENT)?;
        let ends = DateTime::from_timestamp(i64::from_be_bytes(ends.try_into().ok()?), 0)?;
        Some(Session { token: SecretString::from(str::from_utf8(token).ok()?), ends })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"a key of two and thirty letters!";

    fn session() -> Session {
        Session { token: "a.kubernetes.token".into(), ends: DateTime::from_timestamp(1_800_000_000, 0).unwrap() }
    }

    #[test]
    fn another_replica_with_the_same_key_opens_what_was_sealed() {
        let sealed = Sealer::of(SESSION, KEY).unwrap().seal(&session()).unwrap();
        let opened = Sealer::of(SESSION, KEY).unwrap().open(&sealed).unwrap();
        assert_eq!((opened.token.expose_secret(), opened.ends), ("a.kubernetes.token", session().ends));
        let decoded = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        assert!(!decoded.windows(5).any(|part| part == b"token"), "the token cannot be read in it");
    }

    #[test]
    fn a_sign_in_that_has_begun_is_no_session() {
        let begun = Sealer::of(BEGUN, KEY).unwrap().seal(&session()).unwrap();
        assert!(Sealer::of(SESSION, KEY).unwrap().open(&begun).is_none());
    }

    #[test]
    fn what_another_key_sealed_or_somebody_changed_is_no_session() {
        let key = Sealer::of(SESSION, KEY).unwrap();
        assert!(key.open(&Sealer::of(SESSION, &secret_of_this_process().unwrap()).unwrap().seal(&session()).unwrap()).is_none());
        let sealed = key.seal(&session()).unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last character carries bits that decode to nothing: those are refused by the decoder.
            assert!(key.open(&changed).is_none(), "{place}");
        }
        for text in ["", "A", "no base64!", &"A".repeat(40)] {
            assert!(key.open(text).is_none(), "{text}");
        }
    }

    #[test]
    fn no_two_sign_ins_look_alike() {
        let key = Sealer::of(SESSION, KEY).unwrap();
        assert_ne!(key.seal(&session()).unwrap(), key.seal(&session()).unwrap());
    }
}
