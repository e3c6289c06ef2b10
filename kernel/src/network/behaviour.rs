//! What a network says of itself, and what it begins with: small things that a long trajectory would not show.

use crate::bytes::CRC_32;
use crate::*;

const N: usize = 6;
const PARAMS: Params = Params {
    g: 2.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
/// Both signs, and not symmetric.
const STATE: [f32; N] = [1.0, -3.0, 0.5, 0.25, -0.125, 2.0];

fn with_network(act: impl FnOnce(ExactNetwork<'_>)) {
    let dynamics = PARAMS.validate(N).unwrap();
    let mut values = [0.0; couplings_len(N)];
    let mut generator = Generator::new(1, 0, Purpose::Couplings);
    let couplings = DenseCouplings::seed(&mut values, &dynamics, &mut generator).unwrap();
    let mut buffers = ExactBuffers::<N, { synapses_len(N) }>::new();
    act(buffers.network(dynamics, couplings, Tanh).unwrap());
}

#[test]
fn every_start_begins_with_nothing_of_the_one_before() {
    with_network(|mut network| {
        let fresh = network.digest();
        let mut states = Generator::new(2, 0, Purpose::State);
        for turn in 0..4 {
            (0..5).for_each(|_| network.step().unwrap());
            network.freeze();
            match turn {
                0 => network.start(Start::Small, &mut states),
                1 => network.start(Start::Large, &mut states),
                2 => network.start_from(&STATE).unwrap(),
                _ => network.rest(),
            }
            assert_eq!((network.steps(), network.plasticity()), (0, Plasticity::Running));
            assert!(network.velocity().is_none() && network.speed().is_none());
        }
        assert_eq!(network.digest(), fresh, "at rest");
    });
}

#[test]
fn a_small_start_has_no_plastic_couplings_and_a_large_one_has() {
    with_network(|mut network| {
        let mut bytes = std::vec![0; network.snapshot_len()];
        for (start, has) in [(Start::Small, false), (Start::Large, true)] {
            network.start(start, &mut Generator::new(2, 0, Purpose::State));
            network.snapshot(&mut bytes).unwrap();
            // Header and x before, the checksum after them.
            let plastic = &bytes[52 + 4 * N..bytes.len() - 4];
            assert_eq!(plastic.iter().any(|&byte| byte != 0), has, "{start:?}");
        }
    });
}

#[test]
fn a_frozen_network_keeps_its_plastic_couplings_and_a_released_one_does_not() {
    with_network(|mut network| {
        let plastic = |network: &ExactNetwork<'_>| {
            let mut bytes = std::vec![0; network.snapshot_len()];
            network.snapshot(&mut bytes).unwrap();
            bytes[52 + 4 * N..bytes.len() - 4].to_vec()
        };
        network.start_from(&STATE).unwrap();
        (0..3).for_each(|_| network.step().unwrap());
        network.freeze();
        assert_eq!(network.plasticity(), Plasticity::Frozen);
        let held = plastic(&network);
        (0..3).for_each(|_| network.step().unwrap());
        assert_eq!(plastic(&network), held);
        network.release();
        assert_eq!(network.plasticity(), Plasticity::Running);
        network.step().unwrap();
        assert_ne!(plastic(&network), held);
    });
}

#[test]
fn the_speed_is_that_of_the_fastest_neuron_whatever_its_sign() {
    for sign in [1.0, -1.0] {
        with_network(|mut network| {
            network.start_from(&STATE.map(|x| sign * x)).unwrap();
            network.step().unwrap();
            let velocity = network.velocity().unwrap();
            let largest = velocity
                .iter()
                .map(|velocity| velocity.abs())
                .fold(
                    0.0,
                    |largest: f32, next| if next > largest { next } else { largest },
                );
            let fastest = velocity.iter().find(|velocity| velocity.abs() == largest);
            let speed = network.speed().unwrap();
            assert_eq!(speed.max, largest);
            assert!(speed.rms < largest && speed.rms > largest / 3.0, "{speed:?}");
            // one of the two signs has its fastest neuron on the way down
            assert_eq!(fastest.unwrap().is_sign_negative(), sign < 0.0);
        });
    }
}

#[test]
fn an_input_reaches_every_neuron() {
    for place in 0..N {
        with_network(|mut network| {
            network.start_from(&STATE).unwrap();
            network.step().unwrap();
            let without = network.state().to_vec();
            network.start_from(&STATE).unwrap();
            let mut input = [0.0; N];
            input[place] = 8.0;
            network.step_with_input(&input).unwrap();
            for (neuron, (x, without)) in network.state().iter().zip(&without).enumerate() {
                let expected = if neuron == place { PARAMS.dt * 8.0 } else { 0.0 };
                assert!(
                    (x - without - expected).abs() < 1e-5,
                    "input to {place}, neuron {neuron}"
                );
            }
        });
    }
}

#[test]
fn plastic_couplings_of_any_size_are_looked_at_once_they_are_restored() {
    with_network(|mut network| {
        network.start_from(&[3.0; N]).unwrap();
        let mut bytes = std::vec![0; network.snapshot_len()];
        network.snapshot(&mut bytes).unwrap();
        let end = bytes.len() - 4;
        let (body, checksum) = bytes.split_at_mut(end);
        let a = end - 4 * N * (N + 1) / 2;
        for synapse in body[a..].chunks_exact_mut(4) {
            synapse.copy_from_slice(&3e38_f32.to_le_bytes());
        }
        checksum.copy_from_slice(&CRC_32.checksum(body).to_le_bytes());
        network.restore(&bytes).unwrap();
        let before = network.digest();
        assert_eq!(network.step(), Err(Diverged { neuron: 0, step: 0 }));
        assert_eq!(network.digest(), before, "a refused step changed x or A");
    });
}

#[test]
fn a_history_for_another_decay_is_refused() {
    let dynamics = PARAMS.validate(N).unwrap();
    let other = Params { dt: 0.1, ..PARAMS }.validate(N).unwrap();
    let rule = HistoryRule::recommended(&PARAMS);
    let mut samples = std::vec![0; history_len(N, rule.samples)];
    let (mut tables, mut sums) = (std::boxed::Box::new([[0; 256]; 8]), [0; N]);
    let [mut x, mut phi, mut velocity] = [[0.0; N]; 3];
    let mut build = |dynamics: Dynamics| {
        let history = HistorySynapses::new(&mut samples, &other, rule).unwrap();
        let buffers = SumBuffers::new(&mut tables, &mut sums, &mut [], &dynamics).unwrap();
        let compact = Compact::new(HashedSigns::new(&dynamics, 1, 0), history, buffers).unwrap();
        let neurons = Neurons::new(&mut x, &mut phi, &mut velocity).unwrap();
        CompactNetwork::new(dynamics, Tanh, neurons, compact).map(drop)
    };
    assert_eq!(build(other), Ok(()));
    assert!(matches!(build(dynamics), Err(BuildError::Decay { .. })));
}

#[test]
fn a_compact_network_in_use_starts_and_restores_as_a_new_one_does() {
    let dynamics = PARAMS.validate(N).unwrap();
    let rule = HistoryRule::recommended(&PARAMS);
    // after so many steps the ring of samples stands at another place, between two samples
    let used = 3 * rule.spacing + 1;
    let run = |used: u32, start: Start| {
        let mut buffers = CompactBuffers::<N>::new();
        let signs = HashedSigns::new(&dynamics, 1, 0);
        let mut network = buffers.network(dynamics, signs, rule, Tanh).unwrap();
        if used > 0 {
            // At rest the samples would stay what a start makes of them.
            network.start(Start::Large, &mut Generator::new(5, 0, Purpose::State));
        }
        (0..used).for_each(|_| network.step().unwrap());
        network.start(start, &mut Generator::new(2, 0, Purpose::State));
        (0..90).for_each(|_| network.step().unwrap());
        let mut bytes = std::vec![0; network.snapshot_len()];
        network.snapshot(&mut bytes).unwrap();
        let digest = network.digest();
        (0..used).for_each(|_| network.step().unwrap());
        network.restore(&bytes).unwrap();
        assert_eq!(network.digest(), digest);
        (0..90).for_each(|_| network.step().unwrap());
        network.digest()
    };
    for start in [Start::Small, Start::Large] {
        assert_eq!(run(used, start), run(0, start), "{start:?}");
    }
}

#[test]
fn a_snapshot_in_pieces_is_asked_for_in_order_and_taken_whole() {
    with_network(|mut network| {
        assert_eq!(Writable::dt(&network), PARAMS.dt);
        network.start_from(&STATE).unwrap();
        (0..3).for_each(|_| network.step().unwrap());
        let (digest, mut bytes) = (network.digest(), std::vec![0; network.snapshot_len()]);
        network.snapshot(&mut bytes).unwrap();
        network.rest();
        // A multiple of a piece, and sizes that are none.
        for most in [64, 65, 128, 4096] {
            let mut restoring = network.restoring(bytes.len()).unwrap();
            let mut asked = 0;
            while let Some(wanted) = restoring.wanted(most) {
                assert!(!wanted.is_empty() && wanted.len() <= most, "{wanted:?} of {most}");
                restoring.feed(&bytes[wanted]).unwrap();
                asked += 1;
                assert!(asked < 100);
            }
            drop(restoring);
            assert_eq!(network.digest(), digest, "{most}");
            network.rest();
        }
    });
}

#[test]
fn what_a_header_says_otherwise_is_told_by_its_name() {
    with_network(|mut network| {
        network.start_from(&STATE).unwrap();
        let mut bytes = std::vec![0; network.snapshot_len()];
        network.snapshot(&mut bytes).unwrap();
        let mut refused = |place: usize, length: usize| {
            let mut changed = bytes[..length].to_vec();
            changed[place] ^= 1;
            let checksum = CRC_32.checksum(&changed[..length - 4]);
            changed[length - 4..].copy_from_slice(&checksum.to_le_bytes());
            network.restore(&changed).unwrap_err()
        };
        let length = bytes.len();
        assert_eq!(refused(0, length), SnapshotError::Magic);
        assert!(matches!(refused(4, length), SnapshotError::Version { .. }));
        assert!(matches!(refused(52, length - 4), SnapshotError::Length { .. }));
        // A header and a checksum, and nothing between: looked at all the same.
        assert_eq!(refused(0, 56), SnapshotError::Magic);
    });
}

#[test]
fn a_restore_given_up_after_its_first_reading_changes_nothing() {
    with_network(|mut network| {
        network.start_from(&STATE).unwrap();
        let mut bytes = std::vec![0; network.snapshot_len()];
        network.snapshot(&mut bytes).unwrap();
        (0..3).for_each(|_| network.step().unwrap());
        let digest = network.digest();
        let (mut last, mut restoring) = (0, network.restoring(bytes.len()).unwrap());
        // The second reading begins with the header again.
        while let Some(wanted) = restoring.wanted(64).filter(|wanted| wanted.start >= last) {
            last = wanted.start;
            restoring.feed(&bytes[wanted]).unwrap();
        }
        let header = restoring.wanted(64).expect("it is not at its end");
        restoring.feed(&bytes[header]).unwrap();
        drop(restoring);
        assert_eq!(network.digest(), digest);
    });
}
