//! Steps whose clock cycles and instructions the core itself counts.

use core::arch::asm;
use core::fmt::Write;

use freezable_chaos::{
    CompactBuffers, Connectivity, DenseCouplings, Exact, Generator, HashedSigns, HistoryRule, Network,
    Neurons, PackedSynapses, Params, Purpose, Start, Tanh, couplings_len, merged_len, synapses_len,
};

use crate::Line;

/// The largest exact network, and the compact one.
const EXACT: usize = 128;
const COMPACT: usize = 1024;
/// Steps measured.
const STEPS: usize = 2;
const PARAMS: Params = Params {
    g: 3.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
const SEED: u64 = 7;

/// Drawn by build.rs: on the core it would take longer than all steps.
static COUPLINGS_OF_64: [f32; couplings_len(64)] = include!(concat!(env!("OUT_DIR"), "/couplings-64.rs"));
static COUPLINGS_OF_128: [f32; couplings_len(EXACT)] =
    include!(concat!(env!("OUT_DIR"), "/couplings-128.rs"));

/// What the networks live in.
struct Memory {
    neurons: [[f32; EXACT]; 3],
    synapses: [f32; synapses_len(EXACT)],
    merged: [f32; merged_len(EXACT)],
    compact: CompactBuffers<COMPACT>,
}

static mut MEMORY: Memory = Memory {
    neurons: [[0.0; EXACT]; 3],
    synapses: [0.0; synapses_len(EXACT)],
    merged: [0.0; merged_len(EXACT)],
    compact: CompactBuffers::new(),
};

/// Prints `cycles MODEL N PHASE CYCLES INSTRUCTIONS` for every phase of the exact network of so many neurons, or of the
/// compact one of 1024; of the quicker of two steps.
pub fn run(line: &mut Line, n: usize) -> Option<()> {
    // SAFETY: called once.
    let memory = unsafe { &mut *(&raw mut MEMORY) };
    let dynamics = PARAMS.validate(n).ok()?;
    if n == COMPACT {
        let signs = HashedSigns::new(&dynamics, SEED, 0);
        let rule = HistoryRule::recommended(&PARAMS);
        let network = memory.compact.network(dynamics, signs, rule, Tanh).ok()?;
        return measure(line, "compact", &["plastic", "frozen"], network);
    }
    let image: &[f32] = match n {
        64 => &COUPLINGS_OF_64,
        EXACT => &COUPLINGS_OF_128,
        _ => return None,
    };
    let couplings = DenseCouplings::from_image(image, &dynamics).ok()?;
    for phases in [&["plastic", "frozen"] as &[_], &["merged"]] {
        let [x, phi, velocity] = &mut memory.neurons;
        let neurons = Neurons::new(x.get_mut(..n)?, phi.get_mut(..n)?, velocity.get_mut(..n)?).ok()?;
        let mut exact = Exact::new(couplings, PackedSynapses::new(&mut memory.synapses, n).ok()?).ok()?;
        if phases == ["merged"] {
            exact = exact.with_merge_buffer(&mut memory.merged).ok()?;
        }
        measure(
            line,
            "exact",
            phases,
            Network::new(dynamics, Tanh, neurons, exact).ok()?,
        )?;
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
    // the states of an active network, on which the branches of the transfer function depend
    network.start(Start::Large, &mut Generator::new(SEED, 0, Purpose::State));
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
