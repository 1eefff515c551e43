//! What a reader of the walk forward relies on.

use crate::support::{gate, rules, searched, sma_cross, trends};
use assayer_contract::{
    ResearchRules, ResearchStep,
    research::{FoldResult, Gate},
};

#[test]
fn each_test_follows_its_training_and_all_of_them_are_what_is_out_of_sample() {
    let report = searched(ResearchStep::Improve, sma_cross(4, 130), trends(1, 6_000), &rules());
    let folds = report.folds.as_ref().unwrap();
    assert_eq!(folds.len(), rules().folds as usize);
    for FoldResult { train_from, train_to, test_from, test_to, train_bars, test_bars, .. } in folds {
        assert!(train_from < train_to && train_to < test_from && test_from <= test_to);
        assert!(train_bars.unwrap() > 0 && test_bars.unwrap() > 0);
    }
    assert!(folds.windows(2).all(|pair| pair[0].test_to < pair[1].test_from));

    let best = report.trials.iter().find(|trial| Some(trial.trial_id) == report.best).unwrap();
    let own = |of: fn(&assayer_contract::research::Figures) -> u32| folds.iter().map(|fold| of(fold.own.as_ref().unwrap())).sum();
    let out_of_sample = best.out_of_sample.as_ref().unwrap();
    assert_eq!((out_of_sample.trades, out_of_sample.days), (own(|figures| figures.trades), own(|figures| figures.days)));
    assert_eq!(folds[0].own_trained, best.in_sample, "what is in sample is the first training");
    assert!(folds.iter().all(|fold| report.trials.iter().any(|trial| Some(trial.trial_id) == fold.chosen)));
}

#[test]
fn the_gate_counts_the_tests_that_are_told() {
    let report = searched(ResearchStep::Improve, sma_cross(4, 130), trends(1, 6_000), &rules());
    let earned = |figures: &Option<assayer_contract::research::Figures>| {
        figures.as_ref().and_then(|figures| figures.sharpe).is_some_and(|sharpe| sharpe.millionths() > 0)
    };
    let folds = report.folds.as_ref().unwrap();
    let (own, chosen) =
        (folds.iter().filter(|fold| earned(&fold.own)).count(), folds.iter().filter(|fold| earned(&fold.chosen_figures)).count());
    let told = format!("{own} of {0}; chosen anew by each training {chosen} of {0}", folds.len());
    assert_eq!(gate(&report, Gate::Folds).measured.as_deref(), Some(told.as_str()));
}

#[test]
fn where_nothing_was_better_there_is_no_walk_forward_to_tell() {
    let few = ResearchRules { trials_per_job: 6, ..rules() };
    let report = searched(ResearchStep::Improve, sma_cross(4, 130), trends(1, 3_000), &few);
    assert_eq!((report.best, report.folds), (None, None));
}
