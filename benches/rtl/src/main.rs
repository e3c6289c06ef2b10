//! The golden trajectories and measured steps on a core of which only the logic exists: `simulate.cpp` runs it, and has the
//! registers that this prints with. Its word says what is done: so many lines of the goldens, or, with [`MEASURE`], steps of a
//! network of so many neurons.
#![no_std]
#![no_main]
#![expect(
    unsafe_code,
    reason = "start-up, registers and statics of a machine without an operating system"
)]

mod measure;

use core::arch::global_asm;
use core::fmt::{self, Write};

use golden_targets::{Memory, goldens};

global_asm!(include_str!("start.s"), FLOATS = const cfg!(float_unit) as u32);

const PRINT: *mut u32 = 0x1000_0000 as *mut u32;
const EXIT: *mut u32 = 0x1000_0004 as *mut u32;
const WORD: *const u32 = 0x1000_0008 as *const u32;

/// In the simulator's word: steps are measured.
const MEASURE: u32 = 1 << 31;

static mut MEMORY: Memory = Memory::new();

/// Where text goes.
struct Line;

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // SAFETY: a register of the simulator.
            unsafe { PRINT.write_volatile(byte.into()) };
        }
        Ok(())
    }
}

fn exit(code: u32) -> ! {
    // SAFETY: a register of the simulator.
    unsafe { EXIT.write_volatile(code) };
    loop {}
}

/// Called by the start-up code.
#[unsafe(no_mangle)]
extern "C" fn begin() -> ! {
    // SAFETY: a register of the simulator.
    let word = unsafe { WORD.read_volatile() };
    if word & MEASURE != 0 {
        let is_done = measure::run(&mut Line, (word & !MEASURE) as usize).is_some();
        exit(u32::from(!is_done));
    }
    // SAFETY: this function runs once.
    let memory = unsafe { &mut *(&raw mut MEMORY) };
    let mut left = word;
    let outcome = goldens::run(memory, |checkpoint| {
        let _ = writeln!(Line, "{checkpoint}");
        left -= 1;
        if left == 0 {
            exit(0);
        }
    });
    if let Err(failure) = outcome {
        let _ = writeln!(Line, "{failure:?}");
    }
    exit(1)
}

#[panic_handler]
fn panic(information: &core::panic::PanicInfo<'_>) -> ! {
    let _ = writeln!(Line, "{information}");
    exit(101)
}
