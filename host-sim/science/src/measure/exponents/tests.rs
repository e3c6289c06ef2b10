//! Exponents of small networks, and what is refused.

use super::*;
use crate::measure::{activity::Run, measure};
use crate::networks::rules::{Change, Factor, Mask};
use crate::networks::{Execution, PlasticityRule};
use freezable_chaos::Params;

fn ensemble(n: usize, [g, k, p, dt]: [f32; 4], [burn_in, duration]: [f64; 2]) -> Ensemble {
    let network = Network::exact(n, Params { g, k, p, dt }).unwrap();
    Ensemble::of(network, 2).unwrap().over(burn_in, duration).unwrap()
}

fn summary(measurement: &Lyapunov, of: &Ensemble) -> Summary {
    measure(measurement, of, &Execution::default(), &(), &())
        .unwrap()
        .summary
}

#[test]
fn a_network_at_rest_is_judged_as_everywhere_and_has_no_exponent() {
    let of = ensemble(3, [0.0, 0.0, 2.5, 0.05], [1000.0, 20.0]);
    let found = summary(&Lyapunov::of(&of, Synapses::Running), &of);
    let run = measure(&Run::of(&of), &of, &Execution::default(), &(), &()).unwrap();
    assert_eq!(found.alive, run.summary.alive);
    assert_eq!(found.alive, MeanSem::share([false, false]));
    assert_eq!((found.lyapunov_max, found.spectrum), (None, Vec::new()));
}

#[test]
fn directions_that_a_step_annihilates_have_minus_infinity() {
    // Held without couplings, x is 0 after a step of 1.
    let of = ensemble(2, [0.0, 0.0, 2.0, 1.0], [20.0, 20.0]);
    let mut frozen = Lyapunov::of(&of, Synapses::Frozen);
    frozen.exponents = 2;
    let found = summary(&frozen, &of);
    assert_eq!(found.lyapunov_max.unwrap().to_string(), "-inf (2)");
    assert_eq!(found.spectrum, [f64::NEG_INFINITY; 2]);
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["spectrum"], serde_json::json!(["-inf", "-inf"]));
    assert_eq!(json["lyapunov_max"]["mean"], "-inf");
}

#[test]
fn synapses_that_forget_in_a_step_keep_their_place_in_the_spectrum() {
    let of = ensemble(6, [8.0, 0.0, 0.05, 0.05], [20.0, 20.0]);
    let mut all = Lyapunov::of(&of, Synapses::Running);
    all.exponents = all.dimension();
    let outcome = |alive, spectrum: Vec<f64>| Outcome {
        alive,
        spectrum,
        split_half_error: 0.0,
        running: Vec::new(),
        synaptic_share: vec![0.0; 27],
        time: 20.0,
    };
    let mut spectrum = vec![f64::NEG_INFINITY; 27];
    spectrum[..6].copy_from_slice(&[0.1, 0.0, -0.5, -1.0, -2.0, -3.0]);
    let found = all.summary(&of, &[outcome(true, spectrum), outcome(false, vec![0.0; 27])]);
    assert_eq!(found.spectrum.len(), 27);
    assert_eq!(found.spectrum[26], f64::NEG_INFINITY);
    assert_eq!(found.lyapunov_max.unwrap().mean, 0.1);
    assert_eq!(found.above_synaptic_rate.unwrap().mean, 6.0 / 27.0);
    assert_eq!(found.below_synaptic_rate.unwrap().mean, 0.0);
}

#[test]
fn a_rule_has_the_dimension_of_its_plastic_synapses_after_the_burn_in() {
    let of = ensemble(4, [2.0, 2.0, 2.5, 0.05], [20.0, 20.0]);
    let flags = |plastic: usize| Mask::new((0..16).map(|at| at < plastic).collect::<Vec<bool>>());
    let rule = PlasticityRule {
        plastic: Some(flags(11)),
        changes: vec![Change {
            plastic: Some(flags(7)),
            ..Change::at(10.0)
        }],
        ..PlasticityRule::new(Factor::Rate, Factor::Square)
    };
    let of = Ensemble {
        network: of.network.clone().with_rule(rule).unwrap(),
        ..of
    };
    let mut all = Lyapunov::of(&of, Synapses::Running);
    assert_eq!(all.dimension(), 4 + 7);
    all.exponents = all.dimension();
    let found = measure(&all, &of, &Execution::default(), &(), &()).unwrap();
    assert_eq!(found.outcomes[0].spectrum.len(), 11);
    assert!(
        found.outcomes[0]
            .spectrum
            .iter()
            .all(|exponent| exponent.is_finite())
    );
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let of = ensemble(4, [2.0, 2.0, 2.5, 0.05], [20.0, 20.0]);
    let largest = Lyapunov::of(&of, Synapses::Running);
    let refused = |measurement: Lyapunov| measurement.check(&of).unwrap_err().to_string();
    let many = Lyapunov {
        exponents: 15,
        ..largest
    };
    assert_eq!(refused(many), "exponents 15 is outside its bounds 1 and 14");
    let tolerance = Lyapunov {
        tolerance: f64::NAN,
        ..largest
    };
    assert_eq!(
        refused(tolerance),
        "tolerance NaN is not a finite number of at least its bound 0"
    );
    let other = Lyapunov::of(
        &ensemble(5, [2.0, 2.0, 2.5, 0.05], [20.0, 20.0]),
        Synapses::Running,
    );
    assert_eq!(refused(other), "dimension 20 is not that of the networks, 14");
}
