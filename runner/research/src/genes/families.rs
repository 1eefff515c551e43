//! The genes of each family: what is searched of its parameters, and in which steps. Pure.

use assayer_engine::{
    Family,
    strategy::{BollingerFade, DonchianBreakout, Keltner, Momentum, OpeningRange, RsiReversion, SmaCross, Squeeze, VwapFade},
};

use super::Gene;

pub(super) fn genes(family: &mut Family) -> Vec<Gene<'_>> {
    match family {
        Family::SmaCross(SmaCross { fast, slow, direction }) => vec![
            Gene::whole("smaCross.fast", fast, 2..=120, 2),
            Gene::whole("smaCross.slow", slow, 5..=400, 5),
            Gene::direction("smaCross.direction", direction),
        ],
        Family::DonchianBreakout(DonchianBreakout { entry, exit, direction }) => vec![
            Gene::whole("donchianBreakout.entry", entry, 5..=240, 5),
            Gene::whole("donchianBreakout.exit", exit, 2..=120, 5),
            Gene::direction("donchianBreakout.direction", direction),
        ],
        Family::Keltner(Keltner { length, atr, width, direction }) => vec![
            Gene::whole("keltner.length", length, 5..=200, 5),
            Gene::whole("keltner.atr", atr, 5..=50, 5),
            Gene::multiple("keltner.width", width, 25..=500, 25),
            Gene::direction("keltner.direction", direction),
        ],
        Family::Momentum(Momentum { lookback, direction }) => {
            vec![Gene::whole("momentum.lookback", lookback, 2..=400, 5), Gene::direction("momentum.direction", direction)]
        }
        Family::RsiReversion(RsiReversion { length, oversold, trend, exit, direction }) => vec![
            Gene::whole("rsiReversion.length", length, 2..=20, 1),
            Gene::whole("rsiReversion.oversold", oversold, 2..=40, 2),
            Gene::whole("rsiReversion.trend", trend, 20..=400, 20),
            Gene::whole("rsiReversion.exit", exit, 2..=30, 1),
            Gene::direction("rsiReversion.direction", direction),
        ],
        Family::BollingerFade(BollingerFade { length, width, direction }) => vec![
            Gene::whole("bollingerFade.length", length, 5..=200, 5),
            Gene::multiple("bollingerFade.width", width, 50..=400, 25),
            Gene::direction("bollingerFade.direction", direction),
        ],
        Family::VwapFade(VwapFade { width, minutes, flat_minutes, hours, direction }) => vec![
            Gene::multiple("vwapFade.width", width, 50..=400, 25),
            Gene::whole("vwapFade.minutes", minutes, 5..=240, 5),
            Gene::whole("vwapFade.flatMinutes", flat_minutes, 5..=240, 5),
            Gene::hours("vwapFade.hours", hours),
            Gene::direction("vwapFade.direction", direction),
        ],
        Family::OpeningRange(OpeningRange { minutes, flat_minutes, hours, direction }) => vec![
            Gene::whole("openingRange.minutes", minutes, 5..=240, 5),
            Gene::whole("openingRange.flatMinutes", flat_minutes, 5..=240, 5),
            Gene::hours("openingRange.hours", hours),
            Gene::direction("openingRange.direction", direction),
        ],
        Family::Squeeze(Squeeze { length, deviations, ranges, direction }) => vec![
            Gene::whole("squeeze.length", length, 5..=100, 5),
            Gene::multiple("squeeze.deviations", deviations, 50..=400, 25),
            Gene::multiple("squeeze.ranges", ranges, 50..=400, 25),
            Gene::direction("squeeze.direction", direction),
        ],
        // Which nodes there are is its user's own: only what they look at is searched.
        Family::Graph(graph) => graph.windows().map(|(name, bars)| Gene::whole(name, bars, 1..=400, 5)).collect(),
    }
}
