//! Alpaca's news, written by Benzinga. In and out: see [`Vendor`]. Pure.

use assayer_contract::Source;

use super::{KEY_ID, LIMITS, REQUEST_ID, SECRET};
use crate::{
    Category, Facts, SignIn, Verify,
    rest::{self, Endpoint, Errors, Fact, Vendor},
};

/// Alpaca, news.
pub(crate) static ALPACA_NEWS: Vendor = Vendor::new(&FACTS, &ENDPOINTS, Errors::ByStatus(super::name_error));

static FACTS: Facts = Facts {
    name: "alpacaNews",
    title: "Alpaca News",
    category: Category::Source(Source::News),
    // The same for keys of paper and of live accounts.
    base: "https://data.alpaca.markets/v1beta1/",
    required_keys: &[KEY_ID, SECRET],
    optional_keys: &[],
    sign_in: SignIn::Own(super::signed_in),
    verify: Some(Verify { method: "GET", path: "news", query: "limit=1" }),
    limits: LIMITS,
    request_id_header: Some(REQUEST_ID),
    plan: "News comes with every account, paper ones too. What a data plan lacks is refused with \"subscription does not permit\" and what it was.",
};

static ENDPOINTS: [Endpoint; 1] = [Endpoint {
    fields: &["symbols", "start", "end", "limit", "sort", "include_content", "exclude_contentless", "page_token"],
    asks: &[(Fact::Symbols, "symbols"), (Fact::Start, "start"), (Fact::End, "end")],
    ..Endpoint::get(Source::News, "news", |_, body| Ok(rest::list_of(body, "/news", "headline")?.0))
}];
