//! The tests of a walk forward one by one. In: the trials, one of them. Out: what it did in each test, and what whichever trial the training
//! would have chosen did. Pure.

use std::ops::Range;

use assayer_contract::research::{Figures, FoldResult};
use assayer_engine::Overflow;
use chrono::DateTime;

use crate::{
    figures::{self, sharpe_or_nothing},
    lab::Lab,
};

/// Each test, in order.
pub(crate) fn all(lab: &Lab<'_>, best: usize) -> Result<Vec<FoldResult>, Overflow> {
    let did = |place: usize, test: &Range<usize>| -> Result<Option<Figures>, Overflow> {
        let of = lab.evaluation(place);
        of.map(|of| figures::of(of.on(test), &of.entered(&lab.timeline.times(test)))).transpose()
    };
    let one = |fold: &assayer_significance::Fold| {
        let ((train_from, train_to), (test_from, test_to)) = (ends(lab, &fold.train), ends(lab, &fold.test));
        let chosen = chosen(lab, &fold.train);
        Ok(FoldResult {
            train_from,
            train_to,
            test_from,
            test_to,
            train_bars: Some(bars(lab, &fold.train)),
            test_bars: Some(bars(lab, &fold.test)),
            own_trained: did(best, &fold.train)?,
            own: did(best, &fold.test)?,
            chosen: chosen.and_then(|place| lab.get(place)).map(|tried| tried.id),
            chosen_figures: chosen.map_or(Ok(None), |place| did(place, &fold.test))?,
        })
    };
    lab.timeline.folds.iter().map(one).collect()
}

/// The trial with the highest Sharpe ratio on these days.
pub(crate) fn chosen(lab: &Lab<'_>, train: &Range<usize>) -> Option<usize> {
    let sharpes = (0..lab.tried.len()).filter_map(|place| Some((place, sharpe_or_nothing(lab.evaluation(place)?.on(train)))));
    // The first of equals, so that the choice does not hang on the order in which a maximum is searched.
    let best =
        sharpes.fold(None, |best: Option<(usize, f64)>, one| if best.is_none_or(|b| one.1 > b.1) { Some(one) } else { best });
    best.map(|(place, _)| place)
}

/// Bars of these days.
fn bars(lab: &Lab<'_>, days: &Range<usize>) -> u32 {
    let Range { start, end } = lab.timeline.times(days);
    let before = |time: i64| lab.bars.as_slice().partition_point(|bar| bar.ts_event < time);
    figures::count(before(end).saturating_sub(before(start)))
}

/// Start of the first bar of the first and of the last of these days.
fn ends(lab: &Lab<'_>, days: &Range<usize>) -> (DateTime<chrono::Utc>, DateTime<chrono::Utc>) {
    let last = days.end.saturating_sub(1).max(days.start);
    let start = |day: usize| DateTime::from_timestamp_nanos(lab.timeline.times(&(day..day)).start);
    (start(days.start), start(last))
}
