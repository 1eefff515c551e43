//! The statistics against the papers and against luck.

mod folds;
mod luck;
