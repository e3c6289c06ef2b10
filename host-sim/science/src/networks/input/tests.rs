use freezable_chaos::Params;

use super::*;
use crate::networks::{Ensemble, Network, Origin, Saved, Simulation, Source, Synapses};

const N: usize = 5;
const PARAMS: Params = Params {
    g: 1.5,
    k: 1.0,
    p: 2.5,
    dt: 0.05,
};

fn ensemble() -> Ensemble {
    Ensemble::of(Network::exact(N, PARAMS).unwrap(), 2).unwrap()
}

/// The states after each of so many steps.
fn states(of: &Ensemble, index: u32, steps: usize) -> Vec<Vec<f64>> {
    let mut found = Vec::new();
    of.with(index, &mut |network| {
        for _ in 0..steps {
            network.step()?;
            let mut state = Vec::new();
            network.copy_state(&mut state);
            found.push(state);
        }
        Ok(())
    })
    .unwrap();
    found
}

fn table(columns: usize, values: &[f32]) -> Table {
    Table::new("input", columns, values.to_vec()).unwrap()
}

#[test]
fn a_series_is_what_is_added_step_by_step() {
    let rows: Vec<f32> = (0..3 * N).map(|at| 0.1 * at as f32 - 0.7).collect();
    let input = Input::series(table(N, &rows)).every(2).unwrap();
    let driven = states(&ensemble().driven_by(input.clone()).unwrap(), 0, 8);
    let repeating = states(&ensemble().driven_by(input.repeating()).unwrap(), 0, 8);
    let by_hand = |row_of: &dyn Fn(usize) -> Option<usize>| {
        let mut found = Vec::new();
        ensemble()
            .with(0, &mut |network| {
                for step in 0..8 {
                    let row = row_of(step).map_or(&[0.0; N][..], |row| &rows[row * N..][..N]);
                    network.step_with_input(row)?;
                    let mut state = Vec::new();
                    network.copy_state(&mut state);
                    found.push(state);
                }
                Ok(())
            })
            .unwrap();
        found
    };
    assert_eq!(driven, by_hand(&|step| (step < 6).then_some(step / 2)));
    assert_eq!(repeating, by_hand(&|step| Some(step / 2 % 3)));
    assert_ne!(driven, states(&ensemble(), 0, 8));
}

#[test]
fn channels_are_weighted_sums() {
    let weights: Vec<f32> = (0..2 * N).map(|at| at as f32 - 4.0).collect();
    let (series, weights) = (table(2, &[0.5, -0.25, 1.0, 2.0]), table(2, &weights));
    let summed: Vec<f32> = (0..2)
        .flat_map(|row| {
            let (series, weights) = (&series, &weights);
            (0..N).map(move |i| {
                let [a, b] = [0, 1].map(|c| weights.row(i).unwrap()[c] * series.row(row).unwrap()[c]);
                a + b
            })
        })
        .collect();
    let channels = Input::channels(series, weights).unwrap();
    assert_eq!(
        states(&ensemble().driven_by(channels).unwrap(), 0, 4),
        states(
            &ensemble().driven_by(Input::series(table(N, &summed))).unwrap(),
            0,
            4
        )
    );
}

/// Without couplings of note x is an Ornstein-Uhlenbeck process on a lattice: x' = (1 - dt) x + sigma sqrt(dt) z, whose
/// stationary variance is sigma^2 dt / (1 - (1 - dt)^2).
#[test]
fn noise_has_its_strength_and_is_each_networks_own() {
    const SIGMA: f32 = 0.3;
    let params = Params {
        g: 0.0,
        k: 0.0,
        ..PARAMS
    };
    let n = 400;
    let of = Ensemble::of(Network::exact(n, params).unwrap(), 2).unwrap();
    let of = of.driven_by(Input::default().with_noise(SIGMA).unwrap()).unwrap();
    // Every 100th of 4000 steps, five time constants apart: nearly independent.
    let mut squares = Vec::new();
    of.with(0, &mut |network| {
        let mut state = Vec::new();
        for step in 1..=4000 {
            network.step()?;
            if step % 100 == 0 && step > 400 {
                network.copy_state(&mut state);
                squares.extend(state.iter().map(|x| x * x));
            }
        }
        Ok(())
    })
    .unwrap();
    let (dt, sigma) = (f64::from(PARAMS.dt), f64::from(SIGMA));
    let expected = sigma * sigma * dt / (1.0 - (1.0 - dt) * (1.0 - dt));
    let count = squares.len() as f64;
    let found = squares.iter().sum::<f64>() / count;
    // A mean of squares of Gaussians has the relative standard error sqrt(2 / count).
    let bound = 4.0 * (2.0 / count).sqrt();
    assert!((found / expected - 1.0).abs() < bound, "{found} {expected}");
    assert_ne!(states(&of, 0, 3), states(&of, 1, 3));
    assert_eq!(states(&of, 1, 30), states(&of, 1, 30));
}

#[test]
fn a_state_that_was_kept_takes_its_input_along() {
    let of = ensemble()
        .driven_by(Input::default().with_noise(0.2).unwrap())
        .unwrap();
    of.with(0, &mut |network| {
        let go = |network: &mut dyn Simulation| -> Vec<f64> {
            for _ in 0..20 {
                network.step().unwrap();
            }
            let mut state = Vec::new();
            network.copy_state(&mut state);
            state
        };
        go(network);
        let kept = network.save()?;
        let first = go(network);
        network.load(&kept)?;
        assert_eq!(go(network), first);
        Ok(())
    })
    .unwrap();
}

/// The derivative of the driven step, by differences of neighbouring trajectories of the reference.
#[test]
fn tangents_follow_the_driven_trajectory() {
    let network = Network::exact(N, PARAMS)
        .unwrap()
        .with_precision(crate::estimators::Precision::F64)
        .unwrap();
    let rows: Vec<f32> = (0..40 * N).map(|at| (at as f32 * 0.7).sin()).collect();
    let input = Input::series(table(N, &rows));
    let x = [0.3, -0.2, 0.5, 0.1, -0.4];
    let from = |shift: f32| {
        let x: Vec<f32> = x
            .iter()
            .enumerate()
            .map(|(i, x)| if i == 0 { x + shift } else { *x })
            .collect();
        let of = Ensemble::of(network.clone(), 1).unwrap();
        of.beginning_at(Origin::state(x).unwrap())
            .and_then(|of| of.driven_by(input.clone()))
            .unwrap()
    };
    const SHIFT: f32 = 1.0 / 4096.0;
    let [above, below] = [SHIFT, -SHIFT].map(|shift| states(&from(shift), 0, 40).pop().unwrap());
    let mut tangent = Vec::new();
    from(0.0)
        .with(0, &mut |network| {
            let mut map = network.tangent_map(Synapses::Running)?;
            tangent = vec![0.0; map.dimension()];
            tangent[0] = 1.0;
            for _ in 0..40 {
                map.step(&mut tangent, None)?;
            }
            Ok(())
        })
        .unwrap();
    for i in 0..N {
        let slope = (above[i] - below[i]) / f64::from(2.0 * SHIFT);
        // The error of a central difference is of the order of the shift squared.
        assert!((slope - tangent[i]).abs() < 1e-5, "{i}: {slope} {}", tangent[i]);
    }
}

#[test]
fn a_run_begins_at_a_state_or_a_snapshot_of_ones_own() {
    let x = [0.5_f32, -0.25, 0.125, 1.0, -2.0];
    let of = ensemble()
        .beginning_at(Origin::state(x.to_vec()).unwrap())
        .unwrap();
    of.with(1, &mut |network| {
        let mut state = Vec::new();
        network.copy_state(&mut state);
        assert_eq!(state, x.map(f64::from));
        Ok(())
    })
    .unwrap();
    let mut bytes = Vec::new();
    ensemble()
        .with(0, &mut |network| {
            for _ in 0..30 {
                network.step()?;
            }
            if let Saved::Snapshot(found) = network.save()? {
                bytes = found;
            }
            Ok(())
        })
        .unwrap();
    let snapshot = Origin::Snapshot(crate::networks::Snapshot(bytes.into()));
    let resumed = ensemble().beginning_at(snapshot).unwrap();
    assert_eq!(states(&resumed, 0, 10), states(&ensemble(), 0, 40)[30..]);
    let other = resumed.with(1, &mut |_| Ok(())).unwrap_err();
    assert!(other.to_string().contains("coupling"), "{other}");
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let series = Input::series(table(3, &[0.0; 6]));
    let refused = ensemble().driven_by(series).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "input 3 is not the number of neurons, 5, and there are no weights for channels"
    );
    let channels = Input::channels(table(2, &[0.0; 4]), table(3, &[0.0; 15])).unwrap_err();
    assert_eq!(
        channels.to_string(),
        "input_weights 3 is not the number of channels of the input, 2"
    );
    let channels = Input::channels(table(3, &[0.0; 6]), table(3, &[0.0; 12])).unwrap();
    let refused = ensemble().driven_by(channels).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "input_weights 4 is not the number of neurons, 5"
    );
    let spoilt = Table::new("input", 2, vec![0.0, 1.0, f32::NAN, 2.0]).unwrap_err();
    assert_eq!(
        spoilt.to_string(),
        "input NaN in row 1, column 0 is not a finite number"
    );
    assert!(Input::default().with_noise(-1.0).is_err());
    assert!(Input::default().every(0).is_err());
    let short = ensemble()
        .beginning_at(Origin::state(vec![0.0; 4]).unwrap())
        .unwrap_err();
    assert_eq!(short.to_string(), "x0 4 is not the number of neurons, 5");
}
