//! What holds for every network, whatever its size and parameters.

mod support;

use freezable_chaos::{
    Connectivity, DenseCouplings, Diverged, ExactBuffers, ExactNetwork, Params, Plasticity, SnapshotError,
    Start, StepError, Tanh, ValuesError, couplings_len, synapses_len,
};
use proptest::prelude::*;
use support::{Storage, state_generator};

fn params() -> impl Strategy<Value = Params> {
    (0.0f32..4.0, -8.0f32..4.0, 0.5f32..10.0, 0.01f32..0.5).prop_map(|(g, k, p, dt)| Params { g, k, p, dt })
}

fn started(storage: &mut Storage, start: Start) -> ExactNetwork<'_, Tanh> {
    let mut network = storage.network(Tanh);
    network.start(start, &mut state_generator(1));
    network
}

fn advance(network: &mut ExactNetwork<'_, Tanh>, steps: usize) {
    for _ in 0..steps {
        network.step().expect("bounded rates keep the state finite");
    }
}

fn plastic_bits(network: &ExactNetwork<'_, Tanh>) -> Vec<u32> {
    network
        .connectivity()
        .synapses()
        .upper_triangle()
        .map(f32::to_bits)
        .collect()
}

fn snapshot(network: &ExactNetwork<'_, Tanh>) -> Vec<u8> {
    let mut bytes = vec![0; network.snapshot_len()];
    assert_eq!(network.snapshot(&mut bytes), Ok(bytes.len()));
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_drive_uses_symmetric_plastic_couplings(n in 1usize..12, params in params(), steps in 1usize..40) {
        // With J = 0 (g = 0) and unit rates in turn, the drive is a column of A as the step reads it.
        let params = Params { g: 0.0, ..params };
        let mut storage = Storage::new(n, params, 3);
        let mut network = started(&mut storage, Start::Large);
        advance(&mut network, steps);
        let dynamics = *network.dynamics();
        let mut exact = network.into_connectivity();
        let columns: Vec<Vec<f32>> = (0..n)
            .map(|j| {
                let (mut unit, mut column) = (vec![0.0; n], vec![0.0; n]);
                unit[j] = 1.0;
                exact.drive(&dynamics, &unit, &mut column);
                column
            })
            .collect();
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
            prop_assert_eq!(columns[j][i].to_bits(), columns[i][j].to_bits());
            prop_assert_eq!(Some(columns[j][i]), exact.synapses().get(i, j));
        }
    }

    #[test]
    fn frozen_plastic_couplings_keep_their_bits(n in 1usize..40, params in params(), steps in 1usize..60) {
        let mut storage = Storage::new(n, params, 3);
        let mut network = started(&mut storage, Start::Large);
        advance(&mut network, 20);
        network.freeze();
        let before = plastic_bits(&network);
        advance(&mut network, steps);
        prop_assert_eq!(network.plasticity(), Plasticity::Frozen);
        prop_assert_eq!(&before, &plastic_bits(&network));
        // from A = 0: one that has settled would stay as it is, released or not
        network.start(Start::Small, &mut state_generator(5));
        network.freeze();
        advance(&mut network, 1);
        prop_assert!(plastic_bits(&network).iter().all(|&bits| bits == 0));
        network.release();
        advance(&mut network, 1);
        prop_assert!(params.k == 0.0 || plastic_bits(&network).iter().any(|&bits| bits != 0));
    }

    #[test]
    fn a_restored_network_runs_on_as_if_it_had_never_stopped(
        n in 1usize..40,
        params in params(),
        frozen: bool,
        steps in 0usize..60,
    ) {
        let mut storage = Storage::new(n, params, 3);
        let mut network = started(&mut storage, Start::Small);
        advance(&mut network, steps);
        if frozen {
            network.freeze();
        }
        let bytes = snapshot(&network);
        advance(&mut network, 30);
        let mut other_storage = Storage::new(n, params, 3);
        let mut other = other_storage.network(Tanh);
        prop_assert_eq!(other.restore(&bytes), Ok(()));
        prop_assert_eq!(snapshot(&other), bytes);
        prop_assert_eq!(other.speed(), None);
        advance(&mut other, 30);
        prop_assert_eq!(other.digest(), network.digest());
        prop_assert_eq!((other.steps(), other.plasticity()), (network.steps(), network.plasticity()));
        prop_assert_eq!(other.rates(), network.rates());
    }

    #[test]
    fn a_damaged_snapshot_is_refused_and_changes_nothing(bit in 0usize..8 * 500, length in 0usize..500) {
        let mut storage = Storage::new(9, Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 }, 3);
        let mut network = started(&mut storage, Start::Small);
        advance(&mut network, 5);
        let good = snapshot(&network);
        advance(&mut network, 5);
        let digest = network.digest();
        let mut flipped = good.clone();
        let bit = bit % (8 * good.len());
        flipped[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(network.restore(&flipped).is_err());
        let cut = &good[..length % good.len()];
        let longer = [good.as_slice(), &[0]].concat();
        for bytes in [cut, &longer] {
            let (expected, found) = (good.len() as u32, bytes.len() as u32);
            prop_assert_eq!(network.restore(bytes), Err(SnapshotError::Length { expected, found }));
        }
        prop_assert_eq!((network.digest(), network.steps()), (digest, 10));
        prop_assert_eq!(network.restore(&good), Ok(()));
    }

    #[test]
    fn rates_are_bounded_and_overlap_with_oneself_is_one(n in 1usize..40, params in params()) {
        let mut storage = Storage::new(n, params, 3);
        let mut network = started(&mut storage, Start::Large);
        advance(&mut network, 50);
        prop_assert!(network.rates().iter().all(|rate| rate.abs() <= 1.0));
        let rates = network.rates().to_vec();
        let norm: f32 = rates.iter().map(|rate| rate * rate).sum();
        let overlap = network.overlap(&rates).expect("same size");
        prop_assert!((overlap - 1.0).abs() < 1e-5 || norm < 1e-30);
        let mirrored: Vec<f32> = rates.iter().map(|rate| -rate).collect();
        prop_assert_eq!(network.overlap(&mirrored), Ok(-overlap));
    }
}

#[test]
fn a_snapshot_of_another_network_is_refused_with_what_differs() {
    let params = Params {
        g: 2.0,
        k: 2.0,
        p: 2.5,
        dt: 0.05,
    };
    let mut storage = Storage::new(9, params, 3);
    let bytes = snapshot(&started(&mut storage, Start::Small));
    let refusal = |n, params, seed| {
        let mut storage = Storage::new(n, params, seed);
        storage
            .network(Tanh)
            .restore(&bytes)
            .expect_err("another network")
    };
    assert!(matches!(
        refusal(10, params, 3),
        SnapshotError::Neurons {
            expected: 10,
            found: 9
        }
    ));
    assert!(matches!(refusal(9, params, 4), SnapshotError::Couplings { .. }));
    let other = Params { k: 1.5, ..params };
    assert!(matches!(
        refusal(9, other, 3),
        SnapshotError::Parameter {
            parameter: 'k',
            expected: 1.5,
            found: 2.0
        }
    ));
    let mut storage = Storage::new(9, params, 3);
    let mut libm = storage.network(freezable_chaos::transfer::LibmTanh);
    assert_eq!(
        libm.restore(&bytes),
        Err(SnapshotError::Transfer {
            expected: 1,
            found: 0
        })
    );
    let mut version = bytes.clone();
    version[4] ^= 0xFF;
    assert!(matches!(
        libm.restore(&version),
        Err(SnapshotError::Version { .. })
    ));
    version[0] = b'X';
    assert_eq!(libm.restore(&version), Err(SnapshotError::Magic));
    assert_eq!(
        libm.snapshot(&mut [0; 10]),
        Err(SnapshotError::Buffer {
            expected: 272,
            found: 10
        })
    );
}

#[test]
fn a_non_finite_step_is_reported_and_leaves_the_state_as_it_was() {
    let mut storage = Storage::new(
        5,
        Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        },
        3,
    );
    let mut network = started(&mut storage, Start::Small);
    advance(&mut network, 10);
    let digest = network.digest();
    for poison in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut input = [0.0; 5];
        input[3] = poison;
        let (what, index) = ("the input", 3);
        assert_eq!(
            network.step_with_input(&input),
            Err(StepError::Input(ValuesError::NotFinite { what, index }))
        );
        assert_eq!(
            (network.digest(), network.steps(), network.speed()),
            (digest, 10, None)
        );
    }
    // All finite, and yet too large a difference: what runs away is the state.
    network
        .start_from(&[0.0, f32::MIN, 0.0, f32::MIN, 0.0])
        .expect("finite");
    let error = network.step_with_input(&[0.0, f32::MAX, 0.0, f32::MAX, 0.0]);
    let (neuron, step) = (1, 0);
    assert_eq!(error, Err(StepError::Diverged(Diverged { neuron, step })));
    network.start_from(&[1e38; 5]).expect("finite");
    advance(&mut network, 1);
    let speed = network.speed().expect("a step was done");
    assert!(speed.rms.is_finite() && speed.rms > 1e37, "{speed:?}");
    assert!(matches!(
        network.step_with_input(&[0.0; 4]),
        Err(StepError::Input(ValuesError::Size(_)))
    ));
    advance(&mut network, 1);
    assert!(network.speed().is_some());
    let (what, index) = ("the initial state", 2);
    assert_eq!(
        network.start_from(&[0.0, 0.0, f32::NAN, 0.0, 0.0]),
        Err(ValuesError::NotFinite { what, index })
    );
    assert!(matches!(network.start_from(&[0.0; 4]), Err(ValuesError::Size(_))));
    for poison in [f32::NAN, f32::INFINITY] {
        let (what, index) = ("the remembered rates", 4);
        assert_eq!(
            network.overlap(&[0.0, 1.0, 0.0, 1.0, poison]),
            Err(ValuesError::NotFinite { what, index })
        );
    }
}

#[test]
fn extreme_parameters_give_an_error_or_a_finite_state_never_a_non_finite_one() {
    for params in [
        Params {
            g: 1e15,
            k: 1e15,
            p: 1e-30,
            dt: 1e-30,
        },
        Params {
            g: 1e15,
            k: -1e15,
            p: 1e15,
            dt: 1.0,
        },
        Params {
            g: 0.0,
            k: 1e15,
            p: 1.0,
            dt: 1.0,
        },
        Params {
            g: 1.0,
            k: 1.0,
            p: 1e15,
            dt: 1e-30,
        },
    ] {
        let mut storage = Storage::new(6, params, 1);
        let mut network = started(&mut storage, Start::Large);
        for _ in 0..200 {
            if network.step().is_ok() {
                let speed = network.speed().expect("it moved");
                assert!(speed.rms.is_finite() && speed.max.is_finite());
            }
            assert!(network.state().iter().all(|x| x.is_finite()));
            assert!(
                network
                    .connectivity()
                    .synapses()
                    .upper_triangle()
                    .all(f32::is_finite)
            );
        }
    }
}

#[test]
fn static_buffers_hold_any_smaller_network_with_the_same_bits() {
    let params = Params {
        g: 3.0,
        k: 2.0,
        p: 2.5,
        dt: 0.05,
    };
    let mut buffers = ExactBuffers::<16, { synapses_len(16) }>::new();
    for n in [1, 5, 16] {
        let mut storage = Storage::new(n, params, 3);
        let mut heap = started(&mut storage, Start::Small);
        let couplings: Vec<f32> = heap.connectivity().couplings().image().to_vec();
        let borrowed = DenseCouplings::from_image(&couplings, heap.dynamics()).expect("same length");
        let mut network = buffers
            .network(*heap.dynamics(), borrowed, Tanh)
            .expect("it fits");
        network.start(Start::Small, &mut state_generator(1));
        advance(&mut network, 100);
        advance(&mut heap, 100);
        assert_eq!(network.digest(), heap.digest());
    }
    let dynamics = params.validate(17).expect("in range");
    let mut couplings = vec![0.0; couplings_len(17)];
    let mut generator = freezable_chaos::Generator::new(1, 0, freezable_chaos::Purpose::Couplings);
    let couplings = DenseCouplings::seed(&mut couplings, &dynamics, &mut generator).expect("the length fits");
    let error = buffers.network(dynamics, couplings, Tanh).expect_err("too large");
    assert_eq!(
        error.to_string(),
        "the set of static buffers, in neurons, has 16 elements where 17 are needed"
    );
    let other_gain = Params { g: 2.0, ..params }.validate(17).expect("in range");
    let mut large = ExactBuffers::<17, { synapses_len(17) }>::new();
    assert!(large.network(other_gain, couplings, Tanh).is_err());
}
