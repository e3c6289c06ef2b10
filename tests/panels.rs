//! A host's panels against the plain twin, for every instruction set of this machine: every bit of x and A.
//!
//! Instruction sets that the machine lacks are printed as skipped (`cargo test -- --nocapture` shows the list).

mod support;

use freezable_chaos::{
    AnyTransfer, InstructionSet, PanelNetwork, Params, Plasticity, Simd, Start, Tanh, Transfer,
};
use support::{PARAMS, PanelStorage, PlainNetwork, Storage};

/// Below, at and above whole registers and whole panels.
const SIZES: [usize; 7] = [1, 3, 17, 64, 127, 128, 200];

/// The instruction sets of this machine; names the others.
fn available() -> Vec<Simd> {
    InstructionSet::ALL
        .into_iter()
        .filter_map(|set| {
            let simd = Simd::with(set);
            println!(
                "{} {set:?}",
                if simd.is_some() {
                    "checked:"
                } else {
                    "skipped, not on this machine:"
                }
            );
            simd
        })
        .collect()
}

fn assert_same_bits<T: Transfer>(network: &PanelNetwork<'_, T>, plain: &PlainNetwork<T>, step: usize) {
    let n = network.n();
    let set = network.connectivity().simd().instruction_set();
    for (i, (x, plain)) in network.state().iter().zip(&plain.x).enumerate() {
        assert_eq!(
            x.to_bits(),
            plain.to_bits(),
            "{set:?}: x[{i}] of {n} at step {step}"
        );
    }
    let synapses = network.connectivity().synapses();
    for i in 0..n {
        for j in 0..n {
            let a = synapses.get(i, j).expect("within the size");
            assert_eq!(
                a.to_bits(),
                plain.a[i * n + j].to_bits(),
                "{set:?}: A[{i}, {j}] of {n} at step {step}"
            );
        }
    }
}

/// All instruction sets beside one plain twin: `steps` plastic steps, driven by an input in the second tenth, and
/// between the first and second half a freeze of a tenth; frozen once more at the end.
fn follow_the_twin(n: usize, start: Start, k: f32, steps: usize) {
    let params = Params { k, ..PARAMS };
    let transfer = AnyTransfer::Tanh;
    let mut packed = Storage::new(n, params, 11);
    let couplings = packed.network(transfer).connectivity().couplings();
    let mut plain = PlainNetwork::start(
        params.validate(n).expect("in range"),
        couplings,
        transfer,
        start,
        5,
    );
    let sets = available();
    // Each without and with a buffer in which J and A are merged while frozen.
    let mut storages: Vec<_> = sets
        .iter()
        .map(|_| [(); 2].map(|()| PanelStorage::new(n, params, 11)))
        .collect();
    let networks = storages
        .iter_mut()
        .zip(sets)
        .flat_map(|([walking, merging], simd)| {
            [
                walking.network(transfer, simd),
                merging.merging_network(transfer, simd),
            ]
        });
    let mut networks: Vec<_> = networks.collect();
    for network in &mut networks {
        network.start(start, &mut support::state_generator(5));
        assert_same_bits(network, &plain, 0);
    }
    let input: Vec<f32> = (0..n).map(|i| if i % 3 == 0 { 0.5 } else { -0.25 }).collect();
    let (tenth, half) = (steps / 10, steps / 2);
    for step in 0..steps + tenth {
        let input = (tenth..2 * tenth).contains(&step).then_some(&*input);
        let is_frozen = (half..half + tenth).contains(&step) || step >= steps + tenth / 2;
        plain.plasticity = match is_frozen {
            true => Plasticity::Frozen,
            false => Plasticity::Running,
        };
        plain.step(input);
        for network in &mut networks {
            match plain.plasticity {
                Plasticity::Frozen => network.freeze(),
                Plasticity::Running => network.release(),
            }
            match input {
                Some(input) => network.step_with_input(input).expect("finite"),
                None => network.step().expect("finite"),
            }
            let compared = step % 1000 == 0 || [half, half + tenth, steps + tenth - 1].contains(&step);
            if compared {
                assert_same_bits(network, &plain, step);
            }
        }
    }
}

#[test]
fn every_instruction_set_gives_the_bits_of_the_plain_twin() {
    for n in SIZES {
        follow_the_twin(n, Start::Small, 2.0, 60);
        follow_the_twin(n, Start::Large, -3.0, 60);
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "10,000 steps of the plain twin: in release")]
fn every_instruction_set_gives_the_bits_of_the_plain_twin_over_ten_thousand_plastic_steps() {
    for n in SIZES {
        follow_the_twin(n, Start::Small, 2.0, 10_000);
    }
}

#[test]
fn rows_shared_among_threads_give_the_same_bits() {
    // The least size that is shared, and two whose last block is not full: behind a full stretch, and within one.
    for n in [1024, 1030, 1100] {
        let digest_after_steps = |threads: usize, is_merging: bool| {
            let mut storage = PanelStorage::new(n, PARAMS, 3);
            let dynamics = PARAMS.validate(n).expect("in range");
            let (neurons, panels) = match is_merging {
                true => storage.merging(Simd::detect()),
                false => storage.panels(Simd::detect()),
            };
            let panels = match threads {
                0 => panels,
                _ => panels.share_rows(),
            };
            let mut network = PanelNetwork::new(dynamics, Tanh, neurons, panels).expect("parts fit");
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads.max(1))
                .build()
                .expect("threads start");
            pool.install(|| {
                network.start(Start::Large, &mut support::state_generator(5));
                for step in 0..12 {
                    if step == 6 {
                        network.freeze();
                    }
                    network.step().expect("finite");
                }
                network.digest()
            })
        };
        let alone = digest_after_steps(0, false);
        for threads in [1, 2, 3, 8] {
            for is_merging in [false, true] {
                let shared = digest_after_steps(threads, is_merging);
                assert_eq!(
                    shared, alone,
                    "{n} neurons on {threads} threads, merging: {is_merging}"
                );
            }
        }
    }
}

#[test]
fn snapshots_go_back_and_forth_between_packed_and_panels() {
    let n = 70;
    let (mut packed, mut panels) = (Storage::new(n, PARAMS, 3), PanelStorage::new(n, PARAMS, 3));
    let mut packed = packed.network(Tanh);
    let mut panels = panels.network(Tanh, Simd::detect());
    packed.start(Start::Large, &mut support::state_generator(5));
    for _ in 0..50 {
        packed.step().expect("finite");
    }
    let mut bytes = vec![0; packed.snapshot_len()];
    packed.snapshot(&mut bytes).expect("the buffer has the length");
    panels.restore(&bytes).expect("the same network");
    for _ in 0..50 {
        packed.step().expect("finite");
        panels.step().expect("finite");
    }
    assert_eq!(packed.digest(), panels.digest());
    let (mut of_packed, mut of_panels) = (bytes.clone(), vec![0; panels.snapshot_len()]);
    packed
        .snapshot(&mut of_packed)
        .expect("the buffer has the length");
    panels
        .snapshot(&mut of_panels)
        .expect("the buffer has the length");
    assert_eq!(of_packed, of_panels);
    packed.restore(&of_panels).expect("the same network");
}

/// Couplings and inputs near the end of the number range, where A may not take its step before the drive is known.
#[test]
fn a_step_that_diverges_leaves_every_bit_as_the_packed_network_leaves_it() {
    let n = 20;
    let (mut done, mut refused) = (0, 0);
    for (g, k, push) in [
        (1e15, 1e15, 0.0),
        (3.0, 1e15, 0.0),
        (3.0, 2.0, f32::MAX),
        (3.0, 2.0, 1e38),
    ] {
        let params = Params {
            g,
            k,
            p: 1.0,
            dt: 1.0,
        };
        let (mut packed, mut panels) = (Storage::new(n, params, 3), PanelStorage::new(n, params, 3));
        let mut packed = packed.network(Tanh);
        let mut panels = panels.network(Tanh, Simd::detect());
        packed.start(Start::Large, &mut support::state_generator(5));
        panels.start(Start::Large, &mut support::state_generator(5));
        // Alternating, so that the difference of state and input may overflow.
        for step in 0..20 {
            let input = vec![if step % 2 == 0 { push } else { -push }; n];
            let (expected, found) = (packed.step_with_input(&input), panels.step_with_input(&input));
            match expected {
                Ok(()) => done += 1,
                Err(_) => refused += 1,
            }
            assert_eq!(expected, found, "g = {g}, k = {k}, push = {push} at step {step}");
            assert_eq!(
                packed.digest(),
                panels.digest(),
                "g = {g}, k = {k}, push = {push} at step {step}"
            );
        }
    }
    assert!(done > 0 && refused > 0, "{done} steps done, {refused} refused");
}
