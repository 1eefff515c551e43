//! Futures whose facts are known. In: a symbol. Out: tick, worth of a point, currency and calendar of its contract. Pure.
//!
//! By CME's contract specifications. A Bot says tick and multiplier itself; what contradicts this table is refused.

use crate::{BacktestSpec, Instrument, InvalidField, Price, calendar::Calendar};

/// The dataset whose symbols these are.
const DATASET: &str = "GLBX.MDP3";

/// What every contract of a root has in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contract {
    /// First letters of its symbols.
    pub root: &'static str,
    /// Smallest step of its price.
    pub tick_size: Price,
    /// What a point is worth per contract: this many units of the currency, divided by `divisor`.
    pub multiplier: i32,
    /// See `multiplier`.
    pub divisor: i32,
    /// Currency of prices and profits.
    pub currency: &'static str,
    /// When it trades.
    pub calendar: Calendar,
}

const fn usd(root: &'static str, tick: i64, multiplier: i32, divisor: i32, calendar: Calendar) -> Contract {
    Contract { root, tick_size: Price::from_nanos(tick), multiplier, divisor, currency: "USD", calendar }
}

const INDEX: Calendar = Calendar::GlobexEquityIndex;
const COMMODITY: Calendar = Calendar::GlobexMetalsEnergy;

/// Every contract that is known.
pub const ALL: [Contract; 12] = [
    usd("ES", 250_000_000, 50, 1, INDEX),
    usd("MES", 250_000_000, 5, 1, INDEX),
    usd("NQ", 250_000_000, 20, 1, INDEX),
    usd("MNQ", 250_000_000, 2, 1, INDEX),
    usd("RTY", 100_000_000, 50, 1, INDEX),
    usd("M2K", 100_000_000, 5, 1, INDEX),
    usd("YM", 1_000_000_000, 5, 1, INDEX),
    usd("MYM", 1_000_000_000, 1, 2, INDEX),
    usd("CL", 10_000_000, 1_000, 1, COMMODITY),
    usd("MCL", 10_000_000, 100, 1, COMMODITY),
    usd("GC", 100_000_000, 100, 1, COMMODITY),
    usd("MGC", 100_000_000, 10, 1, COMMODITY),
];

/// The contract of a symbol such as `MESZ6` or `MES.v.0`; none where it is not known.
pub fn of(dataset: &str, symbol: &str) -> Option<&'static Contract> {
    let root = root_of(dataset, symbol)?;
    ALL.iter().find(|contract| contract.root == root)
}

/// Whether the instrument says of its contract what is known of it.
pub(crate) fn check(instrument: &Instrument) -> Result<(), InvalidField> {
    let Some(contract) = of(&instrument.dataset, &instrument.symbol) else { return Ok(()) };
    let Contract { root, tick_size, multiplier, divisor, .. } = *contract;
    let tick = instrument.tick_size;
    InvalidField::unless(tick == tick_size, "instrument.tickSize", tick, format!("{root} moves in ticks of \"{tick_size}\""))?;
    let worth = format!("a point of {root} is worth multiplier {multiplier}, divisor {divisor}");
    InvalidField::unless(instrument.multiplier == multiplier, "instrument.multiplier", instrument.multiplier, &*worth)?;
    InvalidField::unless(instrument.divisor() == divisor, "instrument.divisor", instrument.divisor(), worth)
}

/// Whether the capital is of the currency in which the contract pays: nothing converts one into another.
pub(crate) fn check_currency(spec: &BacktestSpec) -> Result<(), InvalidField> {
    let (instrument, currency) = (&spec.instrument, &spec.capital.currency);
    let Some(contract) = of(&instrument.dataset, &instrument.symbol) else { return Ok(()) };
    let remedy = format!("{} pays in {}: give the capital in it", contract.root, contract.currency);
    InvalidField::unless(currency == contract.currency, "capital.currency", currency, remedy)
}

/// The root of a symbol of this dataset, whether or not the contract is known.
pub(crate) fn root_of<'a>(dataset: &str, symbol: &'a str) -> Option<&'a str> {
    root(symbol).filter(|_| dataset == DATASET)
}

/// `MES` of `MES.v.0` and of `MESZ5`; none of anything else, such as a spread.
fn root(symbol: &str) -> Option<&str> {
    if let [root, "c" | "n" | "v", rank] = symbol.split('.').collect::<Vec<_>>().as_slice() {
        return rank.parse::<u8>().is_ok().then_some(*root);
    }
    let rest = symbol.trim_end_matches(|c: char| c.is_ascii_digit());
    let year = symbol.len() - rest.len();
    let root = rest.strip_suffix(['F', 'G', 'H', 'J', 'K', 'M', 'N', 'Q', 'U', 'V', 'X', 'Z'])?;
    ((1..=2).contains(&year)).then_some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_is_found_by_continuous_and_raw_symbols_and_by_nothing_else() {
        for (symbol, found) in [
            ("MES.v.0", Some("MES")),
            ("MNQ.c.1", Some("MNQ")),
            ("MESZ5", Some("MES")),
            ("M2KH26", Some("M2K")),
            ("CLZ5", Some("CL")),
            ("ZC.v.0", None),
            ("MESZ5-MESH6", None),
            ("MES", None),
            ("MES.FUT", None),
            ("MESA5", None),
        ] {
            assert_eq!(of(DATASET, symbol).map(|contract| contract.root), found, "{symbol}");
        }
        assert_eq!(of("XNAS.ITCH", "MESZ5"), None);
    }

    #[test]
    fn a_tick_of_each_contract_is_worth_what_its_exchange_says() {
        let worth = [
            ("ES", "12.5"),
            ("MES", "1.25"),
            ("NQ", "5"),
            ("MNQ", "0.5"),
            ("RTY", "5"),
            ("M2K", "0.5"),
            ("YM", "5"),
            ("MYM", "0.5"),
            ("CL", "10"),
            ("MCL", "1"),
            ("GC", "10"),
            ("MGC", "1"),
        ];
        let found = ALL.map(|contract| {
            let nanos = i128::from(contract.tick_size.nanos()) * i128::from(contract.multiplier) / i128::from(contract.divisor);
            (contract.root, crate::Money::from_nanos(nanos).to_string())
        });
        assert_eq!(found, worth.map(|(root, worth)| (root, worth.to_owned())));
    }
}
