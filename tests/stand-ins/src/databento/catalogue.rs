//! What the vendor has: datasets of one schema, read or made once at start.
//!
//! In: a folder with `catalogue.json` and the files that it names. Out: datasets with their bars in memory.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use dbn::Schema;
use serde::Deserialize;

use super::dates;
use crate::bars::{self, Bar};
use crate::synthetic::{self, Continuous, Contract, trends};

/// Why a folder of data was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The catalogue cannot be read.
    #[error("catalogue {0}: {1}")]
    Read(PathBuf, std::io::Error),
    /// The catalogue is not the JSON that was expected.
    #[error("catalogue {0}: {1}")]
    Json(PathBuf, serde_json::Error),
    /// A schema has no fixed length of bar.
    #[error("schema is {0}, expected ohlcv-1s, ohlcv-1m, ohlcv-1h or ohlcv-1d")]
    Schema(Schema),
    /// A file of bars was refused.
    #[error(transparent)]
    Bars(#[from] bars::Error),
}

/// One line of `catalogue.json`.
#[derive(Debug, Deserialize)]
struct Listed {
    dataset: String,
    venue: String,
    publisher_id: u16,
    description: String,
    schema: Schema,
    #[serde(flatten)]
    origin: Origin,
}

/// Where the bars are from.
#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Origin {
    File { symbol: String, instrument_id: u32, file: PathBuf },
    Trends { symbol: String, instrument_id: u32, trends: Trends },
    Synthetic { synthetic: synthetic::Order },
}

/// A made market whose moves last, on the days of a file of bars.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trends {
    seed: u64,
    days_of: PathBuf,
}

/// A dataset: one schema.
#[derive(Debug)]
pub struct Dataset {
    /// Dataset code, as in `GLBX.MDP3`.
    pub code: String,
    /// Venue code.
    pub venue: String,
    /// Number of the publisher in every record.
    pub publisher_id: u16,
    /// What the publisher list says.
    pub description: String,
    /// The only schema.
    pub schema: Schema,
    /// Every instrument that it has, with its bars.
    pub contracts: Vec<Contract>,
    /// Symbols that roll from contract to contract.
    pub continuous: Vec<Continuous>,
    /// What the vendor warns of in each answer about this dataset.
    pub warning: Option<String>,
    /// First day of the dataset.
    pub first: NaiveDate,
    /// First day after the dataset.
    pub end: NaiveDate,
}

/// A bar of an instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// The instrument's number.
    pub instrument_id: u32,
    /// The bar.
    pub bar: Bar,
}

impl Dataset {
    /// A dataset of (code, schema, symbol) with ids (publisher, instrument) from one file of bars.
    pub fn one(
        (code, schema, symbol): (String, Schema, String),
        (publisher_id, instrument_id): (u16, u32),
        file: &Path,
    ) -> Result<Self, Error> {
        Self::of((code, schema, symbol), (publisher_id, instrument_id), bars::read(file)?)
    }

    fn of(
        (code, schema, symbol): (String, Schema, String),
        (publisher_id, instrument_id): (u16, u32),
        bars: Vec<Bar>,
    ) -> Result<Self, Error> {
        let length = length(schema).ok_or(Error::Schema(schema))?;
        let start = bars.first().map_or(0, |bar| bar.ts_event);
        let last = bars.last().map_or(0, |bar| bar.ts_event);
        let first = dates::from_nanos(start).date_naive();
        let end = dates::date_on_or_after(dates::from_nanos(last + length));
        Ok(Self {
            first,
            end,
            code,
            venue: String::new(),
            publisher_id,
            description: String::new(),
            schema,
            contracts: vec![Contract { symbol, instrument_id, first, end, bars }],
            continuous: Vec::new(),
            warning: None,
        })
    }

    /// Start of the available range, inclusive.
    pub fn available_start(&self) -> DateTime<Utc> {
        dates::midnight(self.first)
    }

    /// End of the available range, exclusive.
    pub fn available_end(&self) -> DateTime<Utc> {
        dates::midnight(self.end)
    }

    /// The instrument with this number.
    pub fn contract(&self, instrument_id: u32) -> Option<&Contract> {
        self.contracts.iter().find(|contract| contract.instrument_id == instrument_id)
    }

    /// Every bar of every instrument, by instrument.
    pub fn records(&self) -> impl Iterator<Item = Record> {
        self.contracts.iter().flat_map(|contract| contract.between(0, u64::MAX))
    }
}

impl Contract {
    /// The bars that start in a half-open range of nanoseconds.
    pub fn between(&self, start: u64, end: u64) -> impl Iterator<Item = Record> {
        let from = self.bars.partition_point(|bar| bar.ts_event < start);
        let to = self.bars.partition_point(|bar| bar.ts_event < end);
        let bars = self.bars.get(from..to).unwrap_or_default();
        bars.iter().map(|bar| Record { instrument_id: self.instrument_id, bar: *bar })
    }
}

/// All datasets, sorted by code.
#[derive(Debug)]
pub struct Catalogue(Vec<Dataset>);

impl Catalogue {
    /// Reads a folder.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("catalogue.json");
        let text = std::fs::read_to_string(&path).map_err(|e| Error::Read(path.clone(), e))?;
        let listed: Vec<Listed> = serde_json::from_str(&text).map_err(|e| Error::Json(path.clone(), e))?;
        let mut all = listed.into_iter().map(|one| load(folder, one)).collect::<Result<Vec<_>, _>>()?;
        all.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(Self(all))
    }

    /// The datasets, sorted by code.
    pub fn iter(&self) -> impl Iterator<Item = &Dataset> {
        self.0.iter()
    }

    /// The dataset of this code.
    pub fn get(&self, code: &str) -> Option<&Dataset> {
        self.iter().find(|dataset| dataset.code == code)
    }
}

fn load(folder: &Path, listed: Listed) -> Result<Dataset, Error> {
    let Listed { dataset: code, venue, publisher_id, description, schema, origin } = listed;
    match origin {
        Origin::File { symbol, instrument_id, file } => {
            let dataset = Dataset::one((code, schema, symbol), (publisher_id, instrument_id), &folder.join(file))?;
            Ok(Dataset { venue, description, ..dataset })
        }
        Origin::Trends { symbol, instrument_id, trends: Trends { seed, days_of } } => {
            let days = bars::read(&folder.join(days_of))?;
            let bars = trends::bars(seed, days.iter().map(|bar| bar.ts_event));
            let warning = Some(made_from(&code, seed));
            let dataset = Dataset::of((code, schema, symbol), (publisher_id, instrument_id), bars)?;
            Ok(Dataset { venue, description, warning, ..dataset })
        }
        Origin::Synthetic { synthetic } => {
            let (contracts, continuous) = synthetic::make(&synthetic);
            let (first, end) = (synthetic.first, synthetic.end);
            let warning = Some(made_from(&code, synthetic.seed));
            Ok(Dataset { code, venue, publisher_id, description, schema, contracts, continuous, warning, first, end })
        }
    }
}

fn made_from(code: &str, seed: u64) -> String {
    format!("The bars of {code} are synthetic: made from seed {seed}, traded by nobody.")
}

/// Nanoseconds of one bar.
pub(super) fn length(schema: Schema) -> Option<u64> {
    let seconds = match schema {
        Schema::Ohlcv1S => 1,
        Schema::Ohlcv1M => 60,
        Schema::Ohlcv1H => 3_600,
        Schema::Ohlcv1D => 86_400,
        _ => return None,
    };
    Some(seconds * 1_000_000_000)
}
