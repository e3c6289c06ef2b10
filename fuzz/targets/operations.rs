//! Any sequence of operations: the network of a microcontroller, that of a host and the contract written plainly have the
//! same bits after each; so have compact networks with stored and with hashed signs, portable and with vectors.
#![no_main]

use freezable_chaos::{Connectivity, HistoryRule, InstructionSet, Network, Plasticity, Simd, Start, Tanh};
use freezable_fuzz::Choice;
use freezable_fuzz::support::{CompactStorage, PanelStorage, PlainNetwork, Storage, state_generator};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
enum Operation {
    Start { is_large: bool, seed: u8 },
    Steps(u8),
    StepWithInput(i8),
    Freeze,
    Release,
    Snapshot,
    Restore,
}

/// What every network can do.
trait Subject {
    fn act(&mut self, operation: &Operation, saved: &mut Option<Vec<u8>>);
    fn state_digest(&self) -> u64;
}

fn start_of(is_large: bool) -> Start {
    if is_large { Start::Large } else { Start::Small }
}

/// The same input for all: alternating.
fn input_of(n: usize, strength: i8) -> Vec<f32> {
    let strength = f32::from(strength) / 16.0;
    (0..n)
        .map(|i| if i % 3 == 0 { strength } else { -strength })
        .collect()
}

impl<C: Connectivity> Subject for Network<'_, C, Tanh> {
    fn act(&mut self, operation: &Operation, saved: &mut Option<Vec<u8>>) {
        match *operation {
            Operation::Start { is_large, seed } => {
                self.start(start_of(is_large), &mut state_generator(seed.into()));
            }
            Operation::Steps(count) => (0..count % 32).for_each(|_| self.step().expect("finite")),
            Operation::StepWithInput(strength) => {
                self.step_with_input(&input_of(self.n(), strength))
                    .expect("finite");
            }
            Operation::Freeze => self.freeze(),
            Operation::Release => self.release(),
            Operation::Snapshot => {
                let mut bytes = vec![0; self.snapshot_len()];
                self.snapshot(&mut bytes).expect("the buffer has the length");
                *saved = Some(bytes);
            }
            Operation::Restore => {
                if let Some(bytes) = saved {
                    self.restore(bytes).expect("its own snapshot");
                }
            }
        }
    }

    fn state_digest(&self) -> u64 {
        self.digest()
    }
}

/// The contract written plainly, with the state that it saved.
struct Plain {
    network: PlainNetwork<Tanh>,
    storage: Storage,
    saved: Option<(Vec<f32>, Vec<f32>, Plasticity)>,
}

impl Subject for Plain {
    fn act(&mut self, operation: &Operation, _: &mut Option<Vec<u8>>) {
        let plain = &mut self.network;
        match *operation {
            Operation::Start { is_large, seed } => {
                let network = self.storage.network(Tanh);
                let couplings = network.connectivity().couplings();
                *plain =
                    PlainNetwork::start(plain.dynamics, couplings, Tanh, start_of(is_large), seed.into());
            }
            Operation::Steps(count) => (0..count % 32).for_each(|_| plain.step(None)),
            Operation::StepWithInput(strength) => plain.step(Some(&input_of(plain.x.len(), strength))),
            Operation::Freeze => plain.plasticity = Plasticity::Frozen,
            Operation::Release => plain.plasticity = Plasticity::Running,
            Operation::Snapshot => self.saved = Some((plain.x.clone(), plain.a.clone(), plain.plasticity)),
            Operation::Restore => {
                if let Some((x, a, plasticity)) = self.saved.clone() {
                    (plain.x, plain.a, plain.plasticity) = (x, a, plasticity);
                }
            }
        }
    }

    fn state_digest(&self) -> u64 {
        self.network.digest()
    }
}

/// Carries out the operations on all, and compares.
fn together(operations: &[Operation], subjects: &mut [&mut dyn Subject]) {
    let mut saved: Vec<Option<Vec<u8>>> = vec![None; subjects.len()];
    let start = Operation::Start {
        is_large: false,
        seed: 1,
    };
    for operation in std::iter::once(&start).chain(operations) {
        let digests: Vec<u64> = subjects
            .iter_mut()
            .zip(&mut saved)
            .map(|(subject, saved)| {
                subject.act(operation, saved);
                subject.state_digest()
            })
            .collect();
        assert!(
            digests.windows(2).all(|pair| pair[0] == pair[1]),
            "after {operation:?}: {digests:x?}"
        );
    }
    let snapshots: Vec<&Vec<u8>> = saved.iter().flatten().collect();
    assert!(
        snapshots.windows(2).all(|pair| pair[0] == pair[1]),
        "snapshots differ"
    );
}

fuzz_target!(|input: (Choice, Vec<Operation>)| {
    let (choice, operations) = input;
    let operations = &operations[..operations.len().min(40)];
    let (n, params, seed) = (choice.n(), choice.params(), choice.seed.into());

    let (mut exact, mut panels) = (Storage::new(n, params, seed), PanelStorage::new(n, params, seed));
    let mut storage = Storage::new(n, params, seed);
    let network = storage.network(Tanh);
    let couplings = network.connectivity().couplings();
    let plain = PlainNetwork::start(*network.dynamics(), couplings, Tanh, Start::Small, 1);
    let mut plain = Plain {
        network: plain,
        storage: Storage::new(n, params, seed),
        saved: None,
    };
    let (mut exact, mut panels) = (exact.network(Tanh), panels.network(Tanh, Simd::detect()));
    together(operations, &mut [&mut exact, &mut panels, &mut plain]);

    let rule = HistoryRule::recommended(&params);
    if rule.validate().is_ok() {
        let [mut stored, mut hashed] = [(); 2].map(|()| CompactStorage::new(n, params, rule, seed));
        let portable = Simd::with(InstructionSet::Portable).expect("everywhere");
        let (mut stored, mut hashed) = (
            stored.network(Tanh, false, portable),
            hashed.network(Tanh, true, Simd::detect()),
        );
        together(operations, &mut [&mut stored, &mut hashed]);
    }
});
