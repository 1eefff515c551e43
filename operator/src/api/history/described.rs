//! What the API's description says of a Bot's history. Pure.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{
    JOBS, JobsPage, ROWS,
    bars::{self, SessionBars},
    document,
    lineage::{self, LineagePage},
    report::{self, Report},
    research::{self, RoundsPage},
};
use crate::api::{
    bots::described::named,
    openapi::{get, path, query},
};

/// All paths of this module.
pub(crate) fn paths(schemas: &mut SchemaGenerator) -> Map<String, Value> {
    let id = json!({"type": "string", "format": "uuid"});
    let limit = json!({"type": "integer", "minimum": 1, "maximum": ROWS.1, "default": ROWS.0});
    let paged = [
        named().as_slice(),
        &[query("before", &id, "Only older ones, as `nextBefore` names it."), query("limit", &limit, "Rows at most.")],
    ]
    .concat();
    let of_lineage = [
        named().as_slice(),
        &[
            query("before", &id, "Only older ones, as `nextBefore` names it."),
            query(
                "limit",
                &json!({"type": "integer", "minimum": 1, "maximum": lineage::ROUNDS.1, "default": lineage::ROUNDS.0}),
                "Rounds at most.",
            ),
        ],
    ]
    .concat();
    let of_round = [paged.as_slice(), &[query("jobId", &id, "Only the round of this job, with its trials.")]].concat();
    let of_report = [named().as_slice(), &[path("jobId", "A backtest of the Bot.")]].concat();
    let jobs = "What a Bot did: its jobs, the newest first, each with what came of it. Needs `get` on the Bot.";
    let rounds =
        "Rounds of research for a Bot with their gates and refusals, and of one round its trials. Needs `get` on the Bot.";
    let descent = "How the strategies of a Bot descend from each other over its rounds of research: whom each was made from and how, and \
        which gate refused it. Needs `get` on the Bot.";
    let report = "What a backtest computed: figures, trades, and the equity that follows from them. Needs `get` on the Bot.";
    let on_bars = "The bars of a backtest as a chart shows them, and its trades on them. Needs `get` on the Bot.";
    let whole = "All of that as one HTML document that needs nothing else, with the round of research of the backtest's cycle. The same \
        rows give the same bytes. Needs `get` on the Bot.";
    let refusals = [400, 401, 403, 404, 405, 503];
    let mut html = get::<String>(schemas, "botReportHtml", whole, &refusals, &of_report);
    if let Some(content) = html.pointer_mut("/get/responses/200/content") {
        *content = json!({"text/html": {"schema": {"type": "string"}}});
    }
    Map::from_iter([
        (document::PATH.to_owned(), html),
        (JOBS.to_owned(), get::<JobsPage>(schemas, "botJobs", jobs, &refusals, &paged)),
        (research::PATH.to_owned(), get::<RoundsPage>(schemas, "botTrials", rounds, &refusals, &of_round)),
        (lineage::PATH.to_owned(), get::<LineagePage>(schemas, "botLineage", descent, &refusals, &of_lineage)),
        (bars::PATH.to_owned(), get::<SessionBars>(schemas, "botReportBars", on_bars, &refusals, &of_report)),
        (report::PATH.to_owned(), get::<Report>(schemas, "botReport", report, &refusals, &of_report)),
    ])
}
