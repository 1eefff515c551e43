//! Hours of a trade date, as strategies name them. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{BarSchema, Instrument, InvalidField, Moment, calendar::Calendar, session::Span};

/// Which hours of a trade date are meant. A trade date is the market's own, not a UTC day: CME's begins at 17:00 in Chicago.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Hours {
    /// From the first to the last moment of trading of the trade date.
    #[default]
    All,
    /// The market's regular hours: 08:30 to 15:15 in Chicago for CME's equity indices. Not every market has them.
    Regular,
}

/// Nanoseconds in a minute.
pub(crate) const MINUTE: i64 = 60_000_000_000;

impl Hours {
    /// Where a bar lies in these hours.
    pub(crate) fn of(self, moment: Option<&Moment>) -> Option<Span> {
        match self {
            Self::All => moment.map(|moment| moment.all),
            Self::Regular => moment.and_then(|moment| moment.regular),
        }
    }

    /// Whether bars of this instrument can be placed in these hours.
    pub(super) fn validate(self, field: &'static str, instrument: &Instrument) -> Result<(), InvalidField> {
        let remedy = "give bars of an hour or less: a bar of a day has no place within its session";
        InvalidField::unless(instrument.schema != BarSchema::Day, "instrument.schema", instrument.schema.name(), remedy)?;
        let calendar = Calendar::of(&instrument.dataset, &instrument.symbol).map_err(|error| InvalidField {
            field: field.into(),
            value: "set".to_owned(),
            remedy: format!("{error}: leave it out, or trade an instrument whose sessions are known"),
        })?;
        let fits = self == Self::All || calendar.has_regular_hours();
        InvalidField::unless(fits, field, "Regular", format!("{} has no regular hours: use All", calendar.name()))
    }

    /// Checks that so many minutes are at least one bar: less would be met by no bar in time.
    pub(super) fn unless_minutes(field: &'static str, minutes: i32, instrument: &Instrument) -> Result<(), InvalidField> {
        InvalidField::unless_within(&(1..=1_380), field, minutes)?;
        let fits = i64::from(minutes) * MINUTE >= instrument.schema.nanos();
        InvalidField::unless(fits, field, minutes, format!("choose at least the length of a bar ({})", instrument.schema.name()))
    }
}
