//! `assayer-runner run`: one cycle in a Bot's pod. In: the gateway's address and the pod's token. Out: the work of its jobs, done through
//! the gateway, and their reports. Exits 0 only when the report of each job's success is stored.

mod assignment;
mod backtest;
mod failure;
mod fallback;
mod fetch;
mod gateway;
mod last_words;
mod provenance;
mod round;
mod suggestions;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use assayer_contract::{JobAssignment, JobReport, JobType, wire};
use tokio::signal::unix::{SignalKind, signal};
use tracing::{error, info};
use tracing_subscriber::EnvFilter;

use failure::Failure;
use gateway::Gateway;
use round::Studied;
use uuid::Uuid;

/// Where the work comes from.
#[derive(clap::Args)]
pub(crate) struct RunArgs {
    /// Base URL of the gateway
    #[arg(long, env = wire::GATEWAY_URL_ENV)]
    gateway_url: String,
    /// File with the pod's token for the gateway; read again for every call, because it is renewed
    #[arg(long, value_name = "FILE", default_value = wire::TOKEN_PATH)]
    token_file: PathBuf,
    /// How long a gateway that is away is asked again
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    gateway_patience_seconds: u64,
    /// Existing file that takes the report where the gateway does not
    #[arg(long, value_name = "FILE", default_value = wire::LAST_WORDS_PATH)]
    last_words_file: PathBuf,
}

/// Runs the pod's job to its end.
pub(crate) fn run(args: RunArgs) -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).init();
    match until_terminated(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn until_terminated(args: RunArgs) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the runtime")?;
    runtime.block_on(async {
        // As the first process of its container the runner would not be ended by SIGTERM without a handler.
        let mut terminated = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
        tokio::select! {
            done = work(args) => done,
            _ = terminated.recv() => bail!("stopped by SIGTERM"),
        }
    })
}

/// One job of the cycle after the other, until none is left or one fails.
async fn work(args: RunArgs) -> Result<()> {
    let RunArgs { gateway_url, token_file, gateway_patience_seconds, last_words_file } = args;
    let gateway = Gateway::new(&gateway_url, token_file, Duration::from_secs(gateway_patience_seconds));
    let mut studied = None;
    loop {
        let assignment = match gateway.assignment().await {
            Ok(assignment) => assignment,
            Err(error) => {
                let failure = Failure::from(error);
                last_words::leave(&last_words_file, &failure);
                bail!("asking the gateway for this pod's job: {failure}");
            }
        };
        let job = assignment::parse(assignment);
        let named = job.as_ref().ok().map(|job| (job.job_id, job.remaining));
        let done = match job {
            Ok(job) => perform(&gateway, &job, studied.take()).await,
            Err(failure) => Err(failure),
        };
        let (summary, left) = done.map_or_else(|failure| (Err(failure), None), |(summary, left)| (Ok(summary), left));
        report(&gateway, &last_words_file, named.map(|(id, _)| id), summary).await?;
        if named.is_none_or(|(_, remaining)| remaining == 0) {
            return Ok(());
        }
        studied = left;
    }
}

/// Tells the gateway how the job ended. An error where it failed, or where that could not be told.
async fn report(gateway: &Gateway, last_words_file: &Path, job: Option<Uuid>, done: Result<String, Failure>) -> Result<()> {
    let report = match &done {
        Ok(summary) => JobReport { succeeded: true, reason_code: None, message: summary.clone() },
        Err(failure) => failure.report(),
    };
    if let Err(failure) = &done {
        // Here as well, for where the report does not get through.
        error!(reasonCode = %failure.reason_code, "{failure}");
    }
    if let Err(error) = gateway.report(&report, job).await {
        let unheard = Failure::from(error);
        // Why the job failed says more than why that could not be told.
        last_words::leave(last_words_file, done.as_ref().err().unwrap_or(&unheard));
        bail!("reporting how the job ended: {unheard}");
    }
    info!(succeeded = report.succeeded, summary = report.message, "the job is reported");
    done.map(|_| ()).context("the job failed")
}

/// Does the work of the job's type; the answer is a sentence for the report, and what the next job of the cycle works on.
async fn perform(gateway: &Gateway, job: &JobAssignment, studied: Option<Studied>) -> Result<(String, Option<Studied>), Failure> {
    info!(jobId = %job.job_id, traceId = %job.trace_id, jobType = %job.job_type, stage = %job.stage, namespace = job.bot_namespace,
        bot = job.bot_name, dueSlot = %job.due_slot, "the job is taken");
    match job.job_type {
        JobType::Backtest => {
            let (summary, studied) = backtest::perform(gateway, job).await?;
            Ok((summary, Some(studied)))
        }
        JobType::Improve | JobType::Evolve => Ok((round::perform(gateway, job, studied).await?, None)),
    }
}
