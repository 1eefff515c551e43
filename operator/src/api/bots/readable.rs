//! Which namespaces' Bots a caller may read. In: the caller. Out: namespaces, by the API server's own rules. Not pure.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};

use crate::api::{
    App, Refusal,
    access::{Caller, Right, may},
};

/// Reviews that are asked for at once.
const AT_ONCE: usize = 16;

/// Namespaces whose Bots somebody may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Readable {
    /// Every one, also those to come.
    Every,
    /// These.
    These(BTreeSet<String>),
}

impl Readable {
    /// Whether this namespace is among them.
    pub(crate) fn has(&self, namespace: &str) -> bool {
        match self {
            Self::Every => true,
            Self::These(namespaces) => namespaces.contains(namespace),
        }
    }
}

/// Asks once for all namespaces, and only where that is refused for each.
pub(crate) async fn readable(app: &App, caller: &Caller, namespaces: BTreeSet<String>) -> Result<Readable, Refusal> {
    if may(app, caller, &Right::AnyBot(None)).await? {
        return Ok(Readable::Every);
    }
    let asked = stream::iter(namespaces).map(|namespace| async move {
        let allowed = may(app, caller, &Right::AnyBot(Some(namespace.clone()))).await?;
        Ok::<_, Refusal>(allowed.then_some(namespace))
    });
    let allowed: Vec<Option<String>> = asked.buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(Readable::These(allowed.into_iter().flatten().collect()))
}
