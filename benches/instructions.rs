//! Instructions of one step of the exact network on a host, counted by valgrind: `cargo xtask instructions` runs this
//! and compares the counts with the committed ones.
//!
//! Where valgrind's processor lacks an instruction set, its rows have no step, and next to no instructions.

#![allow(missing_docs, unused_qualifications, reason = "what gungraun's macros make")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;

use freezable_chaos::{InstructionSet, PanelNetwork, Params, Plasticity, Simd, Start, Tanh};
use gungraun::{library_benchmark, library_benchmark_group, main};
use support::{PanelStorage, state_generator};

const PARAMS: Params = Params {
    g: 3.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
const N: usize = 128;

/// A network in motion, for the rest of the program.
fn panels(set: InstructionSet, plasticity: Plasticity) -> Option<PanelNetwork<'static>> {
    let storage = Box::leak(Box::new(PanelStorage::new(N, PARAMS, 1)));
    let mut network = storage.merging_network(Tanh, Simd::with(set)?);
    network.start(Start::Large, &mut state_generator(1));
    network.step().expect("finite");
    if plasticity == Plasticity::Frozen {
        network.freeze();
    }
    network.step().expect("finite");
    Some(network)
}

#[library_benchmark]
#[bench::portable_running(panels(InstructionSet::Portable, Plasticity::Running))]
#[bench::portable_frozen(panels(InstructionSet::Portable, Plasticity::Frozen))]
#[bench::avx2_running(panels(InstructionSet::Avx2, Plasticity::Running))]
#[bench::avx2_frozen(panels(InstructionSet::Avx2, Plasticity::Frozen))]
#[bench::avx512_running(panels(InstructionSet::Avx512, Plasticity::Running))]
#[bench::avx512_frozen(panels(InstructionSet::Avx512, Plasticity::Frozen))]
fn step(network: Option<PanelNetwork<'static>>) -> Option<PanelNetwork<'static>> {
    let mut network = network?;
    black_box(network.step()).expect("finite");
    Some(network)
}

library_benchmark_group!(name = exact, benchmarks = step);
main!(library_benchmark_groups = exact);
