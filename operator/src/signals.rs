//! The request to end. In: SIGTERM (Kubernetes) and SIGINT (a terminal). Out: a future that ends with the first. Not pure.

use tokio::signal::unix::{SignalKind, signal};

/// Ends when the process is asked to end. As process 1 of a container it would otherwise be deaf to SIGTERM.
pub(crate) async fn termination() {
    let (Ok(mut term), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        tracing::warn!("signals cannot be listened to; only a kill ends this process");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = interrupt.recv() => {}
    }
}
