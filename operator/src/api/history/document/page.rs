//! The whole document. In: rows. Out: HTML that loads and runs nothing; every text of a row is escaped. Pure.

use assayer_contract::RequestRow;
use assayer_engine::Money;
use assayer_store::bot_history::WholeSession;
use chrono::{DateTime, SecondsFormat, Utc};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{STYLE, facts::Facts, policy, result, round::rounds};
use crate::api::{
    checks::{self, SymbolCheck},
    history::{bars::Drawn, report::Told},
};

/// The document.
pub(super) fn render(facts: &Facts) -> String {
    let session = &facts.session;
    let told = Told::of(session.result.clone(), session.first_bar);
    let title = format!("Backtest of {}/{}", facts.namespace, facts.name);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main {
                h1 { (title) }
                p {
                    (session.bars) " bars from " (at(session.first_bar)) " to " (at(session.last_bar)) ", computed for stage "
                    (facts.evidence.job.stage) " and stored " (at(session.created_at)) "."
                }
                (identity(facts))
                (checked(facts, &told))
                (rows(facts))
                (result::figures(&told))
                (result::equity(&told))
                (result::on_bars(&Drawn::of(session)))
                (rounds(&facts.rounds, facts.planned))
            } }
        }
    }
    .into_string()
}

/// A moment, to the second.
pub(super) fn at(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// What nobody knows, and why.
pub(super) fn unknown(reason: &str) -> Markup {
    html! { p class="unknown" { strong { "Unknown" } ": " (reason) } }
}

/// A name and what it stands for.
pub(super) fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// A table that can be scrolled by keyboard where it is wider than the page.
pub(super) fn table(label: &str, heads: &[&str], rows: &Markup) -> Markup {
    html! {
        div class="wide" role="group" aria-label=(label) tabindex="0" { table {
            thead { tr { @for head in heads { th scope="col" { (head) } } } }
            tbody { (rows) }
        } }
    }
}

/// A verdict in a word and a sign.
pub(super) fn standing(is: Option<bool>) -> Markup {
    match is {
        Some(true) => html! { span class="proven" { "✓ Proven" } },
        Some(false) => html! { span class="refuted" { "✗ Refuted" } },
        None => html! { span class="open" { "? Unknown" } },
    }
}

fn identity(facts: &Facts) -> Markup {
    let (job, session) = (&facts.evidence.job, &facts.session);
    let hash = |text: &str| html! { code { (text) } };
    html! {
        h2 { "What this is" }
        dl {
            (fact("Bot", &html! { (facts.namespace) "/" (facts.name) }))
            (fact("Instrument", &html! { (job.instrument) }))
            (fact("Job", &hash(&job.id.to_string())))
            (fact("Job came to", &html! {
                (job.status)
                @if let Some(reason) = job.reason_code { " " code { (reason) } }
                @if let Some(message) = &job.message { " " (message) }
            }))
            (fact("Trace of the cycle", &hash(&session.trace_id.to_string())))
            @if let Some(row) = &facts.evidence.session { (fact("Row of the session", &hash(&row.id.to_string()))) }
            (fact("Engine version", &html! { (session.engine_version) }))
            (fact("Strategy", &hash(&session.strategy_hash)))
            (fact("Data", &hash(&session.data_hash)))
            (fact("Inputs", &hash(&session.inputs_hash)))
            (fact("Result", &hash(&session.result_hash)))
            (fact("Buckets of bars", &html! {
                @match &session.bar_buckets_hash { Some(text) => (hash(text)), None => "unknown: none were kept" }
            }))
            (fact("Policy", &hash(&job.policy_hash)))
        }
        @match &facts.strategy {
            Some(strategy) => {
                p { "Its strategy, of the family " (strategy.family) ":" }
                pre tabindex="0" { (format!("{:#}", strategy.spec)) }
            },
            None => (unknown("no strategy of this hash is stored")),
        }
    }
}

fn checked(facts: &Facts, told: &Told) -> Markup {
    let evidence = &facts.evidence;
    let (symbol, rows) = (checks::symbol(evidence), checks::request_ids(evidence.session.as_ref()));
    let all = [
        ("Each row that the session names is a successful call of its job", rows.value, rows.reason),
        ("The bars are of the Bot’s instrument", symbol.value.map(|found| found != SymbolCheck::Mismatch), symbol.reason),
        own_strategy(facts),
        vendors_own(facts),
        adds_up(told),
    ];
    html! {
        h2 { "Checks" }
        (table("Checks", &["Check", "Verdict", "Why"], &html! { @for (name, is, why) in &all { tr {
            th scope="row" { (name) } td { (standing(*is)) } td { (why.as_deref().unwrap_or("by rows")) }
        } } }))
    }
}

/// A check, its verdict, and why it is none or not true.
type Checked = (&'static str, Option<bool>, Option<String>);

fn own_strategy(facts: &Facts) -> Checked {
    let same = facts.session.strategy_hash == facts.evidence.job.strategy_hash;
    let why = (!same).then(|| format!("the job was planned with {}", facts.evidence.job.strategy_hash));
    ("The strategy is the one that the job was planned with", Some(same), why)
}

fn vendors_own(facts: &Facts) -> Checked {
    let name = "Nothing stood in for the vendor";
    match fed(facts).find_map(|(_, row)| row.and_then(|row| row.fallback_of).zip(row)) {
        Some((failed, row)) => (name, Some(false), Some(format!("{} stood in after the row {failed}", row.provider))),
        None if fed(facts).any(|(_, row)| row.is_none()) => (name, None, Some("not every row that fed it was read".to_owned())),
        None => (name, Some(true), None),
    }
}

fn adds_up(told: &Told) -> Checked {
    let name = "Capital and the trades add up to the final equity";
    let last = told.equity.as_ref().and_then(|points| points.last()).map(|point| point.equity.as_str());
    let last = last.and_then(|text| text.parse::<Money>().ok());
    let stored = told.figures.get("finalEquity").and_then(|value| value.as_str()).and_then(|text| text.parse::<Money>().ok());
    match last.zip(stored) {
        Some((last, stored)) if last == stored => (name, Some(true), None),
        Some((last, stored)) => (name, Some(false), Some(format!("they add up to {last}, and {stored} is stored"))),
        None => (name, None, Some("the stored result is not in a form that this version can add up".to_owned())),
    }
}

/// Ids of the rows that fed the session, each with the row where it was read.
fn fed(facts: &Facts) -> impl Iterator<Item = (uuid::Uuid, Option<&RequestRow>)> {
    let WholeSession { request_ids, .. } = &facts.session;
    request_ids.iter().map(|id| (*id, facts.evidence.requests.iter().find(|row| row.id == *id)))
}

fn rows(facts: &Facts) -> Markup {
    html! {
        h2 { "Rows that fed it" }
        (table("Rows that fed it", &["Row", "Provider", "Endpoint", "Outcome", "Bars", "Cost in USD"], &html! {
            @for (id, row) in fed(facts) { tr {
                td { code { (id) } }
                @match row {
                    Some(row) => {
                        td { (row.provider) } td { (row.endpoint) } td { (row.outcome) }
                        td { @match row.bar_count { Some(count) => (count), None => "none counted" } }
                        td { @match &row.cost_usd { Some(cost) => (cost), None => "none said" } }
                    },
                    None => td colspan="5" {
                        "Unknown: it is not among the " (facts.evidence.requests.len()) " of " (facts.evidence.requests_total)
                        " rows of the job that were read"
                    },
                }
            } }
        }))
    }
}
