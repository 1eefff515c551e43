//! `make evidence`. In: `KUBECONFIG` of a cluster on which `make up` ran; or the variables of `cluster api run`, and then plain processes
//! are started. Out: where the record is.

#![allow(clippy::print_stdout, reason = "what a person asked for")]

use anyhow::{Context, Result};
use assayer_tests::installed::Installed;
use assayer_tests::processes::Processes;
use assayer_tests::scenarios::console;
use assayer_tests::{World, evidence};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main]
async fn main() -> Result<()> {
    let namespace = format!("evidence-{}", chrono::Utc::now().timestamp());
    if std::env::var_os("DATABASE_URL").is_none() {
        let installed = Installed::connect().await?;
        installed.let_the_gateway_read(&namespace).await?;
        return tell(&installed.world, &namespace).await;
    }
    let mut running = Processes::start("evidence").await?;
    let dist = console::built()?;
    running.install("api", &[("CONSOLE", dist.to_str().context("a path that can be typed")?)]).await?;
    let listener =
        TcpListener::bind("127.0.0.1:5000").await.context("port 5000, where the lines of the proof look for the API")?;
    tokio::spawn(forward(listener, running.url("api").replace("http://", "")));
    tell(&running.world.clone(), &namespace).await
}

async fn tell(world: &World, namespace: &str) -> Result<()> {
    let file = evidence::record(world, namespace).await?;
    println!("{}", file.canonicalize()?.display());
    Ok(())
}

/// Passes connections on.
async fn forward(listener: TcpListener, to: String) {
    while let Ok((mut from, _)) = listener.accept().await {
        let to = to.clone();
        tokio::spawn(async move {
            if let Ok(mut there) = TcpStream::connect(to).await {
                let _ = tokio::io::copy_bidirectional(&mut from, &mut there).await;
            }
        });
    }
}
