//! Builds the Go programs from the pinned modules in `go/`, each once per machine: what is built lies in the cache
//! under a name that is a function of the module files and the build flags.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::command::command;
use crate::go_progress;
use crate::paths::Paths;
use crate::say::{Steps, line};
use crate::wheel::{ENVOY, POSTGRES};

/// A Go module of ours that pins one upstream project, and the programs built from it.
struct Module {
    /// The folder below `go/`.
    name: &'static str,
    /// File name and package of each program.
    programs: &'static [(&'static str, &'static str)],
    /// Variables that the linker sets: without its version, a program calls itself a development build.
    variables: &'static [(&'static str, &'static str)],
    tags: &'static str,
    /// How long a cold build took on two cores.
    takes: &'static str,
}

const MODULES: &[Module] = &[
    Module { name: "etcd", programs: &[("etcd", "go.etcd.io/etcd/server/v3")], variables: &[], tags: "", takes: "half a minute" },
    Module {
        name: "kubernetes",
        programs: &[
            ("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
            ("kubectl", "k8s.io/kubernetes/cmd/kubectl"),
            ("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"),
            ("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler"),
            ("kubelet", "k8s.io/kubernetes/cmd/kubelet"),
            ("kube-proxy", "k8s.io/kubernetes/cmd/kube-proxy"),
        ],
        variables: &[
            ("k8s.io/component-base/version.gitVersion", "v1.36.3"),
            ("k8s.io/component-base/version.gitMajor", "1"),
            ("k8s.io/component-base/version.gitMinor", "36"),
        ],
        tags: "",
        takes: "six minutes",
    },
    // One module, so that what they have in common, such as Kubernetes' client, is compiled once.
    Module {
        name: "tools",
        programs: &[
            ("containerd", "github.com/containerd/containerd/v2/cmd/containerd"),
            ("containerd-shim-runc-v2", "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2"),
            ("ctr", "github.com/containerd/containerd/v2/cmd/ctr"),
            ("coredns", "assayer/cluster/tools/coredns"),
            ("helm", "helm.sh/helm/v4/cmd/helm"),
        ],
        variables: &[
            ("github.com/containerd/containerd/v2/version.Version", "v2.4.2"),
            ("helm.sh/helm/v4/internal/version.version", "v4.3.1"),
            ("helm.sh/helm/v4/internal/version.gitTreeState", "clean"),
        ],
        tags: "no_btrfs,no_devmapper,no_zfs",
        takes: "four minutes",
    },
    Module {
        name: "contour",
        programs: &[("contour", "github.com/projectcontour/contour/cmd/contour")],
        variables: &[],
        tags: "",
        takes: "two minutes",
    },
];

/// What `cluster api` needs of them.
const API: &[&str] = &["etcd", "kube-apiserver", "kubectl"];

/// How much to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// etcd, kube-apiserver and kubectl.
    Api,
    /// Everything that a node needs.
    Node,
}

/// Builds what is missing and returns the folder in which all programs lie.
pub(crate) fn build(paths: &Paths, scope: Scope) -> Result<PathBuf> {
    let mut jobs = Vec::new();
    for module in MODULES {
        let dir = dir(paths, module)?;
        let wanted = module.programs.iter().filter(|(file, _)| scope == Scope::Node || API.contains(file));
        let missing: Vec<_> = wanted.filter(|(file, _)| !dir.join(file).is_file()).copied().collect();
        if !missing.is_empty() {
            jobs.push((module, missing));
        }
    }
    let mut wheels = Vec::new();
    for wheel in if scope == Scope::Node { [&POSTGRES, &ENVOY].as_slice() } else { &[&POSTGRES] } {
        if !wheel.dir(paths)?.is_dir() {
            wheels.push(*wheel);
        }
    }
    if jobs.is_empty() && wheels.is_empty() {
        line("programs: cached");
        return link(paths);
    }
    let mut steps = Steps::new(jobs.len() + wheels.len());
    for wheel in wheels {
        steps.next(&format!("downloading {}", wheel.name));
        wheel.unpack(paths)?;
    }
    for (module, missing) in jobs {
        let names: Vec<_> = missing.iter().map(|(file, _)| *file).collect();
        steps.next(&format!("compiling {} (cold: about {} on two cores)", names.join(", "), module.takes));
        build_module(paths, module, &missing)?;
    }
    let bin = link(paths)?;
    steps.end(&format!("programs in {}", bin.display()));
    Ok(bin)
}

/// The folder with a link to every program that is built.
pub(crate) fn bin(paths: &Paths) -> Result<PathBuf> {
    let mut all = Sha256::new();
    for module in MODULES {
        all.update(key(paths, module)?);
    }
    for wheel in [POSTGRES, ENVOY] {
        all.update(wheel.key(paths)?);
    }
    Ok(paths.cache.join(format!("bin-{}", short(all))))
}

fn link(paths: &Paths) -> Result<PathBuf> {
    let bin = bin(paths)?;
    fs::create_dir_all(&bin)?;
    let postgres = POSTGRES.programs(paths)?;
    let mut programs = vec![("psql", postgres.join("psql")), ("pg_isready", postgres.join("pg_isready"))];
    programs.push(("envoy", ENVOY.programs(paths)?.join("envoy")));
    for module in MODULES {
        let dir = dir(paths, module)?;
        programs.extend(module.programs.iter().map(|(file, _)| (*file, dir.join(file))));
    }
    for (name, target) in programs {
        let link = bin.join(name);
        if target.is_file() && !link.exists() {
            let _ = fs::remove_file(&link);
            // Another build may have made the same link in the meantime.
            if let Err(error) = std::os::unix::fs::symlink(&target, &link)
                && !link.exists()
            {
                return Err(error).with_context(|| format!("cannot link {}", link.display()));
            }
        }
    }
    Ok(bin)
}

fn build_module(paths: &Paths, module: &Module, wanted: &[(&str, &str)]) -> Result<()> {
    let dir = dir(paths, module)?;
    fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let lock = File::create(dir.join(".lock"))?;
    if lock.try_lock().is_err() {
        line("    waiting for another build of it");
        lock.lock()?;
    }
    let missing: Vec<_> = wanted.iter().filter(|(file, _)| !dir.join(file).is_file()).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    let temporary = dir.join(".building");
    let _ = fs::remove_dir_all(&temporary);
    fs::create_dir_all(&temporary)?;
    let mut go = go(paths, module, "build");
    go.args(flags(module)).args(["-v", "-o"]);
    match missing.as_slice() {
        [(file, _)] => go.arg(temporary.join(file)),
        // Named after their packages, which is what they are called.
        _ => go.arg(format!("{}/", temporary.display())),
    };
    go.args(missing.iter().map(|(_, package)| *package));
    go_progress::run(module.name, &mut go)?;
    for (file, _) in missing {
        fs::rename(temporary.join(file), dir.join(file)).with_context(|| format!("{file} was not built"))?;
    }
    fs::remove_dir_all(&temporary)?;
    Ok(())
}

fn go(paths: &Paths, module: &Module, verb: &str) -> Command {
    let mut go = command("go", [verb]);
    // Programs that run in images FROM scratch can have no C library; settings of the user's must not change the result.
    go.current_dir(source(paths, module)).env("CGO_ENABLED", "0").env("GOFLAGS", "").env("GOWORK", "off");
    // The compiler runs thousands of times, each for a second or two: it shall spend them on compiling.
    go.env("GOGC", "400");
    go
}

fn flags(module: &Module) -> Vec<String> {
    let set = module.variables.iter().map(|(name, value)| format!(" -X {name}={value}"));
    let mut flags = vec!["-trimpath".into(), "-buildvcs=false".into()];
    flags.push(format!("-ldflags=-s -w{}", set.collect::<String>()));
    flags.push(format!("-tags={}", module.tags));
    flags
}

fn source(paths: &Paths, module: &Module) -> PathBuf {
    paths.home().join("go").join(module.name)
}

fn dir(paths: &Paths, module: &Module) -> Result<PathBuf> {
    Ok(paths.cache.join(format!("{}-{}", module.name, key(paths, module)?)))
}

fn key(paths: &Paths, module: &Module) -> Result<String> {
    let source = source(paths, module);
    let files = ["go.mod", "go.sum", "coredns/main.go"].map(|file| source.join(file));
    key_of(&files.into_iter().filter(|file| file.is_file()).collect::<Vec<_>>(), &flags(module))
}

/// Twelve hex digits that change when a file or a flag changes.
pub(crate) fn key_of(files: &[PathBuf], flags: &[String]) -> Result<String> {
    let mut hash = Sha256::new();
    for file in files {
        let content = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        hash.update(content.len().to_le_bytes());
        hash.update(content);
    }
    for flag in flags {
        hash.update(flag.len().to_le_bytes());
        hash.update(flag);
    }
    Ok(short(hash))
}

fn short(hash: Sha256) -> String {
    hex::encode(hash.finalize()).chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn key(dir: &Path, content: &str, flags: &[&str]) -> String {
        let file = dir.join("go.sum");
        fs::write(&file, content).unwrap();
        key_of(&[file], &flags.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn the_key_is_stable_and_changes_with_each_input() {
        let dir = tempfile::tempdir().unwrap();
        let base = key(dir.path(), "a", &["-s", "-w"]);
        assert_eq!(base, key(dir.path(), "a", &["-s", "-w"]));
        assert_ne!(base, key(dir.path(), "b", &["-s", "-w"]));
        assert_ne!(base, key(dir.path(), "a", &["-s-w"]));
        assert_eq!(base.len(), 12);
    }
}
