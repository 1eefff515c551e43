//! Bars from a file or a provider's answer. In: bytes, DBN or CSV by their look. Out: checked bars of the instrument. Pure.

mod from_csv;
mod from_dbn;

use assayer_engine::{BarError, Bars, Instrument};

pub(crate) use from_csv::CsvError;
pub(crate) use from_dbn::{DbnError, bar, check_series};

/// Why bytes are no usable bars.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BarsError {
    /// The bytes are no whole DBN body of the instrument's bars.
    #[error(transparent)]
    Dbn(#[from] DbnError),
    /// The text is no CSV of bars.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// The bars themselves are wrong.
    #[error(transparent)]
    Check(#[from] BarError),
}

/// Reads a file of bars: DBN, compressed or not, if it begins like one, else CSV.
pub(crate) fn read(file: &[u8], instrument: &Instrument) -> Result<Bars, BarsError> {
    if !from_dbn::looks_like_dbn(file) {
        return Ok(Bars::new(instrument, from_csv::parse(file)?)?);
    }
    let (bars, contracts) = from_dbn::decode(file, instrument)?;
    Ok(Bars::of_contracts(instrument, bars, &contracts)?)
}
