//! One series that came in several answers. In: the figures of each, in order of time. Out: figures of all. Pure.

use super::{BarQuality, Bars, CalendarQuality};

impl BarQuality {
    /// The figures of this answer and of the one that follows it without a pause. Where one ends and the next begins with missing bars
    /// nobody measured how many, so both of their longest runs count as one: never less than there is.
    #[must_use]
    pub fn followed_by(self, next: &Self) -> Self {
        Self {
            duplicates: self.duplicates + next.duplicates,
            unordered: self.unordered + next.unordered,
            ohlc_violations: self.ohlc_violations + next.ohlc_violations,
            off_tick: self.off_tick + next.off_tick,
            fields: self.fields.zip(next.fields).map(|(first, second)| first.and(second)),
            calendar: self.calendar.zip(next.calendar.as_ref()).map(|(first, second)| first.followed_by(second)),
            calendar_unknown: self.calendar_unknown.or_else(|| next.calendar_unknown.clone()),
        }
    }
}

impl CalendarQuality {
    fn followed_by(self, next: &Self) -> Self {
        // Nobody knows whether the next answer begins within the session that this one ends in.
        let halved = i64::from(self.sessions > 0 && next.sessions > 0);
        Self {
            rth: self.rth.and(next.rth),
            eth: self.eth.and(next.eth),
            sessions: self.sessions + next.sessions - halved,
            longest_gap_minutes: self.longest_gap_minutes + next.longest_gap_minutes,
            longest_gap_start: self.longest_gap_start.or(next.longest_gap_start),
            outside: self.outside + next.outside,
            name: self.name,
        }
    }
}

impl Bars {
    fn and(self, next: Self) -> Self {
        Self { present: self.present + next.present, expected: self.expected + next.expected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_figures_are_never_better_than_those_of_the_parts() {
        let quality = |(present, missing, gap, duplicates): (i64, i64, i64, i64)| BarQuality {
            duplicates,
            fields: Some(Bars { present, expected: present + missing }),
            calendar: Some(CalendarQuality {
                rth: Bars { present, expected: present + missing },
                longest_gap_minutes: gap,
                sessions: 2,
                ..CalendarQuality::default()
            }),
            ..BarQuality::default()
        };
        let joined = [(5, 1, 2, 0), (7, 0, 0, 3), (9, 4, 6, 1)]
            .map(quality)
            .into_iter()
            .reduce(|all, next| all.followed_by(&next))
            .unwrap();
        let calendar = joined.calendar.unwrap();
        assert_eq!((joined.duplicates, joined.fields), (4, Some(Bars { present: 21, expected: 26 })));
        assert_eq!((calendar.rth, calendar.longest_gap_minutes), (Bars { present: 21, expected: 26 }, 8));
        assert_eq!(calendar.sessions, 4, "two of the six may be halves of others");
    }

    #[test]
    fn what_one_part_does_not_know_is_not_known_of_all() {
        let known = BarQuality { calendar: Some(CalendarQuality::default()), ..BarQuality::default() };
        let unknown = BarQuality { calendar_unknown: Some("why".into()), ..BarQuality::default() };
        let joined = known.followed_by(&unknown);
        assert_eq!((joined.calendar, joined.calendar_unknown.as_deref()), (None, Some("why")));
    }
}
