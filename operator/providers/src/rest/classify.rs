//! What a request to a JSON API asks for, by its list of endpoints. In: the request. Out: the call, or why it is refused. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{Endpoint, Fact, Takes, content};
use crate::{About, Call, Facts, Refused, Request, text};

/// Every field by name, as text.
type Fields = BTreeMap<String, String>;

/// Finds the endpoint and reads its fields. Whatever could be read in two ways is refused, so that the row says what the vendor does.
pub(crate) fn classify(facts: &Facts, endpoints: &'static [Endpoint], request: &Request<'_>) -> Result<Call, Refused> {
    let of_method = endpoints.iter().filter(|endpoint| endpoint.method == request.method);
    let found = of_method.filter_map(|endpoint| Some((endpoint, endpoint.variables(request.path)?)));
    // A path without variables is meant before one with them.
    let (endpoint, variables) =
        found.min_by_key(|(_, variables)| variables.len()).ok_or_else(|| Refused::unknown(facts.name, request))?;
    build(facts, endpoint, &variables, request).map_err(|message| Refused::invalid(facts.name, request, endpoint.name, &message))
}

fn build(
    facts: &Facts,
    endpoint: &'static Endpoint,
    variables: &[(&'static str, &str)],
    request: &Request<'_>,
) -> Result<Call, String> {
    let mut fields = query(endpoint, request)?;
    let body = body(endpoint, request)?;
    for (name, value) in &body {
        fields.insert(name.clone(), plain(value));
    }
    for (name, needed) in endpoint.needs {
        let given = fields.get(*name).map_or("", String::as_str);
        if given != *needed {
            return Err(format!("{name} is \"{}\": the gateway measures \"{needed}\" only", text::clean(given, 40)));
        }
    }
    content::check(endpoint, request, &body)?;
    let mut params =
        fields.iter().map(|(name, value)| (name.clone(), json!(text::clean(value, text::LONGEST)))).collect::<Map<_, _>>();
    content::digest(endpoint, &body, &mut params)?;
    for (name, value) in variables {
        fields.insert((*name).to_owned(), (*value).to_owned());
    }
    let asked = Asked { endpoint, fields: &fields };
    Ok(Call {
        provider: facts.name,
        source: endpoint.source,
        method: endpoint.method,
        path: request.path.to_owned(),
        endpoint: endpoint.name,
        request_fingerprint: request.fingerprint(facts.name),
        params: Value::Object(params),
        symbols: asked.many(Fact::Symbols),
        dataset: None,
        schema: asked.one(Fact::Schema),
        start: asked.time(Fact::Start)?,
        end: asked.time(Fact::End)?,
        yields_bars: false,
        charge: endpoint.charge,
        changes: endpoint.changes,
        about: About {
            series_ids: asked.many(Fact::Series),
            realtime_start: asked.time(Fact::RealtimeStart)?,
            realtime_end: asked.time(Fact::RealtimeEnd)?,
            keywords: asked.many(Fact::Keywords),
            model: asked.one(Fact::Model),
            account: asked.one(Fact::Account),
            action: asked.one(Fact::Action),
            qty: asked.number(Fact::Qty)?,
            client_order_id: asked.one(Fact::ClientOrderId),
            order_id: asked.one(Fact::OrderId),
        },
    })
}

/// The query's fields. One that signs in is the gateway's to set, and is refused like any that is not known.
fn query(endpoint: &Endpoint, request: &Request<'_>) -> Result<Fields, String> {
    let mut fields = Fields::new();
    for (name, value) in form_urlencoded::parse(request.query.as_bytes()) {
        known(endpoint, &name)?;
        if fields.insert(name.to_string(), value.into_owned()).is_some() {
            return Err(format!("{name} is given more than once: give it once"));
        }
    }
    Ok(fields)
}

fn body(endpoint: &Endpoint, request: &Request<'_>) -> Result<Map<String, Value>, String> {
    match endpoint.takes {
        Takes::Query if request.body.is_empty() => Ok(Map::new()),
        Takes::Query => Err("its fields belong in the query: send no body".to_owned()),
        Takes::Json if !request.is_json() => Err("the body must be application/json".to_owned()),
        Takes::Json => {
            let body: Value = serde_json::from_slice(request.body).map_err(|error| format!("the body is no JSON: {error}"))?;
            let Value::Object(body) = body else { return Err("the body must be a JSON object".to_owned()) };
            body.keys().try_for_each(|name| known(endpoint, name))?;
            Ok(body)
        }
    }
}

fn known(endpoint: &Endpoint, name: &str) -> Result<(), String> {
    // `name[]` is how some vendors spell a list.
    if endpoint.fields.contains(&name.trim_end_matches("[]")) {
        return Ok(());
    }
    Err(format!("\"{}\" is not one of its fields: {}", text::clean(name, 40), endpoint.fields.join(", ")))
}

/// A text as it is, anything else as JSON; a list of texts joined by commas.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

struct Asked<'a> {
    endpoint: &'a Endpoint,
    fields: &'a Fields,
}

impl Asked<'_> {
    fn all(&self, fact: Fact) -> impl Iterator<Item = (&'static str, &str)> {
        let named = self.endpoint.asks.iter().filter(move |(own, _)| *own == fact);
        named.filter_map(|(_, field)| {
            let value = self.fields.get(*field).or_else(|| self.fields.get(&format!("{field}[]")))?;
            (!value.is_empty()).then_some((*field, value.as_str()))
        })
    }

    fn one(&self, fact: Fact) -> Option<String> {
        self.all(fact).next().map(|(_, value)| text::clean(value, 200))
    }

    /// The column holds numbers only.
    fn number(&self, fact: Fact) -> Result<Option<String>, String> {
        let Some((field, value)) = self.all(fact).next() else { return Ok(None) };
        let malformed = |_| format!("{field} is \"{}\": give a number", text::clean(value, 40));
        value.parse::<Decimal>().map(|number| Some(number.to_string())).map_err(malformed)
    }

    fn many(&self, fact: Fact) -> Vec<String> {
        let words = self.all(fact).flat_map(|(_, value)| value.split(',')).map(|word| text::clean(word, 200));
        words.filter(|word| !word.is_empty()).collect()
    }

    fn time(&self, fact: Fact) -> Result<Option<DateTime<Utc>>, String> {
        let Some((field, value)) = self.all(fact).next() else { return Ok(None) };
        let malformed = || format!("{field} is \"{}\": give a date or an ISO 8601 time", text::clean(value, 40));
        time(value).ok_or_else(malformed).map(Some)
    }
}

/// A date, a time with or without its offset (UTC is meant without one), or the number of milliseconds since 1970.
fn time(value: &str) -> Option<DateTime<Utc>> {
    if value.len() >= 12 && value.bytes().all(|b| b.is_ascii_digit()) {
        return DateTime::from_timestamp_millis(value.parse().ok()?);
    }
    let day = NaiveDate::parse_from_str(value, "%Y-%m-%d").map(|day| day.and_time(chrono::NaiveTime::MIN));
    let naive = day
        .or_else(|_| NaiveDateTime::parse_from_str(value, "%Y-%m-%dT%H:%M:%S%.f"))
        .or_else(|_| NaiveDateTime::parse_from_str(value, "%Y-%m-%d %H:%M:%S"));
    let time =
        naive.map(|time| time.and_utc()).or_else(|_| DateTime::parse_from_rfc3339(value).map(|time| time.to_utc())).ok()?;
    DateTime::from_timestamp_micros(time.timestamp_micros())
}
