//! A zstd body unpacked as it is read. In: a whole body. Out: its plain bytes, with every early end made an error. Pure.

use std::io::{self, BufReader, Read};

/// Reads plain bytes, counts them, and stops at a limit.
///
/// The DBN decoder takes `UnexpectedEof` for the regular end, so an incomplete frame is turned into another kind of error here.
pub(super) struct Plain<'a> {
    frames: zstd::Decoder<'a, BufReader<&'a [u8]>>,
    read: u64,
    limit: u64,
    fault: Option<Fault>,
}

/// Why the plain bytes ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Incomplete,
    NotZstd,
    TooLarge,
}

impl<'a> Plain<'a> {
    pub(super) fn new(body: &'a [u8], limit: u64) -> io::Result<Self> {
        Ok(Self { frames: zstd::Decoder::new(body)?, read: 0, limit, fault: None })
    }

    /// Plain bytes so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.read
    }

    /// Why reading failed, if it did.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.fault
    }

    fn fail(&mut self, fault: Fault) -> io::Error {
        self.fault = Some(fault);
        io::Error::other("the body has no regular end")
    }
}

impl Read for Plain<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.frames.read(buffer) {
            Ok(count) => {
                self.read += count as u64;
                if self.read > self.limit { Err(self.fail(Fault::TooLarge)) } else { Ok(count) }
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(self.fail(Fault::Incomplete)),
            Err(_) => Err(self.fail(Fault::NotZstd)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_is_defused_at_the_limit() {
        let bomb = zstd::encode_all(io::repeat(0).take(50 << 20), 1).unwrap();
        assert!(bomb.len() < 10_000);
        let mut plain = Plain::new(&bomb, 1 << 20).unwrap();
        assert!(io::copy(&mut plain, &mut io::sink()).is_err());
        assert_eq!(plain.fault(), Some(Fault::TooLarge));
        assert!(plain.bytes_read() < 2 << 20);
    }
}
