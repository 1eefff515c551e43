//! A session with the Live gateway, by the vendor's own client. In: an address, a key, subscriptions. Out: events; or how far it got.

use std::{io::ErrorKind, time::Duration};

use assayer_contract::{ReasonCode, Sent};
use assayer_providers::live::{LiveBar, LiveError, of_record, of_refusal};
use databento::{
    LiveClient,
    live::{Client, Subscription, TimeoutConf},
};
use dbn::{ErrorMsg, OhlcvMsg, RecordRef, SType, Schema, SymbolMappingMsg, SystemCode, SystemMsg, enums::rtype};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use tokio::time::timeout;

use super::rules::Rules;

/// What a session is opened with.
pub(super) struct Opening<'a> {
    pub(super) address: &'a str,
    pub(super) key: &'a SecretString,
    pub(super) dataset: &'a str,
    /// Told to the vendor beside the client's own name.
    pub(super) agent: String,
    pub(super) subscriptions: Vec<Subscription>,
}

/// Why there is no session, and whether the vendor has seen any of it.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) sent: Sent,
    pub(super) error: LiveError,
}

/// What the vendor sent.
#[derive(Debug)]
pub(super) enum Event {
    Bar(Schema, LiveBar),
    Mapping {
        stype_in: SType,
        symbol: String,
        instrument_id: u32,
    },
    /// All bars of the interval that ends then were sent, of this schema if the vendor names it.
    Ended(Option<Schema>, i64),
    Skipped,
    AgedOut,
    Error(LiveError),
    /// A sign of life.
    Nothing,
}

/// One subscription; from a moment on, or from now on.
pub(super) fn subscription(schema: Schema, stype_in: SType, symbol: &str, start: Option<i64>) -> Subscription {
    let moment = start.map(|start| OffsetDateTime::from_unix_timestamp_nanos(start.into()).unwrap_or(OffsetDateTime::UNIX_EPOCH));
    let one = Subscription::builder().symbols(symbol).schema(schema).stype_in(stype_in);
    match moment {
        Some(moment) => one.start(moment).build(),
        None => one.build(),
    }
}

/// Connects, logs in, subscribes and starts.
pub(super) async fn open(opening: Opening<'_>, rules: &Rules) -> Result<Client, Broken> {
    let mut client = match timeout(rules.opening, login(&opening, rules)).await {
        Ok(client) => client.map_err(|error| at_login(&error))?,
        Err(_) => return Err(late(Sent::Unknown, rules.opening)),
    };
    let start = async {
        for one in opening.subscriptions {
            client.subscribe(one).await?;
        }
        client.start().await
    };
    match timeout(rules.opening, start).await {
        Ok(Ok(_)) => Ok(client),
        Ok(Err(error)) => Err(Broken { sent: Sent::Yes, error: in_session(&error) }),
        Err(_) => Err(late(Sent::Yes, rules.opening)),
    }
}

async fn login(opening: &Opening<'_>, rules: &Rules) -> databento::Result<Client> {
    let seconds = |duration: Duration| time::Duration::seconds(i64::try_from(duration.as_secs().max(1)).unwrap_or(i64::MAX));
    let limit = Some(seconds(rules.opening / 2));
    LiveClient::builder()
        .addr(opening.address)
        .await?
        .key(opening.key.expose_secret())?
        .dataset(opening.dataset)
        .heartbeat_interval(seconds(rules.heartbeat_every))
        .user_agent_extension(opening.agent.clone())
        .timeout_conf(TimeoutConf { connect: limit, auth: limit })
        .build()
        .await
}

/// The next events: one that is waited for, and all that came with it. None is the end of the session.
pub(super) async fn next(client: &mut Client) -> Result<Option<Vec<Event>>, LiveError> {
    let mut events = Vec::new();
    match client.next_record().await {
        Ok(Some(record)) => events.push(event(record)),
        Ok(None) => return Ok(None),
        // The client's own patience is shorter than the policy's.
        Err(databento::Error::HeartbeatTimeout(_)) => return Ok(Some(events)),
        Err(error) => return Err(in_session(&error)),
    }
    while let Some(record) = client.try_next_record().map_err(|error| in_session(&error))? {
        events.push(event(record));
    }
    Ok(Some(events))
}

fn event(record: RecordRef<'_>) -> Event {
    if let Some(bar) = record.get::<OhlcvMsg>() {
        return of_bar(bar);
    }
    if let Some(error) = record.get::<ErrorMsg>() {
        return match error.code {
            7 => Event::Skipped,
            8 => Event::AgedOut,
            code => Event::Error(of_record(code, error.err().unwrap_or_default())),
        };
    }
    if let Some(one) = record.get::<SymbolMappingMsg>()
        && let (Ok(stype_in), Ok(symbol)) = (one.stype_in(), one.stype_in_symbol())
    {
        return Event::Mapping { stype_in, symbol: symbol.to_owned(), instrument_id: one.hd.instrument_id };
    }
    match record.get::<SystemMsg>() {
        Some(system) if system.code().is_ok_and(|code| code == SystemCode::EndOfInterval) => {
            let text = system.msg().unwrap_or_default();
            let named = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').find_map(|word| word.parse().ok());
            i64::try_from(system.hd.ts_event).map_or(Event::Nothing, |end| Event::Ended(named, end))
        }
        _ => Event::Nothing,
    }
}

fn of_bar(bar: &OhlcvMsg) -> Event {
    let schema = match bar.hd.rtype {
        rtype::OHLCV_1M => Schema::Ohlcv1M,
        rtype::OHLCV_1H => Schema::Ohlcv1H,
        rtype::OHLCV_1D => Schema::Ohlcv1D,
        _ => return Event::Nothing,
    };
    let Ok(ts_event) = i64::try_from(bar.hd.ts_event) else { return Event::Nothing };
    let prices = [bar.open, bar.high, bar.low, bar.close];
    let (publisher_id, instrument_id) = (bar.hd.publisher_id, bar.hd.instrument_id);
    Event::Bar(schema, LiveBar { publisher_id, instrument_id, ts_event, prices, volume: bar.volume })
}

fn at_login(error: &databento::Error) -> Broken {
    use databento::Error as E;
    let broken = |sent, reason_code, message: &str| Broken { sent, error: named(reason_code, message) };
    match error {
        E::Auth(said) if said.is_empty() => {
            broken(Sent::Unknown, ReasonCode::UnknownOutcome, "the connection was closed in place of an answer to the login")
        }
        E::Auth(said) => Broken { sent: Sent::Yes, error: of_refusal(said) },
        E::BadArgument { param_name: "key", .. } => {
            broken(Sent::No, ReasonCode::IntegrationKeyMalformed, "the key is none that the vendor's client takes")
        }
        E::Io(error) if unreached(error.kind()) => unreachable_vendor(),
        E::ConnectTimeout(_) | E::BadArgument { .. } => unreachable_vendor(),
        E::Internal(_) => broken(Sent::No, ReasonCode::ProviderUnreachable, "the vendor sent no challenge to log in by"),
        E::AuthTimeout(_) => broken(Sent::Unknown, ReasonCode::ProviderTimeout, "the vendor did not answer the login in time"),
        _ => broken(Sent::Unknown, ReasonCode::UnknownOutcome, "the connection broke during the login"),
    }
}

fn unreachable_vendor() -> Broken {
    Broken { sent: Sent::No, error: named(ReasonCode::ProviderUnreachable, "no connection to the vendor could be made") }
}

fn unreached(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable
    )
}

/// The error's own text stays out of rows: it is of the client and not of the vendor.
fn in_session(error: &databento::Error) -> LiveError {
    match error {
        databento::Error::Dbn(_) => named(ReasonCode::ProviderError, "the vendor sent what is no record"),
        _ => named(ReasonCode::ProviderUnreachable, "the connection to the vendor broke"),
    }
}

fn late(sent: Sent, limit: Duration) -> Broken {
    let message = format!("the session did not begin within {} s", limit.as_secs_f64());
    Broken { sent, error: named(ReasonCode::ProviderTimeout, &message) }
}

/// An error that is not in the vendor's words.
pub(super) fn named(reason_code: ReasonCode, message: &str) -> LiveError {
    LiveError { reason_code, error_code: None, message: message.to_owned() }
}
