//! A database of its own for one run of Assayer. In: the server of `cluster api run`. Out: how to reach it, and what it answers.

use anyhow::{Context, Result, ensure};

/// A database and its superuser.
#[derive(Clone)]
pub struct Database {
    pub(crate) host: String,
    pub(crate) port: String,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) name: String,
}

impl Database {
    /// The one of `cluster api run`.
    pub fn given() -> Result<Self> {
        let url = reqwest::Url::parse(&std::env::var("DATABASE_URL").context("DATABASE_URL of `cluster api run`")?)?;
        Ok(Self {
            host: url.host_str().unwrap_or("127.0.0.1").to_owned(),
            port: url.port().unwrap_or(5432).to_string(),
            user: url.username().to_owned(),
            password: url.password().unwrap_or_default().to_owned(),
            name: url.path().trim_start_matches('/').to_owned(),
        })
    }

    /// A new one beside it.
    pub fn create() -> Result<Self> {
        let given = Self::given()?;
        let name = format!("scenario_{}", uuid::Uuid::new_v4().simple());
        given.ask(&format!("create database {name}"))?;
        Ok(Self { name, ..given })
    }

    /// What a statement answers, trimmed.
    pub fn ask(&self, statement: &str) -> Result<String> {
        let output =
            std::process::Command::new("psql").args([&self.url(), "-qAt", "-v", "ON_ERROR_STOP=1", "-c", statement]).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://{}:{}@{}:{}/{}", self.user, self.password, self.host, self.port, self.name)
    }
}
