//! The families of strategies: one line each here, one file each beside this one. Pure.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::{
    BollingerFade, DonchianBreakout, Entry, Exits, Filter, Graph, Keltner, Momentum, OpeningRange, RsiReversion, Sizing,
    SmaCross, Squeeze, Strategy, Target, VwapFade, bollinger_fade, donchian_breakout, graph, keltner, momentum, opening_range,
    rsi_reversion, sma_cross, squeeze, strip::without_nulls, vwap_fade,
};
use crate::{Bar, Instrument, InvalidField, Moment, Overflow};

/// From one list: the enum of families, the strategy as it is written, and the way to each family's rules.
macro_rules! families {
    ($($(#[$doc:meta])+ $Family:ident in $module:ident),+ $(,)?) => {
        /// One family with its parameters.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Family {
            $($(#[$doc])+ $Family($Family),)+
        }

        /// A family at work.
        #[derive(Clone, Debug)]
        pub(super) enum State {
            $($Family($module::State),)+
        }

        /// Names of the families, as fields are named in Rust.
        const NAMES: &[&str] = &[$(stringify!($module)),+];

        /// When to hold what: exactly one family, and what goes with it.
        #[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        #[schemars(transform = exactly_one_family)]
        pub(super) struct Written {
            $(
                $(#[$doc])+
                #[serde(default, skip_serializing_if = "Option::is_none")]
                $module: Option<$Family>,
            )+
            /// How a position is entered; absent: with a market order.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            entry: Option<Entry>,
            /// What ends a position besides the family's own rules.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            exits: Option<Exits>,
            /// How many contracts are held; absent: one.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            sizing: Option<Sizing>,
            /// When a position may be entered; absent: always.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            filter: Option<Filter>,
        }

        impl TryFrom<Written> for Strategy {
            type Error = String;

            fn try_from(written: Written) -> Result<Self, String> {
                let mut families = Vec::new();
                $(families.extend(written.$module.map(Family::$Family));)+
                let count = families.len();
                match families.pop() {
                    Some(family) if count == 1 => {
                        let Written { entry, exits, sizing, filter, .. } = written;
                        Ok(Self { family, entry, exits, sizing, filter })
                    }
                    _ => Err(format!("a strategy has exactly one family, this one has {count}: use one of {}", Family::names().join(", "))),
                }
            }
        }

        impl From<Strategy> for Written {
            fn from(strategy: Strategy) -> Self {
                let Strategy { family, entry, exits, sizing, filter } = strategy;
                let rest = Self { entry, exits, sizing, filter, ..Self::default() };
                match family {
                    $(Family::$Family(family) => Self { $module: Some(family), ..rest },)+
                }
            }
        }

        impl Family {
            /// The name as users write it: `smaCross`.
            pub fn name(&self) -> String {
                camel_case(match self {
                    $(Self::$Family(_) => stringify!($module),)+
                })
            }

            /// Checks what the types cannot say.
            pub(super) fn validate(&self, instrument: &Instrument) -> Result<(), InvalidField> {
                match self {
                    $(Self::$Family(family) => family.validate(instrument),)+
                }
            }

            /// Bars that must have closed before there is a first signal.
            pub(super) fn warm_up_bars(&self) -> usize {
                match self {
                    $(Self::$Family(family) => family.warm_up_bars(),)+
                }
            }

            /// Whether bars must be placed in their sessions.
            pub(super) fn needs_sessions(&self) -> bool {
                match self {
                    $(Self::$Family(family) => family.needs_sessions(),)+
                }
            }

            /// The closes at which another side is wanted than before, and which, where closes in ticks alone tell it.
            pub(crate) fn wishes(&self, closes: &[i64]) -> Option<Vec<(usize, Target)>> {
                match self {
                    $(Self::$Family(family) => family.wishes(closes),)+
                }
            }

            pub(super) fn start(&self, instrument: &Instrument) -> State {
                match self {
                    $(Self::$Family(family) => State::$Family(family.start(instrument)),)+
                }
            }
        }

        impl State {
            pub(super) fn on_close(&mut self, bar: &Bar, moment: Option<&Moment>) -> Result<Option<Target>, Overflow> {
                match self {
                    $(Self::$Family(state) => state.on_close(bar, moment),)+
                }
            }
        }
    };
}

families! {
    /// Long while the average of the last `fast` closes is above that of the last `slow` closes, the bar just closed included; with
    /// `LongShort` short while it is below; nothing while they are equal.
    SmaCross in sma_cross,
    /// Long when a bar closes above the highest high of the `entry` bars before it, until one closes below the lowest low of the
    /// `exit` bars before it; with `LongShort` also the mirror image.
    DonchianBreakout in donchian_breakout,
    /// Long when a bar closes more than `width` average true ranges above the exponential average of closes, until one closes below
    /// it; with `LongShort` also the mirror image.
    Keltner in keltner,
    /// Long while a bar closes above the close of `lookback` bars before it; with `LongShort` short while below.
    Momentum in momentum,
    /// Long when the relative strength index falls below `oversold` in a rising trend, until a bar closes above a short average; with
    /// `LongShort` also the mirror image.
    RsiReversion in rsi_reversion,
    /// Long when a bar closes `width` standard deviations below the average of the last closes, until one closes at the average; with
    /// `LongShort` also the mirror image.
    BollingerFade in bollinger_fade,
    /// Long when a bar closes `width` standard deviations below the session's volume-weighted average price, until one closes at it;
    /// with `LongShort` also the mirror image. Needs a market whose sessions are known.
    VwapFade in vwap_fade,
    /// Long when a bar closes above the range of the session's first minutes; with `LongShort` short below it. Flat by the session's
    /// end. Needs a market whose sessions are known.
    OpeningRange in opening_range,
    /// Long or, with `LongShort`, short when a time of small moves ends, on the side to which it ends.
    Squeeze in squeeze,
    /// Named nodes, numbers and conditions, of which one says when long is wanted, one when short is.
    Graph in graph,
}

impl Family {
    /// The families' names as users write them.
    pub fn names() -> Vec<String> {
        NAMES.iter().map(|name| camel_case(name)).collect()
    }
}

/// What every family's parameters say.
pub(super) trait Parameters {
    /// The family at work.
    type State: AtWork;

    /// Checks what the types cannot say.
    fn validate(&self, instrument: &Instrument) -> Result<(), InvalidField>;

    /// Bars that must have closed before there is a first signal.
    fn warm_up_bars(&self) -> usize;

    /// Whether bars must be placed in their sessions.
    fn needs_sessions(&self) -> bool {
        false
    }

    /// The closes at which another side is wanted than before, and which; none where closes in ticks do not say it.
    fn wishes(&self, _: &[i64]) -> Option<Vec<(usize, Target)>> {
        None
    }

    /// The family before its first bar.
    fn start(&self, instrument: &Instrument) -> Self::State;
}

/// What a family at work does.
pub(super) trait AtWork {
    /// Takes the bar that has just closed, with its place in its session if that is known; `None` while warming up, and from then on
    /// never again.
    fn on_close(&mut self, bar: &Bar, moment: Option<&Moment>) -> Result<Option<Target>, Overflow>;
}

/// `smaCross` of `sma_cross`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (head, tail) = word.split_at_checked(1).unwrap_or((word, ""));
        name + &head.to_ascii_uppercase() + tail
    })
}

/// The schema says what `TryFrom` checks, and knows no null, which the API server would otherwise let in as a family.
fn exactly_one_family(schema: &mut Schema) {
    without_nulls(schema);
    let one_of: Vec<_> = Family::names().into_iter().map(|name| serde_json::json!({ "required": [name] })).collect();
    schema.insert("oneOf".to_owned(), one_of.into());
}

impl JsonSchema for Strategy {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Strategy".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}
