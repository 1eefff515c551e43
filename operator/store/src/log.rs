//! The request log.
