//! Certificates of servers that scenarios start, made by `openssl`.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// A certificate that signs itself, for a name such as `DNS:desk.test` or `IP:127.0.0.1`, and its key, both as PEM.
pub fn of(name: &str) -> Result<(String, String)> {
    let dir = tempfile::tempdir()?;
    let (certificate, key) = (dir.path().join("tls.crt"), dir.path().join("tls.key"));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    openssl.args(["-subj", "/CN=scenario", "-addext", &format!("subjectAltName={name}")]);
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    let made = openssl.arg("-out").arg(&certificate).arg("-keyout").arg(&key).output().context("openssl")?;
    ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Ok((std::fs::read_to_string(certificate)?, std::fs::read_to_string(key)?))
}
