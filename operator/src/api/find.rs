//! Which Bot is meant. In: a UID, a name, or `namespace/name`. Out: the Bot, or where its rows are if it has been deleted.
//! Not pure: asks the API server and the log.

use assayer_contract::{Problem, ReasonCode};
use assayer_crds::Bot;
use assayer_store::proof;
use kube::{Api, ResourceExt, api::ListParams};
use uuid::Uuid;

use super::{
    App, Refusal,
    access::{Caller, Right, demand, may},
    refusal::shown,
};

/// Namesakes that a refusal lists at most.
const MAX_NAMESAKES: u32 = 20;
/// Bots whose metadata are read at once.
const PAGE: u32 = 500;

/// How a caller may name a Bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BotRef {
    /// The Bot's `metadata.uid`; also finds the rows of a Bot that has been deleted.
    Uid(Uuid),
    /// A name, if only one namespace has it.
    Name(String),
    /// A namespace and a name.
    Full(String, String),
}

/// A Bot that has evidence or could have.
pub(crate) struct Found {
    /// Its UID.
    pub(crate) id: Uuid,
    /// Its namespace.
    pub(crate) namespace: String,
    /// Its name.
    pub(crate) name: String,
    /// The custom resource; `None` if it has been deleted.
    pub(crate) bot: Option<Bot>,
}

impl BotRef {
    /// Reads what stands in the path, percent-decoded.
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        if let Some((namespace, name)) = text.split_once('/') {
            return Self::full(namespace, name);
        }
        match text.parse() {
            Ok(uid) if text.len() == 36 => Ok(Self::Uid(uid)),
            _ => Ok(Self::Name(valid("the Bot's name", text, 253)?)),
        }
    }

    /// A Bot by namespace and name.
    pub(crate) fn full(namespace: &str, name: &str) -> Result<Self, Refusal> {
        // A namespace is one label.
        let one_label = if namespace.contains('.') { 0 } else { 63 };
        Ok(Self::Full(valid("the namespace", namespace, one_label)?, valid("the Bot's name", name, 253)?))
    }
}

/// The Bot that is meant, if the caller may read it.
pub(crate) async fn find(app: &App, caller: &Caller, reference: BotRef) -> Result<Found, Refusal> {
    match reference {
        BotRef::Full(namespace, name) => {
            demand(app, caller, &Right::Bot(namespace.clone(), name.clone())).await?;
            let bot = bots(app, &namespace).get_opt(&name).await?;
            bot.and_then(found).ok_or_else(|| missing(&format!("{namespace}/{name}")))
        }
        BotRef::Name(name) => by_name(app, caller, &name).await,
        BotRef::Uid(id) => by_uid(app, caller, id).await,
    }
}

/// Only Bots that the caller may read exist for them, so that names in other namespaces stay private.
async fn by_name(app: &App, caller: &Caller, name: &str) -> Result<Found, Refusal> {
    let namesakes = ListParams::default().fields(&format!("metadata.name={name}")).limit(MAX_NAMESAKES);
    let mut readable = Vec::new();
    let list = Api::<Bot>::all(app.client.clone()).list(&namesakes).await?;
    if list.metadata.continue_.is_some_and(|more| !more.is_empty()) {
        let detail = format!("more than {MAX_NAMESAKES} Bots may have the name \"{name}\"");
        return Err(Problem::new(409, ReasonCode::AmbiguousName, detail).into());
    }
    for bot in list.items.into_iter().filter_map(found) {
        if may(app, caller, &Right::Bot(bot.namespace.clone(), bot.name.clone())).await? {
            readable.push(bot);
        }
    }
    if readable.len() > 1 {
        let candidates: Vec<_> = readable.iter().map(|bot| format!("{}/{}", bot.namespace, bot.name)).collect();
        let detail = format!("\"{name}\" is one of several Bots: {}", candidates.join(", "));
        return Err(Problem::new(409, ReasonCode::AmbiguousName, detail).into());
    }
    readable.pop().ok_or_else(|| missing(name))
}

async fn by_uid(app: &App, caller: &Caller, id: Uuid) -> Result<Found, Refusal> {
    let known = match proof::bot_name(&app.pool, id).await? {
        Some(known) => Some(known),
        None => without_jobs(app, id).await?,
    };
    let (namespace, name) = known.ok_or_else(|| missing(&id.to_string()))?;
    // Who may not read it does not learn what it is called either.
    if !may(app, caller, &Right::Bot(namespace.clone(), name.clone())).await? {
        return Err(missing(&id.to_string()));
    }
    let bot = bots(app, &namespace).get_opt(&name).await?.and_then(found).filter(|bot| bot.id == id);
    Ok(bot.unwrap_or(Found { id, namespace, name, bot: None }))
}

/// A Bot that no job was planned for yet. UIDs cannot be selected by, so this looks through the metadata of all, page by page.
async fn without_jobs(app: &App, id: Uuid) -> Result<Option<(String, String)>, Refusal> {
    let uid = id.to_string();
    let mut page = ListParams::default().limit(PAGE);
    loop {
        let list = Api::<Bot>::all(app.client.clone()).list_metadata(&page).await?;
        if let Some(bot) = list.items.into_iter().find(|bot| bot.metadata.uid.as_deref() == Some(&uid)) {
            return Ok(bot.namespace().map(|namespace| (namespace, bot.name_any())));
        }
        match list.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => page = page.continue_token(&token),
            None => return Ok(None),
        }
    }
}

fn bots(app: &App, namespace: &str) -> Api<Bot> {
    Api::namespaced(app.client.clone(), namespace)
}

fn found(bot: Bot) -> Option<Found> {
    Some(Found { id: bot.uid()?.parse().ok()?, namespace: bot.namespace()?, name: bot.name_any(), bot: Some(bot) })
}

/// The refusal of a Bot that is not there, or not for the caller to read.
pub(crate) fn missing(what: &str) -> Refusal {
    Problem::new(404, ReasonCode::NotFound, format!("there is no Bot \"{what}\" that you may read"))
        .with_fix("See `kubectl get bots --all-namespaces`. The proof of a deleted Bot is found by its UID.")
        .into()
}

/// Whether a text can be the name of an object.
pub(crate) fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let label = |label: &str| label.starts_with(plain) && label.ends_with(plain) && label.chars().all(|c| plain(c) || c == '-');
    text.len() <= 253 && text.split('.').all(label)
}

/// A name as Kubernetes allows it, and nothing that could mean another path or selector: dots only between letters or digits.
fn valid(what: &str, text: &str, most: usize) -> Result<String, Refusal> {
    if text.len() <= most && is_name(text) {
        return Ok(text.to_owned());
    }
    let problem = Problem::new(400, ReasonCode::RequestInvalid, format!("{what} cannot be {:?}", shown(text)));
    Err(problem.with_fix("Ask for /api/_proof/bot/NAMESPACE/NAME, /api/_proof/bot/NAME or /api/_proof/bot/UID.").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_is_named_by_uid_name_or_namespace_and_name() {
        let uid = "0192f0c1-7a3b-7000-8000-000000000001";
        assert_eq!(BotRef::parse(uid).unwrap(), BotRef::Uid(uid.parse().unwrap()));
        assert_eq!(BotRef::parse("spx-cross").unwrap(), BotRef::Name("spx-cross".into()));
        assert_eq!(BotRef::parse("default/spx-cross").unwrap(), BotRef::Full("default".into(), "spx-cross".into()));
        // 32 hexadecimal digits are a name, not the UID without its hyphens
        assert!(matches!(BotRef::parse(&"a".repeat(32)).unwrap(), BotRef::Name(_)));
    }

    #[test]
    fn what_cannot_be_a_name_is_refused_before_anyone_is_asked() {
        for bad in [
            "",
            "a/b/c",
            "/a",
            "a/",
            "SPX",
            "a b",
            "a%2F",
            "metadata.name=x,",
            "..",
            ".",
            "a..b",
            "-a",
            "a-",
            "../bots",
            "desk/..",
            "a.b/c",
            "desk/.",
            &"a".repeat(254),
        ] {
            assert_eq!(BotRef::parse(bad).unwrap_err().problem.status, 400, "{bad}");
        }
    }
}
