//! The kernel against hand solutions, exact limits and the independent `f64` simulator.

mod support;

use freezable_chaos::{AnyTransfer, ExactNetwork, Params, Start, Tanh};
use science::networks::TransferFunction;
use science::networks::double::{Reference, ReferenceParameters};
use support::{Storage, state_generator};

fn advance(network: &mut ExactNetwork<'_, AnyTransfer>, steps: usize) {
    for _ in 0..steps {
        network.step().expect("finite");
    }
}

/// The reference with a kernel network's J, x and A, and parameters widened from the same `f32`.
fn reference_of(network: &ExactNetwork<'_, AnyTransfer>) -> Reference {
    let n = network.n();
    let params = network.dynamics().params();
    let parameters = ReferenceParameters {
        k: params.k.into(),
        p: params.p.into(),
        dt: params.dt.into(),
    };
    let pairs = || (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    let connectivity = network.connectivity();
    let j = pairs()
        .map(|(i, j)| {
            connectivity
                .couplings()
                .get(i, j)
                .expect("within the size")
                .into()
        })
        .collect();
    let a = pairs()
        .map(|(i, j)| connectivity.synapses().get(i, j).expect("within the size").into())
        .collect();
    let x = network.state().iter().map(|&x| x.into()).collect();
    Reference::new(parameters, TransferFunction::Tanh, j, a, x).expect("same sizes")
}

/// Largest difference between the states of the two simulators.
fn distance(network: &ExactNetwork<'_, AnyTransfer>, reference: &Reference) -> f64 {
    let differences = network
        .state()
        .iter()
        .zip(reference.state())
        .map(|(&x, y)| (f64::from(x) - y).abs());
    differences.fold(0.0, f64::max)
}

#[test]
fn one_neuron_by_hand() {
    // x' = x + dt (-x + (J + A) phi),  A' = (1 - r) A + r k phi^2, in f64 from the same J and x.
    let params = Params {
        g: 2.0,
        k: 1.5,
        p: 2.5,
        dt: 0.05,
    };
    let mut storage = Storage::new(1, params, 4);
    let mut network = storage.network(AnyTransfer::Tanh);
    network.start(Start::Small, &mut state_generator(9));
    let j = f64::from(
        network
            .connectivity()
            .couplings()
            .get(0, 0)
            .expect("one coupling"),
    );
    let (mut x, mut a) = (f64::from(network.state()[0]), 0.0f64);
    let (dt, rate) = (f64::from(params.dt), f64::from(params.dt) / 2.5);
    for _ in 0..200 {
        let phi = x.tanh();
        (x, a) = (
            x + dt * (-x + (j + a) * phi),
            (1.0 - rate) * a + rate * 1.5 * phi * phi,
        );
        network.step().expect("finite");
    }
    let found = f64::from(network.connectivity().synapses().get(0, 0).expect("one synapse"));
    // Rounding errors of 200 steps of a contraction or of slow growth.
    assert!(
        (f64::from(network.state()[0]) - x).abs() < 2e-5,
        "{} {x}",
        network.state()[0]
    );
    assert!((found - a).abs() < 2e-5);
}

#[test]
fn two_neurons_by_hand_for_one_step_from_the_large_start() {
    let params = Params {
        g: 1.0,
        k: -3.0,
        p: 0.5,
        dt: 0.25,
    };
    let mut storage = Storage::new(2, params, 4);
    let mut network = storage.network(AnyTransfer::Tanh);
    network.start(Start::Large, &mut state_generator(2));
    let x: Vec<f64> = network.state().iter().map(|&x| x.into()).collect();
    let phi = [x[0].tanh(), x[1].tanh()];
    // A = (k/N) phi phi^T, so A phi = (k/2) phi |phi|^2; and it stays there while phi does.
    let square = phi[0] * phi[0] + phi[1] * phi[1];
    let couplings = network.connectivity().couplings();
    let j = |a, b| f64::from(couplings.get(a, b).expect("within the size"));
    network.step().expect("finite");
    for i in 0..2 {
        let drive = j(i, 0) * phi[0] + j(i, 1) * phi[1] - 1.5 * phi[i] * square;
        let expected = x[i] + 0.25 * (drive - x[i]);
        assert!((f64::from(network.state()[i]) - expected).abs() < 1e-6);
        let a = f64::from(
            network
                .connectivity()
                .synapses()
                .get(i, 1 - i)
                .expect("within the size"),
        );
        assert!((a - -1.5 * phi[0] * phi[1]).abs() < 1e-6);
    }
}

#[test]
fn with_a_step_of_p_the_synapses_are_the_last_outer_product() {
    // dt = p: A_n phi_n = k (phi_{n-1} . phi_n / N) phi_{n-1}, exactly.
    let params = Params {
        g: 0.0,
        k: 2.0,
        p: 0.5,
        dt: 0.5,
    };
    let n = 12;
    let mut storage = Storage::new(n, params, 4);
    let mut network = storage.network(AnyTransfer::Tanh);
    network.start(Start::Large, &mut state_generator(2));
    network.step().expect("finite");
    let mut before: Vec<f64> = network.rates().iter().map(|&rate| rate.into()).collect();
    for _ in 0..8 {
        network.step().expect("finite");
        let (x, phi) = (network.state().to_vec(), network.rates().to_vec());
        let overlap: f64 = before
            .iter()
            .zip(&phi)
            .map(|(a, &b)| a * f64::from(b))
            .sum::<f64>()
            / n as f64;
        let expected: Vec<f64> = x
            .iter()
            .zip(&before)
            .map(|(&x, b)| 0.5 * f64::from(x) + 0.5 * 2.0 * overlap * b)
            .collect();
        network.step().expect("finite");
        for (&found, expected) in network.state().iter().zip(&expected) {
            assert!((f64::from(found) - expected).abs() < 1e-6);
        }
        before = network.rates().iter().map(|&rate| rate.into()).collect();
    }
}

#[test]
fn fast_synapses_are_slaved_to_the_rates() {
    // p -> 0: A phi = k C phi with C = |phi|^2 / N, up to terms of order p.
    let distance_from_limit = |p: f32| {
        let params = Params {
            g: 2.0,
            k: 1.0,
            p,
            dt: 0.001,
        };
        let n = 20;
        let mut storage = Storage::new(n, params, 4);
        let mut network = storage.network(AnyTransfer::Tanh);
        network.start(Start::Large, &mut state_generator(2));
        advance(&mut network, 3000);
        let phi: Vec<f64> = network.rates().iter().map(|&rate| rate.into()).collect();
        let c = phi.iter().map(|rate| rate * rate).sum::<f64>() / n as f64;
        let synapses = network.connectivity().synapses();
        let deviation = (0..n).map(|i| {
            let drive: f64 = (0..n)
                .map(|j| f64::from(synapses.get(i, j).expect("size")) * phi[j])
                .sum();
            (drive - c * phi[i]).abs()
        });
        deviation.fold(0.0, f64::max)
    };
    let (coarse, fine) = (distance_from_limit(0.04), distance_from_limit(0.01));
    assert!(coarse < 0.04, "off by {coarse} at p = 0.04");
    // First order in p: four times smaller p, about four times smaller distance.
    assert!(fine < 0.4 * coarse, "{fine} is not much below {coarse}");
}

#[test]
fn without_plasticity_the_synapses_stay_zero_and_freezing_changes_nothing() {
    let params = Params {
        g: 2.0,
        k: 0.0,
        p: 2.5,
        dt: 0.05,
    };
    let digest_after = |freeze: bool| {
        let mut storage = Storage::new(30, params, 4);
        let mut network = storage.network(AnyTransfer::Tanh);
        network.start(Start::Small, &mut state_generator(2));
        advance(&mut network, 100);
        if freeze {
            network.freeze();
        }
        advance(&mut network, 100);
        assert!(
            network
                .connectivity()
                .synapses()
                .upper_triangle()
                .all(|a| a.to_bits() == 0)
        );
        network.digest()
    };
    assert_eq!(digest_after(true), digest_after(false));
}

#[test]
fn the_zero_state_is_stable_below_a_gain_of_one_and_unstable_above() {
    // The largest real part of J's spectrum is g up to finite-size fluctuations of order N^(-1/3); plasticity
    // enters at third order in x only.
    for k in [-3.0, 0.0, 2.0] {
        let norm_after = |g: f32| {
            let mut storage = Storage::new(
                200,
                Params {
                    g,
                    k,
                    p: 2.5,
                    dt: 0.05,
                },
                4,
            );
            let mut network = storage.network(Tanh);
            let initial: Vec<f32> = (0..200).map(|i| if i % 2 == 0 { 1e-3 } else { -1e-3 }).collect();
            network.start_from(&initial).expect("finite");
            for _ in 0..4000 {
                network.step().expect("finite");
            }
            network.state().iter().map(|x| x.abs()).fold(0.0, f32::max)
        };
        assert!(norm_after(0.8) < 1e-8, "g = 0.8, k = {k}");
        assert!(norm_after(1.3) > 0.1, "g = 1.3, k = {k}");
    }
    let mut storage = Storage::new(
        20,
        Params {
            g: 3.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        },
        4,
    );
    let mut network = storage.network(Tanh);
    network.step().expect("finite");
    assert!(network.state().iter().all(|&x| x == 0.0), "rest is a fixed point");
}

#[test]
fn agrees_with_the_independent_double_precision_simulator() {
    for k in [2.0, -3.0] {
        let mut storage = Storage::new(
            60,
            Params {
                g: 3.0,
                k,
                p: 2.5,
                dt: 0.05,
            },
            8,
        );
        let mut network = storage.network(AnyTransfer::Tanh);
        network.start(Start::Large, &mut state_generator(8));
        let mut reference = reference_of(&network);
        // Rounding errors of about 1e-6 grow as exp(lambda t) with lambda below 0.5 here: 1e-4 after 10 units.
        for steps in [1, 19, 180] {
            for _ in 0..steps {
                reference.step().expect("finite");
            }
            advance(&mut network, steps);
            let bound = if reference.steps() == 1 { 2e-6 } else { 1e-4 };
            let distance = distance(&network, &reference);
            assert!(
                distance < bound,
                "k = {k}: apart by {distance:e} after {} steps",
                reference.steps()
            );
        }
        network.freeze();
        reference.freeze();
        for _ in 0..100 {
            reference.step().expect("finite");
        }
        advance(&mut network, 100);
        assert!(distance(&network, &reference) < 1e-3);
        let input: Vec<f32> = (0..60).map(|i| (i as f32).sin()).collect();
        let wide: Vec<f64> = input.iter().map(|&input| input.into()).collect();
        network.step_with_input(&input).expect("finite");
        reference.step_with_input(&wide).expect("finite");
        assert!(distance(&network, &reference) < 1e-3);
    }
}

#[test]
fn a_frozen_state_returns_after_a_kick_so_it_is_stable_and_not_just_stalled() {
    // Also by the reference: a frozen f32 network that only stalled in rounding would move on in f64.
    let mut storage = Storage::new(
        256,
        Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        },
        1,
    );
    let mut network = storage.network(AnyTransfer::Tanh);
    network.start(Start::Small, &mut state_generator(1));
    advance(&mut network, 4000);
    network.freeze();
    advance(&mut network, 4000);
    let stored = network.rates().to_vec();
    let mut reference = reference_of(&network);
    reference.freeze();
    for _ in 0..2000 {
        reference.step().expect("finite");
    }
    assert!(
        distance(&network, &reference) < 1e-5,
        "the f64 network stays where the f32 network stopped"
    );
    assert!(reference.speed().expect("it moved").max < 1e-6);
    // A kick of rms 2 through the input; then left alone.
    let mut kicks = state_generator(77);
    let input: Vec<f32> = (0..256)
        .map(|_| 2.0 / 0.05 * freezable_chaos::random::Randomness::gaussian(&mut kicks))
        .collect();
    network.step_with_input(&input).expect("finite");
    assert!(
        network.overlap(&stored).expect("same size") < 0.95,
        "the kick moved it"
    );
    advance(&mut network, 4000);
    assert!(
        network.overlap(&stored).expect("same size") > 0.9999,
        "it came back"
    );
}
