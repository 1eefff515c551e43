//! What a request to a JSON API asks for, by its list of endpoints. In: the request. Out: the call, or why it is refused. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{ANY, Counts, Endpoint, Fact, Takes, content, unambiguous::unambiguous};
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
    (endpoint.check)(&fields, &body)?;
    for (name, value) in body.as_object().into_iter().flatten() {
        put(&mut fields, name, plain(value))?;
    }
    for (name, needed) in endpoint.needs {
        let given = fields.get(*name).map_or("", String::as_str);
        if given != *needed {
            return Err(format!("{name} is \"{}\": the gateway measures \"{needed}\" only", text::clean(given, 40)));
        }
    }
    content::check(endpoint, request, &body)?;
    let params = params(endpoint, &fields, &body)?;
    for (name, value) in variables {
        put(&mut fields, name, (*value).to_owned())?;
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
        end: asked.end()?,
        yields_bars: matches!(endpoint.counts, Counts::Bars(_)),
        charge: endpoint.charge,
        changes: endpoint.changes,
        cancels: endpoint.cancels,
        about: asked.about()?,
    })
}

/// What the row tells of the fields: digests in the place of content, nothing of what is secret, the number of rows.
fn params(endpoint: &Endpoint, fields: &Fields, body: &Value) -> Result<Map<String, Value>, String> {
    let recorded = fields.iter().filter(|(name, _)| !endpoint.secret.contains(&name.as_str()));
    let mut params =
        recorded.map(|(name, value)| (name.clone(), json!(text::clean(value, text::LONGEST)))).collect::<Map<_, _>>();
    content::digest(endpoint, body, &mut params)?;
    if let Value::Array(rows) = body {
        params.insert("rows".to_owned(), json!(rows.len().to_string()));
    }
    Ok(params)
}

/// The query's fields. One that signs in is the gateway's to set, and is refused like any that is not known.
fn query(endpoint: &Endpoint, request: &Request<'_>) -> Result<Fields, String> {
    let mut fields = Fields::new();
    for (name, value) in form_urlencoded::parse(request.query.as_bytes()) {
        known(endpoint, &name)?;
        // A list that is spelt so has an item each time.
        if let Some(list) = fields.get_mut(&*name).filter(|_| name.ends_with("[]")) {
            list.extend([",", &value]);
        } else {
            once(&fields, &name)?;
            fields.insert(name.into_owned(), value.into_owned());
        }
    }
    Ok(fields)
}

/// Adds a field that may have been said elsewhere in the request, but not otherwise.
fn put(fields: &mut Fields, name: &str, value: String) -> Result<(), String> {
    match fields.get(name) {
        Some(given) if *given != value => {
            let (given, value) = (text::clean(given, 40), text::clean(&value, 40));
            Err(format!("{name} is \"{given}\" in one place of the request and \"{value}\" in another: give one of them"))
        }
        Some(_) => Ok(()),
        None => {
            once(fields, name)?;
            fields.insert(name.to_owned(), value);
            Ok(())
        }
    }
}

/// The JSON object, the list of rows, or null where there is neither.
fn body(endpoint: &Endpoint, request: &Request<'_>) -> Result<Value, String> {
    if endpoint.takes == Takes::Query {
        let none = request.body.is_empty();
        return if none { Ok(Value::Null) } else { Err("its fields belong in the query: send no body".to_owned()) };
    }
    if !request.is_json() {
        return Err("the body must be application/json".to_owned());
    }
    match (endpoint.takes, unambiguous(request.body)?) {
        (Takes::Json, Value::Object(body)) => {
            body.keys().try_for_each(|name| known(endpoint, name))?;
            Ok(Value::Object(body))
        }
        (Takes::Rows, row @ Value::Object(_)) => Ok(Value::Array(vec![row])),
        (Takes::Rows, Value::Array(rows)) if rows.iter().all(Value::is_object) => Ok(Value::Array(rows)),
        (Takes::Rows, _) => Err("the body must be a JSON object or a list of them".to_owned()),
        _ => Err("the body must be a JSON object".to_owned()),
    }
}

fn known(endpoint: &Endpoint, name: &str) -> Result<(), String> {
    // `name[]` is how some vendors spell a list.
    if endpoint.fields == ANY || endpoint.fields.contains(&name.trim_end_matches("[]")) {
        return Ok(());
    }
    Err(format!("\"{}\" is not one of its fields: {}", text::clean(name, 40), endpoint.fields.join(", ")))
}

/// Under either spelling.
fn once(fields: &Fields, name: &str) -> Result<(), String> {
    let plain = |name: &str| name.trim_end_matches("[]").to_owned();
    if fields.keys().any(|other| plain(other) == plain(name)) {
        return Err(format!("{} is given more than once: give it once", text::clean(name, 40)));
    }
    Ok(())
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
    fn about(&self) -> Result<About, String> {
        Ok(About {
            series_ids: self.many(Fact::Series),
            realtime_start: self.time(Fact::RealtimeStart)?,
            realtime_end: self.time(Fact::RealtimeEnd)?,
            keywords: self.many(Fact::Keywords),
            model: self.one(Fact::Model),
            most_tokens_out: self.most_tokens_out(),
            account: self.one(Fact::Account),
            action: self.one(Fact::Action),
            qty: self.number(Fact::Qty)?,
            client_order_id: self.one(Fact::ClientOrderId),
            order_id: self.one(Fact::OrderId),
        })
    }

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

    /// Where it is said in several ways, the most of them; none where one of them cannot be read.
    fn most_tokens_out(&self) -> Option<u64> {
        let read = |(_, value): (&str, &str)| {
            let said = serde_json::from_str(value).ok()?;
            let of = |said: &Value, names: [&str; 2]| names.into_iter().filter_map(|name| said.get(name)?.as_u64()).max();
            match said {
                Value::Object(_) => {
                    let answers = of(&said, ["candidateCount", "candidate_count"]).unwrap_or(1);
                    of(&said, ["maxOutputTokens", "max_output_tokens"])?.checked_mul(answers.max(1))
                }
                number => number.as_u64(),
            }
        };
        let most = self.all(Fact::MostTokens).map(read).collect::<Option<Vec<_>>>()?.into_iter().max()?;
        let answers = self.all(Fact::Answers).map(|(_, value)| value.parse().ok()).collect::<Option<Vec<u64>>>()?;
        most.checked_mul(answers.into_iter().max().unwrap_or(1).max(1))
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

    fn end(&self) -> Result<Option<DateTime<Utc>>, String> {
        if let Some(end) = self.time(Fact::End)? {
            return Ok(Some(end));
        }
        let is_day = |(_, value): (_, &str)| NaiveDate::parse_from_str(value, "%Y-%m-%d").is_ok();
        let is_day = self.all(Fact::LastDay).next().is_some_and(is_day);
        let last = self.time(Fact::LastDay)?;
        Ok(if is_day { last.and_then(|day| day.checked_add_days(Days::new(1))) } else { last })
    }
}

/// A date, a time with or without its offset (UTC is meant without one), or a time since 1970, whose unit its length tells: from
/// 1973 to 2286 seconds have 9 or 10 digits, milliseconds 12 or 13, microseconds 15 or 16 and nanoseconds 18 or 19.
pub(crate) fn time(value: &str) -> Option<DateTime<Utc>> {
    if value.len() >= 9 && value.bytes().all(|b| b.is_ascii_digit()) {
        let since: i64 = value.parse().ok()?;
        return match value.len() {
            9..=11 => DateTime::from_timestamp(since, 0),
            12..=14 => DateTime::from_timestamp_millis(since),
            15..=17 => DateTime::from_timestamp_micros(since),
            _ => DateTime::from_timestamp_micros(since.div_euclid(1_000)),
        };
    }
    let day = NaiveDate::parse_from_str(value, "%Y-%m-%d").map(|day| day.and_time(chrono::NaiveTime::MIN));
    let naive = day
        .or_else(|_| NaiveDateTime::parse_from_str(value, "%Y-%m-%dT%H:%M:%S%.f"))
        .or_else(|_| NaiveDateTime::parse_from_str(value, "%Y-%m-%d %H:%M:%S"));
    let time =
        naive.map(|time| time.and_utc()).or_else(|_| DateTime::parse_from_rfc3339(value).map(|time| time.to_utc())).ok()?;
    DateTime::from_timestamp_micros(time.timestamp_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_since_1970_are_told_apart_by_their_length() {
        for text in ["1704164645", "1704164645000", "1704164645000000", "1704164645000000000", "2024-01-02T03:04:05"] {
            assert_eq!(time(text).map(|time| time.to_rfc3339()), Some("2024-01-02T03:04:05+00:00".to_owned()), "{text}");
        }
        for none in ["20240102", "99999999999999999999", "yesterday", ""] {
            assert_eq!(time(none), None, "{none}");
        }
    }
}
