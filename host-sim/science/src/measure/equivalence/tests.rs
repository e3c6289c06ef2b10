use super::*;
use crate::estimators::MeanSem;
use crate::measure::activity::Run;
use crate::measure::measure;
use crate::networks::Execution;
use freezable_chaos::Params;

fn exact(g: f32, k: f32, networks: u32, [burn_in, duration]: [f64; 2]) -> Ensemble {
    let params = Params {
        g,
        k,
        p: 2.5,
        dt: 0.05,
    };
    let ensemble = Ensemble::of(Network::exact(24, params).unwrap(), networks).unwrap();
    ensemble.over(burn_in, duration).unwrap()
}

#[test]
fn a_window_shorter_than_a_segment_is_judged_as_everywhere() {
    for (g, k) in [(0.5, 0.0), (6.0, 0.0)] {
        let of = exact(g, k, 2, [100.0, 60.0]);
        let few = Equivalence {
            trials: 0,
            pairs: 0,
            ..Equivalence::of(&of)
        };
        let found = measure(&few, &of, &Execution::default(), &(), &()).unwrap();
        let run = measure(&Run::of(&of), &of, &Execution::default(), &(), &()).unwrap();
        assert_eq!(found.summary.alive, run.summary.alive);
        assert_eq!(found.summary.alive, MeanSem::share([g > 1.0; 2]));
    }
}

#[test]
fn kinds_share_all_but_what_they_compare() {
    let of = exact(2.0, 2.0, 2, [10.0, 20.0]);
    let coarse = HistoryRule {
        samples: 8,
        spacing: 20,
        levels: 1,
    };
    let ensembles = kinds(&of, &[coarse]).unwrap();
    let names: Vec<String> = ensembles.iter().map(|kind| name_of(&kind.network)).collect();
    assert_eq!(names, ["exact, Gaussian", "exact, signs", "compact 8x20x1"]);
    assert!(
        ensembles
            .iter()
            .all(|kind| kind.network.seeds == of.network.seeds && kind.duration == 20.0)
    );
    let recommended = kinds(&of, &[]).unwrap();
    assert_eq!(name_of(&recommended[2].network), "compact 8x20x127");

    let measurement = Equivalence {
        trials: 3,
        pairs: 1,
        ..Equivalence::of(&of)
    };
    let found: Vec<_> = ensembles
        .iter()
        .map(|kind| measure(&measurement, kind, &Execution::default(), &(), &()).unwrap())
        .collect();
    let of_kinds: Vec<(&Ensemble, &[Outcome])> = ensembles
        .iter()
        .zip(&found)
        .map(|(kind, found)| (kind, &found.outcomes[..]))
        .collect();
    assert!(found[0].outcomes.iter().all(|outcome| outcome.trials.len() == 3));
    let summary = compare(&of_kinds);
    assert_eq!(summary.kinds[1], found[1].summary);
    let compared: Vec<&str> = summary
        .differences
        .iter()
        .map(|difference| &difference.name[..])
        .collect();
    assert_eq!(compared, ["exact, Gaussian", "compact 8x20x1"]);
    let arrays = arrays(&of_kinds);
    assert_eq!(arrays[1].shape(), [3, 2, 41]);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let of = exact(2.0, 2.0, 2, [10.0, 20.0]);
    let standard = Equivalence::of(&of);
    let refused = |measurement: Equivalence| measurement.check(&of).unwrap_err().to_string();
    let many = Equivalence {
        trials: 1001,
        ..standard
    };
    assert_eq!(refused(many), "trials 1001 is above its bound 1000");
    let long = Equivalence { lags: 80, ..standard };
    assert_eq!(refused(long), "duration 20 is too short for 80 lags");
}
