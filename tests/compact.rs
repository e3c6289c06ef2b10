//! The compact network: its contract written plainly, the same bits on every path, and its limits.

mod support;

use freezable_chaos::random::Randomness;
use freezable_chaos::{
    Dynamics, Generator, HistoryRule, InstructionSet, Params, Plasticity, Purpose, Simd, Start, Tanh,
    Transfer,
};
use support::{CompactStorage, PARAMS, rule, state_generator};

/// The compact network as its contract states it: one term after the other, whole history and all in wide integers.
struct Plain {
    dynamics: Dynamics,
    rule: HistoryRule,
    is_positive: Vec<bool>,
    x: Vec<f32>,
    /// Newest first.
    samples: Vec<Vec<i64>>,
    phase: u32,
    plasticity: Plasticity,
}

impl Plain {
    fn start(storage: &CompactStorage, start: Start, seed: u64) -> Self {
        let n = storage.dynamics.n();
        let mut generator = state_generator(seed);
        let x: Vec<f32> = (0..n).map(|_| start.scale() * generator.gaussian()).collect();
        let signs = storage.stored();
        let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        let mut plain = Self {
            dynamics: storage.dynamics,
            rule: storage.rule,
            is_positive: pairs
                .map(|(i, j)| signs.is_positive(i, j).expect("within the size"))
                .collect(),
            samples: vec![vec![0; n]; storage.rule.samples as usize],
            phase: storage.rule.spacing - 1,
            plasticity: Plasticity::Running,
            x,
        };
        if start == Start::Large {
            plain.samples = vec![plain.sample(); plain.samples.len()];
        }
        plain
    }

    fn bits(&self) -> i32 {
        let n = self.dynamics.n() as f64;
        (27 - (n.log2() / 2.0).ceil() as i32).min(20)
    }

    /// `trunc(phi 2^Q)`
    fn fine(&self) -> Vec<i64> {
        let one = 2.0_f64.powi(self.bits());
        let q = |&x: &f32| (f64::from(Tanh.value(x)) * one) as i64;
        self.x.iter().map(q).collect()
    }

    /// `round(127 phi)`
    fn sample(&self) -> Vec<i64> {
        let one = 2.0_f64.powi(self.bits());
        let s = |q: i64| (f64::from(self.rule.levels) * q as f64 / one).round() as i64;
        self.fine().into_iter().map(s).collect()
    }

    fn weights(&self) -> Vec<f32> {
        let (rule, retention) = (self.rule, self.dynamics.retention());
        // The kernel's own elementary functions are part of the contract; here they are checked from outside.
        let back = self.phase as f32 + 0.5 * (rule.spacing as f32 + 1.0);
        let rate = -freezable_chaos::arithmetic::logarithm(retention);
        let per_sample = freezable_chaos::arithmetic::exp_of_negative(rate * rule.spacing as f32);
        let mut boundaries = vec![freezable_chaos::arithmetic::exp_of_negative(rate * back)];
        for _ in 1..rule.samples {
            boundaries.push(boundaries.last().expect("one at least") * per_sample);
        }
        (0..rule.samples as usize)
            .map(|age| {
                let before = if age == 0 { 1.0 } else { boundaries[age - 1] };
                if age + 1 == rule.samples as usize {
                    before
                } else {
                    before - boundaries[age]
                }
            })
            .collect()
    }

    fn step(&mut self, input: Option<&[f32]>) {
        let n = self.dynamics.n();
        let params = self.dynamics.params();
        let q = self.fine();
        let coarse: Vec<i64> = q
            .iter()
            .map(|&q| (q as f64 / 2.0_f64.powi(self.bits() - 14)).round() as i64)
            .collect();
        let ratio = 512.0_f32 / (n as f32 * self.rule.levels as f32);
        let coefficients: Vec<i64> = (self.samples.iter().zip(self.weights()))
            .map(|(sample, weight)| {
                let product: i64 = sample.iter().zip(&coarse).map(|(s, r)| s * r).sum();
                (weight * product as f32 * ratio) as i64
            })
            .collect();
        let learned = self.sample();
        let quenched_unit = self.dynamics.coupling_scale() / 2.0_f32.powi(self.bits());
        let plastic_unit = params.k / self.rule.levels as f32 / 2.0_f32.powi(23);
        let velocity: Vec<f32> = (0..n)
            .map(|i| {
                let signed = |j: usize| if self.is_positive[i * n + j] { q[j] } else { -q[j] };
                let quenched: i64 = (0..n).map(signed).sum();
                let plastic: i64 = self
                    .samples
                    .iter()
                    .zip(&coefficients)
                    .map(|(s, c)| s[i] * c)
                    .sum();
                let drive = quenched as f32 * quenched_unit + plastic as f32 * plastic_unit;
                let velocity = drive - self.x[i];
                input.map_or(velocity, |input| velocity + input[i])
            })
            .collect();
        for (x, velocity) in self.x.iter_mut().zip(velocity) {
            *x += params.dt * velocity;
        }
        if self.plasticity == Plasticity::Running {
            self.phase += 1;
            if self.phase == self.rule.spacing {
                self.phase = 0;
                self.samples.pop();
                self.samples.insert(0, learned);
            }
        }
    }
}

fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

/// Instruction sets that this machine has; the others are named.
fn instruction_sets() -> Vec<Simd> {
    let here = InstructionSet::ALL.into_iter().filter_map(|set| {
        let simd = Simd::with(set);
        if simd.is_none() {
            println!("skipped: this machine has no {set:?}");
        }
        simd
    });
    here.collect()
}

#[test]
fn every_path_has_the_bits_of_the_contract() {
    let rules = [rule(8, 20), rule(1, 3), rule(5, 1)];
    let sizes = [1, 3, 17, 64, 127, 128, 200, 256].into_iter();
    for (n, rule) in sizes.zip(rules.into_iter().cycle()) {
        assert_every_path(n, PARAMS, rule, 260);
    }
}

#[test]
fn so_it_has_at_the_ends_of_its_parameters() {
    let coarse = HistoryRule {
        levels: 31,
        ..rule(32, 2)
    };
    assert_every_path(65, PARAMS, coarse, 260);
    assert_every_path(65, Params { k: -3.0, ..PARAMS }, rule(8, 4), 260);
    // d = 1 - dt/p = 0: only the newest sample counts.
    assert_every_path(65, Params { p: 0.05, ..PARAMS }, rule(3, 1), 260);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "millions of terms: cargo test --release")]
fn so_it_has_where_products_and_sums_are_gathered_in_64_bits() {
    assert_every_path(1100, PARAMS, rule(3, 5), 40);
    assert_every_path(2100, PARAMS, rule(3, 5), 40);
}

/// Compares with the plain contract: from both starts, with input now and then, and a freeze in between.
fn assert_every_path(n: usize, params: Params, rule: HistoryRule, steps: usize) {
    let plasticity_at = |step: usize| {
        if (2 * steps / 5..2 * steps / 3).contains(&step) {
            Plasticity::Frozen
        } else {
            Plasticity::Running
        }
    };
    for start in [Start::Small, Start::Large] {
        let storage = CompactStorage::new(n, params, rule, 7);
        let mut plain = Plain::start(&storage, start, 3);
        let mut inputs = Generator::new(5, 0, Purpose::Input);
        let input: Vec<f32> = (0..n).map(|_| inputs.gaussian()).collect();
        let states: Vec<Vec<u32>> = (0..steps)
            .map(|step| {
                plain.plasticity = plasticity_at(step);
                plain.step((step % 7 == 3).then_some(&input));
                bits(&plain.x)
            })
            .collect();
        for simd in instruction_sets() {
            for is_hashed in [false, true] {
                let mut storage = CompactStorage::new(n, params, rule, 7);
                let mut network = storage.network(Tanh, is_hashed, simd);
                network.start(start, &mut state_generator(3));
                for (step, expected) in states.iter().enumerate() {
                    match plasticity_at(step) {
                        Plasticity::Running => network.release(),
                        Plasticity::Frozen => network.freeze(),
                    }
                    if step % 7 == 3 {
                        network.step_with_input(&input).expect("finite");
                    } else {
                        network.step().expect("finite");
                    }
                    assert_eq!(
                        &bits(network.state()),
                        expected,
                        "N = {n}, {params:?}, {rule:?}, {start:?}, {:?}, hashed {is_hashed}, step {step}",
                        simd.instruction_set()
                    );
                }
                let samples: Vec<Vec<i64>> = network
                    .connectivity()
                    .history()
                    .newest_first()
                    .map(|sample| sample.iter().map(|&value| value.into()).collect())
                    .collect();
                assert_eq!(samples, plain.samples);
            }
        }
    }
}

#[test]
fn large_networks_agree_between_paths_and_threads() {
    // Beyond 2047 neurons the sums are gathered in 64 bits.
    let rule = HistoryRule::recommended(&PARAMS);
    let n = 2100;
    let digest = |is_hashed, simd: Option<Simd>, threads: usize| {
        let mut storage = CompactStorage::new(n, PARAMS, rule, 7);
        let dynamics = storage.dynamics;
        let (neurons, compact) = storage.compact(is_hashed, simd.unwrap_or_else(Simd::detect));
        let compact = match simd {
            Some(_) => compact,
            None => compact.with_portable_loops(),
        };
        let compact = if threads > 1 {
            compact.share_rows()
        } else {
            compact
        };
        let mut network = freezable_chaos::Network::new(dynamics, Tanh, neurons, compact).expect("parts fit");
        network.start(Start::Large, &mut state_generator(3));
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        pool.install(|| (0..30).for_each(|_| network.step().expect("finite")));
        network.digest()
    };
    let expected = digest(false, None, 1);
    for simd in instruction_sets().into_iter().map(Some).chain([None]) {
        for threads in [1, 2, 3, 8] {
            for is_hashed in [false, true] {
                let found = digest(is_hashed, simd, threads);
                assert_eq!(found, expected, "{simd:?}, {threads} threads, hashed {is_hashed}");
            }
        }
    }
}

#[test]
fn a_mirrored_state_stays_mirrored() {
    let rule = HistoryRule::recommended(&PARAMS);
    let trajectory = |sign: f32| {
        let mut storage = CompactStorage::new(100, PARAMS, rule, 7);
        let mut network = storage.network(Tanh, false, Simd::detect());
        let mut generator = state_generator(3);
        let x: Vec<f32> = (0..100).map(|_| sign * generator.gaussian()).collect();
        network.start_from(&x).expect("finite");
        (0..2000).for_each(|_| network.step().expect("finite"));
        network.state().to_vec()
    };
    let mirrored: Vec<f32> = trajectory(-1.0).into_iter().map(|x| -x).collect();
    assert_eq!(bits(&mirrored), bits(&trajectory(1.0)));
}

#[test]
fn weights_add_up_to_one_and_decay_between_samples() {
    for (p, dt, rule) in [
        (2.5, 0.05, rule(8, 20)),
        (0.5, 0.5, rule(3, 1)),
        (1e15, 1e-3, rule(32, 1 << 20)),
        (0.1, 0.05, rule(1, 9)),
    ] {
        let params = Params { p, dt, ..PARAMS };
        let mut storage = CompactStorage::new(4, params, rule, 1);
        let mut network = storage.network(Tanh, true, Simd::detect());
        network.start(Start::Small, &mut state_generator(1));
        let mut oldest_before = f32::NAN;
        for _ in 0..(2 * rule.spacing).min(100) {
            let weights: Vec<f32> = network.connectivity().history().weights().collect();
            let sum: f32 = weights.iter().sum();
            assert!(
                (sum - 1.0).abs() < 1e-6 && weights.iter().all(|&weight| weight >= 0.0),
                "{weights:?}"
            );
            let oldest = *weights.last().expect("one at least");
            let phase = network.connectivity().history().phase();
            assert!(phase == 0 || phase == rule.spacing - 1 || oldest <= oldest_before);
            oldest_before = oldest;
            network.step().expect("finite");
        }
    }
}

/// With a sample after every step and enough of them, A is the exact network's, but for the rounding of the samples.
#[test]
fn a_full_history_is_the_matrix_of_the_exact_network() {
    let n = 30;
    let params = Params { p: 0.25, ..PARAMS };
    let mut storage = CompactStorage::new(n, params, rule(32, 1), 7);
    let dynamics = storage.dynamics;
    let mut network = storage.network(Tanh, false, Simd::detect());
    network.start(Start::Small, &mut state_generator(3));
    let mut a = vec![0.0_f64; n * n];
    let (d, c) = (f64::from(dynamics.retention()), f64::from(dynamics.increment()));
    for _ in 0..200 {
        let phi: Vec<f64> = network.rates().iter().map(|&rate| rate.into()).collect();
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
            a[i * n + j] = a[i * n + j] * d + c * phi[i] * phi[j];
        }
        network.step().expect("finite");
    }
    let strength = f64::from(dynamics.strength());
    for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
        let found = strength
            * network
                .connectivity()
                .history()
                .get(i, j)
                .expect("within the size");
        // Each sample is off by at most 1/254, twice, and the tail of 32 steps weighs 0.8^32 = 8e-4.
        let bound = strength * (2.0 / 254.0 + 1.0 / 254.0 / 254.0 + 2.0 * 8e-4);
        assert!(
            (found - a[i * n + j]).abs() < bound,
            "A({i}, {j}) = {found} instead of {}",
            a[i * n + j]
        );
    }
}
