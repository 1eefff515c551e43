//! One endpoint of a JSON API, as data. Pure.

use std::collections::BTreeMap;

use assayer_contract::Source;
use serde_json::Value;

use crate::{BarVisitor, Call, Charge, Measure, MeasureError};

/// One (method, path) pair and what is known of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoint {
    /// HTTP method, upper case.
    pub(crate) method: &'static str,
    /// Path below the base; `{name}` stands for one segment that is not empty.
    pub(crate) path: &'static str,
    /// The vendor's own name of it, unique within the vendor.
    pub(crate) name: &'static str,
    /// The kind of source that a call of it uses, if any.
    pub(crate) source: Option<Source>,
    /// Where its fields are.
    pub(crate) takes: Takes,
    /// The fields that it knows; others are refused, since nobody could say what they ask for. Of JSON, those at the top.
    /// [`ANY`] where they are the user's own.
    pub(crate) fields: &'static [&'static str],
    /// Those of them that are sent and never recorded.
    pub(crate) secret: &'static [&'static str],
    /// Fields that must have this very value, since nothing else can be measured.
    pub(crate) needs: &'static [(&'static str, &'static str)],
    /// What else must hold of the query's fields and of the JSON body, which is null where there is none; or what is wrong, in a
    /// sentence that follows the endpoint's name.
    pub(crate) check: Check,
    /// What the fields, and the variables of the path, ask for.
    pub(crate) asks: Asks,
    /// Fields of the body that hold content: a row has their digest only. Where there are any, nothing may be in the query.
    pub(crate) digests: &'static [&'static str],
    /// Fields of the body that are to be left out or false, since with them the answer comes in pieces, or later.
    pub(crate) whole: &'static [&'static str],
    /// What the vendor takes for each call.
    pub(crate) charge: Charge,
    /// Whether a call changes anything at the vendor.
    pub(crate) changes: bool,
    /// Whether all that it changes is that an order is taken back.
    pub(crate) cancels: bool,
    /// Counts what a whole 2xx answer holds.
    pub(crate) counts: Counts,
}

/// Counts what a whole 2xx answer to the call holds.
pub(crate) type Count = fn(&Call, &[u8]) -> Result<Measure, MeasureError>;

/// What an answer holds, and how it is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counts {
    /// Anything but bars.
    Things(Count),
    /// Bars, each of which is shown to the visitor.
    Bars(fn(&Call, &[u8], &mut dyn BarVisitor) -> Result<Measure, MeasureError>),
}

/// Where an endpoint has its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// In the query; it has no body.
    Query,
    /// In a JSON object, beside none or a few in the query.
    Json,
    /// In the query; the body is a row of the user's own table, or a list of them, in JSON.
    Rows,
}

/// Any field.
pub(crate) const ANY: &[&str] = &["*"];

/// A condition on the query's fields and the body.
pub(crate) type Check = fn(&BTreeMap<String, String>, &Value) -> Result<(), String>;

/// That a JSON endpoint has nothing in its query, where the vendor would not look for it and a row would tell it all the same.
pub(crate) fn body_only(query: &BTreeMap<String, String>, _: &Value) -> Result<(), String> {
    if query.is_empty() { Ok(()) } else { Err("its fields belong in the JSON body: send no query".to_owned()) }
}

/// Fields or variables of the path by the fact that they state.
pub(crate) type Asks = &'static [(Fact, &'static str)];

/// A fact that a row has a column for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// Symbols, separated by commas.
    Symbols,
    /// Economic series, separated by commas.
    Series,
    /// Start of the range.
    Start,
    /// End of the range; what happens at it is left out.
    End,
    /// The last day of the range, all of which is in it; of a time of day, the same as the end.
    LastDay,
    /// First day of the vintage.
    RealtimeStart,
    /// Last day of the vintage.
    RealtimeEnd,
    /// Words that are searched for.
    Keywords,
    /// Kind of records.
    Schema,
    /// Language model.
    Model,
    /// The most tokens that an answer may have: a number, or an object that Gemini keeps it in.
    MostTokens,
    /// Answers to give.
    Answers,
    /// The broker's account.
    Account,
    /// What is ordered.
    Action,
    /// Contracts.
    Qty,
    /// The caller's own id of an order.
    ClientOrderId,
    /// The broker's id of an order.
    OrderId,
}

impl Endpoint {
    /// A harmless endpoint with its fields in the query, to be completed.
    pub(crate) const fn get(source: Source, path: &'static str, measure: Count) -> Self {
        Self { source: Some(source), ..Self::of_no_source(path, measure) }
    }

    /// The same of a provider that is no source.
    pub(crate) const fn of_no_source(path: &'static str, measure: Count) -> Self {
        Self {
            method: "GET",
            path,
            name: path,
            source: None,
            takes: Takes::Query,
            fields: &[],
            secret: &[],
            needs: &[],
            check: |_, _| Ok(()),
            asks: &[],
            digests: &[],
            whole: &[],
            charge: Charge::Free,
            changes: false,
            cancels: false,
            counts: Counts::Things(measure),
        }
    }

    /// The same that answers bars.
    pub(crate) const fn bars(
        path: &'static str,
        measure: fn(&Call, &[u8], &mut dyn BarVisitor) -> Result<Measure, MeasureError>,
    ) -> Self {
        Self { counts: Counts::Bars(measure), ..Self::get(Source::MarketData, path, |_, _| Ok(Measure::default())) }
    }

    /// The variables of the path, if it is one of this endpoint's.
    pub(crate) fn variables<'a>(&self, path: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
        let (own, given): (Vec<_>, Vec<_>) = (self.path.split('/').collect(), path.split('/').collect());
        if own.len() != given.len() {
            return None;
        }
        let mut variables = Vec::new();
        for (own, given) in own.into_iter().zip(given) {
            match variable(own) {
                Some((before, name, after)) => {
                    let value = given.strip_prefix(before)?.strip_suffix(after)?;
                    // Decoding and dots are the vendor's affair; here a variable is one plain word.
                    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:^=".contains(c);
                    if value.is_empty() || value.chars().all(|c| c == '.') || !value.chars().all(plain) {
                        return None;
                    }
                    variables.push((name, value));
                }
                None if own == given => {}
                None => return None,
            }
        }
        Some(variables)
    }
}

/// A segment's text before, name of, and text after its variable.
fn variable(segment: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let (before, rest) = segment.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_one_plain_segment() {
        let endpoint = Endpoint::get(Source::OptionsFlow, "api/stock/{ticker}/info", |_, _| Ok(Measure::default()));
        assert_eq!(endpoint.variables("api/stock/BRK.B/info"), Some(vec![("ticker", "BRK.B")]));
        for other in ["api/stock//info", "api/stock/../info", "api/stock/a%2Fb/info", "api/stock/AAPL", "api/stock/A/info/x"] {
            assert_eq!(endpoint.variables(other), None, "{other}");
        }
        let named = Endpoint::get(Source::Ai, "models/{model}:generateContent", |_, _| Ok(Measure::default()));
        assert_eq!(named.variables("models/gemini-3:generateContent"), Some(vec![("model", "gemini-3")]));
    }
}
