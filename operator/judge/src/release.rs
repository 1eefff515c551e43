//! Until when an economic figure is the newest one. In: its row, and the rows of its cycle that tell when figures are released. Out:
//! the moment, or what is not known. Pure.
//!
//! Vendors tell days and not hours, so a whole day is doubtful: what was known before it may be older than the release, and what was
//! known on it may be so by its end. Both err towards asking again.

use assayer_contract::{Outcome, Release};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::{Cycle, RowFact};

/// A day of North America ends at the latest so long after that of Greenwich, but for Alaska and Hawaii, where nothing is released.
const BEHIND_GREENWICH: TimeDelta = TimeDelta::hours(8);

/// The figures of a row are the newest ones until then; or a sentence that says what is not known.
pub(crate) fn newest_until(row: &RowFact, cycle: &Cycle) -> Result<DateTime<Utc>, String> {
    let known_on = row.vintage_end.map_or(row.at, |end| end.min(row.at)).date_naive();
    let dates = |releases: &[Release]| releases.iter().flat_map(|release| release.dates.clone()).collect::<Vec<_>>();
    if let Some(own) = row.releases.as_deref().map(dates).filter(|own| !own.is_empty()) {
        return until(&own, known_on).ok_or_else(|| format!("it names no release after {known_on}"));
    }
    if row.series.is_empty() {
        return Err("it names no series, and no day of a release".to_owned());
    }
    let each = row.series.iter().map(|series| {
        let found = dates(&releases_of(series, &row.provider, cycle));
        until(&found, known_on).ok_or_else(|| {
            format!("the cycle has no row that tells when {series} is released after {known_on}: ask for its release, and for the release's dates")
        })
    });
    each.collect::<Result<Vec<_>, _>>().map(|each| each.into_iter().min().unwrap_or(row.at))
}

/// The releases that a series comes out with, each with the days that any row of the cycle tells.
fn releases_of(series: &str, provider: &str, cycle: &Cycle) -> Vec<Release> {
    let told = || {
        let rows = cycle.rows.iter().filter(move |row| row.provider == provider);
        rows.filter(|row| matches!(row.outcome, Outcome::Success | Outcome::Served))
            .filter_map(|row| Some((row, row.releases.as_ref()?)))
    };
    let of_series = told().filter(|(row, _)| row.series.iter().any(|one| one == series)).flat_map(|(_, releases)| releases);
    let ids: Vec<_> = of_series.map(|release| &release.id).collect();
    told().flat_map(|(_, releases)| releases).filter(|release| ids.contains(&&release.id)).cloned().collect()
}

/// Of what was known on a day; none where no later release is known, so that nobody can say.
fn until(dates: &[NaiveDate], known_on: NaiveDate) -> Option<DateTime<Utc>> {
    let midnight = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    let next = midnight(*dates.iter().filter(|day| **day > known_on).min()?);
    let end_of_day = midnight(known_on + Days::new(1)) + BEHIND_GREENWICH;
    Some(if dates.contains(&known_on) { next.min(end_of_day) } else { next })
}
