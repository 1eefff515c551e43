//! What the installation is for: a fact of the installation, which no custom resource and no API call can change. Pure.

/// What the installation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Environment {
    /// Development: vendors may have stand-ins, and LAB may do without market data.
    Dev,
    /// Anything else.
    Prod,
}
