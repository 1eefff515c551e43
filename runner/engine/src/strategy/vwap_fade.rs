//! Closes far from the session's volume-weighted average, taken back. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Direction, Hours, Target,
    family::{AtWork, Parameters},
    hours::MINUTE,
};
use crate::{Bar, Instrument, InvalidField, Moment, Multiple, Overflow, Price, indicator::is_beyond};

/// Enters long when a bar closes more than `width` standard deviations below the session's volume-weighted average price; exits when
/// one closes at the average or above. With `LongShort` also the mirror image. A bar counts with a third of its high, low and close,
/// weighted with its volume. Each session stands alone: nothing is wanted in its first `minutes` and from `flatMinutes` before its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VwapFade {
    /// Half the width of the band in standard deviations, such as `"2"`.
    pub width: Multiple,
    /// Minutes at the session's beginning in which nothing is entered; at least one bar.
    #[schemars(range(min = 1, max = 1_380))]
    pub minutes: i32,
    /// Minutes before the session's end from which nothing is wanted; at least one bar.
    #[schemars(range(min = 1, max = 1_380))]
    pub flat_minutes: i32,
    /// The session: `Regular` hours where the market has them, or `All` hours of the trade date.
    #[serde(default)]
    pub hours: Hours,
    /// Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
    #[serde(default)]
    pub direction: Direction,
}

impl Parameters for VwapFade {
    type State = State;

    fn validate(&self, instrument: &Instrument) -> Result<(), InvalidField> {
        self.hours.validate("strategy.vwapFade.hours", instrument)?;
        Hours::unless_minutes("strategy.vwapFade.minutes", self.minutes, instrument)?;
        Hours::unless_minutes("strategy.vwapFade.flatMinutes", self.flat_minutes, instrument)
    }

    /// What came before a session does not matter to it.
    fn warm_up_bars(&self) -> usize {
        1
    }

    fn needs_sessions(&self) -> bool {
        true
    }

    fn start(&self, instrument: &Instrument) -> State {
        let (tick, target) = (instrument.tick_size, Target::Flat);
        State { family: self.clone(), tick, session: None, sums: None, target }
    }
}

#[derive(Clone, Debug)]
pub(super) struct State {
    family: VwapFade,
    tick: Price,
    /// Beginning of the session that it has seen last.
    session: Option<i64>,
    sums: Option<Sums>,
    target: Target,
}

/// Sums over a session. Prices are three times the typical price in ticks, less that of the first close, which keeps them small.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    first: i128,
    volume: i128,
    prices: i128,
    squares: i128,
}

impl Sums {
    fn plus(self, price: i128, volume: u64) -> Option<Self> {
        let volume = i128::from(volume);
        let (weighted, relative) = (price.checked_sub(self.first)?.checked_mul(volume)?, price - self.first);
        Some(Self {
            first: self.first,
            volume: self.volume.checked_add(volume)?,
            prices: self.prices.checked_add(weighted)?,
            squares: self.squares.checked_add(weighted.checked_mul(relative)?)?,
        })
    }

    /// How far a price lies above the average, and the squared deviation, both times the volume.
    fn place(self, price: i128) -> Option<(i128, i128)> {
        let above = (price - self.first).checked_mul(self.volume)?.checked_sub(self.prices)?;
        let squared = self.squares.checked_mul(self.volume)?.checked_sub(self.prices.checked_mul(self.prices)?)?;
        Some((above, squared))
    }
}

impl State {
    /// Adds the bar to the session's sums; where its close lies.
    fn place(&mut self, bar: &Bar) -> Result<(i128, i128), Overflow> {
        let [high, low, close] = [bar.high, bar.low, bar.close].map(|price| price.ticks(self.tick));
        let sums = self.sums.unwrap_or(Sums { first: 3 * close, ..Sums::default() }).plus(high + low + close, bar.volume);
        self.sums = sums;
        sums.and_then(|sums| sums.place(3 * close)).ok_or(Overflow("a volume-weighted average"))
    }
}

impl AtWork for State {
    fn on_close(&mut self, bar: &Bar, moment: Option<&Moment>) -> Result<Option<Target>, Overflow> {
        let span = self.family.hours.of(moment);
        let session = span.map(|span| span.open);
        if self.session != session {
            (self.session, self.sums, self.target) = (session, None, Target::Flat);
        }
        let Some(span) = span else { return Ok(Some(Target::Flat)) };
        let (above, squared) = self.place(bar)?;
        let late = span.left <= i64::from(self.family.flat_minutes) * MINUTE;
        let early = span.elapsed <= i64::from(self.family.minutes) * MINUTE;
        let beyond = is_beyond(above, self.family.width.hundredths(), squared)?;
        self.target = match self.target {
            _ if late || early => Target::Flat,
            _ if beyond && above < 0 => Target::Long,
            _ if beyond && self.family.direction == Direction::LongShort => Target::Short,
            Target::Long if above >= 0 => Target::Flat,
            Target::Short if above <= 0 => Target::Flat,
            unchanged => unchanged,
        };
        Ok(Some(self.target))
    }
}
