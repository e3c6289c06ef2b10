//! Steps whose clock cycles and instructions the core itself counts.

use core::arch::asm;
use core::fmt::Write;

use freezable_chaos::{
    CompactBuffers, Connectivity, Exact, GaussianCouplings, Generator, HashedSigns, HistoryRule, Network,
    Neurons, PackedSynapses, Params, Purpose, Start, Tanh, couplings_len, merged_len, synapses_len,
};

use crate::Line;

/// The largest exact network, and the compact one.
const EXACT: usize = 128;
const COMPACT: usize = 1024;
/// Without a floating-point unit a step takes some twenty times as long: one size less, and no compact network.
const SIZES: &[usize] = if cfg!(target_feature = "f") {
    &[64, EXACT]
} else {
    &[64]
};
/// Steps before the network is measured, so that the branches of the transfer function are those of an active one, and
/// steps measured.
const BEFORE: usize = if cfg!(target_feature = "f") { 12 } else { 2 };
const STEPS: usize = if cfg!(target_feature = "f") { 3 } else { 1 };
const PARAMS: Params = Params {
    g: 3.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
const SEED: u64 = 7;

/// What the networks live in.
struct Memory {
    neurons: [[f32; EXACT]; 3],
    synapses: [f32; synapses_len(EXACT)],
    couplings: [f32; couplings_len(EXACT)],
    merged: [f32; merged_len(EXACT)],
    compact: CompactBuffers<COMPACT>,
}

static mut MEMORY: Memory = Memory {
    neurons: [[0.0; EXACT]; 3],
    synapses: [0.0; synapses_len(EXACT)],
    couplings: [0.0; couplings_len(EXACT)],
    merged: [0.0; merged_len(EXACT)],
    compact: CompactBuffers::new(),
};

/// Prints `cycles MODEL N PHASE CYCLES INSTRUCTIONS` for every phase, of the quickest step.
pub fn run(line: &mut Line) -> Option<()> {
    // SAFETY: called once.
    let memory = unsafe { &mut *(&raw mut MEMORY) };
    for &n in SIZES {
        let dynamics = PARAMS.validate(n).ok()?;
        let mut generator = Generator::new(SEED, 0, Purpose::Couplings);
        let couplings = GaussianCouplings::seed(&mut memory.couplings, &dynamics, &mut generator).ok()?;
        for is_merged in [false, true] {
            let [x, phi, velocity] = &mut memory.neurons;
            let neurons = Neurons::new(x.get_mut(..n)?, phi.get_mut(..n)?, velocity.get_mut(..n)?).ok()?;
            let synapses = PackedSynapses::new(&mut memory.synapses, n).ok()?;
            let mut exact = Exact::new(couplings, synapses).ok()?;
            if is_merged {
                exact = exact.with_merge_buffer(&mut memory.merged).ok()?;
            }
            let network = Network::new(dynamics, Tanh, neurons, exact).ok()?;
            let phases: &[_] = if is_merged {
                &["merged"]
            } else {
                &["plastic", "frozen"]
            };
            measure(line, "exact", phases, network)?;
        }
    }
    if cfg!(target_feature = "f") {
        let dynamics = PARAMS.validate(COMPACT).ok()?;
        let signs = HashedSigns::new(&dynamics, SEED, 0);
        let rule = HistoryRule::recommended(&PARAMS);
        let network = memory.compact.network(dynamics, signs, rule, Tanh).ok()?;
        measure(line, "compact", &["plastic", "frozen"], network)?;
    }
    Some(())
}

/// Measures steps of each phase: plastic ones before it is frozen, the others after that.
fn measure<C: Connectivity>(
    line: &mut Line,
    model: &str,
    phases: &[&str],
    mut network: Network<'_, C>,
) -> Option<()> {
    network.start(Start::Small, &mut Generator::new(SEED, 0, Purpose::State));
    for _ in 0..BEFORE {
        network.step().ok()?;
    }
    for phase in phases {
        if *phase != "plastic" {
            network.freeze();
            // the first one merges
            network.step().ok()?;
        }
        let mut least = (u32::MAX, u32::MAX);
        for _ in 0..STEPS {
            let before = counters();
            network.step().ok()?;
            let after = counters();
            least = least.min((after.0.wrapping_sub(before.0), after.1.wrapping_sub(before.1)));
        }
        let (cycles, instructions) = least;
        writeln!(
            line,
            "cycles {model} {} {phase} {cycles} {instructions}",
            network.n()
        )
        .ok()?;
    }
    Some(())
}

/// The low words of mcycle and minstret.
fn counters() -> (u32, u32) {
    let (cycles, instructions): (u32, u32);
    // SAFETY: reads two counters; no memory access moves across it.
    unsafe { asm!("csrr {}, mcycle", "csrr {}, minstret", out(reg) cycles, out(reg) instructions) };
    (cycles, instructions)
}
