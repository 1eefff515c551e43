//! Decimal text ↔ integer nano units, exactly. In: text. Out: a number of 1e-9 units, or why not. Pure.

use crate::money::NumberError;

/// Nano units in one whole unit.
pub(crate) const NANO: i128 = 1_000_000_000;
/// Digits after the point that nano units can hold.
const PLACES: usize = 9;

/// Reads `-12.5` as −12,500,000,000. No exponent, no plus sign, no rounding: a tenth digit after the point is an error.
pub(crate) fn parse(text: &str) -> Result<i128, NumberError> {
    let malformed = || NumberError::Malformed(text.chars().take(40).collect());
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return Err(malformed());
    }
    if fraction.len() > PLACES {
        return Err(NumberError::TooFine(text.chars().take(40).collect()));
    }
    let too_large = |_| NumberError::OutOfRange(text.chars().take(40).collect());
    let nanos: i128 = format!("{whole}{fraction:0<PLACES$}").parse().map_err(too_large)?;
    Ok(if negative { -nanos } else { nanos })
}

/// Writes nano units in the shortest form: no trailing zeros, no point without digits, no negative zero.
pub(crate) fn format(nanos: i128) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let size = nanos.unsigned_abs();
    let (whole, rest) = (size / NANO.unsigned_abs(), size % NANO.unsigned_abs());
    let fraction = format!("{rest:0PLACES$}");
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        digits => format!("{sign}{whole}.{digits}"),
    }
}
