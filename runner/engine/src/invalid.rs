//! A setting that cannot be obeyed. Out: the field, its value and what to do about it, in one line. Pure.

use std::{borrow::Cow, fmt::Display, ops::RangeInclusive};

/// A user's mistake in one field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {value}: {remedy}")]
pub struct InvalidField {
    /// Path of the field, as in the manifest: `strategy.smaCross.fast`.
    pub field: Cow<'static, str>,
    /// What it was set to.
    pub value: String,
    /// What to set it to instead.
    pub remedy: String,
}

impl InvalidField {
    /// Passes if `ok`.
    pub(crate) fn unless(
        ok: bool,
        field: impl Into<Cow<'static, str>>,
        value: impl Display,
        remedy: impl Into<String>,
    ) -> Result<(), Self> {
        if ok { Ok(()) } else { Err(Self { field: field.into(), value: value.to_string(), remedy: remedy.into() }) }
    }

    /// Passes if the value lies in the range.
    pub(crate) fn unless_within(
        range: &RangeInclusive<i32>,
        field: impl Into<Cow<'static, str>>,
        value: i32,
    ) -> Result<(), Self> {
        let remedy = format!("choose a whole number from {} to {}", range.start(), range.end());
        Self::unless(range.contains(&value), field, value, remedy)
    }

    /// Passes if the text has 1 to `longest` characters, all of them allowed.
    pub(crate) fn unless_text(text: &str, longest: usize, allowed: &str, field: &'static str) -> Result<(), Self> {
        let fits = (1..=longest).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || allowed.contains(c));
        let remedy = format!("use 1 to {longest} letters, digits or any of \"{allowed}\"");
        Self::unless(fits, field, format!("\"{}\"", text.chars().take(80).collect::<String>()), remedy)
    }
}
