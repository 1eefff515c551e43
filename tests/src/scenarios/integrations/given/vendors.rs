//! Vendors as these scenarios know them: their keys, and what stands for a credential that is malformed, unknown, or good.

use uuid::Uuid;

use crate::world::World;

/// A vendor, the key of it that the scenarios change, and what else its Secret holds.
pub struct Vendor {
    /// Registry name.
    pub provider: &'static str,
    /// Name of its key.
    pub key: &'static str,
    /// The other required keys with their values.
    pub others: &'static [(&'static str, &'static str)],
    /// A good value of the key, in which `{}` stands for 32 hexadecimal digits.
    pub form: &'static str,
    /// One of its keys, and a value that it cannot have; empty where nothing is known that could be none.
    pub malformed: (&'static str, &'static str),
    /// A value of the right form that it does not know.
    pub unknown: &'static str,
    /// The endpoint of its handshake; empty where it has no harmless call.
    pub endpoint: &'static str,
    /// What of a value its stand-in knows as the key.
    pub known: Known,
    /// Whether it is used through a session that a login opens.
    pub session: bool,
}

/// What of a value a stand-in knows as the key.
#[derive(Clone, Copy)]
pub enum Known {
    /// All of it.
    Whole,
    /// What follows the last slash: the URL is the credential.
    EndOfUrl,
    /// It, behind an id and a colon.
    Behind(&'static str),
}

impl Vendor {
    /// A vendor with one key of any word.
    const fn of(
        provider: &'static str,
        key: &'static str,
        form: &'static str,
        unknown: &'static str,
        endpoint: &'static str,
    ) -> Self {
        let malformed = (key, "two words");
        Self { provider, key, others: &[], form, malformed, unknown, endpoint, known: Known::Whole, session: false }
    }

    /// A good key that nobody else has; Databento's is the one by which the namespace's faults are ordered.
    pub(in crate::scenarios) fn new_key(&self, namespace: &str) -> String {
        match self.provider {
            "databento" => World::key_of(namespace),
            _ => self.form.replace("{}", &Uuid::new_v4().simple().to_string()),
        }
    }

    /// What its stand-in knows of this value.
    pub(in crate::scenarios) fn known(&self, value: &str) -> String {
        match self.known {
            Known::Whole => value.to_owned(),
            Known::EndOfUrl => self.secret(value).to_owned(),
            Known::Behind(id) => format!("{id}:{value}"),
        }
    }

    /// What of this value must be found nowhere.
    pub(in crate::scenarios) fn secret<'a>(&self, value: &'a str) -> &'a str {
        match self.known {
            Known::EndOfUrl => value.rsplit('/').next().unwrap_or(value),
            Known::Whole | Known::Behind(_) => value,
        }
    }

    /// Every required key, sorted.
    pub(in crate::scenarios) fn keys(&self) -> Vec<&str> {
        let mut all: Vec<_> = self.others.iter().map(|(name, _)| *name).chain([self.key]).collect();
        all.sort_unstable();
        all
    }
}

const HEX: &str = "ffffffffffffffffffffffffffffffff";
const ALPHANUMERIC: &str = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz";

/// Databento.
pub const DATABENTO: Vendor = Vendor {
    malformed: ("DATABENTO_API_KEY", "db-too-short"),
    ..Vendor::of("databento", "DATABENTO_API_KEY", "", crate::world::WRONG_KEY, "metadata.list_datasets")
};
/// FRED.
pub const FRED: Vendor = Vendor {
    malformed: ("FRED_API_KEY", "ABC"),
    ..Vendor::of("fred", "FRED_API_KEY", "{}", "0123456789abcdef0123456789abcdef", "series")
};
/// Financial Modeling Prep.
pub(in crate::scenarios) const FMP: Vendor = Vendor::of("fmp", "FMP_API_KEY", "{}", HEX, "quote");
/// Massive.
pub(in crate::scenarios) const MASSIVE: Vendor = Vendor::of("massive", "MASSIVE_API_KEY", "{}", HEX, "v1/marketstatus/now");
/// Unusual Whales.
pub(in crate::scenarios) const UNUSUAL_WHALES: Vendor = Vendor::of(
    "unusualWhales",
    "UNUSUAL_WHALES_API_KEY",
    "{}",
    "ffffffff-ffff-4fff-8fff-ffffffffffff",
    "api/stock/{ticker}/info",
);
/// Finnhub.
pub(in crate::scenarios) const FINNHUB: Vendor = Vendor::of("finnhub", "FINNHUB_API_KEY", "{}", ALPHANUMERIC, "quote");
/// Marketaux.
pub(in crate::scenarios) const MARKETAUX: Vendor =
    Vendor { malformed: ("", ""), ..Vendor::of("marketaux", "MARKETAUX_API_KEY", "{}01234567", ALPHANUMERIC, "news/all") };
/// NewsAPI.
pub(in crate::scenarios) const NEWS_API: Vendor = Vendor::of("newsApi", "NEWSAPI_KEY", "{}", HEX, "top-headlines/sources");
const ALPACA_ID: &str = "PK0123456789ABCDEFGH";
/// Alpaca's news.
pub(in crate::scenarios) const ALPACA_NEWS: Vendor = Vendor {
    others: &[("APCA_API_KEY_ID", ALPACA_ID)],
    known: Known::Behind(ALPACA_ID),
    ..Vendor::of("alpacaNews", "APCA_API_SECRET_KEY", "{}01234567", ALPHANUMERIC, "news")
};
/// Alpaca, the broker.
pub(in crate::scenarios) const ALPACA: Vendor = Vendor { provider: "alpaca", endpoint: "account", ..ALPACA_NEWS };
/// Ironbeam.
pub(in crate::scenarios) const IRONBEAM: Vendor = Vendor {
    others: &[("IRONBEAM_USERNAME", "51360001"), ("IRONBEAM_ENV", "demo")],
    malformed: ("IRONBEAM_ENV", "paper"),
    session: true,
    ..Vendor::of("ironbeam", "IRONBEAM_API_KEY", "{}", HEX, "info/trader")
};
/// Tradovate, whose key is the secret of the API key.
pub(in crate::scenarios) const TRADOVATE: Vendor = Vendor {
    others: &[
        ("TRADOVATE_ENV", "demo"),
        ("TRADOVATE_USERNAME", "a-trader-of-mine"),
        ("TRADOVATE_PASSWORD", "correct horse battery staple"),
        ("TRADOVATE_APP_ID", "assayer-tests"),
        ("TRADOVATE_APP_VERSION", "1.0"),
        ("TRADOVATE_CID", "8"),
        ("TRADOVATE_DEVICE_ID", "123e4567-e89b-12d3-a456-426614174000"),
    ],
    malformed: ("TRADOVATE_ENV", "paper"),
    session: true,
    ..Vendor::of("tradovate", "TRADOVATE_SEC", "{}", "ffffffff-f634-48d6-9308-c8fb871150c2", "auth/me")
};
/// Discord.
pub(in crate::scenarios) const DISCORD: Vendor = Vendor {
    malformed: ("DISCORD_WEBHOOK_URL", "http://discord.com/api/webhooks/1/in-the-clear"),
    known: Known::EndOfUrl,
    ..Vendor::of(
        "discord",
        "DISCORD_WEBHOOK_URL",
        "https://discord.com/api/webhooks/100000000000000001/{}",
        "https://discord.com/api/webhooks/100000000000000001/no-token_of-mine-0123456789",
        "webhook.get",
    )
};
/// Slack.
pub(in crate::scenarios) const SLACK: Vendor = Vendor {
    malformed: ("SLACK_WEBHOOK_URL", "http://hooks.slack.com/services/in-the-clear"),
    known: Known::EndOfUrl,
    ..Vendor::of(
        "slack",
        "SLACK_WEBHOOK_URL",
        "https://hooks.slack.com/services/T00000000/B00000000/{}",
        "https://hooks.slack.com/services/T00000000/B00000000/no-token_of-mine-0123456789",
        "",
    )
};
/// A receiver of the user's own, whose URL is the credential.
pub(in crate::scenarios) const WEBHOOK: Vendor = Vendor {
    malformed: ("WEBHOOK_URL", "http://alerts.example/in-the-clear"),
    known: Known::EndOfUrl,
    ..Vendor::of(
        "webhook",
        "WEBHOOK_URL",
        "https://alerts.example/hooks/{}",
        "https://alerts.example/hooks/no-token_of-mine-0123456789",
        "",
    )
};
/// Supabase.
pub(in crate::scenarios) const SUPABASE: Vendor = Vendor {
    others: &[("SUPABASE_URL", "https://abcdefghijklmnopqrst.supabase.co")],
    ..Vendor::of("supabase", "SUPABASE_SECRET_KEY", "sb_secret_{}", "sb_secret_ffffffffffffffff_ffffffff", "health")
};
/// OpenAI.
pub(in crate::scenarios) const OPENAI: Vendor = Vendor {
    malformed: ("OPENAI_API_KEY", "ks-proj-ponmlkjihgfedcba9876543210"),
    ..Vendor::of("openai", "OPENAI_API_KEY", "sk-proj-{}", "sk-proj-ponmlkjihgfedcba9876543210", "models")
};
/// Anthropic.
pub(in crate::scenarios) const ANTHROPIC: Vendor =
    Vendor::of("anthropic", "ANTHROPIC_API_KEY", "sk-ant-api03-{}", "sk-ant-api03-ponmlkjihgfedcba9876543210", "v1/models");
/// Groq.
pub(in crate::scenarios) const GROQ: Vendor =
    Vendor::of("groq", "GROQ_API_KEY", "gsk_{}0123456789ab", "gsk_9876543210abcdefghijklmnopqrstuvwxyz0123456789", "models");
/// xAI.
pub(in crate::scenarios) const XAI: Vendor = Vendor::of("xai", "XAI_API_KEY", "xai-{}", "xai-fedcba9876543210fedcba98", "models");
/// Gemini.
pub(in crate::scenarios) const GEMINI: Vendor =
    Vendor::of("gemini", "GEMINI_API_KEY", "AIza{}abc", "AIza9876543210abcdefghijklmnopqrstuvwxy", "v1beta/models");
/// OpenRouter.
pub(in crate::scenarios) const OPEN_ROUTER: Vendor = Vendor::of(
    "openRouter",
    "OPENROUTER_API_KEY",
    "sk-or-v1-{}{}",
    "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",
    "key",
);
