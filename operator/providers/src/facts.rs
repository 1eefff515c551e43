//! What stays the same about a vendor: its names, its keys, how it is asked whether a key is good, how often it may be called. Pure.

use std::time::Duration;

use assayer_contract::Source;

use crate::{sign_in::SignIn, text};

/// The facts of one provider.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Registry name, lower camel case: the segment after `/v1/providers/`.
    pub name: &'static str,
    /// The vendor's name as it writes it.
    pub title: &'static str,
    /// The kind of thing that it is.
    pub category: Category,
    /// Base URL of its API, ending in `/`; empty where the credential names it.
    pub base: &'static str,
    /// The secrets that signing in needs.
    pub required_keys: &'static [Key],
    /// Secrets that may be there as well.
    pub optional_keys: &'static [Key],
    /// How requests are signed in.
    pub sign_in: SignIn,
    /// A harmless call that needs a good key; none where the vendor has none.
    pub verify: Option<Verify>,
    /// How often one credential may be used. All of them hold at once.
    pub limits: &'static [Limit],
    /// Header in which the vendor gives its own id of a request.
    pub request_id_header: Option<&'static str>,
    /// Which plan or licence is needed, and what its lack looks like, in a sentence or two.
    pub plan: &'static str,
}

/// The kind of thing that a provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// A source that Bots' jobs use, and whose use is proven by rows.
    Source(Source),
    /// It takes messages for people.
    Notification,
    /// It keeps data of the user's own.
    Storage,
}

impl Category {
    /// The kind of source that it is, if it is one.
    pub fn source(self) -> Option<Source> {
        match self {
            Self::Source(source) => Some(source),
            Self::Notification | Self::Storage => None,
        }
    }
}

/// One secret of a provider.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in the Secret, as the vendor's own tools name it.
    pub name: &'static str,
    /// Other names under which people keep it; the first that is there counts.
    pub also: &'static [&'static str],
    /// What a value looks like.
    pub form: Form,
    /// Where in the vendor's portal it is found, in a sentence.
    pub hint: &'static str,
}

impl Key {
    /// A key that may have any value and no other name.
    pub(crate) const fn any(name: &'static str, hint: &'static str) -> Self {
        Self { name, also: &[], form: Form::ANY, hint }
    }

    /// Which of a broker's two systems the others are for; `Credentials::account_kind` reads it. To be required, although one is
    /// likelier than the other: silence must not choose real money, nor pretend that it did.
    pub(crate) const fn of_account_kind(name: &'static str) -> Self {
        Self {
            form: Form { certain: |kind| matches!(kind, "demo" | "live"), likely: |_| true, expected: "demo or live" },
            ..Self::any(name, "Say which account the key is for: demo is simulated, live is real money.")
        }
    }
}

/// What the values of a key look like.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Whether a value can be one at all, by what the vendor documents; what cannot is refused.
    pub certain: fn(&str) -> bool,
    /// Whether it looks like the others; what does not is warned of and used.
    pub likely: fn(&str) -> bool,
    /// Both in words that follow "expected".
    pub expected: &'static str,
}

impl Form {
    /// Whether a value can be the key of the provider of this name: one word, and not by its beginning a key of another's.
    pub(crate) fn is_word_of(value: &str, provider: &str) -> bool {
        text::is_word(value) && crate::owner(value).is_none_or(|owner| owner.name == provider)
    }

    /// Any text that is not empty.
    pub const ANY: Self = Self { certain: |_| true, likely: |_| true, expected: "any text" };
}

/// A call that proves a key: it needs one, costs nothing and changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Verify {
    /// HTTP method.
    pub method: &'static str,
    /// Path below the base.
    pub path: &'static str,
    /// Query without `?`.
    pub query: &'static str,
}

/// At most so many requests in so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Requests.
    pub requests: u32,
    /// Time.
    pub per: Duration,
}

impl Facts {
    /// Every key, the required ones first.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> {
        self.required_keys.iter().chain(self.optional_keys)
    }
}
