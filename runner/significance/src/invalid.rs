//! Why a figure cannot be computed.

/// Why there is no figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// There are fewer of something than its formula needs.
    #[error("{have} {what}; at least {need} are needed")]
    TooFew {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        have: usize,
        /// How many there must be.
        need: usize,
    },
    /// Something is a NaN or infinite.
    #[error("{0} is not a finite number")]
    NotFinite(&'static str),
    /// All returns are equal, for instance all zero, so that nothing can be divided by their deviation.
    #[error("trial {trial}: all returns are equal")]
    NoVariance {
        /// Its place among the trials, from 0.
        trial: usize,
    },
    /// Trials are of unequal length.
    #[error("trial {trial} has {have} returns; the first one has {need}")]
    Ragged {
        /// Its place among the trials, from 0.
        trial: usize,
        /// How many returns it has.
        have: usize,
        /// How many the first one has.
        need: usize,
    },
    /// A parameter is out of its range.
    #[error("{parameter} must be {range}")]
    OutOfRange {
        /// Its name.
        parameter: &'static str,
        /// What it may be.
        range: &'static str,
    },
}

impl Invalid {
    /// An error where there are fewer than are needed.
    pub(crate) fn unless_enough(what: &'static str, have: usize, need: usize) -> Result<(), Self> {
        if have < need { Err(Self::TooFew { what, have, need }) } else { Ok(()) }
    }
}
