//! The address of a call. In: a vendor's base and a path. Out: a URL below that base, or none. Pure.

use url::Url;

/// `None` where the path would leave the vendor's base. Never `Url::join`, which follows absolute and protocol-relative paths and
/// would send the vendor's key to whoever the path names.
pub(super) fn upstream(base: &Url, path: &str, query: Option<&str>) -> Option<Url> {
    let mut url = base.clone();
    let below = format!("{}/", base.path().trim_end_matches('/'));
    let path = path.trim_start_matches('/');
    if !path.is_empty() {
        url.set_path(&format!("{below}{path}"));
    }
    // A base that is a credential may have a query of its own.
    let query: Vec<_> = [base.query(), query].into_iter().flatten().filter(|query| !query.is_empty()).collect();
    url.set_query((!query.is_empty()).then(|| query.join("&")).as_deref());
    let inside = url.path() == base.path() || url.path().starts_with(&below);
    (inside && url.origin() == base.origin() && !url.path().contains("//")).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(base: &str, path: &str, query: Option<&str>) -> Option<String> {
        upstream(&Url::parse(base).unwrap(), path, query).map(String::from)
    }

    #[test]
    fn a_path_is_appended_to_the_base_with_its_query() {
        let base = "https://hist.databento.com/";
        assert_eq!(below(base, "v0/x", Some("a=b%2Fc")).unwrap(), "https://hist.databento.com/v0/x?a=b%2Fc");
        assert_eq!(below(base, "/v0/x", None).unwrap(), "https://hist.databento.com/v0/x");
        assert_eq!(below("http://h:1/api/", "v0/a%2Fb", Some("")).unwrap(), "http://h:1/api/v0/a%2Fb");
    }

    #[test]
    fn an_empty_path_is_the_base_exactly_as_it_is() {
        assert_eq!(
            below("https://h.example/hooks/1/secret", "", Some("wait=true")).unwrap(),
            "https://h.example/hooks/1/secret?wait=true"
        );
        assert_eq!(below("https://h.example/hook/?sig=s", "", Some("a=b")).unwrap(), "https://h.example/hook/?sig=s&a=b");
        assert_eq!(
            below("https://h.example/hooks/1/secret", "messages", None).unwrap(),
            "https://h.example/hooks/1/secret/messages"
        );
        assert_eq!(below("https://h.example/hooks/1/secret", "../other", None), None);
    }

    #[test]
    fn no_path_leaves_the_base() {
        let base = "https://hist.databento.com/api/";
        for path in ["../admin", "%2e%2e/admin", "v0/../../admin", "v0/..%5c..//x", "a//b"] {
            assert_eq!(below(base, path, None), None, "{path}");
        }
        for path in ["http://evil.example/x", "//evil.example/x", "/\\evil.example/x", "@evil.example/x"] {
            let url = below(base, path, None).unwrap_or_else(|| base.to_owned());
            assert!(url.starts_with(base), "{path} became {url}");
        }
    }
}
