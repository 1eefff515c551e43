//! Assayer installed on a cluster with stand-ins and sample Bots: what `make up`, `make down`, `make redeploy` and
//! `make psql` do.

mod chart;
mod psql;
mod target;
mod watch;

use std::process::Command;

use anyhow::{Context, Result, ensure};

pub(crate) use psql::psql;

use crate::command::outside_of_cargo;
use crate::installation::target::Target;
use crate::paths::Paths;
use crate::say::{self, Steps};

/// Namespace of the control plane, and the Helm release's name.
const RELEASE: &str = "assayer";
/// Where the sample Bots live.
const BOTS: &str = "default";
/// The processes that go into images, by the names that `make redeploy P=…` takes.
const PROCESSES: [&str; 4] = ["operator", "gateway", "runner", "stand-ins"];

/// Installs everything and waits until the sample Bots have proof. Can be run again at any time.
pub(crate) fn up(paths: &Paths) -> Result<()> {
    let mut steps = Steps::new(7);
    steps.next("compiling Assayer (about 5 minutes when nothing is cached)");
    compile(paths, &PROCESSES)?;
    let target = Target::find(paths)?;
    if target.own {
        steps.next("starting Kubernetes on this machine (compiled first if it is not cached: about 15 minutes)");
        cluster(paths, &["up"])?;
    } else {
        steps.next("using the cluster of KUBECONFIG");
        target.reachable()?;
    }
    steps.next("building images");
    let images = target.images(paths, &[PROCESSES.as_slice(), &["postgres"]].concat())?;
    steps.next("installing the chart");
    chart::install(paths, &target, &images)?;
    steps.next("applying the sample Integration and Bots");
    chart::apply_samples(paths, &target)?;
    steps.next("forwarding the API to this machine");
    let port = forward(paths, &target)?;
    steps.next("waiting until all Bots have a completed back-test");
    watch::until_proven(&target)?;
    steps.end("Assayer runs");
    tell(&target, port)
}

/// Removes everything that `up` made.
pub(crate) fn down(paths: &Paths) -> Result<()> {
    cluster(paths, &["forward", "--stop"])?;
    let target = Target::find(paths)?;
    if target.own {
        return cluster(paths, &["down"]);
    }
    target.reachable()?;
    chart::remove(paths, &target)
}

/// Builds one process and puts it into the running installation.
pub(crate) fn redeploy(paths: &Paths, process: &str) -> Result<()> {
    ensure!(PROCESSES.contains(&process), "P={process}: there is no such process; take one of {}", PROCESSES.join(", "));
    let mut steps = Steps::new(3);
    steps.next(&format!("compiling {process}"));
    compile(paths, &[process])?;
    let target = Target::find(paths)?;
    steps.next("building its image");
    let images = target.images(paths, &[process])?;
    steps.next("rolling it out");
    chart::upgrade(paths, &target, &images)?;
    steps.end(&format!("{process} is the one of this checkout"));
    Ok(())
}

fn compile(paths: &Paths, processes: &[&str]) -> Result<()> {
    let mut cargo = Command::new("cargo");
    // With --workspace, features are those of every other build, so that nothing is compiled twice.
    cargo.args(["build", "--workspace", "--manifest-path"]).arg(paths.checkout.join("Cargo.toml"));
    for process in processes {
        cargo.arg("--bin").arg(format!("assayer-{process}"));
    }
    passes(&mut cargo, "cargo build")
}

fn forward(paths: &Paths, target: &Target) -> Result<u16> {
    let port = std::env::var("ASSAYER_PORT").unwrap_or_else(|_| "5000".to_owned());
    let number: u16 = port.parse().with_context(|| format!("ASSAYER_PORT={port}: not a port"))?;
    let mut forward = this(paths)?;
    // This node's ingress controller is known; whether a cluster elsewhere has one is not.
    let [namespace, service, of] = if target.own { ["kube-system", "ingress", "80"] } else { [RELEASE, "assayer-api", "5000"] };
    forward.args(["forward", "--port", &port, "--namespace", namespace, "--service", service, "--target-port", of]);
    target.environment(&mut forward);
    passes(&mut forward, "cluster forward")?;
    Ok(number)
}

/// Runs a verb of this very program.
fn cluster(paths: &Paths, args: &[&str]) -> Result<()> {
    passes(this(paths)?.args(args), &format!("cluster {}", args.join(" ")))
}

fn this(paths: &Paths) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("cannot tell where this program lies")?);
    command.current_dir(&paths.checkout);
    Ok(command)
}

/// Runs a command that speaks to the user itself.
fn passes(command: &mut Command, name: &str) -> Result<()> {
    let status = outside_of_cargo(command).status().with_context(|| format!("cannot run {name}"))?;
    ensure!(status.success(), "{name} ended with {status}");
    Ok(())
}

fn tell(target: &Target, port: u16) -> Result<()> {
    say::line("");
    say::line(&target.kubectl_output(&["get", "bots", "-n", BOTS])?);
    let hint = if target.own { "" } else { "  (with the KUBECONFIG that you gave)" };
    for text in [
        format!("kubectl get bots{hint}"),
        "kubectl describe bot eurusd-breakout".to_owned(),
        format!("curl -s http://localhost:{port}/api/_proof/bot/eurusd-breakout | jq ."),
        "make psql".to_owned(),
        "make down".to_owned(),
    ] {
        say::line(&format!("    {text}"));
    }
    Ok(())
}
