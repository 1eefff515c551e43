//! A token that the API server itself signed for, but whose time is over. In: a good token and the cluster's signing key. Out: the
//! same token with other times, signed anew by `openssl`. The API server gives none that lives less than ten minutes.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};

/// The signing key of a cluster that `cluster api` made; another cluster's is not ours to use.
pub fn signing_key() -> Option<PathBuf> {
    let kubeconfig = std::env::var_os("KUBECONFIG")?;
    let key = Path::new(&kubeconfig).parent()?.join("pki/sa.key");
    key.is_file().then_some(key)
}

/// The token as it would be an hour after its end.
pub fn expired(token: &str, key: &Path) -> Result<String> {
    let mut parts = token.split('.');
    let (header, claims) = (parts.next().context("a header")?, parts.next().context("claims")?);
    let mut claims: Value = serde_json::from_slice(&BASE64.decode(claims)?)?;
    for claim in ["exp", "iat", "nbf"] {
        claims[claim] = json!(claims[claim].as_i64().context(claim)? - 2 * 3_600);
    }
    let signed = format!("{header}.{}", BASE64.encode(serde_json::to_vec(&claims)?));
    Ok(format!("{signed}.{}", BASE64.encode(signature(&signed, key)?)))
}

/// ES256: the two integers of the signature, 32 bytes each.
fn signature(text: &str, key: &Path) -> Result<Vec<u8>> {
    let mut openssl = Command::new("openssl")
        .args(["dgst", "-sha256", "-sign"])
        .arg(key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    openssl.stdin.take().context("openssl's input")?.write_all(text.as_bytes())?;
    let der = openssl.wait_with_output()?.stdout;
    let length = |at: usize| der.get(at).map(|length| usize::from(*length)).context("a shorter signature than DER's");
    let first = length(3)?;
    let second = length(5 + first)?;
    ensure!(der.len() == 6 + first + second, "openssl's signature is not the DER of two integers");
    let integer = |at: usize, length: usize| -> Vec<u8> {
        let bytes: Vec<u8> = der.iter().skip(at).take(length).copied().skip_while(|byte| *byte == 0).collect();
        [vec![0; 32 - bytes.len().min(32)], bytes].concat()
    };
    Ok([integer(4, first), integer(6 + first, second)].concat())
}
