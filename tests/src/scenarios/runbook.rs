//! `docs/runbook.md`, done as it says: from no key to a Bot's use, held and let go. In: a world, the guarded API. Out: nothing, or the line
//! that lied. A block is run as it stands: `sh NAME` by a shell, `sql NAME` by psql with the rights of the API.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::process::Command;

use super::console::Desk;
use crate::wait::{self, Look};
use crate::world::{World, checkout};

const BOT: &str = "spx-cross";
const PROVIDER: &str = "databento";

/// The named blocks of the runbook, and whom they are run for.
pub struct Runbook<'a> {
    world: &'a World,
    blocks: BTreeMap<String, Block>,
    variables: Vec<(&'static str, String)>,
    done: RefCell<BTreeSet<String>>,
}

struct Block {
    language: String,
    text: String,
}

/// What a block printed.
pub struct Ran {
    /// Whether it ended well.
    pub good: bool,
    /// Its output, and behind it what it complained of.
    pub said: String,
}

/// Every named block, in the order in which a person needs them; before the key is there those that must say so do.
pub async fn its_lines_do_what_they_say(world: &World, api: &str, namespace: &str) -> Result<()> {
    let desk = Desk::with_bots(world, namespace, &[BOT]).await?;
    let token = desk.token("trader").await?;
    let runbook = Runbook::read(
        world,
        vec![
            ("API", api.to_owned()),
            ("NAMESPACE", namespace.to_owned()),
            ("BOT", BOT.to_owned()),
            ("PROVIDER", PROVIDER.to_owned()),
            ("TOKEN", token),
            ("KEY", desk.key.clone()),
        ],
    )?;
    runbook.until("configured", "INTEGRATION_KEY_MISSING").await?;
    runbook.until("status", "INTEGRATION_KEY_MISSING").await?;
    runbook.must("configured", "DATABENTO_API_KEY").await?;
    runbook.must("bot", "reason").await?;
    for lacking in ["ready", "verify"] {
        ensure!(!runbook.run(lacking).await?.good, "{lacking} ends well without a key");
    }
    for (block, says) in [("set-key", "secret/databento"), ("verify", "\"success\""), ("connected", "condition met")] {
        runbook.must(block, says).await?;
    }
    // The system is judged anew each second; a person asks again.
    runbook.until("ready", BOT).await?;
    for (block, says) in [
        ("used", "condition met"),
        ("use-of-the-vendor", "\"used\": true"),
        ("use-by-the-bot", "timeseries.get_range"),
        ("fail-closed", "marketData"),
        ("rows-of-use", "timeseries.get_range"),
        ("use-counted", PROVIDER),
        ("autonomy", "verdict"),
        ("hold", "condition met"),
        ("resume", "patched"),
    ] {
        runbook.must(block, says).await?;
    }
    runbook.nothing_is_left()?;
    world.remove_namespace(namespace).await
}

impl<'a> Runbook<'a> {
    /// Of this checkout, for these variables.
    pub fn read(world: &'a World, variables: Vec<(&'static str, String)>) -> Result<Self> {
        let path = checkout().join("docs/runbook.md");
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok(Self { world, blocks: named(&text)?, variables, done: RefCell::default() })
    }

    /// A block as it is written: its language, its text.
    pub fn block(&self, name: &str) -> Result<(&str, &str)> {
        let block = self.blocks.get(name).with_context(|| format!("the runbook has no block {name}"))?;
        Ok((&block.language, &block.text))
    }

    /// Runs a block.
    pub async fn run(&self, name: &str) -> Result<Ran> {
        let (language, text) = self.block(name)?;
        self.done.borrow_mut().insert(name.to_owned());
        self.do_as_it_stands(language, text).await
    }

    /// Runs a text in `sh` or `sql`.
    pub async fn do_as_it_stands(&self, language: &str, text: &str) -> Result<Ran> {
        let mut command = match language {
            "sh" => {
                let mut bash = Command::new("bash");
                bash.args(["-euo", "pipefail", "-c", text]);
                bash
            }
            "sql" => self.psql(text)?,
            other => bail!("nothing runs {other}: {text}"),
        };
        let output = command.envs(self.variables.iter().map(|(name, value)| (*name, value))).kill_on_drop(true).output().await?;
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        Ok(Ran { good: output.status.success(), said })
    }

    /// Runs a block that must end well and say this.
    pub async fn must(&self, name: &str, says: &str) -> Result<String> {
        let Ran { good, said } = self.run(name).await?;
        ensure!(good && said.contains(says), "the runbook's {name} does not say {says}: {said}");
        Ok(said)
    }

    /// Runs a block until it says this.
    pub async fn until(&self, name: &str, says: &str) -> Result<String> {
        wait::until(&format!("the runbook's {name} to say {says}"), async || {
            let Ran { good, said } = self.run(name).await?;
            Ok(if good && said.contains(says) { Look::Found(said) } else { Look::NotYet(said) })
        })
        .await
    }

    fn psql(&self, text: &str) -> Result<Command> {
        let (program, args) = self.world.psql.words()?;
        let mut psql = Command::new(program);
        psql.args(args).args(["-v", "ON_ERROR_STOP=1", "-q", "-f", "-"]);
        for (name, variable) in [("namespace", "NAMESPACE"), ("bot", "BOT")] {
            let value = self.variables.iter().find(|(name, _)| *name == variable).map(|(_, value)| value.as_str());
            psql.args(["-v", &format!("{name}={}", value.unwrap_or_default())]);
        }
        let mut file = tempfile::tempfile()?;
        std::io::Write::write_all(&mut file, format!("set role assayer_api;\n{text}").as_bytes())?;
        std::io::Seek::rewind(&mut file)?;
        psql.stdin(file);
        Ok(psql)
    }

    fn nothing_is_left(&self) -> Result<()> {
        let done = self.done.borrow();
        let left: Vec<_> = self.blocks.keys().filter(|name| !done.contains(*name)).collect();
        ensure!(left.is_empty(), "no scenario runs these blocks of the runbook: {left:?}");
        Ok(())
    }
}

/// Blocks with a name behind their language, without the indentation of their fence.
fn named(text: &str) -> Result<BTreeMap<String, Block>> {
    let mut blocks = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        let Some(info) = line.trim_start().strip_prefix("```") else { continue };
        let inside: Vec<&str> = lines.by_ref().take_while(|line| line.trim() != "```").collect();
        let Some((language, name)) = info.split_once(' ') else { continue };
        let inside: Vec<&str> = inside.into_iter().map(|line| line.get(indent..).unwrap_or_default()).collect();
        let text = inside.join("\n");
        let before = blocks.insert(name.to_owned(), Block { language: language.to_owned(), text });
        ensure!(before.is_none(), "two blocks of the runbook are called {name}");
    }
    Ok(blocks)
}

/// Every reason and every provider of the document is what the API says of it, so that the console leads to the same.
pub async fn the_api_tells_the_same(world: &World) -> Result<()> {
    let (status, answer) = world.get("/api/runbook").await?;
    ensure!(status == 200, "{status} {answer}");
    let text = std::fs::read_to_string(checkout().join("docs/runbook.md"))?;
    let of = |list: &Value, field: &str| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|one| one[field].as_str().map(str::to_owned)).collect()
    };
    let reasons: Vec<String> =
        answer["areas"].as_array().into_iter().flatten().flat_map(|area| of(&area["reasons"], "reason_code")).collect();
    ensure!(!reasons.is_empty() && reasons.iter().all(|code| text.contains(&format!("#### {code}\n"))), "{reasons:?}");
    let titles = of(&answer["providers"], "title");
    ensure!(!titles.is_empty() && titles.iter().all(|title| text.contains(&format!("### {title}\n"))), "{titles:?}");
    Ok(())
}
