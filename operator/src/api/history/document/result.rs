//! What a session computed, as a part of the document: figures, equity, drawdown, trades on bars. In: the session. Out: markup; what is not
//! known is said with its reason. Pure.

use assayer_contract::BarBucket;
use assayer_engine::{Money, Price, Side, Trade};
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use serde_json::Value;

use super::{
    chart::{SIZE, Scale, framed, line, share},
    page::{at, fact, table, unknown},
};
use crate::api::history::{
    bars::Drawn,
    report::{EquityPoint, Told},
};

/// Figures that are shown, and characters of each.
const FIGURES: (usize, usize) = (100, 200);
const TRADE_HEADS: [&str; 8] = ["Side", "Contracts", "Entry", "at", "Exit", "at", "Net", "Ended by"];
const BAR_HEADS: [&str; 8] = ["From", "To the bar of", "Bars", "Open", "High", "Low", "Close", "Volume"];
/// Width of a candle's body, of ten parts of its room.
const BODY: i128 = 7;

/// Figures by their names, as the engine wrote them.
pub(super) fn figures(told: &Told) -> Markup {
    let mut found = Vec::new();
    collect("", &told.figures, &mut found);
    html! {
        h2 { "Figures" }
        @if found.is_empty() { (unknown("the stored result has no figures")) }
        dl { @for (name, value) in found.iter().take(FIGURES.0) { (fact(name, &html! { (value) })) } }
        @if found.len() > FIGURES.0 { p { (found.len() - FIGURES.0) " more figures are left out." } }
    }
}

fn collect(name: &str, value: &Value, found: &mut Vec<(String, String)>) {
    let short = |text: &str| text.chars().take(FIGURES.1).collect::<String>();
    match value {
        Value::Object(fields) => {
            // A reason that is not there is none that anybody lacks.
            for (field, value) in fields.iter().filter(|(field, value)| *field != "reason" || !value.is_null()) {
                let name = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                collect(&name, value, found);
            }
        }
        Value::Array(list) => found.push((short(name), format!("{} entries", list.len()))),
        Value::Null => found.push((short(name), "unknown".to_owned())),
        Value::String(text) => found.push((short(name), short(text))),
        other => found.push((short(name), short(&other.to_string()))),
    }
}

/// Equity after each trade, and what it is below its highest.
pub(super) fn equity(told: &Told) -> Markup {
    let points = told.equity.as_deref().unwrap_or_default();
    let values = |of: fn(&EquityPoint) -> &str| -> Option<Vec<(i128, i128)>> {
        points
            .iter()
            .map(|point| Some((i128::from(point.time.timestamp_millis()), of(point).parse::<Money>().ok()?.nanos())))
            .collect()
    };
    let (Some((first, last)), Some(equity), Some(mut fall)) =
        (points.first().zip(points.last()), values(|point| &point.equity), values(|point| &point.drawdown))
    else {
        let reason = told.unknown_reason.unwrap_or("the stored equity is not in a form that this version knows");
        return html! { h2 { "Equity" } (unknown(reason)) h2 { "Drawdown" } (unknown(reason)) };
    };
    for point in &mut fall {
        point.1 = point.1.saturating_neg();
    }
    let worst = fall.iter().map(|point| point.1).min().map_or(Money::ZERO, |nanos| Money::from_nanos(nanos.saturating_neg()));
    let says = format!("Equity from {} to {} over {} trades", first.equity, last.equity, points.len() - 1);
    let of_all =
        |choose: fn(i128, i128) -> i128| equity.iter().map(|point| point.1).reduce(choose).map_or(Money::ZERO, Money::from_nanos);
    let (highest, lowest) = (of_all(i128::max), of_all(i128::min));
    html! {
        h2 { "Equity" }
        figure {
            @if let Some(drawn) = line(&says, "line", &equity, false) { (drawn) }
            (span(first.time, last.time))
            figcaption { (says) "; highest " (highest) ", lowest " (lowest) "; " (told.bars_reason) "." }
        }
        h2 { "Drawdown" }
        @let says = format!("Deepest fall below the highest equity, by closed trades, {worst}");
        figure {
            @if let Some(drawn) = line(&says, "fall", &fall, true) { (drawn) }
            (span(first.time, last.time))
            figcaption { (says) }
        }
    }
}

fn span(from: DateTime<Utc>, to: DateTime<Utc>) -> Markup {
    html! { div class="span" { span { (at(from)) } span { (at(to)) } } }
}

/// Trades on bars, and both as tables.
pub(super) fn on_bars(drawn: &Drawn) -> Markup {
    html! {
        h2 { "Trades on bars" }
        @match &drawn.bar_buckets {
            Some(buckets) => (candles(buckets, drawn.trades.as_deref().unwrap_or_default())),
            None => (unknown(drawn.bar_buckets_reason.unwrap_or_default())),
        }
        @match &drawn.trades {
            Some(trades) => (trades_table(trades, drawn.trades_left_out.unwrap_or_default())),
            None => (unknown(drawn.trades_reason.unwrap_or_default())),
        }
        @if let Some(buckets) = &drawn.bar_buckets { (bars_table(buckets)) }
    }
}

/// A bucket in nano units.
struct Candle {
    prices: [i128; 4],
}

impl Candle {
    fn of(bucket: &BarBucket) -> Option<Self> {
        let nanos = |text: &str| text.parse::<Price>().ok().map(|price| i128::from(price.nanos()));
        Some(Self { prices: [nanos(&bucket.open)?, nanos(&bucket.high)?, nanos(&bucket.low)?, nanos(&bucket.close)?] })
    }
}

fn candles(buckets: &[BarBucket], trades: &[Trade]) -> Markup {
    let read: Option<Vec<Candle>> = buckets.iter().map(Candle::of).collect();
    let fills = trades.iter().flat_map(|trade| [trade.entry_price, trade.exit_price]).map(|price| i128::from(price.nanos()));
    let all = read.iter().flatten().flat_map(|candle| candle.prices).chain(fills);
    let (Some(read), Some(scale), Some((first, last))) = (&read, Scale::over(all), buckets.first().zip(buckets.last())) else {
        return unknown("the stored buckets are not in a form that this version knows");
    };
    let number = i128::try_from(read.len()).unwrap_or(1).max(1);
    let (room, left) = ((SIZE.0 / number).max(1), |place: i128| share(place, number, SIZE.0));
    let drawn: Vec<Markup> = (0..).zip(read).map(|(place, candle)| one(left(place), room, candle, scale)).collect();
    let center = |time: DateTime<Utc>| {
        let place = buckets.partition_point(|bucket| bucket.from <= time).saturating_sub(1);
        left(i128::try_from(place).unwrap_or_default()) + room / 2
    };
    let won = trades.iter().filter(|trade| trade.net > Money::ZERO).count();
    let says = format!(
        "{} buckets of bars from {} to {}; {} trades on them, {won} of which won",
        buckets.len(),
        first.open,
        last.close,
        trades.len()
    );
    html! {
        figure {
            (framed(&says, &html! {
                @for candle in &drawn { (candle) }
                @for trade in trades { (mark(trade, center(trade.entry_time), center(trade.exit_time), scale)) }
            }))
            (span(first.from, last.to))
            figcaption {
                (says) ". A triangle up was bought, one down sold to enter; "
                "the line leads to the exit: a circle that won, a square that did not."
            }
        }
    }
}

fn one(left: i128, room: i128, candle: &Candle, scale: Scale) -> Markup {
    let [open, high, low, close] = candle.prices.map(|price| scale.at(price));
    let (center, width) = (left + room / 2, (room * BODY / 10).max(4));
    let (top, class) = if close < open { (close, "rose") } else { (open, "fell") };
    html! {
        path class="wick" d={ "M" (center) " " (high) "V" (low) } {}
        rect class=(class) x=(center - width / 2) y=(top) width=(width) height=((open - close).abs().max(6)) {}
    }
}

fn mark(trade: &Trade, entered: i128, left: i128, scale: Scale) -> Markup {
    let (from, to) = (scale.at(trade.entry_price.nanos().into()), scale.at(trade.exit_price.nanos().into()));
    let class = if trade.net > Money::ZERO { "won" } else { "lost" };
    let triangle = match trade.side {
        Side::Long => format!("M{entered} {}l32 55h-64Z", from - 28),
        Side::Short => format!("M{entered} {}l32 -55h-64Z", from + 28),
    };
    html! {
        path class={ "trade " (class) } d={ "M" (entered) " " (from) "L" (left) " " (to) } {}
        path class="entry" d=(triangle) {}
        @if trade.net > Money::ZERO { circle class=(class) cx=(left) cy=(to) r="26" {} }
        @else { rect class=(class) x=(left - 24) y=(to - 24) width="48" height="48" {} }
    }
}

fn trades_table(trades: &[Trade], left_out: usize) -> Markup {
    html! {
        @if trades.is_empty() { p { "The strategy made no trade on these bars." } }
        @else {
            details { summary { "Trades as a table (" (trades.len()) ")" }
                (table("Trades", &TRADE_HEADS, &html! { @for trade in trades { tr {
                    td { (format!("{:?}", trade.side)) } td { (trade.contracts) } td { (at(trade.entry_time)) } td { (trade.entry_price) }
                    td { (at(trade.exit_time)) } td { (trade.exit_price) } td { (trade.net) } td { (format!("{:?}", trade.exit_reason)) }
                } } }))
            }
        }
        @if left_out > 0 { p { "The newest " (trades.len()) " trades are shown; " (left_out) " older ones are left out." } }
    }
}

fn bars_table(buckets: &[BarBucket]) -> Markup {
    html! {
        details { summary { "Bars as a table (" (buckets.len()) " buckets)" }
            (table("Bars", &BAR_HEADS, &html! { @for bucket in buckets { tr {
                td { (at(bucket.from)) } td { (at(bucket.to)) } td { (bucket.bars) } td { (bucket.open) } td { (bucket.high) }
                td { (bucket.low) } td { (bucket.close) } td { (bucket.volume) }
            } } }))
        }
    }
}
