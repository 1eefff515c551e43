//! A reader that takes nothing, while another takes all. In: a job's token. Out: how far each came, and what the first was told.

use anyhow::{Context, Result, ensure};
use assayer_contract::wire;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::vendor::MINUTE;
use super::{DATA, ENDURES_MS, Reader, STREAM, in_a_job};
use crate::stream::Records;
use crate::wait::{self, Look};
use crate::world::World;

/// Until then all that may wait between gateway and reader is full, and more than is held is behind it: about a megabyte.
const DAYS: u64 = 28;
const DAY: u64 = 24 * 60;
/// What the gateway holds for who comes back.
const HELD: usize = 2_880;

/// Needs a gateway to which there is nothing between that would take in the reader's place, as a forwarded port does.
pub async fn a_reader_that_takes_nothing_is_cut(world: &World, namespace: &str) -> Result<()> {
    in_a_job(world, namespace, ENDURES_MS, async |reader| reader.one_of_two_takes_nothing().await).await
}

impl Reader<'_> {
    /// Four weeks pass at once, a day at a time: one reader keeps up, the other is cut, has what it has a row for, and is told what it lacks
    /// when it comes back.
    async fn one_of_two_takes_nothing(&self) -> Result<()> {
        let start = self.begin - DAYS * DAY * MINUTE;
        self.vendor.stand(start, DATA - DAYS * DAY * MINUTE).await?;
        let (mut quick, slow) = tokio::try_join!(self.open(None), Untaken::open(self.world, &self.token))?;
        for day in 1..=DAYS {
            self.vendor.advance(DAY).await?;
            let sent = self.sent(day * DAY).await?;
            quick.until("all that was sent", |came| came.bars.len() == sent).await?;
        }
        let all = &quick.came;
        ensure!(all.gaps.is_empty() && all.bars.is_sorted_by(|one, next| one < next), "{:?}", all.gaps);
        let given = self.counted()? - all.bars.len();
        let slow = slow.take().await?;
        let word = slow.last_word.as_deref().unwrap_or_default();
        ensure!(word.starts_with("DATA_STALE: the reader did not keep up"), "{word} after {} bars", slow.bars.len());
        ensure!(slow.bars.len() == given && given + HELD < all.bars.len(), "{} bars, {given} in rows", slow.bars.len());
        ensure!(all.records.starts_with(&slow.records), "what it was given is not what the other was given");
        let last = slow.bars.last().copied().context("a bar")?;
        let mut again = self.open(Some(last)).await?;
        again.until("what is still held", |came| came.bars.last() == all.bars.last()).await?;
        let gaps: Vec<Vec<&str>> = again.came.gaps.iter().map(|gap| gap.split(' ').collect()).collect();
        let [gap] = gaps.as_slice() else { anyhow::bail!("not one gap: {gaps:?}") };
        let ["GAP", "MES.v.0", start, end, _] = gap.as_slice() else { anyhow::bail!("{gap:?}") };
        let (start, end): (u64, u64) = (start.parse()?, end.parse()?);
        let first = again.came.bars.first().copied().context("a bar")?;
        ensure!(last < start && start <= last + MINUTE && end <= first, "{gap:?} between {last} and {first}");
        ensure!(all.records.ends_with(&again.came.records), "what is held is not what was given");
        Ok(())
    }

    /// Bars that the vendor has sent in its only session, once it has ended so many intervals.
    async fn sent(&self, ends: u64) -> Result<usize> {
        wait::until(&format!("the vendor to have ended {ends} intervals"), async || {
            let url = format!("{}/__stand-in/live/sessions", self.world.stand_in);
            let book: Value = self.world.http.get(url).send().await?.json().await?;
            let session = book["all"].as_array().and_then(|all| all.last()).cloned().unwrap_or_default();
            let bars = session["bars"].as_u64().context("a session")?;
            let done = session["ends"].as_u64() == Some(ends);
            Ok(if done { Look::Found(usize::try_from(bars)?) } else { Look::NotYet(session.to_string()) })
        })
        .await
    }
}

/// A connection that nothing but the answer's head is read from, with little room for what waits.
struct Untaken(TcpStream);

impl Untaken {
    async fn open(world: &World, token: &str) -> Result<Self> {
        let host = world.gateway.trim_start_matches("http://");
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(64 << 10)?;
        let mut connection = socket.connect(host.parse()?).await?;
        let (path, header) = (wire::STREAMS_PATH, wire::TOKEN_HEADER);
        let request = format!("GET {path}{STREAM} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{header}: {token}\r\n\r\n");
        connection.write_all(request.as_bytes()).await?;
        // Bars that come before the head are another reader's alone.
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await?);
        }
        ensure!(head.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&head));
        Ok(Self(connection))
    }

    /// Takes all that there is, to the end.
    async fn take(mut self) -> Result<Records> {
        let mut received = Vec::new();
        self.0.read_to_end(&mut received).await?;
        let (mut records, mut rest) = (Records::default(), received.as_slice());
        // Chunks, each after its length in hexadecimal digits.
        while let Some(line) = rest.windows(2).position(|two| two == b"\r\n") {
            let length = usize::from_str_radix(std::str::from_utf8(&rest[..line])?, 16)?;
            let body = rest.get(line + 2..line + 2 + length).context("half a chunk")?;
            records.feed(body)?;
            rest = rest.get(line + 4 + length..).unwrap_or_default();
        }
        Ok(records)
    }
}
