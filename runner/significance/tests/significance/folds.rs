//! Folds know nothing of each other, whatever their number and length.

use assayer_significance::{Bootstrap, walk_forward};
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_test_comes_after_its_training_and_the_embargo(
        bars in 0_usize..5_000, folds in 0_usize..20, train in 0_usize..2_000, embargo in 0_usize..200,
    ) {
        let Ok(all) = walk_forward(bars, folds, train, embargo) else { return Ok(()) };
        prop_assert_eq!(all.len(), folds);
        prop_assert_eq!(all.last().unwrap().test.end, bars);
        for fold in &all {
            prop_assert_eq!(fold.train.start, 0);
            prop_assert!(fold.train.len() >= train && fold.train.len() >= fold.test.len());
            prop_assert_eq!(fold.test.start - fold.train.end, embargo);
            prop_assert_eq!(fold.test.len(), all[0].test.len());
            prop_assert!(!fold.test.is_empty());
        }
        prop_assert!(all.windows(2).all(|pair| pair[0].test.end == pair[1].test.start));
    }

    #[test]
    fn a_resample_draws_as_many_periods_as_there_are(periods in 2_usize..400, mean_block in 1_u32..40, seed: u64) {
        for drawn in (Bootstrap { seed, resamples: 100, mean_block }).draw(periods).unwrap() {
            prop_assert_eq!(drawn.len(), periods);
            prop_assert_eq!(drawn.iter().sum::<u32>() as usize, periods);
        }
    }
}

#[test]
fn a_year_of_days_has_six_folds() {
    let folds = walk_forward(252, 6, 60, 5).unwrap();
    assert_eq!((folds[0].train.clone(), folds[0].test.clone()), (0..61, 66..97));
    assert_eq!((folds[5].train.clone(), folds[5].test.clone()), (0..216, 221..252));
}

#[test]
fn too_few_bars_are_refused_with_their_number() {
    let refused = walk_forward(100, 6, 95, 5).unwrap_err();
    assert_eq!(refused.to_string(), "100 bars; at least 106 are needed");
}
