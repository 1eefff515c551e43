//! One connection, from the greeting on. In: a socket. Out: entries in the book; the socket closed when either side has had enough.

use std::time::Duration;

use dbn::SystemMsg;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::{Instant, sleep_until};

use super::Live;
use super::arrivals::{Session, Subscribed};
use super::faults::Kind;
use super::lines::{Login, Subscription};
use super::publisher::{Publisher, encoded, serves};
use crate::keys::fingerprint;

/// Where the client does not say.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// Clients that do not log in, or start, in this time are sent away.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) async fn serve(socket: TcpStream, live: Live) {
    let (reader, writer) = socket.into_split();
    let mut connection = Connection { live, lines: BufReader::new(reader).lines(), writer, no: None };
    let ended = match connection.run().await {
        Ok(why) => why.to_owned(),
        Err(error) => format!("the connection broke: {error}"),
    };
    if let Some(no) = connection.no {
        connection.live.book.note(no, |session| session.ended = Some(ended));
    }
}

struct Connection {
    live: Live,
    lines: Lines<BufReader<OwnedReadHalf>>,
    writer: OwnedWriteHalf,
    /// Number in the book, once there was a login.
    no: Option<u64>,
}

impl Connection {
    async fn run(&mut self) -> std::io::Result<&'static str> {
        let challenge = uuid::Uuid::new_v4().simple().to_string();
        self.writer.write_all(format!("lsg_version=0.5.1\ncram={challenge}\n").as_bytes()).await?;
        let Some(line) = self.line().await? else { return Ok("no login") };
        let login = match self.login(&line, &challenge) {
            Ok(Some(login)) => login,
            Ok(None) => return Ok("no answer on demand"),
            Err(why) => {
                self.writer.write_all(format!("success=0|error={why}\n").as_bytes()).await?;
                return Ok("refused");
            }
        };
        self.note(|session| session.accepted = true);
        let no = self.no.unwrap_or_default();
        self.writer.write_all(format!("success=1|session_id={}\n", 1_700_000_000 + no).as_bytes()).await?;
        let mut subscriptions = Vec::new();
        loop {
            match self.line().await? {
                None => return Ok("left before it began"),
                Some(line) if line.trim() == "start_session" || line.starts_with("start_session=") => break,
                Some(line) => match Subscription::parse(&line) {
                    Ok(one) => {
                        self.enter(&one);
                        subscriptions.push(one);
                    }
                    Err(why) => return self.refuse(&why).await,
                },
            }
        }
        self.note(|session| session.started = true);
        self.publish(&login, subscriptions).await
    }

    /// A line that cannot be understood, before there are records.
    async fn refuse(&mut self, why: &str) -> std::io::Result<&'static str> {
        self.writer.write_all(format!("success=0|error={why}\n").as_bytes()).await?;
        Ok("a bad subscription")
    }

    async fn line(&mut self) -> std::io::Result<Option<String>> {
        tokio::time::timeout(PATIENCE, self.lines.next_line()).await.unwrap_or(Ok(None))
    }

    /// Enters the login and judges it; none is answered with nothing.
    fn login(&mut self, line: &str, challenge: &str) -> Result<Option<Login>, String> {
        let login = Login::parse(line)?;
        let vendor = self.live.clone();
        let right = |key: &str| login.auth == answer(challenge, key);
        let key = vendor.keys.find(right);
        let entry = Session {
            dataset: login.dataset.clone(),
            key: key.as_deref().map(fingerprint),
            client: login.client.clone(),
            ..Session::default()
        };
        self.no = Some(vendor.book.arrived(entry));
        let fault = vendor.faults.meet(&[Kind::Unauthorized, Kind::License, Kind::ConnectionLimit, Kind::Drop, Kind::Hang]);
        match fault.map(|fault| fault.kind) {
            Some(Kind::Unauthorized) => Err("Authentication failed.".to_owned()),
            Some(Kind::License) => Err(format!("A live data license is required to access {}.", login.dataset)),
            Some(Kind::ConnectionLimit) => Err("User has reached their open connection limit".to_owned()),
            Some(_) => Ok(None),
            None if key.is_none() => Err("Authentication failed.".to_owned()),
            None if !serves(&vendor.catalogue, &login.dataset) => Err(format!("Unknown dataset {}", login.dataset)),
            None => Ok(Some(login)),
        }
    }

    fn note(&self, change: impl FnOnce(&mut Session)) {
        if let Some(no) = self.no {
            self.live.book.note(no, change);
        }
    }

    fn enter(&self, one: &Subscription) {
        let Subscription { schema, stype_in, symbols, start } = one.clone();
        let entry = Subscribed { schema: schema.to_string(), stype_in: stype_in.to_string(), symbols, start };
        self.note(|session| session.subscriptions.push(entry));
    }

    /// Sends what comes due until the client leaves, or a fault ends it.
    async fn publish(&mut self, login: &Login, subscriptions: Vec<Subscription>) -> std::io::Result<&'static str> {
        let mut changes = self.live.clock.changes();
        let mut publisher = Publisher::begin(&self.live, &login.dataset, subscriptions);
        self.writer.write_all(&publisher.head().map_err(std::io::Error::other)?).await?;
        let asked = self.live.manner().heartbeat_ms.map(Duration::from_millis);
        let every = asked.or(login.heartbeat_s.map(Duration::from_secs)).unwrap_or(HEARTBEAT);
        let mut beat = Instant::now() + every;
        loop {
            let now = *changes.borrow_and_update();
            let due = publisher.due(now).map_err(std::io::Error::other)?;
            self.note(|session| {
                session.bars += due.bars;
                session.ends += due.ends;
            });
            if !due.bytes.is_empty() {
                self.writer.write_all(&due.bytes).await?;
                beat = Instant::now() + every;
            }
            if let Some(why) = due.end {
                return Ok(why);
            }
            if !due.bytes.is_empty() {
                continue;
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = sleep_until(beat) => {
                    beat = Instant::now() + every;
                    if !due.mute {
                        self.note(|session| session.heartbeats += 1);
                        let heartbeat = SystemMsg::heartbeat(self.live.clock.now());
                        self.writer.write_all(&encoded(&heartbeat).map_err(std::io::Error::other)?).await?;
                    }
                }
                line = self.lines.next_line() => match line? {
                    None => return Ok("the client left"),
                    Some(line) => if let Ok(one) = Subscription::parse(&line) {
                        self.enter(&one);
                        let answer = publisher.add(one).map_err(std::io::Error::other)?;
                        self.writer.write_all(&answer).await?;
                    }
                },
            }
        }
    }
}

/// What the holder of this key answers to a challenge.
fn answer(challenge: &str, key: &str) -> String {
    let last = key.get(key.len().saturating_sub(5)..).unwrap_or_default();
    format!("{}-{last}", hex::encode(Sha256::digest(format!("{challenge}|{key}").as_bytes())))
}
