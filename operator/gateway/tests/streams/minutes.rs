//! Ten thousand minutes.
