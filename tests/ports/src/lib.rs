//! Ports for processes on loopback, many of which are started at once and by several programs. Out: ports of which each is given once.

use std::{
    hash::{BuildHasher, RandomState},
    net::{Ipv4Addr, TcpListener, UdpSocket},
    ops::Range,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result};

/// Below those that the system gives to whoever connects: none of them takes one before it is listened at.
const ALL: Range<u16> = 10_000..30_000;

/// What tells other programs that a port is given away. TCP knows nothing of ports of UDP, so whoever it is for can listen at it.
static GIVEN: Mutex<Vec<UdpSocket>> = Mutex::new(Vec::new());

/// A TCP port of 127.0.0.1 at which nobody listens, and which nobody else who asks here is given as long as this process lives.
pub fn free() -> Result<u16> {
    let from = ALL.start + u16::try_from(RandomState::new().hash_one(()) % u64::from(ALL.end - ALL.start))?;
    (from..ALL.end).chain(ALL.start..from).find(|port| is_given(*port)).context("a free port")
}

fn is_given(port: u16) -> bool {
    let Ok(given) = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)) else { return false };
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    if free {
        GIVEN.lock().unwrap_or_else(PoisonError::into_inner).push(given);
    }
    free
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn a_port_is_given_once_and_can_be_listened_at() {
        let mut ports: Vec<u16> = (0..500).map(|_| free().unwrap()).collect();
        assert!(ports.iter().all(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok() && !is_given(*port)));
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 500);
    }
}
