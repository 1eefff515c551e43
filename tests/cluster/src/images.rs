//! `cluster images`: what is in each image, and which of them the node does not have yet.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command::{command, find, output, run, succeeds};
use crate::containerd;
use crate::oci::{Entry, Image};
use crate::paths::Paths;
use crate::postgres_image;
use crate::say::{Steps, line};

/// The images of the product, of its stand-ins and of its database.
pub(crate) const NAMES: [&str; 5] = ["operator", "gateway", "runner", "stand-ins", "postgres"];
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";
const NONROOT: u32 = 65532;

/// Builds these images and brings them to the node; returns each short name with a reference that changes with the
/// content. Nothing is imported that is there already.
pub(crate) fn import(paths: &Paths, names: &[String]) -> Result<Vec<(String, String)>> {
    each(paths, names, |short, image| bring(&format!("localhost/assayer-{short}"), "dev", image))
}

/// Builds these images and pushes them to a registry, for a cluster elsewhere; returns the same as `import`.
pub(crate) fn push(paths: &Paths, names: &[String], registry: &str) -> Result<Vec<(String, String)>> {
    if find("skopeo").is_none() {
        bail!("skopeo must be on the PATH to push to a registry; on Debian: apt-get install skopeo");
    }
    let dir = paths.target("images");
    fs::create_dir_all(&dir)?;
    each(paths, names, |short, image| {
        let (layer, archive) = (dir.join("layer"), dir.join("archive"));
        let built = image.build(layer.clone())?;
        let reference = format!("{}/assayer-{short}:{}", registry.trim_end_matches('/'), built.tag());
        built.archive(std::slice::from_ref(&reference), &archive)?;
        let (from, to) = (format!("oci-archive:{}", archive.display()), format!("docker://{reference}"));
        // A registry on this machine speaks plain HTTP, as container engines assume too.
        let local = ["localhost", "127.0.0.1"].iter().any(|host| registry.starts_with(host));
        let tls = format!("--dest-tls-verify={}", !local);
        run(command("skopeo", ["copy", "--quiet", &tls, &from, &to]).env("LC_ALL", "C"))?;
        fs::remove_file(&layer)?;
        fs::remove_file(&archive)?;
        Ok(reference)
    })
}

fn each(paths: &Paths, names: &[String], deliver: impl Fn(&str, &Image) -> Result<String>) -> Result<Vec<(String, String)>> {
    let mut steps = Steps::new(names.len());
    let mut references = Vec::new();
    for name in names {
        let short = name.strip_prefix("assayer-").unwrap_or(name);
        let image = match short {
            "postgres" => postgres_image::image(paths)?,
            "operator" | "gateway" | "runner" | "stand-ins" => product(paths, short)?,
            _ => bail!("no image is called {name}; there are: {}", NAMES.join(", ")),
        };
        steps.next(&format!("image {short}"));
        references.push((short.to_owned(), deliver(short, &image)?));
    }
    Ok(references)
}

/// Imports the images that the node itself needs: of pods, of its DNS and of its ingress.
pub(crate) fn import_system(bin: &Path) -> Result<()> {
    let busybox = busybox()?;
    let pause = Image {
        files: BTreeMap::from([("busybox".into(), Entry::Copy(busybox, 0o755))]),
        entrypoint: ["/busybox", "sleep", "2147483647"].map(str::to_owned).to_vec(),
        user: format!("{NONROOT}:{NONROOT}"),
        ..Image::default()
    };
    bring("localhost/pause", "1", &pause)?;
    for name in ["coredns", "contour", "envoy"] {
        let program = fs::canonicalize(bin.join(name))?;
        let mut files = base();
        // Those of Go need no library.
        if name == "envoy" {
            add_libraries(&mut files, &program)?;
        }
        files.insert(name.to_owned(), Entry::Copy(program, 0o755));
        let user = format!("{NONROOT}:{NONROOT}");
        bring(
            &format!("localhost/{name}"),
            "1",
            &Image { files, entrypoint: vec![format!("/{name}")], user, ..Image::default() },
        )?;
    }
    Ok(())
}

/// Imports an image unless the node has it; returns its reference by content.
fn bring(repository: &str, tag: &str, image: &Image) -> Result<String> {
    let dir = containerd::state().join("images");
    fs::create_dir_all(&dir)?;
    let layer = dir.join("layer");
    let built = image.build(layer.clone())?;
    let reference = format!("{repository}:{}", built.tag());
    let present = containerd::images()?;
    if present.contains(&reference) {
        line("    unchanged");
    } else {
        let archive = dir.join("archive");
        let named = format!("{repository}:{tag}");
        built.archive(&[named, reference.clone()], &archive)?;
        containerd::import(&archive)?;
        fs::remove_file(&archive)?;
        containerd::forget_old(&present, repository, tag)?;
    }
    fs::remove_file(&layer)?;
    Ok(reference)
}

/// A binary of the development build beside the shared libraries that it needs.
fn product(paths: &Paths, short: &str) -> Result<Image> {
    let name = format!("assayer-{short}");
    let binary = paths.target("debug").join(&name);
    if !binary.is_file() {
        bail!("{} is missing; run: cargo build -p {name}", binary.display());
    }
    let mut files = base();
    add_libraries(&mut files, &binary)?;
    files.insert(name.clone(), Entry::Copy(binary, 0o755));
    if short == "stand-ins" {
        add_tree(&mut files, &paths.checkout.join("tests/data"), "data", |_| true)?;
    }
    let mut environment = Vec::new();
    if short == "operator" {
        add_tree(&mut files, &crate::console::build(paths)?, "console", |_| true)?;
        environment.push("CONSOLE=/console".to_owned());
    }
    let user = format!("{NONROOT}:{NONROOT}");
    Ok(Image { files, entrypoint: vec![format!("/{name}")], user, environment, ..Image::default() })
}

/// What every image with a C library needs: certificates, users, name resolution, a folder for temporary files.
pub(crate) fn base() -> BTreeMap<String, Entry> {
    let users = format!(
        "root:x:0:0:root:/:/bin/sh\npostgres:x:999:999:postgres:/var/lib/postgresql:/bin/sh\nnonroot:x:{NONROOT}:{NONROOT}:nonroot:/:/bin/sh\n"
    );
    let groups = format!("root:x:0:\npostgres:x:999:\nnonroot:x:{NONROOT}:\n");
    let text = |content: &str| Entry::Text(content.to_owned(), 0o644);
    BTreeMap::from([
        ("etc/passwd".into(), text(&users)),
        ("etc/group".into(), text(&groups)),
        ("etc/nsswitch.conf".into(), text("hosts: files dns\n")),
        ("etc/ssl/certs/ca-certificates.crt".into(), Entry::Copy(CERTIFICATES.into(), 0o644)),
        ("tmp".into(), Entry::Dir(0o1777, 0)),
    ])
}

/// Adds the shared libraries of a program at the paths where its loader looks for them.
pub(crate) fn add_libraries(files: &mut BTreeMap<String, Entry>, program: &Path) -> Result<()> {
    let listed = output(command("ldd", [program.as_os_str()]).env("LC_ALL", "C"))
        .with_context(|| format!("cannot tell the libraries of {}", program.display()))?;
    for path in libraries(&listed) {
        // Those beside the program come with its own tree.
        if path.starts_with("/lib") || path.starts_with("/usr/lib") {
            files.insert(path.trim_start_matches('/').to_owned(), Entry::Copy(path.into(), 0o755));
        }
    }
    Ok(())
}

/// The absolute paths in what `ldd` writes.
fn libraries(listed: &str) -> Vec<&str> {
    listed.lines().filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/'))).collect()
}

/// Adds a folder's files; those that may be executed stay so.
pub(crate) fn add_tree(files: &mut BTreeMap<String, Entry>, from: &Path, to: &str, wanted: fn(&Path) -> bool) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let path = entry.path();
        let name = format!("{to}/{}", entry.file_name().to_string_lossy());
        let meta = entry.metadata()?;
        if meta.is_dir() {
            add_tree(files, &path, &name, wanted)?;
        } else if wanted(&path) {
            let executable = std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o111 != 0;
            files.insert(name, Entry::Copy(path, if executable { 0o755 } else { 0o644 }));
        }
    }
    Ok(())
}

/// The static busybox of this machine.
pub(crate) fn busybox() -> Result<PathBuf> {
    let path = find("busybox").context("busybox is missing; run: cluster deps")?;
    if succeeds(command("ldd", [path.as_os_str()]).env("LC_ALL", "C")) {
        bail!("{} is not the static one; install busybox-static", path.display());
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loader_and_each_resolved_library_are_taken_from_ldd() {
        let listed = "\tlinux-vdso.so.1 (0x00007f)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n";
        assert_eq!(libraries(listed), ["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"]);
    }
}
