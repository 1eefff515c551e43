//! Which Integration serves a provider. In: what each Integration offers. Out: of each provider in each namespace, one. Pure. The
//! gateway calls through it, and starts depend on it: two answers would let a job start by one key and call with another.

use std::collections::BTreeMap;

/// What an Integration offers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offer {
    /// The namespace whose Bots it is for.
    pub namespace: String,
    /// Registry name of its vendor.
    pub provider: &'static str,
    /// Its name.
    pub name: String,
}

/// Of each namespace and provider the one that serves: the first by name, whatever state it is in. One that is broken is repaired or
/// removed by somebody, and never passed over without a word.
pub fn serving<T>(offers: impl IntoIterator<Item = (Offer, T)>) -> BTreeMap<(String, &'static str), T> {
    let mut first: BTreeMap<(String, &'static str), (String, T)> = BTreeMap::new();
    for (Offer { namespace, provider, name }, one) in offers {
        let key = (namespace, provider);
        if first.get(&key).is_none_or(|(known, _)| name < *known) {
            first.insert(key, (name, one));
        }
    }
    first.into_iter().map(|(key, (_, one))| (key, one)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn offer(namespace: &str, provider: &'static str, name: &str) -> (Offer, String) {
        (Offer { namespace: namespace.into(), provider, name: name.into() }, format!("{namespace}/{name}"))
    }

    fn of<'a>(all: &'a BTreeMap<(String, &'static str), String>, namespace: &str, provider: &'static str) -> Option<&'a str> {
        all.get(&(namespace.to_owned(), provider)).map(String::as_str)
    }

    #[test]
    fn of_several_the_first_by_name_serves_and_only_in_its_own_namespace() {
        let all = serving([offer("desk", "fred", "b"), offer("desk", "fred", "a"), offer("floor", "fred", "0")]);
        assert_eq!(of(&all, "desk", "fred"), Some("desk/a"));
        assert_eq!(of(&all, "floor", "fred"), Some("floor/0"));
        assert_eq!(of(&all, "desk", "databento"), None);
    }

    fn any_offers() -> impl Strategy<Value = Vec<(Offer, String)>> {
        let one = ("[ab]", prop_oneof![Just("fred"), Just("fmp")], "[a-d]{1,2}")
            .prop_map(|(namespace, provider, name)| offer(&namespace, provider, &name));
        prop::collection::vec(one, 0..8)
    }

    proptest! {
        #[test]
        fn the_order_in_which_they_are_known_decides_nothing(offers in any_offers(), turn in 0_usize..8) {
            let mut turned = offers.clone();
            turned.rotate_left(turn.min(offers.len()));
            prop_assert_eq!(serving(turned), serving(offers));
        }

        #[test]
        fn whatever_is_offered_is_served_by_one_that_offers_it(offers in any_offers()) {
            let all = serving(offers.clone());
            for (Offer { namespace, provider, .. }, _) in &offers {
                let serves = all.get(&(namespace.clone(), *provider));
                prop_assert!(offers.iter().any(|(offer, one)| Some(one) == serves
                    && (&offer.namespace, offer.provider) == (namespace, *provider)));
            }
            prop_assert!(all.len() <= offers.len());
        }
    }
}
