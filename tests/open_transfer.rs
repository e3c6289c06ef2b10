//! Transfer functions beyond odd and bounded ones: the contract's arithmetic in every storage, and states that run away.

mod support;

use freezable_chaos::{
    Biased, BuildError, Compact, CompactNetwork, DenseCouplings, Diverged, ExactNetwork, Generator,
    InstructionSet, Logistic, Network, Params, Plasticity, Purpose, Simd, SnapshotError, Start, Tanh,
    ThresholdLinear, Transfer, ValuesError, couplings_len,
};
use support::{CompactStorage, PARAMS, PanelStorage, PlainNetwork, Storage, rule, state_generator};

/// Anti-Hebbian: it stays finite also where rates have no bound, and they are large.
const STABLE: Params = Params {
    g: 1.5,
    k: -0.5,
    p: 2.5,
    dt: 0.05,
};
const STEPS: u32 = 80;

fn freezes(step: u32) -> bool {
    step == STEPS / 2
}

fn run<C: freezable_chaos::Connectivity, T: Transfer>(mut network: Network<'_, C, T>) -> Vec<u64> {
    network.start(Start::Large, &mut state_generator(5));
    (0..STEPS)
        .map(|step| {
            if freezes(step) {
                network.freeze();
            }
            network.step().expect("finite");
            network.digest()
        })
        .collect()
}

fn check<T: Transfer + Copy>(n: usize, transfer: T) {
    let dynamics = STABLE.validate(n).expect("in range");
    let mut image = vec![0.0; couplings_len(n)];
    let mut generator = Generator::new(3, 0, Purpose::Couplings);
    let couplings = DenseCouplings::seed(&mut image, &dynamics, &mut generator).expect("fits");
    let mut plain = PlainNetwork::start(dynamics, couplings, transfer, Start::Large, 5);
    let expected: Vec<u64> = (0..STEPS)
        .map(|step| {
            if freezes(step) {
                plain.plasticity = Plasticity::Frozen;
            }
            plain.step(None);
            plain.digest()
        })
        .collect();
    let mut storage = Storage::new(n, STABLE, 3);
    assert_eq!(run(storage.network(transfer)), expected, "tiles, N = {n}");
    for simd in InstructionSet::ALL.into_iter().filter_map(Simd::with) {
        let mut storage = PanelStorage::new(n, STABLE, 3);
        assert_eq!(
            run(storage.network(transfer, simd)),
            expected,
            "{simd:?}, N = {n}"
        );
    }
}

#[test]
fn every_storage_has_the_bits_of_the_plain_network() {
    let biases: Vec<f32> = (0..40).map(|i| (i as f32 * 1.7).sin()).collect();
    for n in [1, 7, 40] {
        check(n, ThresholdLinear);
        check(n, Logistic);
        check(n, Biased::new(Tanh, &biases[..n], n).expect("finite"));
        check(n, Biased::new(ThresholdLinear, &biases[..n], n).expect("finite"));
    }
}

#[test]
fn a_state_that_runs_away_is_refused_with_everything_finite() {
    // Excitation alone: x and A grow until they leave the numbers there are.
    let strong = Params {
        g: 3.0,
        k: 8.0,
        p: 1.0,
        dt: 0.1,
    };
    for n in [3, 20] {
        let dynamics = strong.validate(n).expect("in range");
        let ones = vec![1.0; n * n];
        let mut storage = Storage::new(n, strong, 3);
        let mut panels = PanelStorage::new(n, strong, 3);
        let mut image = vec![0.0; couplings_len(n)];
        let couplings = DenseCouplings::from_rows(&mut image, &ones, &dynamics).expect("finite");
        let mut outcomes = Vec::new();
        let (neurons, exact) = storage.parts(couplings);
        let mut network = ExactNetwork::new(dynamics, ThresholdLinear, neurons, exact).expect("parts fit");
        outcomes.push(run_away(&mut network));
        let synapses = network.connectivity().synapses();
        assert!(synapses.upper_triangle().all(f32::is_finite));
        let mut network = panels.network(ThresholdLinear, Simd::detect());
        run_away(&mut network);
        assert!(
            network
                .connectivity()
                .synapses()
                .upper_triangle()
                .all(f32::is_finite)
        );
        assert!(outcomes[0].step > 3, "{outcomes:?}");
    }
}

/// Steps until one is refused, which changes nothing.
fn run_away<C: freezable_chaos::Connectivity>(network: &mut Network<'_, C, ThresholdLinear>) -> Diverged {
    network.start_from(&vec![1.0; network.n()]).expect("finite");
    for _ in 0..10_000 {
        let before = network.digest();
        if let Err(diverged) = network.step() {
            assert_eq!(network.digest(), before);
            assert!(network.state().iter().all(|x| x.is_finite()));
            assert_eq!(diverged.step, network.steps());
            // Frozen, only x may run away.
            network.freeze();
            let _ = network.step();
            assert!(network.state().iter().all(|x| x.is_finite()));
            return diverged;
        }
    }
    panic!("{:?} stays finite", network.state());
}

#[test]
fn the_compact_network_takes_what_is_bounded() {
    let mut storage = CompactStorage::new(30, PARAMS, rule(4, 5), 3);
    let dynamics = storage.dynamics;
    let (neurons, compact): (_, Compact<'_>) = storage.compact(true, Simd::detect());
    let refusal = CompactNetwork::new(dynamics, ThresholdLinear, neurons, compact).expect_err("no bound");
    let (limit, bound) = (1.0, f32::INFINITY);
    assert_eq!(refusal, BuildError::Transfer { limit, bound });
    let biases = [0.3; 30];
    let biased = Biased::new(Logistic, &biases, 30).expect("finite");
    let mut network = storage.network(biased, true, Simd::detect());
    network.start(Start::Large, &mut state_generator(2));
    for _ in 0..50 {
        network.step().expect("bounded");
    }
    assert!(network.rates().iter().all(|rate| (0.0..=1.0).contains(rate)));
}

#[test]
fn biases_are_checked_and_marked_in_snapshots() {
    let (what, index) = ("the slice of biases", 1);
    assert_eq!(
        Biased::new(Tanh, &[0.0, f32::NAN], 2).expect_err("a NaN"),
        ValuesError::NotFinite { what, index }
    );
    assert!(Biased::new(Tanh, &[0.0; 3], 2).is_err());
    let biases = [0.5; 6];
    let mut with = Storage::new(6, PARAMS, 3);
    let network = with.network(Biased::new(Tanh, &biases, 6).expect("finite"));
    let mut bytes = vec![0; network.snapshot_len()];
    network.snapshot(&mut bytes).expect("fits");
    let mut without = Storage::new(6, PARAMS, 3);
    let (expected, found) = (0, 64);
    assert_eq!(
        without.network(Tanh).restore(&bytes),
        Err(SnapshotError::Transfer { expected, found })
    );
}
