//! Another arithmetic set in the control register of a microcontroller's floating-point unit, in the emulator: a line for
//! each setting says what the kernel finds, and whether it builds a network.
#![no_std]
#![no_main]
#![allow(missing_docs, reason = "what the entry attributes expand to")]
#![expect(unsafe_code, reason = "the control register, and a static without atomics")]

use core::arch::asm;

use freezable_chaos::{HashedSigns, HistoryRule, Params, Tanh, environment};
use golden_targets::Memory;
use semihosting::{println, process};

static mut MEMORY: Memory = Memory::new();

/// Settings of FPSCR.
#[cfg(target_arch = "arm")]
const SETTINGS: [(&str, usize); 5] = [
    ("as reset", 0),
    ("FZ", 1 << 24),
    ("RMode 1", 1 << 22),
    ("RMode 2", 2 << 22),
    ("RMode 3", 3 << 22),
];

/// Settings of frm.
#[cfg(riscv_float)]
const SETTINGS: [(&str, usize); 5] = [("as reset", 0), ("RTZ", 1), ("RDN", 2), ("RUP", 3), ("RMM", 4)];

fn set(value: usize) {
    // SAFETY: exceptions stay masked; between two settings only the check and the building of a network compute.
    #[cfg(target_arch = "arm")]
    unsafe {
        asm!("vmsr fpscr, {}", in(reg) value);
    }
    // SAFETY: as above.
    #[cfg(riscv_float)]
    unsafe {
        asm!("fsrm {}", in(reg) value);
    }
    let _ = value;
}

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    // SAFETY: the start-up code calls this once, and there are no interrupts.
    let memory = unsafe { &mut *(&raw mut MEMORY) };
    let params = Params {
        g: 2.0,
        k: 2.0,
        p: 2.5,
        dt: 0.05,
    };
    let (Ok(dynamics), rule) = (params.validate(8), HistoryRule::recommended(&params)) else {
        process::exit(1)
    };
    for (name, value) in SETTINGS {
        set(value);
        let found = environment::check();
        let signs = HashedSigns::new(&dynamics, 1, 0);
        let is_built = memory.compact.network(dynamics, signs, rule, Tanh).is_ok();
        set(0);
        match found {
            Ok(()) => println!("{name}: the contract's, built: {is_built}"),
            Err(error) => println!("{name}: {}, built: {is_built}", error.name()),
        }
    }
    process::exit(0)
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    println!("{info}");
    process::exit(101)
}
