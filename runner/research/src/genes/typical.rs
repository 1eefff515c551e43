//! A strategy of each family with parameters as they are usually taught: where a search of other families begins. Pure.

use assayer_engine::{
    Family, Instrument, Multiple, Strategy,
    strategy::{
        BollingerFade, Direction, DonchianBreakout, Hours, Keltner, Momentum, OpeningRange, RsiReversion, SmaCross, Squeeze,
        VwapFade,
    },
};

const TWO: i32 = 200;
const ONE_AND_A_HALF: i32 = 150;
/// An hour: at least one bar of every length but a day.
const MINUTES: i32 = 60;

/// One strategy of each family that the instrument allows. A graph is typical of nothing but its user.
pub(crate) fn typical(instrument: &Instrument) -> Vec<Strategy> {
    let direction = Direction::LongShort;
    let (hours, minutes, flat_minutes) = (Hours::All, MINUTES, MINUTES);
    let wide = Multiple::from_hundredths(TWO);
    let narrow = Multiple::from_hundredths(ONE_AND_A_HALF);
    let mut all = vec![
        Family::SmaCross(SmaCross { fast: 20, slow: 50, direction }),
        Family::DonchianBreakout(DonchianBreakout { entry: 20, exit: 10, direction }),
        Family::Momentum(Momentum { lookback: 60, direction }),
        Family::RsiReversion(RsiReversion { length: 2, oversold: 10, trend: 200, exit: 5, direction }),
        Family::OpeningRange(OpeningRange { minutes, flat_minutes, hours, direction }),
    ];
    if let Some((width, ranges)) = wide.zip(narrow) {
        all.extend([
            Family::Keltner(Keltner { length: 20, atr: 10, width, direction }),
            Family::BollingerFade(BollingerFade { length: 20, width, direction }),
            Family::VwapFade(VwapFade { width, minutes, flat_minutes, hours, direction }),
            Family::Squeeze(Squeeze { length: 20, deviations: width, ranges, direction }),
        ]);
    }
    all.into_iter().map(Strategy::from).filter(|strategy| strategy.validate(instrument).is_ok()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;
    use assayer_engine::{BarSchema, contracts};

    #[test]
    fn every_family_has_a_typical_strategy_where_sessions_are_known() {
        let contract = contracts::of("GLBX.MDP3", "MES.v.0").unwrap();
        let instrument = Instrument {
            dataset: "GLBX.MDP3".to_owned(),
            symbol: "MES.v.0".to_owned(),
            schema: BarSchema::Minute,
            tick_size: contract.tick_size,
            multiplier: contract.multiplier,
            divisor: None,
            lookback_days: None,
        };
        let mut found: Vec<String> = typical(&instrument).iter().map(|strategy| strategy.family.name()).collect();
        let mut names = Family::names();
        names.retain(|name| name != "graph");
        found.sort();
        names.sort();
        assert_eq!(found, names);
        let daily = Instrument { schema: BarSchema::Day, ..instrument };
        assert_eq!(typical(&daily).len(), names.len() - 2, "bars of a day have no place within a session");
    }
}
