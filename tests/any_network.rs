//! What holds for both networks, of any size and with any parameters, whatever their storage held before.
//!
//! `tests/invariants.rs` has the like for the exact network alone, `fuzz/` looks for sequences of calls that break them.

mod support;

use freezable_chaos::{
    CompactBuffers, Connectivity, DenseCouplings, ExactBuffers, HistoryRule, InstructionSet, Network, Params,
    Plasticity, Simd, SnapshotError, Start, Tanh, Transfer, synapses_len,
};
use proptest::prelude::*;
use support::{CompactStorage, PARAMS, PanelStorage, PlainNetwork, Storage, rule, state_generator};

/// The neurons of the sets of static buffers here.
const ROOM: usize = 48;

fn params() -> impl Strategy<Value = Params> {
    (0.0f32..4.0, -8.0f32..4.0, 0.5f32..10.0, 0.01f32..0.5).prop_map(|(g, k, p, dt)| Params { g, k, p, dt })
}

fn rules() -> impl Strategy<Value = HistoryRule> {
    (1u32..9, 1u32..12).prop_map(|(samples, spacing)| rule(samples, spacing))
}

fn starts() -> impl Strategy<Value = Start> {
    prop_oneof![Just(Start::Small), Just(Start::Large)]
}

fn instruction_sets() -> impl Iterator<Item = Simd> {
    InstructionSet::ALL.into_iter().filter_map(Simd::with)
}

/// Runs, is driven, freezes, and is released, by turns that depend on the seed.
fn live<C: Connectivity, T: Transfer>(network: &mut Network<'_, C, T>, start: Start, seed: u64) -> u64 {
    network.start(start, &mut state_generator(seed));
    let input: Vec<f32> = (0..network.n()).map(|i| i as f32 / 16.0 - 1.0).collect();
    for step in seed % 7..50 {
        match step % 25 {
            13 => network.freeze(),
            20 => network.release(),
            _ => {}
        }
        let outcome = match step % 5 {
            3 => network.step_with_input(&input).map_err(|error| error.to_string()),
            _ => network.step().map_err(|error| error.to_string()),
        };
        outcome.expect("bounded rates keep the state finite");
    }
    network.digest()
}

fn snapshot<C: Connectivity, T: Transfer>(network: &Network<'_, C, T>) -> Vec<u8> {
    let mut bytes = vec![0; network.snapshot_len()];
    assert_eq!(network.snapshot(&mut bytes), Ok(bytes.len()));
    bytes
}

/// What a snapshot holds behind the neurons and before the checksum.
fn plastic_state(snapshot: &[u8], n: usize) -> &[u8] {
    &snapshot[52 + 4 * n..snapshot.len() - 4]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_fast_path_of_the_exact_network_is_the_plain_one(
        n in 1usize..100,
        params in params(),
        start in starts(),
        frozen_from in 0usize..30,
        strength in -2.0f32..2.0,
    ) {
        let mut storage = Storage::new(n, params, 3);
        let mut packed = storage.network(Tanh);
        let couplings = packed.connectivity().couplings();
        let mut plain = PlainNetwork::start(*packed.dynamics(), couplings, Tanh, start, 5);
        let mut storages: Vec<_> = instruction_sets()
            .map(|simd| (simd, PanelStorage::new(n, params, 3), PanelStorage::new(n, params, 3)))
            .collect();
        let panels = storages.iter_mut().flat_map(|(simd, walking, merging)| {
            [walking.network(Tanh, *simd), merging.merging_network(Tanh, *simd)]
        });
        let mut panels: Vec<_> = panels.collect();
        packed.start(start, &mut state_generator(5));
        panels.iter_mut().for_each(|network| network.start(start, &mut state_generator(5)));
        let input: Vec<f32> = (0..n).map(|i| strength * (i % 3) as f32).collect();
        for step in 0..30 {
            if step == frozen_from {
                plain.plasticity = Plasticity::Frozen;
                packed.freeze();
                panels.iter_mut().for_each(Network::freeze);
            }
            plain.step(Some(&input));
            prop_assert!(packed.step_with_input(&input).is_ok());
            for network in &mut panels {
                prop_assert!(network.step_with_input(&input).is_ok());
            }
        }
        prop_assert_eq!(packed.digest(), plain.digest());
        for network in &panels {
            prop_assert_eq!(network.digest(), plain.digest(), "{:?}", network.connectivity().simd());
        }
    }

    #[test]
    fn every_fast_path_of_the_compact_network_is_the_portable_one(
        n in 1usize..150,
        params in params(),
        rule in rules(),
        start in starts(),
        seed: u64,
    ) {
        let digest = |is_hashed, simd| {
            let mut storage = CompactStorage::new(n, params, rule, seed);
            live(&mut storage.network(Tanh, is_hashed, simd), start, seed)
        };
        let portable = Simd::with(InstructionSet::Portable).expect("everywhere");
        let expected = digest(false, portable);
        for simd in instruction_sets() {
            for is_hashed in [false, true] {
                prop_assert_eq!(digest(is_hashed, simd), expected, "{:?}, hashed {}", simd, is_hashed);
            }
        }
    }

    #[test]
    fn static_buffers_remember_nothing_of_the_networks_before(
        networks in prop::collection::vec((1usize..=ROOM, params(), rules(), starts(), 0u64..1000), 1..4),
    ) {
        let mut exact = Box::new(ExactBuffers::<ROOM, { synapses_len(ROOM) }>::new());
        let mut compact = Box::new(CompactBuffers::<ROOM>::new());
        for (n, params, rule, start, seed) in networks {
            let mut fresh = Storage::new(n, params, seed);
            let mut fresh = fresh.network(Tanh);
            let couplings: Vec<f32> = fresh.connectivity().couplings().image().to_vec();
            let couplings = DenseCouplings::from_image(&couplings, fresh.dynamics()).expect("same length");
            let mut used = exact.network(*fresh.dynamics(), couplings, Tanh).expect("it fits");
            prop_assert_eq!(live(&mut used, start, seed), live(&mut fresh, start, seed));

            let mut fresh = CompactStorage::new(n, params, rule, seed);
            let (dynamics, signs) = (fresh.dynamics, fresh.hashed.clone());
            let mut fresh = fresh.network(Tanh, true, Simd::detect());
            let mut used = compact.network(dynamics, signs, rule, Tanh).expect("it fits");
            prop_assert_eq!(live(&mut used, start, seed), live(&mut fresh, start, seed));
        }
    }

    #[test]
    fn a_network_started_anew_is_a_new_network(
        n in 1usize..60,
        params in params(),
        rule in rules(),
        start in starts(),
        seeds: (u64, u64),
    ) {
        // Once after another life, once fresh.
        let exact = |is_used: bool| {
            let mut storage = Storage::new(n, params, 3);
            let mut network = storage.network(Tanh);
            if is_used {
                live(&mut network, start, seeds.0);
                network.freeze();
            }
            live(&mut network, start, seeds.1)
        };
        prop_assert_eq!(exact(true), exact(false));
        let compact = |is_used: bool| {
            let mut storage = CompactStorage::new(n, params, rule, 3);
            let mut network = storage.network(Tanh, false, Simd::detect());
            if is_used {
                live(&mut network, start, seeds.0);
                network.freeze();
            }
            live(&mut network, start, seeds.1)
        };
        prop_assert_eq!(compact(true), compact(false));
    }

    #[test]
    fn another_seed_of_the_state_or_of_the_couplings_is_another_trajectory(n in 2usize..60, seed in 0u64..1 << 32) {
        let params = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 };
        let exact = |couplings, state| {
            live(&mut Storage::new(n, params, couplings).network(Tanh), Start::Small, state)
        };
        // 14 apart: the same steps and inputs
        prop_assert_ne!(exact(seed, seed), exact(seed, seed + 14));
        prop_assert_ne!(exact(seed, seed), exact(seed + 14, seed));
    }

    #[test]
    fn a_mirrored_state_of_the_exact_network_stays_mirrored(n in 1usize..60, params in params(), seed: u64) {
        use freezable_chaos::random::Randomness;
        let trajectory = |sign: f32| {
            let mut storage = Storage::new(n, params, 3);
            let mut network = storage.network(Tanh);
            let mut generator = state_generator(seed);
            let x: Vec<f32> = (0..n).map(|_| sign * generator.gaussian()).collect();
            network.start_from(&x).expect("finite");
            (0..60).for_each(|_| network.step().expect("finite"));
            let bytes = snapshot(&network);
            (network.state().to_vec(), plastic_state(&bytes, n).to_vec())
        };
        let ((x, a), (mirrored, mirrored_a)) = (trajectory(1.0), trajectory(-1.0));
        prop_assert!(x.iter().zip(&mirrored).all(|(x, mirrored)| *x == -mirrored));
        prop_assert_eq!(a, mirrored_a);
    }

    #[test]
    fn a_frozen_compact_network_keeps_the_bits_of_its_history(
        n in 1usize..80,
        params in params(),
        rule in rules(),
        steps in 1usize..60,
    ) {
        let mut storage = CompactStorage::new(n, params, rule, 3);
        let mut network = storage.network(Tanh, true, Simd::detect());
        live(&mut network, Start::Large, 5);
        network.freeze();
        let before = snapshot(&network);
        (0..steps).for_each(|_| network.step().expect("finite"));
        let after = snapshot(&network);
        prop_assert_eq!(plastic_state(&before, n), plastic_state(&after, n));
        // the phase lies behind magic, version, model, transfer, n and plasticity
        prop_assert_eq!(&before[16..20], &after[16..20]);
        network.release();
        (0..rule.spacing).for_each(|_| network.step().expect("finite"));
        prop_assert_eq!(&snapshot(&network)[16..20], &after[16..20]);
    }

    #[test]
    fn a_restored_compact_network_runs_on_as_if_it_had_never_stopped(
        n in 1usize..80,
        params in params(),
        rule in rules(),
        is_frozen: bool,
        seed: u64,
    ) {
        let mut storage = CompactStorage::new(n, params, rule, 3);
        let mut network = storage.network(Tanh, false, Simd::detect());
        live(&mut network, Start::Small, seed);
        if is_frozen {
            network.freeze();
        }
        let bytes = snapshot(&network);
        let mut other = CompactStorage::new(n, params, rule, 3);
        let mut other = other.network(Tanh, true, Simd::detect());
        prop_assert_eq!(other.restore(&bytes), Ok(()));
        prop_assert_eq!(snapshot(&other), bytes);
        for _ in 0..40 {
            prop_assert!(network.step().is_ok() && other.step().is_ok());
            prop_assert_eq!(other.digest(), network.digest());
        }
        prop_assert_eq!((other.steps(), other.plasticity()), (network.steps(), network.plasticity()));
    }
}

/// Found by the fuzz target `snapshot`: fields that a network does not use were passed over.
#[test]
fn a_snapshot_whose_unused_fields_are_not_zero_is_refused() {
    fn refusal<C: Connectivity>(mut network: Network<'_, C, Tanh>, place: usize) -> SnapshotError {
        let mut bytes = snapshot(&network);
        bytes[place] = 0x40;
        let (content, checksum) = bytes.split_last_chunk_mut::<4>().expect("a checksum");
        *checksum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC)
            .checksum(content)
            .to_le_bytes();
        network
            .restore(&bytes)
            .expect_err("not a snapshot of this network")
    }
    // the third byte of the plasticity, and the first of the phase
    let (plasticity, phase) = (14, 16);
    let found = SnapshotError::Plasticity { found: 0x40_0000 };
    assert_eq!(
        refusal(Storage::new(5, PARAMS, 3).network(Tanh), plasticity),
        found
    );
    let mut compact = CompactStorage::new(5, PARAMS, rule(3, 7), 3);
    assert_eq!(
        refusal(compact.network(Tanh, true, Simd::detect()), plasticity),
        found
    );
    let found = SnapshotError::Phase {
        expected: 0,
        found: 0x40,
    };
    assert_eq!(refusal(Storage::new(5, PARAMS, 3).network(Tanh), phase), found);
    let mut panels = PanelStorage::new(5, PARAMS, 3);
    assert_eq!(refusal(panels.network(Tanh, Simd::detect()), phase), found);
}
