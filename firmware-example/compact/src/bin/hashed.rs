//! The compact network with quenched couplings that are nowhere: their signs are hashed in every step.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use freezable_compact::scenario::{Memory, hashed_signs};

#[entry]
fn main() -> ! {
    // The entry macro makes this static, and hands it out once.
    static mut MEMORY: Memory = Memory::zero();
    freezable_compact::run(MEMORY, |dynamics| Some(hashed_signs(dynamics).into()))
}
