//! Charts as SVG without a script. In: numbers. Out: markup; lines and shapes in whole tenths of a unit, so that the same numbers are
//! the same bytes everywhere. Pure.

use maud::{Markup, html};

/// Width and height of a chart, in tenths of a unit.
pub(super) const SIZE: (i128, i128) = (7_200, 2_400);
/// Room at the top and at the bottom.
const MARGIN: i128 = 60;
/// Parts that a line is drawn of; a longer one keeps the ends and extremes of each.
const PARTS: usize = 600;

/// From the lowest to the highest value, from the bottom to the top.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    low: i128,
    high: i128,
}

impl Scale {
    /// Over all of these values.
    pub(super) fn over(values: impl IntoIterator<Item = i128>) -> Option<Self> {
        values.into_iter().fold(None, |scale, value| match scale {
            None => Some(Self { low: value, high: value }),
            Some(Self { low, high }) => Some(Self { low: low.min(value), high: high.max(value) }),
        })
    }

    /// How far down a value is.
    pub(super) fn at(self, value: i128) -> i128 {
        MARGIN + share(self.high.saturating_sub(value), self.high.saturating_sub(self.low), SIZE.1 - 2 * MARGIN)
    }
}

/// A part of a length as `part` is of `whole`; the middle of it where there is no whole.
pub(super) fn share(part: i128, whole: i128, length: i128) -> i128 {
    part.saturating_mul(length).checked_div(whole).unwrap_or(length / 2)
}

/// A line through points of times and values, and the ground below it where one is asked for.
pub(super) fn line(says: &str, class: &str, points: &[(i128, i128)], filled: bool) -> Option<Markup> {
    let (times, values) = (Scale::over(points.iter().map(|point| point.0))?, Scale::over(points.iter().map(|point| point.1))?);
    let place = |(time, value): &(i128, i128)| (share(time - times.low, times.high - times.low, SIZE.0), values.at(*value));
    let points = thinned(&points.iter().map(place).collect::<Vec<_>>());
    let through = path(&points);
    let ends = points.first().zip(points.last());
    let top = values.at(values.high);
    let ground = ends.map(|(first, last)| format!("{through}L{} {top}L{} {top}Z", last.0, first.0)).filter(|_| filled);
    Some(framed(
        says,
        &html! {
            @if let Some(ground) = ground { path class={ (class) "-ground" } d=(ground) {} }
            path class=(class) d=(through) {}
        },
    ))
}

/// Of each part the first, the lowest, the highest and the last, in their order.
fn thinned(points: &[(i128, i128)]) -> Vec<(i128, i128)> {
    let size = points.len().div_ceil(PARTS).max(1);
    let mut kept = Vec::new();
    for part in points.chunks(size) {
        let by_value = |(place, point): &(usize, &(i128, i128))| (point.1, *place);
        let mut places: Vec<usize> = [
            Some(0),
            part.iter().enumerate().min_by_key(by_value).map(|(place, _)| place),
            part.iter().enumerate().max_by_key(by_value).map(|(place, _)| place),
            part.len().checked_sub(1),
        ]
        .into_iter()
        .flatten()
        .collect();
        places.sort_unstable();
        places.dedup();
        kept.extend(places.into_iter().filter_map(|place| part.get(place).copied()));
    }
    kept
}

fn path(points: &[(i128, i128)]) -> String {
    let step = |(place, (x, y)): (usize, &(i128, i128))| format!("{}{x} {y}", if place == 0 { 'M' } else { 'L' });
    points.iter().enumerate().map(step).collect()
}

/// Columns of these heights, side by side.
pub(super) fn columns(says: &str, counts: &[i64]) -> Markup {
    let highest = counts.iter().copied().max().unwrap_or(0).max(1);
    let number = i128::try_from(counts.len()).unwrap_or(1).max(1);
    let step = SIZE.0 / number;
    let column = |(place, count): (i128, &i64)| {
        let height = share(i128::from(*count), i128::from(highest), SIZE.1 - 2 * MARGIN);
        html! { rect class="column" x=(place * step + 10) width=(step - 20) y=(SIZE.1 - MARGIN - height) height=(height) {} }
    };
    let columns: Vec<Markup> = (0..).zip(counts).map(column).collect();
    framed(
        says,
        &html! {
            @for column in &columns { (column) }
            path class="axis" d={ "M0 " (SIZE.1 - MARGIN) "H" (SIZE.0) } {}
        },
    )
}

/// A picture with its words.
pub(super) fn framed(says: &str, drawn: &Markup) -> Markup {
    html! { svg viewBox={ "0 0 " (SIZE.0) " " (SIZE.1) } role="img" aria-label=(says) { (drawn) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_is_at_the_top_and_what_does_not_change_in_the_middle() {
        let scale = Scale::over([5, -5, 0]).unwrap();
        assert_eq!((scale.at(5), scale.at(0), scale.at(-5)), (60, 1_200, 2_340));
        assert_eq!(Scale::over([7, 7]).unwrap().at(7), 1_200);
        assert!(Scale::over([]).is_none());
    }

    #[test]
    fn a_long_line_keeps_its_ends_and_its_extremes() {
        let points: Vec<_> = (0..100_000).map(|x| (x, if x == 54_321 { 1_000_000 } else { x % 7 })).collect();
        let thin = thinned(&points);
        assert!(thin.len() <= 4 * PARTS);
        assert_eq!((thin.first(), thin.last()), (points.first(), points.last()));
        assert!(thin.contains(&(54_321, 1_000_000)) && thin.is_sorted_by_key(|point| point.0));
    }

    #[test]
    fn the_largest_numbers_are_drawn_without_a_panic() {
        let most = [(i128::from(i64::MIN), i128::MIN), (0, 0), (i128::from(i64::MAX), i128::MAX)];
        assert!(line("x", "x", &most, true).is_some());
        assert!(columns("x", &[i64::MAX, 0]).into_string().contains("<rect"));
    }
}
