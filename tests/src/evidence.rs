//! `make evidence`: from no Secret to a Bot's use, each command as a person types it, with what it printed. In: a running world with the
//! API on port 5000. Out: `evidence/README.md`, and pictures beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::scenarios::console::Desk;
use crate::scenarios::runbook::{Ran, Runbook};
use crate::world::{World, checkout};

/// Where `make up` serves the API, and where the lines of the proof look for it.
pub const API: &str = "http://localhost:5000";
const BOT: &str = "spx-cross";

/// The lines that are asked for word by word, with what each shows.
const PROOF: [(&str, &str, &str); 5] = [
    ("sh", "Do Bots work by themselves?", "curl -s localhost:5000/api/_proof/autonomy | jq ."),
    ("sh", "Is what is connected used?", "curl -s localhost:5000/api/_proof/integrations | jq ."),
    (
        "sql",
        "The last 50 jobs",
        "select id, bot_id, job_type, status, trace_id, created_at, started_at, completed_at\nfrom bot_jobs order by created_at desc limit 50;",
    ),
    ("sql", "The last 50 requests for market data", "select * from market_data_requests order by created_at desc limit 50;"),
    (
        "sql",
        "The last 50 calls to language models",
        "select created_at, trace_id, bot_id, provider, model, tokens_in, tokens_out, latency_ms, success\nfrom ai_requests order by created_at desc limit 50;",
    ),
];

/// What is written down.
struct Record<'a> {
    runbook: Runbook<'a>,
    text: String,
    /// The step in which each trace was first seen.
    traces: BTreeMap<String, String>,
}

/// Records everything in a namespace of its own, in which nothing is set yet and the gateway may read; tells where the record is.
pub async fn record(world: &World, namespace: &str) -> Result<PathBuf> {
    let folder = checkout().join("evidence");
    let pictures = folder.join("proof");
    std::fs::create_dir_all(&pictures)?;
    let desk = Desk::with_bots(world, namespace, &[BOT]).await?;
    let variables = [("API", API), ("NAMESPACE", namespace), ("BOT", BOT), ("PROVIDER", "databento"), ("KEY", &desk.key)];
    let mut variables: Vec<_> = variables.map(|(name, value)| (name, value.to_owned())).to_vec();
    variables.push(("TOKEN", desk.token("trader").await?));
    let mut record = Record { runbook: Runbook::read(world, variables)?, text: head(namespace), traces: BTreeMap::new() };

    record.chapter("Before any key is set");
    record.line("There is no Secret", "sh", "kubectl get secrets --namespace \"$NAMESPACE\"").await?;
    record.until("The Integration says which key is missing", "configured", "INTEGRATION_KEY_MISSING").await?;
    record.until("The whole system is BLOCKED, and says what to do", "status", "\"system_status\": \"BLOCKED\"").await?;
    record.pictures(&desk, &pictures, "blocked").await?;

    record.chapter("The key is set");
    record.until("The key is set", "set-key", "secret/databento").await?;
    record.until("The vendor accepts it", "verify", "\"success\"").await?;
    record.until("The Integration is connected", "connected", "condition met").await?;
    record.until("The Bot may start", "ready", BOT).await?;

    record.chapter("A job uses it");
    record.until("The Bot’s job proves its market data", "used", "condition met").await?;
    record.until("The whole system is OK", "status", "\"system_status\": \"OK\"").await?;
    record.until("Who used it last", "use-of-the-vendor", "\"used\": true").await?;
    record.until("The job with each row that it caused", "use-by-the-bot", "timeseries.get_range").await?;
    record.until("Nothing went on without its source", "fail-closed", "marketData").await?;
    record.until("The rows", "rows-of-use", "timeseries.get_range").await?;
    record.until("The rows, counted", "use-counted", "databento").await?;
    record.pictures(&desk, &pictures, "ok").await?;

    record.chapter("Proof");
    for (language, title, line) in PROOF {
        record.line(title, language, line).await?;
    }
    record.of_traces(world)?;
    let file = folder.join("README.md");
    ensure!(!record.text.contains(&desk.key), "the key is in the record");
    std::fs::write(&file, &record.text)?;
    desk.clear().await?;
    Ok(file)
}

fn head(namespace: &str) -> String {
    format!(
        "# Evidence\n\nMade {} by `make evidence`, in namespace `{namespace}`, against a stand-in that speaks the vendor's protocol. Each command is as \
         it was run, with what it printed, in order; `API={API} NAMESPACE={namespace} BOT={BOT} PROVIDER=databento`, `TOKEN` is that of \
         the ServiceAccount `trader` there. SQL was run with the rights of the API, which may only read.\n",
        chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    )
}

impl Record<'_> {
    fn chapter(&mut self, title: &str) {
        let _ = write!(self.text, "\n## {title}\n");
    }

    /// A block of the runbook, until it says this.
    async fn until(&mut self, title: &str, block: &str, says: &str) -> Result<()> {
        let said = self.runbook.until(block, says).await?;
        let (language, text) = self.runbook.block(block)?;
        let (language, text) = (language.to_owned(), text.to_owned());
        self.wrote(title, &language, &text, &said);
        Ok(())
    }

    /// A line of one's own, which must end well.
    async fn line(&mut self, title: &str, language: &str, line: &str) -> Result<()> {
        let Ran { good, said } = self.runbook.do_as_it_stands(language, line).await?;
        ensure!(good, "{line}: {said}");
        self.wrote(title, language, line, &said);
        Ok(())
    }

    fn wrote(&mut self, title: &str, language: &str, command: &str, said: &str) {
        eprintln!("         {title}");
        let _ = write!(
            self.text,
            "\n### {title}\n\n```{language}\n{}\n```\n\n```text\n{}\n```\n",
            command.trim_end(),
            said.trim_end()
        );
        for trace in traces(said) {
            self.traces.entry(trace).or_insert_with(|| title.to_owned());
        }
    }

    /// Pages as a viewer sees them, who is signed in and named on them.
    async fn pictures(&mut self, desk: &Desk<'_>, folder: &std::path::Path, state: &str) -> Result<()> {
        let path = folder.to_str().context("a path that can be typed")?;
        let pages = ["overview", "connections", "drawer", "bots", "bot", "runbook"];
        let more = [("SCREENSHOTS", path), ("STATE", state), ("BOT", BOT)];
        desk.browse("evidence.mjs", &API.replace("localhost", "127.0.0.1"), &more).await?;
        let _ = write!(self.text, "\n### As the console shows it, to a signed-in viewer\n\n");
        for page in pages {
            let picture = format!("{page}-{state}.png");
            ensure!(folder.join(&picture).is_file(), "there is no picture {picture}");
            let _ = writeln!(self.text, "![{page}, {state}](proof/{picture})");
        }
        Ok(())
    }

    /// Every trace that was seen is found in the log or among the jobs.
    fn of_traces(&mut self, world: &World) -> Result<()> {
        self.chapter("Traces");
        let _ = write!(self.text, "\n| trace_id | first seen | rows of the log | jobs |\n|---|---|---|---|\n");
        for (trace, title) in &self.traces {
            let counted = world.sql(&format!(
                "select (select count(*) from requests where trace_id = '{trace}') || ' | ' || (select count(*) from bot_jobs where trace_id = '{trace}')"
            ))?;
            let counted = counted.trim();
            ensure!(counted != "0 | 0", "nothing is known of the trace {trace}");
            let _ = writeln!(self.text, "| `{trace}` | {title} | {counted} |");
        }
        ensure!(!self.traces.is_empty(), "no trace was seen");
        Ok(())
    }
}

/// What stands behind a field that names a trace.
fn traces(said: &str) -> impl Iterator<Item = String> {
    said.split("trace_id\": \"").skip(1).filter_map(|rest| rest.get(..36)).map(str::to_owned)
}
