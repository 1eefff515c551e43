//! What a reader was told of its stream beside bars. In: how the session and its bars stand. Out: what is new. Pure but for the clock.

use assayer_contract::ReasonCode;
use chrono::{TimeDelta, Utc};
use tokio::time::Instant;

use super::{
    hub::{Age, Place},
    rules::Limits,
};

/// Something that a reader should know.
type News = (ReasonCode, String);

/// What was told, and when.
pub(super) struct Noted {
    /// When it was last told anything.
    pub(super) told: Instant,
    /// When it was last looked whether its job may still read.
    pub(super) looked: Instant,
    /// How many troubles of the session it knows of.
    troubles: u64,
    /// Whether the last that it was told is that something is wrong.
    unsound: bool,
}

impl Noted {
    pub(super) fn begin(place: &Place) -> Self {
        let now = Instant::now();
        Self { told: now, looked: now, troubles: place.troubles().0, unsound: false }
    }

    /// Every trouble is told once, however soon it passes, and so is its end.
    pub(super) fn news(&mut self, place: &Place, limits: &Limits) -> Vec<News> {
        let mut news = Vec::new();
        let (troubles, trouble, lives) = place.troubles();
        if troubles > self.troubles {
            let message = trouble.map_or_else(|| "the live session broke".to_owned(), |trouble| trouble.message);
            news.push((ReasonCode::DataStale, message));
            (self.troubles, self.unsound) = (troubles, true);
        }
        if !lives {
            return news;
        }
        match place.oldest_age(Utc::now()).and_then(|oldest| stale(&oldest, limits)) {
            Some(stale) if !self.unsound => {
                news.push(stale);
                self.unsound = true;
            }
            None if self.unsound => {
                news.push((ReasonCode::Proven, "the stream is sound again".to_owned()));
                self.unsound = false;
            }
            Some(_) | None => {}
        }
        news
    }
}

/// That no bar has come for too long, though the session lives.
fn stale(oldest: &Age, limits: &Limits) -> Option<News> {
    let limit = TimeDelta::from_std(limits.bar_age(oldest.length)).unwrap_or(TimeDelta::MAX);
    let message = || format!("no bar of {} for {} s, though the session lives", oldest.symbol, oldest.over.num_seconds());
    (oldest.over > limit).then(|| (ReasonCode::DataStale, message()))
}
