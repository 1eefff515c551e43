//! Live bars from the vendor's stand-in to readers, and what the log says of each.

mod liveness;
mod minutes;
mod reading;
mod sessions;
mod vendor;
