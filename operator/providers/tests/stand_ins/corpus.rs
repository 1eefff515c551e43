//! What was asked and answered, kept for the fuzzer (`tests/fuzz`), which begins with it.

use std::{fs, path::Path};

use http::{HeaderMap, StatusCode};

use crate::Sample;

/// Writes an exchange into the folder that `ASSAYER_CORPUS` names; none is named in a plain run.
pub(crate) fn keep(provider: &str, sample: &Sample, status: StatusCode, headers: &HeaderMap, answer: &[u8]) {
    let Some(folder) = std::env::var_os("ASSAYER_CORPUS") else { return };
    let Sample { method, path, query, body, .. } = *sample;
    let headers = headers.iter().filter_map(|(name, value)| Some(format!("{name}: {}", value.to_str().ok()?)));
    let headers = headers.collect::<Vec<_>>().join("\t");
    let request = format!("{provider}\n{method}\n{path}\n{query}\n{body}\n{}\n{headers}\n", status.as_u16());
    let mut exchange = request.into_bytes();
    exchange.extend_from_slice(answer);
    let name = format!("{provider}-{}-{}", status.as_u16(), assayer_contract::Sha256Hash::of_parts([exchange.as_slice()]));
    fs::write(Path::new(&folder).join(name), exchange).unwrap();
}
