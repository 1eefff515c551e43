//! Resampling that keeps what follows each other together. In: a seed, a mean length of blocks. Out: how often each period is drawn.
//!
//! Source: Politis and Romano, "The Stationary Bootstrap", Journal of the American Statistical Association 89 (1994).

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::Invalid;

/// How resamples are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// What everything random follows from.
    pub seed: u64,
    /// How many resamples are drawn; at least 100.
    pub resamples: usize,
    /// Mean length of a block in periods; at least 1, which draws each period by itself.
    pub mean_block: u32,
}

/// How often each period is drawn, period by period; sums to their number.
pub type Resample = Vec<u32>;

impl Bootstrap {
    /// Draws all resamples of so many periods, one after the other.
    pub fn draw(&self, periods: usize) -> Result<impl Iterator<Item = Resample>, Invalid> {
        self.check(periods)?;
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let mean_block = u64::from(self.mean_block);
        Ok((0..self.resamples).map(move |_| one(&mut random, periods, mean_block)))
    }

    /// Whether so many periods can be drawn from as it says.
    pub(crate) fn check(&self, periods: usize) -> Result<(), Invalid> {
        Invalid::unless_enough("returns", periods, 2)?;
        Invalid::unless_enough("resamples", self.resamples, 100)?;
        if self.mean_block < 1 {
            return Err(Invalid::OutOfRange { parameter: "mean_block", range: "at least 1" });
        }
        Ok(())
    }

    /// The chance of a new block at each period.
    pub(crate) fn restart(&self) -> f64 {
        1.0 / f64::from(self.mean_block)
    }
}

fn one(random: &mut ChaCha8Rng, periods: usize, mean_block: u64) -> Resample {
    let mut drawn = vec![0; periods];
    let mut at = below(random, periods as u64);
    for _ in 0..periods {
        let place = usize::try_from(at).unwrap_or(usize::MAX);
        if let Some(count) = drawn.get_mut(place) {
            *count += 1;
        }
        // Blocks run over the end to the beginning, so that every period is as likely.
        at = if below(random, mean_block) == 0 { below(random, periods as u64) } else { (at + 1) % periods as u64 };
    }
    drawn
}

/// A whole number below the limit, each as likely as the others: draws that would favour the small ones are thrown away.
fn below(random: &mut ChaCha8Rng, limit: u64) -> u64 {
    let unfair = u64::MAX - u64::MAX % limit;
    loop {
        let drawn = random.next_u64();
        if drawn < unfair {
            return drawn % limit;
        }
    }
}
