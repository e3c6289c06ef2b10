use freezable_chaos::{Generator, Params, Purpose};

use super::*;
use crate::lyapunov::{Exponents, Protocol, measure};
use crate::networks::TransferFunction;
use crate::networks::double::{Reference, ReferenceParameters};
use crate::spectra::{State, eigenvalues, rightmost_eigenvalue};
use faer::{Mat, MatRef};
use freezable_chaos::random::Randomness;

/// A reference network and the kernel's constants of the same parameters.
fn network(n: usize, g: f32, k: f32, dt: f32, seed: u64) -> (Reference, Dynamics) {
    let params = Params { g, k, p: 2.5, dt };
    let dynamics = params.validate(n).unwrap();
    let mut couplings = Generator::new(seed, 0, Purpose::Couplings);
    let scale = f64::from(g) / (n as f64).sqrt();
    let j = (0..n * n)
        .map(|_| scale * f64::from(couplings.gaussian()))
        .collect();
    let mut state = Generator::new(seed, 0, Purpose::State);
    let x = (0..n).map(|_| f64::from(state.gaussian())).collect();
    let parameters = ReferenceParameters {
        k: k.into(),
        p: params.p.into(),
        dt: dt.into(),
    };
    let reference = Reference::new(parameters, TransferFunction::Tanh, j, vec![0.0; n * n], x);
    (reference.unwrap(), dynamics)
}

fn tangent_generator() -> Generator {
    Generator::new(1, 0, Purpose::Tangent)
}

fn exponents(map: &mut ExactTangent, exponents: usize, time: f64) -> Exponents {
    let protocol = Protocol {
        exponents,
        transient: 30.0,
        duration: [time, time],
        tolerance: 0.0,
    };
    measure(map, &protocol, &mut tangent_generator(), &()).unwrap()
}

#[test]
fn without_couplings_all_decays_linearly() {
    let (n, dt) = (4, 0.05_f32);
    let (mut reference, dynamics) = network(n, 0.0, 0.0, dt, 1);
    let dt = f64::from(dt);
    let found = exponents(
        &mut ExactTangent::new(
            &mut reference,
            TangentParameters::of(&dynamics),
            Synapses::Running,
        ),
        14,
        60.0,
    );
    // The synapses decay more slowly, and come first.
    let (synapses, neurons) = ((1.0 - dt / 2.5).ln() / dt, (1.0 - dt).ln() / dt);
    for (at, exponent) in found.spectrum.iter().enumerate() {
        let expected = if at < 10 { synapses } else { neurons };
        assert!(
            (exponent - expected).abs() < 1e-4,
            "{at}: {exponent} is not {expected}"
        );
    }
}

#[test]
fn tangents_are_what_two_neighbours_do() {
    let n = 12;
    let (start, dynamics) = network(n, 2.0, 2.0, 0.05, 3);
    let mut original = start.clone();
    for _ in 0..400 {
        original.step().unwrap();
    }
    let (j, a, x) = (
        original.quenched_couplings().to_vec(),
        original.plastic_couplings().to_vec(),
        original.state().to_vec(),
    );
    let mut map = ExactTangent::new(&mut original, TangentParameters::of(&dynamics), Synapses::Running);
    let mut generator = tangent_generator();
    let mut tangent: Vec<f64> = (0..map.dimension())
        .map(|_| generator.gaussian().into())
        .collect();
    // The same perturbation of x and of A, unpacked, both ways.
    const E: f64 = 1e-6;
    let entry = |tangent: &[f64], i: usize, j: usize| {
        let (low, high) = (i.min(j), i.max(j));
        let before: usize = (0..low).map(|row| n - row).sum();
        let value = tangent[n + before + high - low];
        if i == j { value } else { value / 2f64.sqrt() }
    };
    let mut neighbours = [1.0, -1.0].map(|sign| {
        let x = (0..n).map(|i| x[i] + sign * E * tangent[i]).collect();
        let a = (0..n * n)
            .map(|at| a[at] + sign * E * entry(&tangent, at / n, at % n))
            .collect();
        let parameters = ReferenceParameters {
            k: 2.0,
            p: 2.5,
            dt: f64::from(0.05_f32),
        };
        Reference::new(parameters, TransferFunction::Tanh, j.clone(), a, x).unwrap()
    });
    for _ in 0..200 {
        map.step(&mut tangent, None).unwrap();
        neighbours
            .iter_mut()
            .for_each(|neighbour| neighbour.step().unwrap());
    }
    let [ahead, behind] = &neighbours;
    let scale = tangent
        .iter()
        .fold(0.0, |largest: f64, value| largest.max(value.abs()));
    for i in 0..n {
        let difference = (ahead.state()[i] - behind.state()[i]) / (2.0 * E);
        assert!((difference - tangent[i]).abs() < 1e-6 * scale, "neuron {i}");
        for j in 0..n {
            let at = i * n + j;
            let difference = (ahead.plastic_couplings()[at] - behind.plastic_couplings()[at]) / (2.0 * E);
            assert!(
                (difference - entry(&tangent, i, j)).abs() < 1e-6 * scale,
                "synapse {i}, {j}"
            );
        }
    }
}

#[test]
fn two_trajectories_separate_as_fast_as_tangents() {
    // Benettin's other way: a twin at a distance of 1e-7, brought back to it after every unit of time.
    let n = 100;
    let (mut reference, dynamics) = network(n, 3.0, 0.5, 0.05, 2);
    for _ in 0..4000 {
        reference.step().unwrap();
    }
    let mut alone = reference.clone();
    let rate = |reference: &Reference| {
        let parameters = ReferenceParameters {
            k: 0.5,
            p: 2.5,
            dt: f64::from(0.05_f32),
        };
        let (j, a) = (reference.quenched_couplings(), reference.plastic_couplings());
        let rebuild = |x: Vec<f64>, a: Vec<f64>| {
            Reference::new(parameters, TransferFunction::Tanh, j.to_vec(), a, x).unwrap()
        };
        const DISTANCE: f64 = 1e-7;
        let mut original = rebuild(reference.state().to_vec(), a.to_vec());
        let mut away = vec![DISTANCE / (n as f64).sqrt(); n];
        let mut away_a = vec![0.0; n * n];
        let mut sum = 0.0;
        for round in 0..330 {
            let plus = |base: &[f64], away: &[f64]| base.iter().zip(away).map(|(b, d)| b + d).collect();
            let mut twin = rebuild(
                plus(original.state(), &away),
                plus(original.plastic_couplings(), &away_a),
            );
            for _ in 0..20 {
                original.step().unwrap();
                twin.step().unwrap();
            }
            let minus = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
            away = minus(twin.state(), original.state());
            away_a = minus(twin.plastic_couplings(), original.plastic_couplings());
            let distance = away.iter().chain(&away_a).map(|d| d * d).sum::<f64>().sqrt();
            if round >= 30 {
                sum += (distance / DISTANCE).ln();
            }
            away.iter_mut()
                .chain(&mut away_a)
                .for_each(|d| *d *= DISTANCE / distance);
        }
        sum / (300.0 * 20.0 * parameters.dt)
    };
    let expected = rate(&reference);
    let found = exponents(
        &mut ExactTangent::new(&mut alone, TangentParameters::of(&dynamics), Synapses::Running),
        1,
        300.0,
    );
    // The same trajectory: what is left is the start of the vectors and the distance.
    assert!(
        (found.spectrum[0] - expected).abs() < 2e-3,
        "{} against {expected}",
        found.spectrum[0]
    );
    assert!(expected > 0.05, "a chaotic network, not {expected}");
}

#[test]
fn a_frozen_state_has_the_exponent_of_its_jacobian() {
    let n = 60;
    let (mut reference, dynamics) = network(n, 2.0, 2.0, 0.05, 5);
    for _ in 0..4000 {
        reference.step().unwrap();
    }
    reference.freeze();
    for _ in 0..10_000 {
        reference.step().unwrap();
    }
    assert!(reference.speed().unwrap().max < 1e-9, "at rest");
    let jacobian = reference.frozen_jacobian();
    let dt = f64::from(0.05_f32);
    let growth = eigenvalues(n, &jacobian)
        .unwrap()
        .into_iter()
        .map(|e| ((1.0 + dt * e.re).hypot(dt * e.im)).ln() / dt);
    let expected = growth.fold(f64::NEG_INFINITY, f64::max);
    let found = exponents(
        &mut ExactTangent::new(&mut reference, TangentParameters::of(&dynamics), Synapses::Frozen),
        2,
        400.0,
    );
    assert!(rightmost_eigenvalue(n, &jacobian).unwrap() < 0.0 && expected < 0.0);
    assert!(
        (found.spectrum[0] - expected).abs() < 2e-3,
        "{} against {expected}",
        found.spectrum[0]
    );
}

#[test]
fn all_exponents_sum_to_the_determinant() {
    // N (N - 1) / 2 ln(1 - dt/p) + < ln |det(I + dt M)| >, with M the reduced joint Jacobian, 2N x 2N.
    let (n, p) = (8, 2.5);
    let (mut reference, dynamics) = network(n, 3.0, 2.0, 0.05, 4);
    let (dt, k) = (f64::from(0.05_f32), 2.0);
    let mut twin = reference.clone();
    let all = n + n * (n + 1) / 2;
    let found = exponents(
        &mut ExactTangent::new(
            &mut reference,
            TangentParameters::of(&dynamics),
            Synapses::Running,
        ),
        all,
        100.0,
    );
    let mut sum = 0.0;
    for step in 0..130 * 20 {
        if step >= 30 * 20 {
            let slopes: Vec<f64> = twin.state().iter().map(|x| 1.0 / x.cosh().powi(2)).collect();
            let frozen = twin.frozen_jacobian();
            let state = State {
                rates: twin.rates(),
                slopes: &slopes,
                frozen: &frozen,
                k,
                p,
            };
            let joint = state.joint();
            let joint = MatRef::from_row_major_slice(&joint, 2 * n, 2 * n);
            let matrix = Mat::<f64>::identity(2 * n, 2 * n) + dt * joint;
            sum += matrix.determinant().abs().ln();
        }
        twin.step().unwrap();
    }
    let expected = ((n * (n - 1) / 2) as f64 * (1.0 - dt / p).ln() + sum / 2000.0) / dt;
    let total: f64 = found.spectrum.iter().sum();
    assert!(
        (total - expected).abs() < 1e-6 * expected.abs(),
        "{total} against {expected}"
    );
}
