//! Writes container images as OCI archives: one layer, no base. The same files give the same bytes, so an image's
//! digest names its content.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

/// One entry of an image's file system.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// A copy of a file of this machine.
    Copy(PathBuf, u32),
    /// A file with this content.
    Text(String, u32),
    /// A symbolic link to this target.
    Link(String),
    /// An empty folder with this mode, which belongs to this user.
    Dir(u32, u64),
}

/// An image before it is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Image {
    /// Paths without a leading slash.
    pub(crate) files: BTreeMap<String, Entry>,
    pub(crate) entrypoint: Vec<String>,
    pub(crate) command: Vec<String>,
    pub(crate) environment: Vec<String>,
    /// `uid:gid`, or empty for root.
    pub(crate) user: String,
}

/// A layer in a file of its own, and the documents that describe it.
pub(crate) struct Built {
    layer: PathBuf,
    layer_digest: String,
    config: Vec<u8>,
    manifest: Vec<u8>,
}

impl Image {
    /// Writes the layer to `layer` and describes it.
    pub(crate) fn build(&self, layer: PathBuf) -> Result<Built> {
        let file = File::create(&layer).with_context(|| format!("cannot create {}", layer.display()))?;
        let mut tar = Builder::new(Hashing { inner: BufWriter::with_capacity(1 << 20, file), hash: Sha256::new(), size: 0 });
        for (path, entry) in self.with_parents() {
            add(&mut tar, &path, &entry).with_context(|| format!("cannot add {path}"))?;
        }
        let mut written = tar.into_inner()?;
        written.flush()?;
        let layer_digest = hex::encode(written.hash.finalize());
        let config = serde_json::to_vec(&json!({
            "architecture": architecture(),
            "os": "linux",
            "config": {
                "User": self.user,
                "Entrypoint": self.entrypoint,
                "Cmd": self.command,
                "Env": self.environment,
                "WorkingDir": "/",
            },
            "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{layer_digest}")]},
        }))?;
        let manifest = serde_json::to_vec(&json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": descriptor("application/vnd.oci.image.config.v1+json", &digest(&config), config.len() as u64),
            "layers": [descriptor("application/vnd.oci.image.layer.v1.tar", &layer_digest, written.size)],
        }))?;
        Ok(Built { layer, layer_digest, config, manifest })
    }

    /// All entries, with the folders that they lie in, each before what it contains.
    fn with_parents(&self) -> BTreeMap<String, Entry> {
        let mut all = self.files.clone();
        for path in self.files.keys() {
            for parent in Path::new(path).ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty()) {
                all.entry(parent.display().to_string()).or_insert(Entry::Dir(0o755, 0));
            }
        }
        all
    }
}

impl Built {
    /// Twelve hex digits that change with the content.
    pub(crate) fn tag(&self) -> String {
        digest(&self.manifest).chars().take(12).collect()
    }

    /// Writes the archive that `ctr images import` reads, with these full names.
    pub(crate) fn archive(&self, names: &[String], out: &Path) -> Result<()> {
        let entries: Vec<Value> = names
            .iter()
            .map(|name| {
                let mut entry =
                    descriptor("application/vnd.oci.image.manifest.v1+json", &digest(&self.manifest), self.manifest.len() as u64);
                if let Some(entry) = entry.as_object_mut() {
                    entry.insert("annotations".into(), json!({"io.containerd.image.name": name}));
                }
                entry
            })
            .collect();
        let index = serde_json::to_vec(&json!({"schemaVersion": 2, "manifests": entries}))?;
        let mut tar = Builder::new(BufWriter::with_capacity(1 << 20, File::create(out)?));
        put(&mut tar, "oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#, 0o644)?;
        put(&mut tar, "index.json", &index, 0o644)?;
        for blob in [&self.config, &self.manifest] {
            put(&mut tar, &format!("blobs/sha256/{}", digest(blob)), blob, 0o644)?;
        }
        copy(&mut tar, &format!("blobs/sha256/{}", self.layer_digest), &self.layer, 0o644)?;
        tar.into_inner()?.flush()?;
        Ok(())
    }
}

/// Counts and hashes what passes through.
struct Hashing<W> {
    inner: W,
    hash: Sha256,
    size: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write_all(bytes)?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn add<W: Write>(tar: &mut Builder<W>, path: &str, entry: &Entry) -> Result<()> {
    match entry {
        Entry::Copy(source, mode) => copy(tar, path, source, *mode),
        Entry::Text(content, mode) => put(tar, path, content.as_bytes(), *mode),
        Entry::Link(target) => {
            let mut header = header(EntryType::Symlink, 0, 0o777, 0);
            Ok(tar.append_link(&mut header, path, target)?)
        }
        Entry::Dir(mode, owner) => {
            let mut header = header(EntryType::Directory, 0, *mode, *owner);
            Ok(tar.append_data(&mut header, format!("{path}/"), io::empty())?)
        }
    }
}

fn copy<W: Write>(tar: &mut Builder<W>, path: &str, source: &Path, mode: u32) -> Result<()> {
    let file = File::open(source).with_context(|| format!("cannot read {}", source.display()))?;
    let mut header = header(EntryType::Regular, file.metadata()?.len(), mode, 0);
    Ok(tar.append_data(&mut header, path, file)?)
}

fn put<W: Write>(tar: &mut Builder<W>, path: &str, content: &[u8], mode: u32) -> Result<()> {
    let mut header = header(EntryType::Regular, content.len() as u64, mode, 0);
    Ok(tar.append_data(&mut header, path, content)?)
}

fn header(kind: EntryType, size: u64, mode: u32, owner: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(mode);
    header.set_uid(owner);
    header.set_gid(owner);
    header.set_mtime(0);
    header
}

fn descriptor(kind: &str, digest: &str, size: u64) -> Value {
    json!({"mediaType": kind, "digest": format!("sha256:{digest}"), "size": size})
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "arm64",
        "x86_64" => "amd64",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(content: &str, dir: &Path) -> String {
        let files = BTreeMap::from([("etc/name".to_owned(), Entry::Text(content.to_owned(), 0o644))]);
        Image { files, ..Image::default() }.build(dir.join("layer")).unwrap().tag()
    }

    #[test]
    fn the_tag_is_a_function_of_the_content() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(tag("a", dir.path()), tag("a", dir.path()));
        assert_ne!(tag("a", dir.path()), tag("b", dir.path()));
    }

    #[test]
    fn a_folder_comes_before_what_lies_in_it() {
        let files = BTreeMap::from([("a/b/c".to_owned(), Entry::Link("d".to_owned()))]);
        let image = Image { files, ..Image::default() };
        assert_eq!(image.with_parents().into_keys().collect::<Vec<_>>(), ["a", "a/b", "a/b/c"]);
    }
}
