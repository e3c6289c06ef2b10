use super::*;

/// Fixed couplings and state that need no generator: an irrational rotation, scaled.
fn irregular(count: usize, scale: f64) -> Vec<f64> {
    (1..=count)
        .map(|m| scale * (2.0 * (m as f64 * 0.618_033_988_75).fract() - 1.0))
        .collect()
}

fn network(n: usize, k: f64, p: f64, dt: f64, transfer: TransferFunction) -> Reference {
    let parameters = ReferenceParameters { k, p, dt };
    Reference::new(
        parameters,
        transfer,
        irregular(n * n, 0.8),
        vec![0.0; n * n],
        irregular(n, 1.5),
    )
    .unwrap()
}

#[test]
fn one_neuron_follows_the_map_written_by_hand() {
    let (j, k, p, dt, x0) = (1.7, 0.9, 2.5, 0.1, 0.4_f64);
    let parameters = ReferenceParameters { k, p, dt };
    let mut one = Reference::new(parameters, TransferFunction::Tanh, vec![j], vec![0.0], vec![x0]).unwrap();
    one.step().unwrap();
    let x1 = x0 + dt * (-x0 + j * x0.tanh());
    let a1 = dt / p * k * x0.tanh().powi(2);
    one.step_with_input(&[0.3]).unwrap();
    let x2 = x1 + dt * (-x1 + (j + a1) * x1.tanh() + 0.3);
    let a2 = (1.0 - dt / p) * a1 + dt / p * k * x1.tanh().powi(2);
    assert!((one.state()[0] - x2).abs() < 1e-15);
    assert!((one.plastic_couplings()[0] - a2).abs() < 1e-15);
    assert!((one.speed().unwrap().max - (x2 - x1).abs() / dt).abs() < 1e-14);
    one.freeze();
    one.step().unwrap();
    assert!(
        (one.plastic_couplings()[0] - a2).abs() < 1e-15,
        "a frozen A stands still"
    );
}

#[test]
fn without_couplings_the_state_decays_geometrically() {
    let parameters = ReferenceParameters {
        k: 0.0,
        p: 1.0,
        dt: 0.05,
    };
    let x0 = irregular(5, 2.0);
    let mut network = Reference::new(
        parameters,
        TransferFunction::Erf,
        vec![0.0; 25],
        vec![0.0; 25],
        x0.clone(),
    )
    .unwrap();
    for _ in 0..40 {
        network.step().unwrap();
    }
    for (x, x0) in network.state().iter().zip(&x0) {
        assert!((x - x0 * 0.95_f64.powi(40)).abs() < 1e-14);
    }
}

#[test]
fn a_small_network_without_plasticity_follows_its_linearisation() {
    // At |x| = 1e-7 the cubic term of tanh is 1e-21: one step is I + dt (J - I) to rounding.
    let n = 4;
    let j = irregular(n * n, 0.8);
    let x0 = irregular(n, 1e-7);
    let parameters = ReferenceParameters {
        k: 0.0,
        p: 2.5,
        dt: 0.05,
    };
    for transfer in [TransferFunction::Tanh, TransferFunction::Erf] {
        let mut network =
            Reference::new(parameters, transfer, j.clone(), vec![0.0; n * n], x0.clone()).unwrap();
        network.step().unwrap();
        for i in 0..n {
            let drive: f64 = (0..n).map(|m| j[i * n + m] * x0[m]).sum();
            assert!((network.state()[i] - (0.95 * x0[i] + 0.05 * drive)).abs() < 1e-20);
        }
    }
}

#[test]
fn plastic_couplings_stay_symmetric_bit_for_bit() {
    let n = 9;
    let mut network = network(n, 1.3, 2.5, 0.05, TransferFunction::Tanh);
    for _ in 0..200 {
        network.step().unwrap();
    }
    let a = network.plastic_couplings();
    assert!(a.iter().any(|a| a.abs() > 0.01));
    for i in 0..n {
        for j in 0..i {
            assert_eq!(a[i * n + j].to_bits(), a[j * n + i].to_bits());
        }
    }
}

#[test]
fn with_dt_equal_to_p_the_couplings_remember_one_step() {
    // A_n phi_n = k (phi_{n-1} . phi_n / N) phi_{n-1}
    let (n, k) = (6, 1.1);
    let mut network = network(n, k, 0.5, 0.5, TransferFunction::Erf);
    for _ in 0..7 {
        network.step().unwrap();
    }
    let before = network.rates().to_vec();
    network.step().unwrap();
    let now = network.rates();
    let overlap = before.iter().zip(now).map(|(a, b)| a * b).sum::<f64>() / n as f64;
    for (row, before) in network.plastic_couplings().chunks(n).zip(&before) {
        let found: f64 = row.iter().zip(now).map(|(a, phi)| a * phi).sum();
        assert!((found - k * overlap * before).abs() < 1e-14);
    }
}

#[test]
fn bad_data_are_refused() {
    let parameters = ReferenceParameters {
        k: 0.0,
        p: 0.5,
        dt: 0.6,
    };
    let build = |parameters, j: usize| {
        Reference::new(
            parameters,
            TransferFunction::Tanh,
            vec![f64::MAX; j],
            vec![0.0; 4],
            vec![1.0; 2],
        )
    };
    assert!(matches!(build(parameters, 4), Err(ReferenceError::Parameters(_))));
    let parameters = ReferenceParameters {
        dt: 0.5,
        ..parameters
    };
    assert!(matches!(
        build(parameters, 3),
        Err(ReferenceError::Length {
            array: "J",
            found: 3,
            ..
        })
    ));
    let mut network = build(parameters, 4).unwrap();
    assert!(matches!(
        network.step_with_input(&[0.0]),
        Err(ReferenceError::Length { .. })
    ));
    assert_eq!(
        network.step(),
        Err(ReferenceError::Diverged { neuron: 0, step: 1 })
    );
}

#[test]
fn large_start_is_the_outer_product() {
    let a = Reference::imprint(2.0, &[0.3_f64.tanh(), (-1.2_f64).tanh()]);
    assert!((a[1] - 0.3_f64.tanh() * (-1.2_f64).tanh()).abs() < 1e-15);
    assert_eq!(a[1].to_bits(), a[2].to_bits());
}
