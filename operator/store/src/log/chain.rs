//! The hash chain over groups. In: the last group's digest and the rows of the next. Out: the rows sealed and the next head. Pure.
//!
//! A row's digest is SHA-256 of its canonical JSON; a group's digest is SHA-256 of the previous group's digest (nothing for the
//! first group) followed by the digests of its rows in the order of `seq`. Changing, dropping or reordering any row changes every
//! digest after it.

use assayer_contract::{HashError, RequestRow, Sha256Hash};

use super::Epoch;

/// The end of a gateway set's chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Number of the last group; 0 before the first.
    pub group_no: i64,
    /// Sequence number of the last row; 0 before the first.
    pub seq: i64,
    /// Digest of the last group.
    pub digest: Option<Sha256Hash>,
}

/// Digest of the group that follows one with the digest `previous`.
pub fn group_digest<'a>(previous: Option<&'a Sha256Hash>, rows: impl IntoIterator<Item = &'a Sha256Hash>) -> Sha256Hash {
    Sha256Hash::of_parts(previous.into_iter().chain(rows).map(|hash| hash.as_bytes().as_slice()))
}

/// Gives the rows their writer, sequence, group and digest. Returns the head after them; without rows the head stays.
pub fn seal(epoch: &Epoch, head: Head, rows: &mut [RequestRow]) -> Result<Head, HashError> {
    if rows.is_empty() {
        return Ok(head);
    }
    let group_no = head.group_no + 1;
    let mut seq = head.seq;
    let mut digests = Vec::with_capacity(rows.len());
    for row in rows {
        seq += 1;
        row.gateway_set.clone_from(&epoch.gateway_set);
        row.writer.clone_from(&epoch.writer);
        row.writer_epoch = epoch.number;
        row.seq = seq;
        row.group_no = group_no;
        let digest = row.digest()?;
        row.row_digest = Some(digest);
        digests.push(digest);
    }
    Ok(Head { group_no, seq, digest: Some(group_digest(head.digest.as_ref(), &digests)) })
}
