//! What the installation is for: facts of the installation, which no custom resource and no API call can change. Pure.

/// What the installation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Environment {
    /// Development: vendors may have stand-ins, and LAB may do without market data.
    Dev,
    /// Anything else.
    Prod,
}

/// What the installation lets its policies ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Installed {
    pub(crate) environment: Environment,
    simulates: bool,
}

impl Installed {
    /// Facts that go together, or which flag contradicts which.
    pub(crate) fn new(environment: Environment, allow_sim_fallback: bool) -> anyhow::Result<Self> {
        anyhow::ensure!(
            !allow_sim_fallback || environment == Environment::Dev,
            "--allow-sim-fallback=true with --environment=prod: only a dev installation simulates bars"
        );
        Ok(Self { environment, simulates: allow_sim_fallback })
    }

    /// Whether simulated bars may stand in for a vendor's.
    pub(crate) fn simulates(self) -> bool {
        self.simulates
    }
}

#[cfg(test)]
impl From<Environment> for Installed {
    fn from(environment: Environment) -> Self {
        Self { environment, simulates: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_development_installation_simulates_and_only_where_it_says_so() {
        assert!(Installed::new(Environment::Dev, true).unwrap().simulates());
        assert!(!Installed::new(Environment::Dev, false).unwrap().simulates());
        assert!(!Installed::new(Environment::Prod, false).unwrap().simulates());
        assert!(Installed::new(Environment::Prod, true).unwrap_err().to_string().contains("only a dev installation"));
    }
}
