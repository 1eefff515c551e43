//! The round of research of a session's cycle, as a part of the document. In: its rows. Out: markup: folds, gates, scores, refusals. Pure.

use assayer_contract::{
    Verdict,
    research::{Figure, Figures, FoldResult, GateResult},
};
use assayer_store::session_report::Scores;
use maud::{Markup, html};

use super::{
    chart::columns,
    facts::RoundFacts,
    page::{at, fact, standing, table, unknown},
};

/// What there is to tell of it.
pub(super) fn rounds(rounds: &[RoundFacts], planned: i64) -> Markup {
    let missing = planned.saturating_sub(i64::try_from(rounds.len()).unwrap_or(i64::MAX));
    html! {
        h2 { "Research in the same cycle" }
        @if planned == 0 { p { "This cycle had no round of research." } }
        @if missing > 0 { (unknown(&format!("{missing} of {planned} rounds of this cycle posted no report"))) }
        @for round in rounds { (one(round)) }
    }
}

fn one(round: &RoundFacts) -> Markup {
    let row = &round.row;
    let found = match (&row.challenger, row.improved) {
        (Some(_), _) => "a challenger",
        (None, true) => "better, and not proven",
        (None, false) => "nothing better",
    };
    html! {
        section {
            h3 { (row.job_type) " over " (row.root) ", " (row.family) }
            dl {
                (fact("Job", &html! { code { (row.job_id) } }))
                (fact("Trials", &html! { (row.trials) }))
                (fact("Found", &html! { (found) }))
                @if let Some(challenger) = &row.challenger { (fact("Challenger", &html! { code { (challenger) } })) }
            }
            @match &round.report {
                Some(report) => {
                    h4 { "Walk forward" }
                    @match &report.folds {
                        Some(folds) => (folds_table(folds)),
                        None if report.best.is_none() => p { "Nothing was better than the Bot’s own strategy: there is no walk forward." },
                        None => (unknown("the runner that posted this round kept no folds of it")),
                    }
                    h4 { "Gates" }
                    @if report.gates.is_empty() { p { "No strategy came as far as the gates." } } @else { (gates_table(&report.gates)) }
                },
                None => (unknown("the stored report is not in a form that this version knows")),
            }
            h4 { "Scores of the trials" }
            (histogram(round.scores.as_ref()))
            h4 { "Why they are no challengers" }
            (refusals(&round.refusals))
        }
    }
}

fn folds_table(folds: &[FoldResult]) -> Markup {
    let heads = [
        "Test from",
        "to the day of",
        "Bars",
        "Sharpe ratio, training",
        "Sharpe ratio",
        "Net",
        "Trades",
        "Chosen by the training",
        "Sharpe ratio",
        "Net",
        "Trades",
    ];
    html! {
        p { "Each test of the strategy that the gates speak of, and of the trial that the training before it would have chosen." }
        (table("Walk forward", &heads, &html! { @for fold in folds { tr {
            td { (at(fold.test_from)) } td { (at(fold.test_to)) }
            td { @match fold.test_bars { Some(bars) => (bars), None => "unknown: they were not counted" } }
            td { @match &fold.own_trained { Some(trained) => (ratio(trained)), None => "unknown: it was not kept" } }
            (cells(fold.own.as_ref()))
            td { @match &fold.chosen { Some(id) => code { (id) }, None => "none could be run" } }
            (cells(fold.chosen_figures.as_ref()))
        } } }))
    }
}

fn cells(figures: Option<&Figures>) -> Markup {
    html! {
        @match figures {
            Some(figures) => { td { (ratio(figures)) } td { (figures.net) } td { (figures.trades) } },
            None => td colspan="3" { "unknown: it could not be run" },
        }
    }
}

fn ratio(figures: &Figures) -> Markup {
    html! { @match figures.sharpe { Some(sharpe) => (sharpe), None => "unknown: its days do not differ" } }
}

fn gates_table(gates: &[GateResult]) -> Markup {
    let open = |verdict| match verdict {
        Verdict::Proven => Some(true),
        Verdict::Refuted => Some(false),
        Verdict::Unknown => None,
    };
    html! {
        (table("Gates", &["Gate", "Verdict", "Measured", "Required", "Reason"], &html! { @for gate in gates { tr {
            th scope="row" { (gate.gate) }
            td { (standing(open(gate.verdict))) }
            td { (gate.measured.as_ref().or(gate.unknown.as_ref()).map_or("unknown: no reason was given", String::as_str)) }
            td { (gate.required) }
            td { @match gate.reason_code { Some(code) => code { (code) }, None => "none: it is open" } }
        } } }))
    }
}

fn histogram(scores: Option<&Scores>) -> Markup {
    let Some(Scores { low, high, counts, unscored }) = scores else { return unknown("no trial of this round has a score") };
    let (sum, bins) = (counts.iter().sum::<i64>(), i128::try_from(counts.len()).unwrap_or(1).max(1));
    // What the ends of a bin are is told as exactly as scores are.
    let end = |place: i128| {
        let width = i128::from(*high) - i128::from(*low);
        Figure::from_millionths(i64::try_from(i128::from(*low) + width * place / bins).unwrap_or(*high))
    };
    let says = format!("{sum} trials with scores from {} to {}", end(0), end(bins));
    let rows: Vec<(Figure, Figure, i64)> = (0..).zip(counts).map(|(place, count)| (end(place), end(place + 1), *count)).collect();
    html! {
        figure {
            (columns(&says, counts))
            div class="span" { span { (end(0)) } span { (end(bins)) } }
            figcaption { (says) "; at most " (counts.iter().max().copied().unwrap_or_default()) " in a column. "
                @if *unscored > 0 { (unscored) " trials have no score, since they could not be run." } }
        }
        details { summary { "Scores as a table" }
            (table("Scores", &["From", "to", "Trials"], &html! { @for (from, to, count) in &rows { tr {
                td { (from) } td { (to) } td { (count) }
            } } }))
        }
    }
}

fn refusals(told: &[(Option<String>, i64)]) -> Markup {
    if told.is_empty() {
        return unknown("no trial of this round is stored");
    }
    html! {
        (table("Refusals", &["Reason", "Trials"], &html! { @for (reason, count) in told { tr {
            td { @match reason { Some(reason) => code { (reason) }, None => "nothing speaks against it" } } td { (count) }
        } } }))
    }
}
