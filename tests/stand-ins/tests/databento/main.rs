//! The stand-in for Databento, as its users meet it: the binary, over HTTP, mostly by the official client.

#[cfg(test)]
mod counting;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod live;
#[cfg(test)]
mod official_client;
#[cfg(test)]
mod support;
#[cfg(test)]
mod transport;
