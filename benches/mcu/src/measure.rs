//! Windows: stretches of instructions that are counted in the emulator, or timed by a board's cycle counter.

use semihosting::println;

/// Windows of one label, a step in each: branches of the transfer function depend on the state.
pub const STEPS: usize = 32;

/// What a window shows.
#[derive(Clone, Copy)]
pub struct Label<'a> {
    /// Who does the work: the hand-written loops, the portable ones, or a peer.
    pub loops: &'a str,
    /// Number of neurons.
    pub n: usize,
    /// Transfer function, or `-` where none is involved.
    pub transfer: &'a str,
    /// What is done.
    pub phase: &'a str,
}

/// Measures [`STEPS`] calls of `work`, one by one, and says what they were.
#[inline(always)]
pub fn measure(label: Label<'_>, work: impl FnMut()) {
    let Label {
        loops,
        n,
        transfer,
        phase,
    } = label;
    println!("window {loops} {n} {transfer} {phase} {STEPS}");
    windows(work);
}

/// Between two marks each: hints that the architecture leaves unallocated, which every Cortex-M executes as no
/// operation (Armv6-M A5.2.5, Armv7-M A5.2.5) and the plugin knows by their encodings. They are not counted.
#[cfg(not(feature = "cycle-counter"))]
#[inline(always)]
#[expect(unsafe_code, reason = "a hint has no name in Rust")]
fn windows(mut work: impl FnMut()) {
    use core::arch::asm;
    for _ in 0..STEPS {
        // SAFETY: a hint changes no register and no memory; the default options keep memory accesses on their side.
        unsafe { asm!("hint #5") };
        work();
        // SAFETY: as above.
        unsafe { asm!("hint #6") };
    }
}

/// By the processor's cycle counter: the cycles of two calls less those of one, interrupts off, after a call that
/// warms caches and prefetch buffers.
#[cfg(feature = "cycle-counter")]
#[inline(always)]
fn windows(mut work: impl FnMut()) {
    use semihosting::process;

    /// Exit code where nothing can be measured.
    const REFUSED: i32 = 3;
    let mut cycles = [0_u32; STEPS];
    calls(&mut work, 1);
    for slot in &mut cycles {
        *slot = calls(&mut work, 2).wrapping_sub(calls(&mut work, 1));
        if *slot == 0 {
            println!("refused: the cycle counter stands still; an emulator's does, a board's does not");
            process::exit(REFUSED);
        }
    }
    cycles.sort_unstable();
    let [minimum, .., maximum] = cycles;
    println!("cycles {minimum} {} {maximum}", cycles[STEPS / 2]);
}

/// Cycles of so many calls, and of reading the counter.
#[cfg(feature = "cycle-counter")]
#[inline(never)]
fn calls(work: &mut dyn FnMut(), count: u32) -> u32 {
    use cortex_m::{Peripherals, interrupt, peripheral::DWT};

    if let Some(mut peripherals) = Peripherals::take() {
        // once: the peripherals can be taken only at the first call
        peripherals.DCB.enable_trace();
        peripherals.DWT.enable_cycle_counter();
    }
    interrupt::free(|_| {
        let start = DWT::cycle_count();
        for _ in 0..count {
            work();
        }
        DWT::cycle_count().wrapping_sub(start)
    })
}
