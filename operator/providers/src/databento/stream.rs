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

/// Bytes of the header of every record.
const RECORD_HEADER: u64 = 16;

/// Passes on what follows a header of a known length, as long as every record has a length that DBN allows.
///
/// Records are whole multiples of eight bytes. The decoder asserts that instead of returning an error, so one damaged byte
/// would be a panic.
pub(super) struct Framed<R> {
    source: R,
    /// Bytes until the next record begins.
    until_record: u64,
}

impl<R> Framed<R> {
    pub(super) fn new(source: R, header: u64) -> Self {
        Self { source, until_record: header }
    }

    pub(super) fn into_inner(self) -> R {
        self.source
    }
}

impl<R: Read> Read for Framed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        let mut passed = 0;
        while let Some(words) = buffer.get(..count).and_then(|read| read.get(passed + at(self.until_record)..)?.first()) {
            passed += at(self.until_record);
            self.until_record = u64::from(*words) * 4;
            if self.until_record < RECORD_HEADER || !self.until_record.is_multiple_of(8) {
                return Err(io::Error::other(format!("a record claims {} bytes", self.until_record)));
            }
        }
        self.until_record -= (count - passed) as u64;
        Ok(count)
    }
}

/// A distance in a buffer; one that no buffer can have stays out of reach.
fn at(distance: u64) -> usize {
    usize::try_from(distance).unwrap_or(usize::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_followed_across_any_cut_of_the_reads() {
        let record = |words: u8| std::iter::once(words).chain(std::iter::repeat_n(7, usize::from(words) * 4 - 1));
        let good: Vec<u8> = std::iter::repeat_n(9, 13).chain(record(4)).chain(record(14)).chain(record(6)).collect();
        for size in 1..good.len() {
            let mut framed = Framed::new(good.as_slice(), 13);
            let mut read = Vec::new();
            while let Ok(count @ 1..) = framed.read(vec![0; size].as_mut_slice()) {
                read.push(count);
            }
            assert_eq!(read.iter().sum::<usize>(), good.len(), "in pieces of {size}");
        }
    }

    #[test]
    fn a_record_that_is_too_short_or_of_an_odd_number_of_words_is_an_error() {
        for words in [0, 2, 29] {
            let bytes = [9, 9, words, 1, 1, 1, 1];
            assert!(io::copy(&mut Framed::new(bytes.as_slice(), 2), &mut io::sink()).is_err());
        }
    }

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
