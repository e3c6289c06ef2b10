//! Follows the trajectory of a golden of one's own, and compares its digests: a line for each, exit code 1 at the first that
//! differs. `GOLDEN=mine.toml cargo run --release` runs it on an emulated Cortex-M4F, with
//! `--target riscv32imac-unknown-none-elf` on a RISC-V. On a chip of one's own the lines of `follow` stay as they are; the
//! start-up and the place to print are the chip's (`../bare`, `../risc-v`).
#![no_std]
#![no_main]

use freezable_chaos::*;
use semihosting::{println, process};
use static_cell::ConstStaticCell;

mod golden;

static BUFFERS: ConstStaticCell<exact_buffers!(golden::N)> = ConstStaticCell::new(ExactBuffers::new());

// Where a firmware has parameters of its own, others than the golden's do not compile.
const _: () = golden::check(golden::N, golden::PARAMS);

fn follow() -> Result<(), Error> {
    let couplings = DenseCouplings::from_image(&golden::COUPLINGS, &golden::DYNAMICS)?;
    let mut network = BUFFERS.take().network(golden::DYNAMICS, couplings, golden::phi()?)?;
    golden::start(&mut network)?;
    let mut input = golden::Input::new();
    for (step, expected) in golden::DIGESTS {
        while network.steps() < step {
            match input.next() {
                Some(input) => network.step_with_input(input)?,
                None => network.step()?,
            };
        }
        let found = network.digest();
        println!("{step} {found:016x}");
        if found != expected {
            println!("the golden is {expected:016x}");
            process::exit(1);
        }
        match step {
            golden::FREEZE => network.freeze(),
            golden::RELEASE => network.release(),
            _ => {}
        }
    }
    Ok(())
}

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    match follow() {
        Ok(()) => process::exit(0),
        Err(error) => println!("{error}"),
    }
    process::exit(1)
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    println!("{info}");
    process::exit(101)
}
