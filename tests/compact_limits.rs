//! What the compact network refuses, and what its snapshots keep.

mod support;

use freezable_chaos::{HistoryRule, Params, Simd, SnapshotError, Start, Tanh, Transfer};
use support::{CompactStorage, PARAMS, rule, state_generator};

#[test]
fn a_snapshot_taken_anywhere_continues_with_the_same_bits() {
    let rule = rule(3, 7);
    for steps in [0, 1, 6, 7, 8, 40] {
        let mut storage = CompactStorage::new(33, PARAMS, rule, 7);
        let mut network = storage.network(Tanh, false, Simd::detect());
        network.start(Start::Small, &mut state_generator(3));
        (0..steps).for_each(|_| network.step().expect("finite"));
        let mut bytes = vec![0; network.snapshot_len()];
        network.snapshot(&mut bytes).expect("fits");
        (0..50).for_each(|_| network.step().expect("finite"));
        // Restored where the signs are hashed: the same couplings.
        let mut other = CompactStorage::new(33, PARAMS, rule, 7);
        let mut restored = other.network(Tanh, true, Simd::detect());
        restored.restore(&bytes).expect("the same network");
        (0..50).for_each(|_| restored.step().expect("finite"));
        assert_eq!(restored.digest(), network.digest(), "after {steps} steps");
    }
}

#[test]
fn a_snapshot_of_another_history_or_network_is_refused() {
    let rule = rule(3, 7);
    let snapshot = |n, rule, seed| {
        let mut storage = CompactStorage::new(n, PARAMS, rule, seed);
        let mut network = storage.network(Tanh, false, Simd::detect());
        network.start(Start::Small, &mut state_generator(3));
        let mut bytes = vec![0; network.snapshot_len()];
        network.snapshot(&mut bytes).expect("fits");
        bytes
    };
    let mut storage = CompactStorage::new(9, PARAMS, rule, 7);
    let mut network = storage.network(Tanh, true, Simd::detect());
    let other_spacing = HistoryRule { spacing: 8, ..rule };
    let expected = SnapshotError::History {
        expected: [3, 7, 127],
        found: [3, 8, 127],
    };
    assert_eq!(network.restore(&snapshot(9, other_spacing, 7)), Err(expected));
    assert!(matches!(
        network.restore(&snapshot(9, rule, 8)),
        Err(SnapshotError::Couplings { .. })
    ));
    assert!(matches!(
        network.restore(&snapshot(10, rule, 7)),
        Err(SnapshotError::Neurons { .. })
    ));
    let checksummed = |place: usize, value: u8| {
        let mut bytes = snapshot(9, rule, 7);
        bytes[place] = value;
        let body = bytes.len() - 4;
        let checksum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&bytes[..body]);
        bytes[body..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    };
    // The phase lies behind magic, version, model, transfer, n and plasticity.
    let phase = SnapshotError::Phase {
        expected: 6,
        found: 7,
    };
    assert_eq!(network.restore(&checksummed(16, 7)), Err(phase));
    let sample = 52 + 9 * 4 + 12;
    assert_eq!(
        network.restore(&checksummed(sample, 0x80)),
        Err(SnapshotError::Sample)
    );
    assert_eq!(network.restore(&checksummed(sample, 0x81)), Ok(()));
}

/// A transfer function that breaks its promise.
struct Steep;

impl Transfer for Steep {
    fn id(&self) -> freezable_chaos::TransferId {
        freezable_chaos::TransferId::FIRST_CUSTOM
    }

    fn value(&self, x: f32) -> f32 {
        3.0 * x
    }

    fn slope(&self, _x: f32) -> f32 {
        3.0
    }
}

#[test]
fn rates_beyond_one_are_reported_and_not_wrapped() {
    let rule = HistoryRule::recommended(&PARAMS);
    let mut storage = CompactStorage::new(9, PARAMS, rule, 7);
    let mut network = storage.network(Steep, false, Simd::detect());
    network.start_from(&[0.1; 9]).expect("finite");
    let steps = (0..1000).take_while(|_| network.step().is_ok()).count();
    assert!(steps < 1000, "rates grew beyond 1 unnoticed");
    assert!(network.state().iter().all(|x| x.is_finite()));
}

#[test]
fn bad_rules_are_named_with_their_bounds() {
    let dynamics = PARAMS.validate(8).expect("in range");
    let message = |samples, spacing, length: usize| {
        let mut buffer = vec![0; length];
        let rule = rule(samples, spacing);
        let error =
            freezable_chaos::HistorySynapses::new(&mut buffer, &dynamics, rule).expect_err("out of bounds");
        error.to_string()
    };
    assert_eq!(
        message(0, 20, 64),
        "the number of samples in the history is 0, outside its bounds 1 and 32"
    );
    assert_eq!(
        message(33, 20, 999),
        "the number of samples in the history is 33, outside its bounds 1 and 32"
    );
    assert_eq!(
        message(8, 0, 64),
        "the spacing of the history, in steps, is 0, outside its bounds 1 and 1048576"
    );
    assert_eq!(
        message(8, 20, 63),
        "the buffer of the history has 63 elements where 64 are needed"
    );
    let levels = HistoryRule {
        levels: 128,
        ..rule(8, 20)
    };
    assert_eq!(
        levels.validate().expect_err("out of bounds").to_string(),
        "the number of levels of a sample is 128, outside its bounds 1 and 127"
    );
    assert_eq!(HistoryRule::recommended(&PARAMS), rule(8, 20));
    let coarse = Params { p: 0.05, ..PARAMS };
    assert_eq!(HistoryRule::recommended(&coarse).spacing, 1);
}
